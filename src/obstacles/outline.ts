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
/** Directions along which the points furthest out on both sides are kept. */
const DIRECTIONS = 16;
const COS = Float64Array.from({ length: DIRECTIONS }, (_, d) =>
  Math.cos((d * Math.PI) / DIRECTIONS),
);
const SIN = Float64Array.from({ length: DIRECTIONS }, (_, d) =>
  Math.sin((d * Math.PI) / DIRECTIONS),
);
/** Sides are judged by one or two times as many points. */
const SIDE_POINTS = 48;

/** Working memory: points looked at, points that a hull is made of, and the hull as indices. */
let lookX = new Float64Array(1024);
let lookY = new Float64Array(1024);
let pickX = new Float64Array(ALL_POINTS_MAX);
let pickY = new Float64Array(ALL_POINTS_MAX);
let chain = new Int32Array(2 * ALL_POINTS_MAX);

/**
 * Convex hull, counter-clockwise, of every `stride`th of the points `order[from…to)` of `xyz`. Only
 * the extreme points of 32 directions are kept first, which bounds the sort for any cluster size.
 */
export function hullOf(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  stride: number,
): Hull {
  if (to - from > ALL_POINTS_MAX) {
    pickExtremes(look(xyz, order, from, to, stride));
    return hullOfPicked(2 * DIRECTIONS);
  }
  for (let i = from; i < to; i++) {
    const p = order[i]! * 3;
    pickX[i - from] = xyz[p]!;
    pickY[i - from] = xyz[p + 1]!;
  }
  return hullOfPicked(to - from);
}

/** Convex hull of hulls. */
export function hullOfHulls(hulls: readonly Hull[]): Hull {
  let count = 0;
  for (const hull of hulls) count += hull.length;
  if (pickX.length < count) {
    pickX = new Float64Array(2 * count);
    pickY = new Float64Array(2 * count);
    chain = new Int32Array(4 * count);
  }
  let at = 0;
  for (const hull of hulls)
    for (const [x, y] of hull) {
      pickX[at] = x;
      pickY[at++] = y;
    }
  return hullOfPicked(count);
}

/** Gathers every `stride`th point, so that many passes read them side by side. */
function look(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  stride: number,
): number {
  const most = Math.ceil((to - from) / stride);
  if (lookX.length < most) {
    lookX = new Float64Array(2 * most);
    lookY = new Float64Array(2 * most);
  }
  let count = 0;
  for (let i = from; i < to; i += stride) {
    const p = order[i]! * 3;
    lookX[count] = xyz[p]!;
    lookY[count++] = xyz[p + 1]!;
  }
  return count;
}

/**
 * Extremes along the axes first. What lies within their quadrangle is no extreme along any direction, so
 * that the other passes read less than half of the points.
 */
function pickExtremes(count: number): void {
  pickAlong(0, DIRECTIONS / 2, count);
  const left = keepOutside(count);
  for (let d = 1; d < DIRECTIONS / 2; d++) pickAlong(d, DIRECTIONS / 2 + d, left);
}

/** Two directions in a pass: extremes of the points looked at along directions d and e. */
function pickAlong(d: number, e: number, count: number): void {
  const [c0, s0, c1, s1] = [COS[d]!, SIN[d]!, COS[e]!, SIN[e]!];
  let low0 = Number.POSITIVE_INFINITY;
  let low1 = low0;
  let high0 = Number.NEGATIVE_INFINITY;
  let high1 = high0;
  let [low0At, high0At, low1At, high1At] = [0, 0, 0, 0];
  const xs = lookX;
  const ys = lookY;
  for (let i = 0; i < count; i++) {
    const x = xs[i]!;
    const y = ys[i]!;
    const t0 = x * c0 + y * s0;
    const t1 = x * c1 + y * s1;
    if (t0 < low0) {
      low0 = t0;
      low0At = i;
    }
    if (t0 > high0) {
      high0 = t0;
      high0At = i;
    }
    if (t1 < low1) {
      low1 = t1;
      low1At = i;
    }
    if (t1 > high1) {
      high1 = t1;
      high1At = i;
    }
  }
  pick(2 * d, low0At);
  pick(2 * d + 1, high0At);
  pick(2 * e, low1At);
  pick(2 * e + 1, high1At);
}

function pick(at: number, looked: number): void {
  pickX[at] = lookX[looked]!;
  pickY[at] = lookY[looked]!;
}

/** Of the points looked at keeps those on or outside the quadrangle of the extremes along the axes. */
function keepOutside(count: number): number {
  const [west, east, south, north] = [0, 1, DIRECTIONS, DIRECTIONS + 1] as const;
  // Sides counter-clockwise, outwards: a · x + b · y > c.
  const [a0, b0, c0] = sideOf(east, north);
  const [a1, b1, c1] = sideOf(north, west);
  const [a2, b2, c2] = sideOf(west, south);
  const [a3, b3, c3] = sideOf(south, east);
  const xs = lookX;
  const ys = lookY;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const x = xs[i]!;
    const y = ys[i]!;
    if (
      a0 * x + b0 * y < c0 &&
      a1 * x + b1 * y < c1 &&
      a2 * x + b2 * y < c2 &&
      a3 * x + b3 * y < c3
    )
      continue;
    xs[kept] = x;
    ys[kept++] = y;
  }
  return kept;
}

/** The line through picked points p and q; a hair inwards, so that rounding keeps what lies on it. */
function sideOf(p: number, q: number): readonly [number, number, number] {
  const a = pickY[q]! - pickY[p]!;
  const b = pickX[p]! - pickX[q]!;
  // Both the same: every point lies inside of no side.
  const c = a === 0 && b === 0 ? 1 : a * pickX[p]! + b * pickY[p]! - 1e-9;
  return [a, b, c];
}

