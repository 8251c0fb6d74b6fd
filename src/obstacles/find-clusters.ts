import type { Cluster } from "./cluster.ts";
import type { Clusterer } from "./clusterer.ts";
import type { PlanarPose } from "./ego-motion.ts";
import { STRUCTURE_LENGTH_M, STRUCTURE_WIDTH_M } from "./limits.ts";
import { strengthOf } from "./noise.ts";
import { type Box, boxOf, type Hull, hullOf, hullOfHulls } from "./outline.ts";
import { SECTORS, sectorOf } from "./polar.ts";
import { type Blob, ownersOf } from "./shelves.ts";
import { cutTiles } from "./tiles.ts";

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
  const { order } = components;
  const groups = mergeShelves(blobsOf(xyz, components, sparseness), xyz, components, sparseness);
  const clusters: Cluster[] = [];
  for (const group of groups) {
    const { from, to, hull: rough } = group;
    const box = isWide(rough) ? boxOf(rough, xyz, order, from, to) : undefined;
    if (box && (box.lengthM > STRUCTURE_LENGTH_M || box.widthM > STRUCTURE_WIDTH_M)) {
      for (const tile of cutTiles(xyz, order, from, to, pose)) {
        const hull = hullOf(xyz, order, tile.from, tile.to, strideOf(tile.to - tile.from));
        const tileBox = boxOf(hull, xyz, order, tile.from, tile.to);
        const whole = { ...tile, strength: "STRONG", hull } as const;
        clusters.push(describe(whole, tileBox, nearestM, tile.key));
      }
      continue;
    }
    const isRough = strideOf(to - from) > 1;
    const stride = Math.ceil((to - from) / THING_POINTS);
    const hull = isRough ? hullOf(xyz, order, from, to, stride) : rough;
    const thingBox = (!isRough && box) || boxOf(hull, xyz, order, from, to);
    clusters.push(describe({ ...group, hull }, thingBox, nearestM, undefined));
  }
  const large = clusters.filter((c) => c.tileKey !== undefined || c.box.lengthM > LARGE_M);
  return clusters.map((cluster) =>
    isBeside(cluster, large) ? { ...cluster, besideStructure: true } : cluster,
  );
}

function isBeside(cluster: Cluster, large: readonly Cluster[]): boolean {
  if (cluster.tileKey !== undefined || cluster.box.lengthM > PIECE_LENGTH_M) return false;
  return large.some(({ box }) => {
    const dx = cluster.box.xM - box.xM;
    const dy = cluster.box.yM - box.yM;
    const farM = box.lengthM + box.widthM + 2 * PIECE_REACH_M;
    if (dx * dx + dy * dy > farM * farM) return false;
    const c = Math.cos(box.yawRad);
    const s = Math.sin(box.yawRad);
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
    const strength = strengthOf(xyz, order, from, to, sparseness);
    if (strength === "NOISE") continue;
    const hull = hullOf(xyz, order, from, to, strideOf(to - from));
    const zMinM = components.zMinM[c]!;
    const zMaxM = components.zMaxM[c]!;
    blobs.push({ from, to, strength, hull, zMinM, zMaxM });
  }
  return blobs;
}

/** Point order as the clusterer left it. */
let before = new Int32Array(0);

/** Writes blobs with their shelves to `order`: one range for each thing. */
function mergeShelves(
  blobs: readonly Blob[],
  xyz: Float32Array,
  { order, start, count }: Clusterer,
  sparseness: number,
): Blob[] {
  if (before.length < order.length) before = new Int32Array(order.length);
  before.set(order.subarray(0, start[count]!));
  let next = 0;
  return shelvesByOwner(blobs).map((list) => {
    const from = next;
    for (const blob of list) {
      order.set(before.subarray(blob.from, blob.to), next);
      next += blob.to - blob.from;
    }
    if (list.length === 1) return { ...list[0]!, from, to: next };
    return {
      from,
      to: next,
      strength: strengthOf(xyz, order, from, next, sparseness),
      hull: hullOfHulls(list.map((blob) => blob.hull)),
      zMinM: Math.min(...list.map((blob) => blob.zMinM)),
      zMaxM: Math.max(...list.map((blob) => blob.zMaxM)),
    };
  });
}

function shelvesByOwner(blobs: readonly Blob[]): Blob[][] {
  const owner = ownersOf(blobs);
  const lists = new Map<number, Blob[]>();
  for (let i = 0; i < blobs.length; i++) {
    const list = lists.get(owner[i]!);
    if (list) list.push(blobs[i]!);
    else lists.set(owner[i]!, [blobs[i]!]);
  }
  return [...lists.values()];
}

function describe(
  blob: Blob,
  box: Box,
  nearestM: Float32Array,
  tileKey: number | undefined,
): Cluster {
  const { from, to, strength, hull, zMinM, zMaxM } = blob;
  const hidden = hiddenEdges(hull, nearestM);
  return {
    from,
    to,
    strength,
    tileKey,
    hull,
    box,
    zMinM,
    zMaxM,
    rightHidden: hidden.right,
    leftHidden: hidden.left,
    besideStructure: false,
  };
}

/** May it be a structure, by its extents along the axes. */
function isWide(hull: Hull): boolean {
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
  return Math.hypot(x1 - x0, y1 - y0) > STRUCTURE_WIDTH_M;
}

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
