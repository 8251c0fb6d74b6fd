import type { VehicleProfile } from "../contract/maneuver.ts";
import type { Obstacle } from "../contract/obstacle.ts";
import { CLEARANCE_M, CORRIDOR_HALF_WIDTH_M } from "./limits.ts";
import { passesBefore } from "./s08-opposite.ts";
import type { Contact, SweptPath } from "./swept-path.ts";

/** Something in the corridor, reduced to the path. */
export type Threat = {
  /** Front bumper to its nearest part along the path, m, ≥ 0. */
  readonly gapM: number;
  /** Its speed along the path: + away, − towards the ego; 0 where unknown. */
  readonly speedMps: number;
  /** false: velocity unknown, counts as standing. */
  readonly tracked: boolean;
  /** For the hit's text. */
  readonly label: string;
};

/** Spacing of the samples along a hull edge, and the most samples of one edge. */
const EDGE_STEP_M = 0.5;
const EDGE_SAMPLES = 64;

/** Outline of an obstacle, [[x, y], …] m, ego: its hull, or its box where it has none. */
export function outlineOf(o: Obstacle): readonly (readonly [number, number])[] {
  if (o.hull.length > 0) return o.hull;
  const cos = Math.cos(o.yawRad) / 2;
  const sin = Math.sin(o.yawRad) / 2;
  const corner = (l: number, w: number): readonly [number, number] => [
    o.xM + l * o.lengthM * cos - w * o.widthM * sin,
    o.yM + l * o.lengthM * sin + w * o.widthM * cos,
  ];
  return [corner(1, 1), corner(-1, 1), corner(-1, -1), corner(1, -1)];
}

/** Nearest contact of the outline, edges included: a truck across the road has no corner in it. */
function nearestContact(
  path: SweptPath,
  outline: readonly (readonly [number, number])[],
  halfWidthM: number,
): Contact | undefined {
  const best = { gapM: Number.POSITIVE_INFINITY, yawRad: 0 };
  let [x0, y0] = outline[outline.length - 1]!;
  for (const point of outline) {
    const x1 = point[0];
    const y1 = point[1];
    const lengthM = Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
    const count = Math.max(1, Math.min(EDGE_SAMPLES, Math.ceil(lengthM / EDGE_STEP_M)));
    for (let i = 1; i <= count; i++) {
      const share = i / count;
      const x = x0 + (x1 - x0) * share;
      const y = y0 + (y1 - y0) * share;
      path.contactInto(best, x, y, halfWidthM);
    }
    x0 = x1;
    y0 = y1;
  }
  return best.gapM === Number.POSITIVE_INFINITY ? undefined : best;
}

/**
 * The obstacle as a threat on this path, or undefined where it is not in the corridor.
 * Beside the body (abreast) only what the body itself would touch counts. An obstacle that is
 * carried forward unseen is nearer by two sigma.
 */
export function threatOf(
  o: Obstacle,
  path: SweptPath,
  vehicle: VehicleProfile,
): Threat | undefined {
  if (o.zMinM > CLEARANCE_M) return undefined;
  const outline = outlineOf(o);
  let rearM = Number.POSITIVE_INFINITY;
  let frontM = Number.NEGATIVE_INFINITY;
  let rightM = Number.POSITIVE_INFINITY;
  let leftM = Number.NEGATIVE_INFINITY;
  let nearSq = Number.POSITIVE_INFINITY;
  for (const point of outline) {
    const x = point[0];
    const y = point[1];
    rearM = Math.min(rearM, x);
    frontM = Math.max(frontM, x);
    rightM = Math.min(rightM, y);
    leftM = Math.max(leftM, y);
    nearSq = Math.min(nearSq, x * x + y * y);
  }
  const reachM = path.horizonM + vehicle.lengthM + o.lengthM + o.widthM;
  if (nearSq > reachM * reachM) return undefined;
  const abreast = rearM < vehicle.frontOverhangFromRearAxleM;
  const half = abreast ? vehicle.widthM / 2 : CORRIDOR_HALF_WIDTH_M;
  if (!path.mayTouch(rearM, frontM, rightM, leftM, half)) return undefined;
  const contact = nearestContact(path, outline, half);
  if (contact === undefined) return undefined;
  const unseenM = o.unseenUs > 0 ? 2 * o.sigmaM : 0;
  const gapM = Math.max(0, contact.gapM - unseenM);
  const cos = Math.cos(contact.yawRad);
  const sin = Math.sin(contact.yawRad);
  const alongMps = o.tracked ? o.vxMps * cos + o.vyMps * sin : 0;
  const acrossMps = o.vyMps * cos - o.vxMps * sin;
  const extentM = o.lengthM + o.widthM;
  const crosses = passesBefore(gapM, path.speedMps, alongMps, acrossMps, extentM);
  return {
    gapM,
    speedMps: crosses ? Math.max(0, alongMps) : alongMps,
    tracked: o.tracked,
    label: `${o.tracked ? "obstacle" : "untracked obstacle"} ${o.id}`,
  };
}
