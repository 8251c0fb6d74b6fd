import { DENSE_MIN_M, DENSE_PER_RANGE_RATIO } from "./limits.ts";

/** Raindrops, spray and dust send light back from near only. */
const REACH_M = 15;
/** Cells are cubes; layers repeat, so that few of them hold any height. */
const CELL_M = 0.3;
const SIDE = Math.round((2 * REACH_M) / CELL_M);
const LAYERS = 8;

/** First near point of each cell, and the next one of each point; −1 ends the list. */
const head = new Int32Array(SIDE * SIDE * LAYERS);
let next = new Int32Array(0);
/** Near points, and then those of them that stand alone, ascending. */
let near = new Int32Array(0);
/** Cells of the near points. */
let nearCell = new Int32Array(0);

/**
 * Removes near points that have no neighbour ray on the same surface, in place.
 * `xyz` [N, 3] m, ego; `cells` [N] go along. Returns how many points stay.
 */
export function dropIsolated(
  xyz: Float32Array,
  cells: Uint16Array,
  pointCount: number,
  sparseness: number,
): number {
  if (next.length < pointCount) {
    next = new Int32Array(pointCount + (pointCount >> 2));
    near = new Int32Array(next.length);
    nearCell = new Int32Array(next.length);
  }
  const count = fillLists(xyz, pointCount);
  const doubts = findDoubtful(xyz, count, sparseness);
  let alone = 0;
  for (let n = 0; n < doubts; n++) {
    const i = near[n]!;
    const reach = reachOf(xyz[i * 3]!, xyz[i * 3 + 1]!, sparseness);
    if (hasNeighbour(xyz, i, reach) || isBesideRay(xyz, i, pointCount, reach)) continue;
    near[alone++] = i;
  }
  return removePoints(xyz, cells, pointCount, alone);
}

/** Returns how many points are near. */
function fillLists(xyz: Float32Array, pointCount: number): number {
  head.fill(-1);
  let count = 0;
  for (let i = 0, k = 0; i < pointCount; i++, k += 3) {
    const x = xyz[k]!;
    const y = xyz[k + 1]!;
    if (x * x + y * y >= REACH_M * REACH_M) continue;
    const cell = columnOf(x, y) * LAYERS + layerOf(xyz[k + 2]!);
    next[i] = head[cell]!;
    head[cell] = i;
    near[count] = i;
    nearCell[count++] = cell;
  }
  return count;
}

/** 0…SIDE − 1 along one axis. */
const stepOf = (m: number): number =>
  Math.max(0, Math.min(SIDE - 1, Math.floor((m + REACH_M) / CELL_M)));
const columnOf = (x: number, y: number): number => stepOf(x) * SIDE + stepOf(y);
const layerOf = (z: number): number => Math.floor(z / CELL_M) & (LAYERS - 1);

const reachOf = (x: number, y: number, sparseness: number): number =>
  sparseness * Math.max(DENSE_MIN_M, DENSE_PER_RANGE_RATIO * Math.sqrt(x * x + y * y));

/** Keeps in `near` those without a neighbour in their own cell: few. Returns how many. */
function findDoubtful(xyz: Float32Array, count: number, sparseness: number): number {
  let doubts = 0;
  for (let n = 0; n < count; n++) {
    const i = near[n]!;
    const x = xyz[i * 3]!;
    const y = xyz[i * 3 + 1]!;
    const z = xyz[i * 3 + 2]!;
    const reach = reachOf(x, y, sparseness);
    let j = head[nearCell[n]!]!;
    for (; j >= 0; j = next[j]!) {
      const dx = xyz[j * 3]! - x;
      const dy = xyz[j * 3 + 1]! - y;
      const dz = xyz[j * 3 + 2]! - z;
      if (dx * dx + dy * dy + dz * dz < reach * reach && j !== i) break;
    }
    if (j < 0) near[doubts++] = i;
  }
  return doubts;
}

function hasNeighbour(xyz: Float32Array, i: number, reach: number): boolean {
  const x = xyz[i * 3]!;
  const y = xyz[i * 3 + 1]!;
  const z = xyz[i * 3 + 2]!;
  const layers = Math.min(LAYERS, layersBetween(z - reach, z + reach));
  for (let ix = stepOf(x - reach); ix <= stepOf(x + reach); ix++)
    for (let iy = stepOf(y - reach); iy <= stepOf(y + reach); iy++)
      for (let n = 0; n < layers; n++) {
        const layer = (layerOf(z - reach) + n) & (LAYERS - 1);
        for (let j = head[(ix * SIDE + iy) * LAYERS + layer]!; j >= 0; j = next[j]!)
          if (j !== i && areNear(xyz, i, j, reach)) return true;
      }
  return false;
}

const layersBetween = (z0: number, z1: number): number =>
  Math.floor(z1 / CELL_M) - Math.floor(z0 / CELL_M) + 1;

/** The ray before or after may have met the same surface just beyond REACH_M. */
const isBesideRay = (xyz: Float32Array, i: number, pointCount: number, reach: number): boolean =>
  (i > 0 && areNear(xyz, i, i - 1, reach)) || (i + 1 < pointCount && areNear(xyz, i, i + 1, reach));

function areNear(xyz: Float32Array, i: number, j: number, reach: number): boolean {
  const dx = xyz[j * 3]! - xyz[i * 3]!;
  const dy = xyz[j * 3 + 1]! - xyz[i * 3 + 1]!;
  const dz = xyz[j * 3 + 2]! - xyz[i * 3 + 2]!;
  return dx * dx + dy * dy + dz * dz < reach * reach;
}

/** Removes the points near[0…count), which ascend. */
function removePoints(
  xyz: Float32Array,
  cells: Uint16Array,
  pointCount: number,
  count: number,
): number {
  for (let n = 0; n < count; n++) {
    const from = near[n]! + 1;
    const to = n + 1 < count ? near[n + 1]! : pointCount;
    const at = from - n - 1;
    xyz.copyWithin(at * 3, from * 3, to * 3);
    cells.copyWithin(at, from, to);
  }
  return pointCount - count;
}
