import type { Cluster } from "./cluster.ts";
import type { Clusterer } from "./clusterer.ts";
import { type PlanarPose, toOdom } from "./ego-motion.ts";
import { STRUCTURE_LENGTH_M, STRUCTURE_TILE_M, STRUCTURE_WIDTH_M } from "./limits.ts";
import { strengthOf } from "./noise.ts";
import { boxOf, type Hull, hullOf } from "./outline.ts";
import { SECTORS, sectorOf } from "./polar.ts";

/** Something nearer by this much at an edge hides what lies beyond the edge. */
const HIDES_BY_M = 0.7;

/**
 * Turns components into clusters; noise is left out, structures are cut into tiles.
 * `nearestM` [360] nearest obstacle point per sector, infinite where ground alone was seen, 0 where
 * nothing at all was seen.
 */
export function findClusters(
  xyz: Float32Array,
  components: Clusterer,
  nearestM: Float32Array,
  pose: PlanarPose | undefined,
): Cluster[] {
  const clusters: Cluster[] = [];
  const order = components.order;
  const describe = (
    from: number,
    to: number,
    strength: Cluster["strength"],
    hull: Hull,
    key?: number,
  ) => {
    let zMinM = Number.POSITIVE_INFINITY;
    let zMaxM = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) {
      const z = xyz[order[i]! * 3 + 2]!;
      if (z < zMinM) zMinM = z;
      if (z > zMaxM) zMaxM = z;
    }
    const box = boxOf(hull, xyz, order, from, to);
    const hidden = key === undefined ? hiddenEdges(hull, nearestM) : { right: false, left: false };
    clusters.push({
      from,
      to,
      strength,
      tileKey: key,
      hull,
      box,
      zMinM,
      zMaxM,
      rightHidden: hidden.right,
      leftHidden: hidden.left,
    });
  };
  for (let c = 0; c < components.count; c++) {
    const from = components.start[c]!;
    const to = components.start[c + 1]!;
    const strength = strengthOf(xyz, order, from, to);
    if (strength === "NOISE") continue;
    const hull = hullOf(xyz, order, from, to);
    if (isStructure(hull, xyz, order, from, to)) {
      for (const [key, start, end] of cutTiles(xyz, order, from, to, pose))
        describe(start, end, "STRONG", hullOf(xyz, order, start, end), key);
    } else {
      describe(from, to, strength, hull);
    }
  }
  return clusters;
}

function isStructure(
  hull: Hull,
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
): boolean {
  let x0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  let y0 = x0;
  let y1 = x1;
  for (const [x, y] of hull) {
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, y);
    y1 = Math.max(y1, y);
  }
  if (Math.hypot(x1 - x0, y1 - y0) <= STRUCTURE_WIDTH_M) return false;
  const box = boxOf(hull, xyz, order, from, to);
  return box.lengthM > STRUCTURE_LENGTH_M || box.widthM > STRUCTURE_WIDTH_M;
}

/** Sorts `order[from…to)` by tile of the fixed frame; [key, from, to] per tile. */
function cutTiles(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  pose: PlanarPose | undefined,
): (readonly [number, number, number])[] {
  const tiles = new Map<number, number[]>();
  const at = pose ?? { xM: 0, yM: 0, yawRad: 0 };
  for (let i = from; i < to; i++) {
    const p = order[i]!;
    const [x, y] = toOdom(at, xyz[p * 3]!, xyz[p * 3 + 1]!);
    const key = tileKeyOf(x, y);
    const list = tiles.get(key);
    if (list) list.push(p);
    else tiles.set(key, [p]);
  }
  const out: (readonly [number, number, number])[] = [];
  let next = from;
  for (const [key, points] of tiles) {
    const start = next;
    for (const p of points) order[next++] = p;
    out.push([key, start, next]);
  }
  return out;
}

const TILE_ROW = 1 << 20;
const tileKeyOf = (x: number, y: number): number =>
  (Math.floor(x / STRUCTURE_TILE_M) + TILE_ROW / 2) * TILE_ROW +
  (Math.floor(y / STRUCTURE_TILE_M) + TILE_ROW / 2);

/** Looks just beyond both edges, as seen from ego. */
function hiddenEdges(
  hull: Hull,
  nearestM: Float32Array,
): { readonly right: boolean; readonly left: boolean } {
  const [cx, cy] = hull[0]!;
  let right = hull[0]!;
  let left = hull[0]!;
  let rightTurn = 0;
  let leftTurn = 0;
  for (const point of hull) {
    const turn = Math.atan2(cx * point[1] - cy * point[0], cx * point[0] + cy * point[1]);
    if (turn < rightTurn) {
      rightTurn = turn;
      right = point;
    }
    if (turn > leftTurn) {
      leftTurn = turn;
      left = point;
    }
  }
  return { right: isHidden(right, -1, nearestM), left: isHidden(left, 1, nearestM) };
}

function isHidden(edge: readonly [number, number], step: number, nearestM: Float32Array): boolean {
  const sector = sectorOf(edge[0], edge[1]);
  const limit = Math.hypot(edge[0], edge[1]) - HIDES_BY_M;
  for (let k = 1; k <= 2; k++)
    if (nearestM[(sector + step * k + SECTORS) % SECTORS]! < limit) return true;
  return false;
}
