import type { Cluster } from "./cluster.ts";
import type { Clusterer } from "./clusterer.ts";
import { type PlanarPose, toOdom } from "./ego-motion.ts";
import { STRUCTURE_LENGTH_M, STRUCTURE_TILE_M, STRUCTURE_WIDTH_M } from "./limits.ts";
import { strengthOf } from "./noise.ts";
import { boxOf, convexHull, type Hull, hullOf } from "./outline.ts";
import { SECTORS, sectorOf } from "./polar.ts";
import { type Blob, ownersOf } from "./shelves.ts";

/** Something nearer by this much at an edge hides what lies beyond the edge. */
const HIDES_BY_M = 0.7;
/** Structures, and what is only sorted into thing or structure, need no more points than this. */
const ROUGH_POINTS = 512;
/** A thing with more points than this is so near that rays lie closer together than their noise. */
const THING_POINTS = 1024;
const strideOf = (points: number): number => Math.max(1, Math.floor(points / ROUGH_POINTS));
/** Pieces of a hedge or wall that grazing rays tear off: up to this size and this far from it. */
const PIECE_LENGTH_M = 1.2;
const PIECE_REACH_M = 2;
/** Longer than a car or van: a structure, or what is seen of one. */
const LARGE_M = 6;

/**
 * Turns components into clusters; noise is left out, structures are cut into tiles.
 * `nearestM` [360] nearest obstacle point per sector, infinite where there is none.
 */
export function findClusters(
  xyz: Float32Array,
  components: Clusterer,
  nearestM: Float32Array,
  pose: PlanarPose | undefined,
  sparseness: number,
): Cluster[] {
  const order = components.order;
  const groups = mergeShelves(blobsOf(xyz, components, sparseness), order);
  const clusters: Cluster[] = [];
  for (const { from, to, rough } of groups) {
    if (!isStructure(rough, xyz, order, from, to)) {
      const hull =
        strideOf(to - from) === 1
          ? rough
          : hullOf(xyz, order, from, to, Math.ceil((to - from) / THING_POINTS));
      clusters.push(describe(xyz, order, from, to, hull, nearestM, sparseness));
      continue;
    }
    for (const [tileKey, start, end] of cutTiles(xyz, order, from, to, pose)) {
      const hull = hullOf(xyz, order, start, end, strideOf(end - start));
      clusters.push(describe(xyz, order, start, end, hull, nearestM, sparseness, tileKey));
    }
  }
  const large = clusters.filter((c) => c.tileKey !== undefined || c.box.lengthM > LARGE_M);
  return clusters.map((cluster) =>
    isBeside(cluster, large) ? { ...cluster, besideStructure: true } : cluster,
  );
}

function isBeside(cluster: Cluster, large: readonly Cluster[]): boolean {
  if (cluster.tileKey !== undefined || cluster.box.lengthM > PIECE_LENGTH_M) return false;
  return large.some(({ box }) => {
    const c = Math.cos(box.yawRad);
    const s = Math.sin(box.yawRad);
    const dx = cluster.box.xM - box.xM;
    const dy = cluster.box.yM - box.yM;
    const along = Math.max(0, Math.abs(c * dx + s * dy) - box.lengthM / 2);
    const across = Math.max(0, Math.abs(c * dy - s * dx) - box.widthM / 2);
    return along < PIECE_REACH_M && across < PIECE_REACH_M;
  });
}

function blobsOf(xyz: Float32Array, components: Clusterer, sparseness: number): Blob[] {
  const { order, start } = components;
  const blobs: Blob[] = [];
  for (let c = 0; c < components.count; c++) {
    const from = start[c]!;
    const to = start[c + 1]!;
    if (strengthOf(xyz, order, from, to, sparseness) === "NOISE") continue;
    const [zMinM, zMaxM] = heights(xyz, order, from, to);
    const hull = hullOf(xyz, order, from, to, strideOf(to - from));
    blobs.push({ points: order.slice(from, to), hull, zMinM, zMaxM });
  }
  return blobs;
}

/** Points of one thing in `order`, and an outline from some of its points. */
type Group = { readonly from: number; readonly to: number; readonly rough: Hull };

/** Writes blobs with their shelves to `order`. */
function mergeShelves(blobs: readonly Blob[], order: Int32Array): Group[] {
  const owner = ownersOf(blobs);
  const shelvesOf = new Map<number, Blob[]>();
  for (let i = 0; i < blobs.length; i++) {
    const key = owner[i]!;
    const list = shelvesOf.get(key);
    if (list) list.push(blobs[i]!);
    else shelvesOf.set(key, [blobs[i]!]);
  }
  let next = 0;
  const groups: Group[] = [];
  for (const list of shelvesOf.values()) {
    const from = next;
    for (const blob of list) {
      order.set(blob.points, next);
      next += blob.points.length;
    }
    const hulls = list.map((blob) => blob.hull);
    groups.push({
      from,
      to: next,
      rough: hulls.length === 1 ? hulls[0]! : convexHull(hulls.flat()),
    });
  }
  return groups;
}

function heights(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const z = xyz[order[i]! * 3 + 2]!;
    if (z < low) low = z;
    if (z > high) high = z;
  }
  return [low, high];
}

function describe(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  hull: Hull,
  nearestM: Float32Array,
  sparseness: number,
  tileKey?: number,
): Cluster {
  const [zMinM, zMaxM] = heights(xyz, order, from, to);
  const hidden = hiddenEdges(hull, nearestM);
  const strength = tileKey === undefined ? strengthOf(xyz, order, from, to, sparseness) : "STRONG";
  return {
    from,
    to,
    strength,
    tileKey,
    hull,
    box: boxOf(hull, xyz, order, from, to),
    zMinM,
    zMaxM,
    rightHidden: hidden.right,
    leftHidden: hidden.left,
    besideStructure: false,
  };
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
