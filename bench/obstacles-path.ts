import type { Se3 } from "../src/contract/se3.ts";
import { compose, invert } from "../src/geometry/se3.ts";
import { densify, type Point, type Polygon } from "./obstacles-geometry.ts";

/** Where the ego's front goes from tick i on, m, ego at tick i; a point every ≤ 0.5 m. */
export type Path = readonly Point[];

/** Front bumper, m before the rear axle. */
const FRONT_M = 4;
const STEP_M = 0.5;

/** Recorded future of the ego, straight on where the recording ends. */
export function pathAhead(poses: readonly (Se3 | undefined)[], i: number, lengthM: number): Path {
  const here = poses[i];
  const rear: Point[] = [[0, 0]];
  let yawRad = 0;
  if (here) {
    const egoFromOdom = invert(here);
    for (let k = i + 1; k < poses.length; k++) {
      const there = poses[k];
      if (!there) continue;
      const egoFromThere = compose(egoFromOdom, there);
      const last = rear[rear.length - 1]!;
      const [x, y] = egoFromThere.t;
      if (Math.hypot(x - last[0], y - last[1]) < STEP_M) continue;
      rear.push([x, y]);
      yawRad = Math.atan2(egoFromThere.r[3]!, egoFromThere.r[0]!);
    }
  }
  const total = lengthM + FRONT_M;
  let length = 0;
  for (let k = 1; k < rear.length; k++)
    length += Math.hypot(rear[k]![0] - rear[k - 1]![0], rear[k]![1] - rear[k - 1]![1]);
  while (length < total) {
    const [x, y] = rear[rear.length - 1]!;
    rear.push([x + STEP_M * Math.cos(yawRad), y + STEP_M * Math.sin(yawRad)]);
    length += STEP_M;
  }
  return rear;
}

/**
 * Where a footprint lies on the corridor: distance from the front bumper along the path of its
 * nearest part within ±halfWidthM, and that part's lateral offset. undefined outside or behind.
 */
export function placeOnPath(
  polygon: Polygon,
  path: Path,
  halfWidthM: number,
): { readonly alongM: number; readonly lateralM: number } | undefined {
  let best: { alongM: number; lateralM: number } | undefined;
  for (const p of densify(polygon)) {
    let along = 0;
    for (let k = 1; k < path.length; k++) {
      const a = path[k - 1]!;
      const b = path[k]!;
      const len = Math.hypot(b[0] - a[0], b[1] - a[1]);
      const ux = (b[0] - a[0]) / len;
      const uy = (b[1] - a[1]) / len;
      const t = (p[0] - a[0]) * ux + (p[1] - a[1]) * uy;
      const lateral = ux * (p[1] - a[1]) - uy * (p[0] - a[0]);
      if (t >= 0 && t <= len && Math.abs(lateral) <= halfWidthM) {
        const alongM = along + t - FRONT_M;
        if (alongM > 0 && alongM < (best?.alongM ?? Number.POSITIVE_INFINITY))
          best = { alongM, lateralM: lateral };
      }
      along += len;
    }
  }
  return best;
}
