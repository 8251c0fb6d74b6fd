import type { Strength } from "./noise.ts";
import type { Hull } from "./outline.ts";

/** One component on its way to a cluster. */
export type Blob = {
  /** Range of the point order that holds its points. */
  readonly from: number;
  readonly to: number;
  readonly strength: Strength;
  readonly hull: Hull;
  readonly zMinM: number;
  readonly zMaxM: number;
};

/** A ring on a level roof lies behind the face by a car's length at most. */
const GAP_MAX_M = 4.5;
/** A roof ring starts about where the face below ends; sparse beams miss up to this much. */
const BELOW_TOP_M = 0.35;
const ABOVE_TOP_M = 0.6;
/** A level surface under a grazing beam. */
const EXTENT_MAX_M = 0.35;
const OVERLAP_RATIO = 0.6;

/**
 * A face and a ring of points on the roof behind it come from one vehicle, but nothing joins them:
 * beams graze the roof too far apart. Returns for each blob the blob that it belongs to (itself, or
 * a nearer one). A lone roof ring keeps its distance to the sensor and would seem to move along.
 */
export function ownersOf(blobs: readonly Blob[]): Int32Array {
  const owner = Int32Array.from(blobs, (_, i) => i);
  for (let far = 0; far < blobs.length; far++) {
    const shelf = blobs[far]!;
    if (shelf.zMaxM - shelf.zMinM > EXTENT_MAX_M) continue;
    const [x, y] = shelf.hull[0]!;
    const range = Math.hypot(x, y) || 1;
    const self = extent(shelf.hull, x / range, y / range);
    let best = GAP_MAX_M;
    for (let near = 0; near < blobs.length; near++) {
      const face = blobs[near]!;
      if (near === far || shelf.zMinM < face.zMaxM - BELOW_TOP_M) continue;
      if (shelf.zMaxM > face.zMaxM + ABOVE_TOP_M) continue;
      const other = extent(face.hull, x / range, y / range);
      const gap = self.near - other.far;
      const overlap = Math.min(self.left, other.left) - Math.max(self.right, other.right);
      if (self.near <= other.near || gap >= best) continue;
      if (overlap < OVERLAP_RATIO * (self.left - self.right)) continue;
      best = Math.max(gap, 0);
      owner[far] = near;
    }
  }
  // A shelf of a shelf belongs to the face; nearer blobs own, so chains end.
  for (let i = 0; i < owner.length; i++)
    while (owner[owner[i]!] !== owner[i]) owner[i] = owner[owner[i]!]!;
  return owner;
}

function extent(hull: Hull, ux: number, uy: number) {
  let near = Number.POSITIVE_INFINITY;
  let far = Number.NEGATIVE_INFINITY;
  let right = near;
  let left = far;
  for (let i = 0; i < hull.length; i++) {
    const p = hull[i]!;
    const along = ux * p[0] + uy * p[1];
    const across = -uy * p[0] + ux * p[1];
    near = Math.min(near, along);
    far = Math.max(far, along);
    right = Math.min(right, across);
    left = Math.max(left, across);
  }
  return { near, far, right, left };
}
