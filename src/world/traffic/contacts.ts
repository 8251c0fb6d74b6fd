import type { ObjectKind } from "../../contract/scene.ts";
import { boxesOverlap, type GroundBox } from "../box.ts";

/** A body that can hit another; id 0 is ego. */
export type Body = GroundBox & {
  readonly id: number;
  readonly kind: ObjectKind;
  /** Height of the ground under it: roads cross above one another. */
  readonly zM: number;
  /** Along its yaw. */
  readonly speedMps: number;
};

export type Side = "FRONT" | "REAR" | "LEFT" | "RIGHT";

/** The first moment of a contact. */
export type Contact = {
  readonly timeS: number;
  readonly aId: number;
  readonly bId: number;
  readonly aKind: ObjectKind;
  readonly bKind: ObjectKind;
  /** Side of each on which the other is met. */
  readonly aSide: Side;
  readonly bSide: Side;
  /** Who drove into the other: the one that moved faster towards the point of contact. */
  readonly strikerId: number;
  readonly relativeMps: number;
};

/** No two bodies whose centres are this far apart along x touch: a bus and a truck, m. */
const REACH_M = 14;

/** Bodies this far apart in height are on different roads, m: the clearance under a bridge is 4 to 5. */
export const LEVEL_M = 3;

/** Pairs that touch, found by a sweep along x, in order of ids; people brush past each other unharmed. */
export function touchingPairs(bodies: readonly Body[]): (readonly [Body, Body])[] {
  const sorted = [...bodies].sort((a, b) => a.xM - b.xM || a.id - b.id);
  const out: (readonly [Body, Body])[] = [];
  for (let i = 0; i < sorted.length; i++) {
    const a = sorted[i]!;
    for (let k = i + 1; k < sorted.length; k++) {
      const b = sorted[k]!;
      if (b.xM - a.xM > REACH_M) break;
      if (Math.abs(b.yM - a.yM) > REACH_M || !boxesOverlap(a, b)) continue;
      if (Math.abs(a.zM - b.zM) > LEVEL_M) continue;
      if (a.kind === "PEDESTRIAN" && b.kind === "PEDESTRIAN") continue;
      out.push(a.id < b.id ? [a, b] : [b, a]);
    }
  }
  return out.sort((p, q) => p[0].id - q[0].id || p[1].id - q[1].id);
}

/** Describes a contact from the two bodies at its first moment. */
export function describeContact(timeS: number, a: Body, b: Body): Contact {
  const point = middleOfContact(a, b);
  const vx = a.speedMps * Math.cos(a.yawRad) - b.speedMps * Math.cos(b.yawRad);
  const vy = a.speedMps * Math.sin(a.yawRad) - b.speedMps * Math.sin(b.yawRad);
  const toPoint = (body: Body): number => {
    const dx = point.xM - body.xM;
    const dy = point.yM - body.yM;
    const along = Math.cos(body.yawRad) * dx + Math.sin(body.yawRad) * dy;
    return (body.speedMps * along) / Math.max(Math.hypot(dx, dy), 1e-6);
  };
  return {
    timeS,
    aId: a.id,
    bId: b.id,
    aKind: a.kind,
    bKind: b.kind,
    aSide: sideOf(a, point),
    bSide: sideOf(b, point),
    strikerId: toPoint(a) >= toPoint(b) ? a.id : b.id,
    relativeMps: Math.hypot(vx, vy),
  };
}

type Point = { readonly xM: number; readonly yM: number };

/** Side of a box that a point is nearest to, the box being scaled to a square. */
function sideOf(box: GroundBox, point: Point): Side {
  const dx = point.xM - box.xM;
  const dy = point.yM - box.yM;
  const c = Math.cos(box.yawRad);
  const s = Math.sin(box.yawRad);
  // distance from each side's line, counted from inside: the corner areas belong to the nearer side
  const along = (c * dx + s * dy) / box.lengthM;
  const left = (-s * dx + c * dy) / box.widthM;
  const frontM = (0.5 - Math.abs(along)) * box.lengthM;
  const sideM = (0.5 - Math.abs(left)) * box.widthM;
  if (frontM < sideM) return along > 0 ? "FRONT" : "REAR";
  return left > 0 ? "LEFT" : "RIGHT";
}

/** Middle of the corners of each that lie in the other; of the centres where only edges cross. */
function middleOfContact(a: GroundBox, b: GroundBox): Point {
  const inside = [
    ...corners(a).filter((p) => holds(b, p)),
    ...corners(b).filter((p) => holds(a, p)),
  ];
  if (inside.length === 0) return { xM: (a.xM + b.xM) / 2, yM: (a.yM + b.yM) / 2 };
  return {
    xM: inside.reduce((sum, p) => sum + p.xM, 0) / inside.length,
    yM: inside.reduce((sum, p) => sum + p.yM, 0) / inside.length,
  };
}

function corners(box: GroundBox): Point[] {
  const c = Math.cos(box.yawRad);
  const s = Math.sin(box.yawRad);
  return [1, -1].flatMap((i) =>
    [1, -1].map((k) => {
      const dx = (i * box.lengthM) / 2;
      const dy = (k * box.widthM) / 2;
      return { xM: box.xM + c * dx - s * dy, yM: box.yM + s * dx + c * dy };
    }),
  );
}

function holds(box: GroundBox, p: Point): boolean {
  const dx = p.xM - box.xM;
  const dy = p.yM - box.yM;
  const c = Math.cos(box.yawRad);
  const s = Math.sin(box.yawRad);
  return (
    Math.abs(c * dx + s * dy) <= box.lengthM / 2 + 1e-9 &&
    Math.abs(-s * dx + c * dy) <= box.widthM / 2 + 1e-9
  );
}
