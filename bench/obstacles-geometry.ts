import type { Label } from "./obstacles-labels.ts";

export type Point = readonly [number, number];
export type Polygon = readonly Point[];

/** Footprint of a label, counter-clockwise, m, ego. */
export function polygonOf(label: Label): Polygon {
  const c = Math.cos(label.yawRad);
  const s = Math.sin(label.yawRad);
  const l = label.lengthM / 2;
  const w = label.widthM / 2;
  return (
    [
      [l, w],
      [-l, w],
      [-l, -w],
      [l, -w],
    ] as const
  ).map(([u, v]) => [label.xM + c * u - s * v, label.yM + s * u + c * v] as const);
}

function toSegmentM(p: Point, a: Point, b: Point): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const len2 = dx * dx + dy * dy;
  const t =
    len2 > 0 ? Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / len2)) : 0;
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

function isInside(p: Point, polygon: Polygon): boolean {
  if (polygon.length < 3) return false;
  for (let i = 0; i < polygon.length; i++) {
    const a = polygon[i]!;
    const b = polygon[(i + 1) % polygon.length]!;
    if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) < 0) return false;
  }
  return true;
}

/** 0 inside a convex counter-clockwise polygon. */
export function distanceToPolygonM(p: Point, polygon: Polygon): number {
  if (isInside(p, polygon)) return 0;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < polygon.length; i++)
    best = Math.min(best, toSegmentM(p, polygon[i]!, polygon[(i + 1) % polygon.length]!));
  return best;
}

/** Distance of two convex polygons; 0 where they meet (vertices inside or edges sampled). */
export function polygonDistanceM(a: Polygon, b: Polygon): number {
  let best = Number.POSITIVE_INFINITY;
  for (const p of densify(a)) best = Math.min(best, distanceToPolygonM(p, b));
  for (const p of b) best = Math.min(best, distanceToPolygonM(p, a));
  return best;
}

export const nearestTo = (polygon: Polygon, p: Point): number => distanceToPolygonM(p, polygon);

/** The outline with a point at least every 0.25 m. */
export function densify(polygon: Polygon): Point[] {
  const out: Point[] = [];
  for (let i = 0; i < polygon.length; i++) {
    const a = polygon[i]!;
    const b = polygon[(i + 1) % polygon.length]!;
    const n = Math.max(1, Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1]) / 0.25));
    for (let k = 0; k < n; k++)
      out.push([a[0] + ((b[0] - a[0]) * k) / n, a[1] + ((b[1] - a[1]) * k) / n]);
  }
  return out;
}
