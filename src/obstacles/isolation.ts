import { DENSE_MIN_M, DENSE_PER_RANGE_RATIO } from "./limits.ts";

/** Raindrops, spray and dust send light back from near only. */
const REACH_M = 15;
/** Cells are cubes of about 0.3 m; layers repeat, so that few of them hold any height. */
const CELLS_PER_M = 10 / 3;
const SIDE = Math.round(2 * REACH_M * CELLS_PER_M);
const LAYERS = 8;
/** Squares of DENSE_MIN_M and DENSE_PER_RANGE_RATIO. */
const REACH_MIN_M2 = DENSE_MIN_M ** 2;
const REACH_PER_RANGE2 = DENSE_PER_RANGE_RATIO ** 2;

/** Most points have company among the last few of their cell; others are left for a thorough search. */
const GLANCES_MAX = 8;

/** Newest near point of each cell, and the one before each point; −1 ends the list. */
const head = new Int32Array(SIDE * SIDE * LAYERS);
let next = new Int32Array(0);
/** Per point: 1 once a neighbour within reach is known. */
let inCompany = new Uint8Array(0);
/** Near points that found nobody, and then those of them that stand alone, ascending. */
let doubtful = new Int32Array(0);

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
    inCompany = new Uint8Array(next.length);
    doubtful = new Int32Array(next.length);
  }
  const doubts = listPoints(xyz, pointCount, sparseness);
  let alone = 0;
  for (let n = 0; n < doubts; n++) {
    const i = doubtful[n]!;
    if (inCompany[i] === 1) continue;
    const reach2 = reach2Of(xyz[i * 3]!, xyz[i * 3 + 1]!) * sparseness * sparseness;
    if (hasNeighbour(xyz, i, reach2) || isBesideRay(xyz, i, pointCount, reach2)) continue;
    doubtful[alone++] = i;
  }
  return removePoints(xyz, cells, pointCount, alone);
}

/**
 * Puts near points on the lists of their cells and looks for company on the way: rays come in the
 * order of the scan, so the last ones of a cell are the closest. Returns how many found none.
 */
function listPoints(xyz: Float32Array, pointCount: number, sparseness: number): number {
  head.fill(-1);
  const stretch = sparseness * sparseness;
  const [before, company, doubts] = [next, inCompany, doubtful];
  let count = 0;
  for (let i = 0, k = 0; i < pointCount; i++, k += 3) {
    const x = xyz[k]!;
    const y = xyz[k + 1]!;
    if (x * x + y * y >= REACH_M * REACH_M) continue;
    const z = xyz[k + 2]!;
    const column = (((x + REACH_M) * CELLS_PER_M) | 0) * SIDE + (((y + REACH_M) * CELLS_PER_M) | 0);
    const cell = column * LAYERS + layerOf(z);
    const reach2 = reach2Of(x, y) * stretch;
    let j = head[cell]!;
    before[i] = j;
    head[cell] = i;
    company[i] = 0;
    for (let glance = 0; j >= 0 && glance < GLANCES_MAX; glance++) {
      const d2 = distance2(xyz, j, x, y, z);
      if (d2 < reach2) {
        company[i] = 1;
        if (d2 < reach2Of(xyz[3 * j]!, xyz[3 * j + 1]!) * stretch) company[j] = 1;
        break;
      }
      j = before[j]!;
    }
    if (company[i] === 0) doubts[count++] = i;
  }
  return count;
}

/** Square of the reach of a point without its sparseness, m². */
function reach2Of(x: number, y: number): number {
  const far = REACH_PER_RANGE2 * (x * x + y * y);
  return far > REACH_MIN_M2 ? far : REACH_MIN_M2;
}

function distance2(xyz: Float32Array, j: number, x: number, y: number, z: number): number {
  const dx = xyz[j * 3]! - x;
  const dy = xyz[j * 3 + 1]! - y;
  const dz = xyz[j * 3 + 2]! - z;
  return dx * dx + dy * dy + dz * dz;
}

/** 0…SIDE − 1 along one axis, the nearest one for what lies beyond. */
const stepOf = (m: number): number =>
  Math.max(0, Math.min(SIDE - 1, Math.floor((m + REACH_M) * CELLS_PER_M)));
const layerOf = (z: number): number => Math.floor(z * CELLS_PER_M) & (LAYERS - 1);

function hasNeighbour(xyz: Float32Array, i: number, reach2: number): boolean {
  const x = xyz[i * 3]!;
  const y = xyz[i * 3 + 1]!;
  const z = xyz[i * 3 + 2]!;
  const reach = Math.sqrt(reach2);
  const layers = Math.min(LAYERS, layersBetween(z - reach, z + reach));
  for (let ix = stepOf(x - reach); ix <= stepOf(x + reach); ix++)
    for (let iy = stepOf(y - reach); iy <= stepOf(y + reach); iy++)
      for (let n = 0; n < layers; n++) {
        const layer = (layerOf(z - reach) + n) & (LAYERS - 1);
        for (let j = head[(ix * SIDE + iy) * LAYERS + layer]!; j >= 0; j = next[j]!)
          if (j !== i && distance2(xyz, j, x, y, z) < reach2) return true;
      }
  return false;
}

const layersBetween = (z0: number, z1: number): number =>
  Math.floor(z1 * CELLS_PER_M) - Math.floor(z0 * CELLS_PER_M) + 1;

/** The ray before or after may have met the same surface just beyond REACH_M. */
function isBesideRay(xyz: Float32Array, i: number, pointCount: number, reach2: number): boolean {
  const x = xyz[i * 3]!;
  const y = xyz[i * 3 + 1]!;
  const z = xyz[i * 3 + 2]!;
  return (
    (i > 0 && distance2(xyz, i - 1, x, y, z) < reach2) ||
    (i + 1 < pointCount && distance2(xyz, i + 1, x, y, z) < reach2)
  );
}

/** Removes the points doubtful[0…count), which ascend. */
function removePoints(
  xyz: Float32Array,
  cells: Uint16Array,
  pointCount: number,
  count: number,
): number {
  for (let n = 0; n < count; n++) {
    const from = doubtful[n]! + 1;
    const to = n + 1 < count ? doubtful[n + 1]! : pointCount;
    const at = from - n - 1;
    xyz.copyWithin(at * 3, from * 3, to * 3);
    cells.copyWithin(at, from, to);
  }
  return pointCount - count;
}
