import { type PlanarPose, toOdom } from "./ego-motion.ts";

/** Planar shape of a cluster. */
export type Box = {
  readonly xM: number;
  readonly yM: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly yawRad: number;
};
export type Hull = readonly (readonly [number, number])[];

export const hullInOdom = (hull: Hull, pose: PlanarPose): Hull =>
  hull.map(([x, y]) => toOdom(pose, x, y));

/** Up to this many points are all considered for the hull. */
const ALL_POINTS_MAX = 64;

/**
 * Convex hull, counter-clockwise, of points `order[from…to)` of `xyz`. Only the extreme points of
 * 64 directions are kept first, which bounds the sort for any cluster size.
 */
export function hullOf(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  stride = 1,
): Hull {
  const picked: (readonly [number, number])[] = [];
  if (to - from <= ALL_POINTS_MAX) {
    for (let i = from; i < to; i++) picked.push([xyz[order[i]! * 3]!, xyz[order[i]! * 3 + 1]!]);
  } else {
    pickExtremes(xyz, order, from, to, stride, picked);
  }
  return convexHull(picked);
}

const COS = Float64Array.from({ length: 16 }, (_, d) => Math.cos((d * Math.PI) / 16));
const SIN = Float64Array.from({ length: 16 }, (_, d) => Math.sin((d * Math.PI) / 16));
const low = new Float64Array(16);
const high = new Float64Array(16);
const lowAt = new Int32Array(16);
const highAt = new Int32Array(16);

function pickExtremes(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  stride: number,
  out: (readonly [number, number])[],
): void {
  low.fill(Number.POSITIVE_INFINITY);
  high.fill(Number.NEGATIVE_INFINITY);
  for (let i = from; i < to; i += stride) {
    const p = order[i]!;
    const x = xyz[p * 3]!;
    const y = xyz[p * 3 + 1]!;
    for (let d = 0; d < 16; d++) {
      const t = x * COS[d]! + y * SIN[d]!;
      if (t < low[d]!) {
        low[d] = t;
        lowAt[d] = p;
      }
      if (t > high[d]!) {
        high[d] = t;
        highAt[d] = p;
      }
    }
  }
  for (let d = 0; d < 16; d++) {
    out.push([xyz[lowAt[d]! * 3]!, xyz[lowAt[d]! * 3 + 1]!]);
    out.push([xyz[highAt[d]! * 3]!, xyz[highAt[d]! * 3 + 1]!]);
  }
}

/** Monotone chain; drops duplicates and points on edges. */
export function convexHull(points: readonly (readonly [number, number])[]): Hull {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const chain: (readonly [number, number])[] = [];
  const turn = (
    a: readonly [number, number],
    b: readonly [number, number],
    c: readonly [number, number],
  ) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  const half = (at: number, least: number) => {
    const p = sorted[at]!;
    while (
      chain.length > least &&
      turn(chain[chain.length - 2]!, chain[chain.length - 1]!, p) <= 1e-9
    )
      chain.pop();
    chain.push(p);
  };
  for (let i = 0; i < sorted.length; i++) half(i, 1);
  const lower = chain.length;
  for (let i = sorted.length - 2; i >= 0; i--) half(i, lower);
  chain.pop();
  return chain.length > 0 ? chain : [sorted[0]!];
}

/**
 * Oriented box: of the directions of the hull's edges the one whose rectangle lies closest to the
 * points that are seen (an L seen at a corner stays an L; smallest area alone cannot tell).
 */
export function boxOf(
  hull: Hull,
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
): Box {
  let best: Box | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  const stride = Math.max(1, Math.floor((to - from) / 48));
  for (let e = 0; e < hull.length; e++) {
    const a = hull[e]!;
    const b = hull[(e + 1) % hull.length]!;
    const len = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (len < 0.05 && hull.length > 2) continue;
    const c = len > 0 ? (b[0] - a[0]) / len : 1;
    const s = len > 0 ? (b[1] - a[1]) / len : 0;
    const box = rectangle(hull, c, s);
    const score =
      distanceToSides(box, xyz, order, from, to, stride) + 0.02 * box.lengthM * box.widthM;
    if (score < bestScore - 1e-9) {
      bestScore = score;
      best = box;
    }
  }
  return best ?? rectangle(hull, 1, 0);
}

function rectangle(hull: Hull, c: number, s: number): Box {
  let u0 = Number.POSITIVE_INFINITY;
  let u1 = Number.NEGATIVE_INFINITY;
  let w0 = u0;
  let w1 = u1;
  for (const [x, y] of hull) {
    const u = c * x + s * y;
    const w = -s * x + c * y;
    u0 = Math.min(u0, u);
    u1 = Math.max(u1, u);
    w0 = Math.min(w0, w);
    w1 = Math.max(w1, w);
  }
  const um = (u0 + u1) / 2;
  const wm = (w0 + w1) / 2;
  const along = u1 - u0 >= w1 - w0;
  let yawRad = Math.atan2(s, c) + (along ? 0 : Math.PI / 2);
  // A box has no front: its heading is kept within ±90°.
  if (yawRad > Math.PI / 2) yawRad -= Math.PI;
  if (yawRad <= -Math.PI / 2) yawRad += Math.PI;
  if (yawRad > Math.PI / 2) yawRad -= Math.PI;
  return {
    xM: c * um - s * wm,
    yM: s * um + c * wm,
    lengthM: Math.max(u1 - u0, w1 - w0),
    widthM: Math.min(u1 - u0, w1 - w0),
    yawRad,
  };
}

/** Mean distance of points to the nearest side, at most 0.5 m each. */
function distanceToSides(
  box: Box,
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  stride: number,
): number {
  const c = Math.cos(box.yawRad);
  const s = Math.sin(box.yawRad);
  let sum = 0;
  let n = 0;
  for (let i = from; i < to; i += stride) {
    const dx = xyz[order[i]! * 3]! - box.xM;
    const dy = xyz[order[i]! * 3 + 1]! - box.yM;
    const u = box.lengthM / 2 - Math.abs(c * dx + s * dy);
    const w = box.widthM / 2 - Math.abs(-s * dx + c * dy);
    sum += Math.min(Math.abs(u), Math.abs(w), 0.5);
    n++;
  }
  return n > 0 ? sum / n : 0;
}
