import { type PlanarPose, START_POSE } from "./ego-motion.ts";
import { CLUSTER_GRID, STRUCTURE_TILE_M } from "./limits.ts";

/** A part of a structure within one square of the fixed frame. */
export type Tile = {
  readonly key: number;
  /** Range of the point order that holds its points. */
  readonly from: number;
  readonly to: number;
  readonly zMinM: number;
  readonly zMaxM: number;
};

// In the loop over points only constants of this module are constants to the compiler.
const TILE_M = STRUCTURE_TILE_M;

/** Number of a square, the same wherever ego is. */
const TILE_ROW = 1 << 20;
const keyOf = (column: number, row: number): number =>
  (column + TILE_ROW / 2) * TILE_ROW + (row + TILE_ROW / 2);

/** Squares around ego that clustered points can lie in, on each side. */
const REACH = Math.ceil(Math.hypot(CLUSTER_GRID.xMaxM, CLUSTER_GRID.yAbsM) / STRUCTURE_TILE_M) + 1;
const SIDE = 2 * REACH + 1;
/** Place in the lists below of each square around ego, −1 while it has no point. */
const tileAt = new Int32Array(SIDE * SIDE).fill(-1);
const squares = new Int32Array(SIDE * SIDE);
const counts = new Int32Array(SIDE * SIDE);
const lows = new Float32Array(SIDE * SIDE);
const highs = new Float32Array(SIDE * SIDE);
let tileOfPoint = new Int32Array(0);
let sorted = new Int32Array(0);

/** Sorts `order[from…to)` by tile of the fixed frame; tiles in the order of their first points. */
export function cutTiles(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  pose: PlanarPose = START_POSE,
): Tile[] {
  if (tileOfPoint.length < to - from) {
    tileOfPoint = new Int32Array(2 * (to - from));
    sorted = new Int32Array(tileOfPoint.length);
  }
  const column0 = Math.floor(pose.xM / STRUCTURE_TILE_M) - REACH;
  const row0 = Math.floor(pose.yM / STRUCTURE_TILE_M) - REACH;
  const count = sortOut(xyz, order, from, to, pose, column0, row0);
  const tiles: Tile[] = [];
  let next = from;
  for (let tile = 0; tile < count; tile++) {
    const square = squares[tile]!;
    const column = Math.floor(square / SIDE);
    const key = keyOf(column + column0, square - column * SIDE + row0);
    const end = next + counts[tile]!;
    tiles.push({ key, from: next, to: end, zMinM: lows[tile]!, zMaxM: highs[tile]! });
    counts[tile] = next - from;
    next = end;
    tileAt[square] = -1;
  }
  for (let i = from; i < to; i++) sorted[counts[tileOfPoint[i - from]!]!++] = order[i]!;
  order.set(sorted.subarray(0, to - from), from);
  return tiles;
}

/** Finds the tile of each point, and their counts and heights; returns how many tiles there are. */
function sortOut(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  { xM, yM, cos, sin }: PlanarPose,
  column0: number,
  row0: number,
): number {
  const tiles = tileOfPoint;
  let count = 0;
  for (let i = from; i < to; i++) {
    const p = order[i]! * 3;
    const x = xyz[p]!;
    const y = xyz[p + 1]!;
    const z = xyz[p + 2]!;
    const column = Math.floor((xM + cos * x - sin * y) / TILE_M) - column0;
    const row = Math.floor((yM + sin * x + cos * y) / TILE_M) - row0;
    const square = column * SIDE + row;
    let tile = tileAt[square]!;
    if (tile < 0) {
      tile = count++;
      tileAt[square] = tile;
      squares[tile] = square;
      counts[tile] = 0;
      lows[tile] = z;
      highs[tile] = z;
    }
    counts[tile]!++;
    if (z < lows[tile]!) lows[tile] = z;
    if (z > highs[tile]!) highs[tile] = z;
    tiles[i - from] = tile;
  }
  return count;
}
