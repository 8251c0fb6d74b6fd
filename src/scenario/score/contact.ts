import type { MovingBox } from "./pdms.ts";

/** Who ran into whom, by who moved towards the point of contact. */
export type Striker = "EGO" | "OTHER" | "BOTH";

/** Slower than this towards the contact is not running into anything, m/s. */
const APPROACH_MPS = 0.4;

/** Where two overlapping boxes touch and who brought it about. */
export type Contact = {
  readonly xM: number;
  readonly yM: number;
  readonly striker: Striker;
  /** Speeds towards the point of contact. */
  readonly egoApproachMps: number;
  readonly otherApproachMps: number;
  /** Where on ego it lies, seen from ego's centre. */
  readonly side: "FRONT" | "REAR" | "LEFT" | "RIGHT";
};

type Point = readonly [number, number];

const cornersOf = (box: MovingBox): Point[] => {
  const c = Math.cos(box.yawRad);
  const s = Math.sin(box.yawRad);
  const out: Point[] = [];
  for (const [i, j] of [
    [1, 1],
    [-1, 1],
    [-1, -1],
    [1, -1],
  ] as const) {
    const x = (i * box.lengthM) / 2;
    const y = (j * box.widthM) / 2;
    out.push([box.xM + c * x - s * y, box.yM + s * x + c * y]);
  }
  return out;
};

/** Overlap of two convex outlines (Sutherland–Hodgman); counter-clockwise corners. */
function clip(subject: readonly Point[], by: readonly Point[]): Point[] {
  let out = [...subject];
  for (let i = 0; i < by.length; i++) {
    const [ax, ay] = by[i]!;
    const [bx, by_] = by[(i + 1) % by.length]!;
    const inside = ([x, y]: Point) => (bx - ax) * (y - ay) - (by_ - ay) * (x - ax);
    const kept: Point[] = [];
    out.forEach((p, k) => {
      const q = out[(k + 1) % out.length]!;
      const [fp, fq] = [inside(p), inside(q)];
      if (fp >= 0) kept.push(p);
      if (fp >= 0 !== fq >= 0) {
        const t = fp / (fp - fq);
        kept.push([p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t]);
      }
    });
    out = kept;
  }
  return out;
}

/** Describes the contact of two boxes that overlap; undefined where they do not. */
export function describeContact(ego: MovingBox, other: MovingBox): Contact | undefined {
  const shared = clip(cornersOf(ego), cornersOf(other));
  if (shared.length === 0) return undefined;
  const xM = shared.reduce((sum, p) => sum + p[0], 0) / shared.length;
  const yM = shared.reduce((sum, p) => sum + p[1], 0) / shared.length;
  const egoApproachMps = approach(ego, xM, yM);
  const otherApproachMps = approach(other, xM, yM);
  const egoStrikes = egoApproachMps > APPROACH_MPS;
  const otherStrikes = otherApproachMps > APPROACH_MPS;
  const striker: Striker =
    egoStrikes && otherStrikes ? "BOTH" : otherStrikes || !egoStrikes ? "OTHER" : "EGO";
  return { xM, yM, striker, egoApproachMps, otherApproachMps, side: sideOf(ego, xM, yM) };
}

/**
 * Speed of a box towards a point that lies at its edge: all of its speed where the point is at the
 * end that it moves with, none where another came from behind or from the side.
 */
function approach(box: MovingBox, xM: number, yM: number): number {
  const c = Math.cos(box.yawRad);
  const s = Math.sin(box.yawRad);
  const along = (c * (xM - box.xM) + s * (yM - box.yM)) / (box.lengthM / 2);
  const across = (-s * (xM - box.xM) + c * (yM - box.yM)) / (box.widthM / 2);
  const moving = Math.sign(box.speedMps);
  const atEnd = along * moving > 0 && Math.abs(along) >= Math.abs(across) - 0.15;
  return atEnd ? Math.abs(box.speedMps) : 0;
}

function sideOf(ego: MovingBox, xM: number, yM: number): Contact["side"] {
  const c = Math.cos(ego.yawRad);
  const s = Math.sin(ego.yawRad);
  const along = (c * (xM - ego.xM) + s * (yM - ego.yM)) / (ego.lengthM / 2);
  const across = (-s * (xM - ego.xM) + c * (yM - ego.yM)) / (ego.widthM / 2);
  if (Math.abs(along) >= Math.abs(across)) return along > 0 ? "FRONT" : "REAR";
  return across > 0 ? "LEFT" : "RIGHT";
}
