import { DENSE_MIN_M, DENSE_PER_RANGE_RATIO } from "./limits.ts";

/** Raindrops, spray and dust send light back from near only. */
const REACH_M = 15;
const CELL_M = 0.3;
const SIDE = Math.round((2 * REACH_M) / CELL_M);

const head = new Int32Array(SIDE * SIDE);
let next = new Int32Array(0);
let keep = new Uint8Array(0);

/**
 * Removes near points that have no neighbour ray on the same surface, in place.
 * `xyz` [N, 3] m, ego; returns how many points stay.
 */
export function dropIsolated(xyz: Float32Array, pointCount: number, sparseness: number): number {
  if (next.length < pointCount) {
    next = new Int32Array(pointCount + (pointCount >> 2));
    keep = new Uint8Array(next.length);
  }
  head.fill(-1);
  for (let i = 0; i < pointCount; i++) {
    const cell = cellOf(xyz[i * 3]!, xyz[i * 3 + 1]!);
    if (cell < 0) continue;
    next[i] = head[cell]!;
    head[cell] = i;
  }
  for (let i = 0; i < pointCount; i++) keep[i] = isKept(xyz, i, pointCount, sparseness) ? 1 : 0;
  let count = 0;
  for (let i = 0; i < pointCount; i++) {
    if (keep[i] === 0) continue;
    if (count !== i) xyz.copyWithin(count * 3, i * 3, i * 3 + 3);
    count++;
  }
  return count;
}

function cellOf(x: number, y: number): number {
  if (x * x + y * y >= REACH_M * REACH_M) return -1;
  const ix = Math.floor((x + REACH_M) / CELL_M);
  const iy = Math.floor((y + REACH_M) / CELL_M);
  return Math.min(ix, SIDE - 1) * SIDE + Math.min(iy, SIDE - 1);
}

function isKept(xyz: Float32Array, i: number, pointCount: number, sparseness: number): boolean {
  const x = xyz[i * 3]!;
  const y = xyz[i * 3 + 1]!;
  const r2 = x * x + y * y;
  if (r2 >= REACH_M * REACH_M) return true;
  const reach = sparseness * Math.max(DENSE_MIN_M, DENSE_PER_RANGE_RATIO * Math.sqrt(r2));
  // Sensors write neighbouring rays one after the other: mostly this settles it.
  if (i + 1 < pointCount && areNear(xyz, i, i + 1, reach)) return true;
  if (i > 0 && areNear(xyz, i, i - 1, reach)) return true;
  // Most others have their neighbour in the same cell; the cells around are looked at last.
  return hasNeighbourIn(xyz, i, reach, cellOf(x, y)) || hasNeighbour(xyz, i, reach);
}

function areNear(xyz: Float32Array, i: number, j: number, reach: number): boolean {
  const dx = xyz[j * 3]! - xyz[i * 3]!;
  const dy = xyz[j * 3 + 1]! - xyz[i * 3 + 1]!;
  const dz = xyz[j * 3 + 2]! - xyz[i * 3 + 2]!;
  return dx * dx + dy * dy + dz * dz < reach * reach;
}

function hasNeighbourIn(xyz: Float32Array, i: number, reach: number, cell: number): boolean {
  for (let j = head[cell]!; j >= 0; j = next[j]!)
    if (j !== i && areNear(xyz, i, j, reach)) return true;
  return false;
}

function hasNeighbour(xyz: Float32Array, i: number, reach: number): boolean {
  const x = xyz[i * 3]!;
  const y = xyz[i * 3 + 1]!;
  const x0 = Math.max(0, Math.floor((x - reach + REACH_M) / CELL_M));
  const x1 = Math.min(SIDE - 1, Math.floor((x + reach + REACH_M) / CELL_M));
  const y0 = Math.max(0, Math.floor((y - reach + REACH_M) / CELL_M));
  const y1 = Math.min(SIDE - 1, Math.floor((y + reach + REACH_M) / CELL_M));
  for (let ix = x0; ix <= x1; ix++)
    for (let iy = y0; iy <= y1; iy++)
      if (hasNeighbourIn(xyz, i, reach, ix * SIDE + iy)) return true;
  return false;
}