/** Monotone chain over the picked points; drops duplicates and points on edges. */
function hullOfPicked(count: number): Hull {
  sortPicked(count);
  if (count < 3) return Array.from({ length: count }, (_, i) => [pickX[i]!, pickY[i]!] as const);
  let top = 0;
  for (let i = 0; i < count; i++) top = extendChain(i, top, 1);
  const lower = top;
  for (let i = count - 2; i >= 0; i--) top = extendChain(i, top, lower);
  const hull: (readonly [number, number])[] = [];
  for (let k = 0; k < top - 1; k++) hull.push([pickX[chain[k]!]!, pickY[chain[k]!]!]);
  return hull;
}

/** Ascending in x, then y; few points, mostly in order by twos. */
function sortPicked(count: number): void {
  const xs = pickX;
  const ys = pickY;
  for (let i = 1; i < count; i++) {
    const x = xs[i]!;
    const y = ys[i]!;
    let k = i;
    while (k > 0 && (xs[k - 1]! > x || (xs[k - 1] === x && ys[k - 1]! > y))) {
      xs[k] = xs[k - 1]!;
      ys[k] = ys[k - 1]!;
      k--;
    }
    xs[k] = x;
    ys[k] = y;
  }
}

/** Puts point p on the chain, in place of those that it leaves inside; returns its length. */
function extendChain(p: number, length: number, least: number): number {
  const xs = pickX;
  const ys = pickY;
  const x = xs[p]!;
  const y = ys[p]!;
  let top = length;
  while (top > least) {
    const a = chain[top - 2]!;
    const b = chain[top - 1]!;
    if ((xs[b]! - xs[a]!) * (y - ys[a]!) - (ys[b]! - ys[a]!) * (x - xs[a]!) > 1e-9) break;
    top--;
  }
  chain[top] = p;
  return top + 1;
}

/** A rectangle while it is judged: centre, length, width, m, ego, and heading, rad. */
const draft = new Float64Array(5);
const chosen = new Float64Array(5);

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
  let bestScore = Number.POSITIVE_INFINITY;
  const count = look(xyz, order, from, to, Math.max(1, Math.floor((to - from) / SIDE_POINTS)));
  for (let e = 0; e < hull.length; e++) {
    const a = hull[e]!;
    const b = hull[e + 1 < hull.length ? e + 1 : 0]!;
    const len = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (len < 0.05 && hull.length > 2) continue;
    rectangleInto(hull, len > 0 ? (b[0] - a[0]) / len : 1, len > 0 ? (b[1] - a[1]) / len : 0);
    const score = scoreOfDraft(count, bestScore);
    if (score < bestScore - 1e-9) {
      bestScore = score;
      chosen.set(draft);
    }
  }
  if (bestScore === Number.POSITIVE_INFINITY) {
    rectangleInto(hull, 1, 0);
    chosen.set(draft);
  }
  return {
    xM: chosen[0]!,
    yM: chosen[1]!,
    lengthM: chosen[2]!,
    widthM: chosen[3]!,
    yawRad: chosen[4]!,
  };
}

/** The rectangle around `hull` with a side along (c, s), to `draft`. */
function rectangleInto(hull: Hull, c: number, s: number): void {
  let u0 = Number.POSITIVE_INFINITY;
  let u1 = Number.NEGATIVE_INFINITY;
  let w0 = u0;
  let w1 = u1;
  for (let i = 0; i < hull.length; i++) {
    const p = hull[i]!;
    const u = c * p[0] + s * p[1];
    const w = -s * p[0] + c * p[1];
    if (u < u0) u0 = u;
    if (u > u1) u1 = u;
    if (w < w0) w0 = w;
    if (w > w1) w1 = w;
  }
  const um = (u0 + u1) / 2;
  const wm = (w0 + w1) / 2;
  const along = u1 - u0 >= w1 - w0;
  let yawRad = Math.atan2(s, c) + (along ? 0 : Math.PI / 2);
  // A box has no front: its heading is kept within ±90°.
  if (yawRad > Math.PI / 2) yawRad -= Math.PI;
  if (yawRad <= -Math.PI / 2) yawRad += Math.PI;
  if (yawRad > Math.PI / 2) yawRad -= Math.PI;
  draft[0] = c * um - s * wm;
  draft[1] = s * um + c * wm;
  draft[2] = along ? u1 - u0 : w1 - w0;
  draft[3] = along ? w1 - w0 : u1 - u0;
  draft[4] = yawRad;
}

/**
 * Mean distance of the points looked at to the nearest side of `draft`, at most 0.5 m each, and a
 * little for the area; Infinity as soon as it cannot be less than `bestScore`.
 */
function scoreOfDraft(count: number, bestScore: number): number {
  const xM = draft[0]!;
  const yM = draft[1]!;
  const lengthM = draft[2]!;
  const widthM = draft[3]!;
  const yawRad = draft[4]!;
  const area = 0.02 * lengthM * widthM;
  const most = (bestScore - area) * count;
  const c = Math.cos(yawRad);
  const s = Math.sin(yawRad);
  const xs = lookX;
  const ys = lookY;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (sum > most) return Number.POSITIVE_INFINITY;
    const dx = xs[i]! - xM;
    const dy = ys[i]! - yM;
    const u = Math.abs(lengthM / 2 - Math.abs(c * dx + s * dy));
    const w = Math.abs(widthM / 2 - Math.abs(-s * dx + c * dy));
    const nearer = u < w ? u : w;
    sum += nearer < 0.5 ? nearer : 0.5;
  }
  return (count > 0 ? sum / count : 0) + area;
}
