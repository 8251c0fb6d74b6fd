import { PILLAR_CHANNELS, PILLAR_SPEC, PILLAR_Z_MAX_M, PILLAR_Z_MIN_M } from "./pillar-spec.ts";

const CELLS = PILLAR_SPEC.nx * PILLAR_SPEC.ny;
const Z_STEPS_PER_M = 254 / (PILLAR_Z_MAX_M - PILLAR_Z_MIN_M);
/** A point counts as raised from here above the lowest point of its 2 m neighbourhood. */
const RAISED_MIN_M = 0.3;
/** Higher points are bridges, signs and branches that a car passes under. */
const RAISED_MAX_M = 2.8;
/** Ground neighbourhood: 4 × 4 pillar cells = 2 m. */
const COARSE_SHIFT = 2;
const COARSE_NX = PILLAR_SPEC.nx >> COARSE_SHIFT;
const COARSE_NY = PILLAR_SPEC.ny >> COARSE_SHIFT;

const COUNT_CODE = logTable(32);
const PAST_CODE = logTable(40);

function logTable(scale: number): Uint8Array {
  const table = new Uint8Array(1024);
  for (let n = 0; n < table.length; n++)
    table[n] = Math.min(255, Math.round(scale * Math.log2(1 + n)));
  return table;
}

/** Points of one sweep that stand out of the ground: [N, 2] m, in the ego frame of that sweep. */
export type RaisedPoints = { readonly xy: Float32Array };

/**
 * Writes the first four pillar channels of finite ego points and returns the raised points, which
 * the next ticks need as history.
 */
export class Pillarizer {
  readonly #count = new Uint16Array(CELLS);
  readonly #zMin = new Float32Array(CELLS);
  readonly #zMax = new Float32Array(CELLS);
  readonly #intensity = new Float32Array(CELLS);
  readonly #coarseMin = new Float32Array(COARSE_NX * COARSE_NY);
  #cell = new Int32Array(0);

  /**
   * @param xyz [N, 3] m, ego. @param intensity [N] 0..1. @param out [6, 256, 128] uint8; channels
   * 0–3 are overwritten.
   */
  pillarizeInto(xyz: Float32Array, intensity: Float32Array, out: Uint8Array): RaisedPoints {
    const n = intensity.length;
    if (this.#cell.length < n) this.#cell = new Int32Array(n + (n >> 2));
    const cell = this.#cell;
    const count = this.#count.fill(0);
    const zMin = this.#zMin.fill(Number.POSITIVE_INFINITY);
    const zMax = this.#zMax.fill(Number.NEGATIVE_INFINITY);
    const sum = this.#intensity.fill(0);
    const coarse = this.#coarseMin.fill(Number.POSITIVE_INFINITY);
    const { nx, ny, xMinM, yMinM, cellM } = PILLAR_SPEC;
    const perM = 1 / cellM;

    for (let i = 0; i < n; i++) {
      const ix = Math.floor((xyz[i * 3]! - xMinM) * perM);
      const iy = Math.floor((xyz[i * 3 + 1]! - yMinM) * perM);
      if (ix < 0 || ix >= nx || iy < 0 || iy >= ny) {
        cell[i] = -1;
        continue;
      }
      const z = xyz[i * 3 + 2]!;
      const c = ix * ny + iy;
      cell[i] = c;
      count[c] = Math.min(1023, count[c]! + 1);
      if (z < zMin[c]!) zMin[c] = z;
      if (z > zMax[c]! && z < PILLAR_Z_MAX_M) zMax[c] = z;
      sum[c] = sum[c]! + intensity[i]!;
      const k = (ix >> COARSE_SHIFT) * COARSE_NY + (iy >> COARSE_SHIFT);
      if (z < coarse[k]!) coarse[k] = z;
    }

    writeColumns(count, zMin, zMax, sum, out);
    return { xy: raisedOf(xyz, cell, n, coarse) };
  }
}

function writeColumns(
  count: Uint16Array,
  zMin: Float32Array,
  zMax: Float32Array,
  sum: Float32Array,
  out: Uint8Array,
): void {
  out.fill(0, 0, 4 * CELLS);
  for (let c = 0; c < CELLS; c++) {
    const n = count[c]!;
    if (n === 0) continue;
    out[c] = COUNT_CODE[n]!;
    out[CELLS + c] = zCode(Math.max(zMax[c]!, zMin[c]!));
    out[2 * CELLS + c] = zCode(zMin[c]!);
    out[3 * CELLS + c] = Math.min(255, Math.round((255 * sum[c]!) / n));
  }
}

const zCode = (zM: number): number =>
  Math.max(1, Math.min(255, 1 + Math.round((zM - PILLAR_Z_MIN_M) * Z_STEPS_PER_M)));

function raisedOf(
  xyz: Float32Array,
  cell: Int32Array,
  n: number,
  coarseMin: Float32Array,
): Float32Array {
  const { ny } = PILLAR_SPEC;
  const xy = new Float32Array(n * 2);
  let kept = 0;
  for (let i = 0; i < n; i++) {
    const c = cell[i]!;
    if (c < 0) continue;
    const ix = (c / ny) | 0;
    const iy = c - ix * ny;
    const k = (ix >> COARSE_SHIFT) * COARSE_NY + (iy >> COARSE_SHIFT);
    const height = xyz[i * 3 + 2]! - coarseMin[k]!;
    if (height < RAISED_MIN_M || height > RAISED_MAX_M) continue;
    xy[kept++] = xyz[i * 3]!;
    xy[kept++] = xyz[i * 3 + 1]!;
  }
  return xy.slice(0, kept);
}

/** Planar motion nowFromPast: x' = c·x − s·y + tx, y' = s·x + c·y + ty. */
export type PlanarMotion = {
  readonly yawRad: number;
  readonly txM: number;
  readonly tyM: number;
};

const pastCount = new Uint16Array(CELLS);

/** Writes one past-occupancy channel (4 or 5) of `out`; undefined history leaves it empty. */
export function pastOccupancyInto(
  raised: RaisedPoints | undefined,
  nowFromPast: PlanarMotion,
  channel: 4 | 5,
  out: Uint8Array,
): void {
  const plane = out.subarray(channel * CELLS, (channel + 1) * CELLS);
  plane.fill(0);
  if (!raised) return;
  const { nx, ny, xMinM, yMinM, cellM } = PILLAR_SPEC;
  const cos = Math.cos(nowFromPast.yawRad);
  const sin = Math.sin(nowFromPast.yawRad);
  const { xy } = raised;
  pastCount.fill(0);
  for (let i = 0; i + 1 < xy.length; i += 2) {
    const x = cos * xy[i]! - sin * xy[i + 1]! + nowFromPast.txM;
    const y = sin * xy[i]! + cos * xy[i + 1]! + nowFromPast.tyM;
    const ix = Math.floor((x - xMinM) / cellM);
    const iy = Math.floor((y - yMinM) / cellM);
    if (ix < 0 || ix >= nx || iy < 0 || iy >= ny) continue;
    const c = ix * ny + iy;
    pastCount[c] = Math.min(1023, pastCount[c]! + 1);
  }
  for (let c = 0; c < CELLS; c++) plane[c] = PAST_CODE[pastCount[c]!]!;
}

export const PILLAR_BYTES = PILLAR_CHANNELS.length * CELLS;
