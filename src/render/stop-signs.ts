import type { PlacedLane, PlacedSign, PlacedStopLine } from "./prepare.ts";

/** Distance of a sign from the end of its line, m. */
const BESIDE_M = 0.9;
/** A lane belongs to a line when its centre passes the line's middle this near, m. */
const LANE_REACH_M = 6;

/** The sign at the right end of a stop line, where a lane tells which way traffic comes. */
export function stopSignsOf(line: PlacedStopLine, lanes: readonly PlacedLane[]): PlacedSign[] {
  const mx = (line.x0 + line.x1) / 2;
  const my = (line.y0 + line.y1) / 2;
  const len = Math.hypot(line.x1 - line.x0, line.y1 - line.y0);
  if (len < 0.5) return [];
  const lx = (line.x1 - line.x0) / len;
  const ly = (line.y1 - line.y0) / len;
  let best = LANE_REACH_M ** 2;
  let ux = 0;
  let uy = 0;
  for (const { lane, line: p } of lanes) {
    if (lane.kind !== "DRIVING") continue;
    for (let i = 2; i + 1 < p.length; i += 2) {
      const dx = p[i]! - p[i - 2]!;
      const dy = p[i + 1]! - p[i - 1]!;
      const d2 = (p[i]! - mx) ** 2 + (p[i + 1]! - my) ** 2;
      const step = Math.hypot(dx, dy);
      if (d2 >= best || step < 1e-6 || Math.abs(dx * lx + dy * ly) > 0.5 * step) continue;
      best = d2;
      ux = dx / step;
      uy = dy / step;
    }
  }
  if (ux === 0 && uy === 0) return [];
  // Right of the direction of travel is (uy, −ux).
  const right = lx * uy - ly * ux > 0 ? 1 : -1;
  const endX = right > 0 ? line.x1 : line.x0;
  const endY = right > 0 ? line.y1 : line.y0;
  const yaw = Math.atan2(-uy, -ux);
  const x = endX + right * lx * BESIDE_M;
  const y = endY + right * ly * BESIDE_M;
  return [{ x, y, yaw, cos: Math.cos(yaw), sin: Math.sin(yaw) }];
}
