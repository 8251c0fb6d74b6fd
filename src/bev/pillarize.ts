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

/** Counts end here; their code has long reached its top. */
const COUNT_MAX = 1023;
const COUNT_CODE = logTable(32);
const PAST_CODE = logTable(40);

function logTable(scale: number): Uint8Array {
  const table = new Uint8Array(COUNT_MAX + 1);
  for (let n = 0; n < table.length; n++)
    table[n] = Math.min(255, Math.round(scale * Math.log2(1 + n)));
  return table;
}

/** Points of one sweep that stand out of the ground: [N, 2] m, in the ego frame of that sweep. */
export type RaisedPoints = { readonly xy: Float32Array };

/** Values of a cell, side by side so that a point touches one line of memory. */
const CELL_VALUES = 4;
const COUNT = 0;
const Z_MIN = 1;
const Z_MAX = 2;
const INTENSITY_SUM = 3;
const OUTSIDE = -1;

/**
 * Writes the first four pillar channels of finite ego points and returns the raised points, which
 * the next ticks need as history.
 */
export class Pillarizer {
  /** [X, Y, CELL_VALUES]; counts are 0 between calls, the rest is set with the first point. */
  readonly #cells = new Float32Array(CELLS * CELL_VALUES);
  readonly #coarseMin = new Float32Array(COARSE_NX * COARSE_NY);
  /** Coarse cell of each point, or OUTSIDE. */
  #coarse = new Int16Array(0);
  #raised = new Float32Array(0);

  /**
   * @param xyz [N, 3] m, ego. @param intensity [N] 0..1. @param out [6, 256, 128] uint8; channels
   * 0–3 are overwritten. @param spare history that nobody needs any more: its memory is used again
   * where it is large enough.
   */
  pillarizeInto(
    xyz: Float32Array,
    intensity: Float32Array,
    out: Uint8Array,
    spare?: RaisedPoints,
  ): RaisedPoints {
    const n = intensity.length;
    if (this.#coarse.length < n) {
      this.#coarse = new Int16Array(n + (n >> 2));
      this.#raised = new Float32Array(2 * this.#coarse.length);
    }
    this.#fillCells(xyz, intensity);
    writeColumns(this.#cells, out);
    const length = this.#findRaised(xyz, n);
    return { xy: keep(this.#raised.subarray(0, length), spare) };
  }

  #fillCells(xyz: Float32Array, intensity: Float32Array): void {
    const n = intensity.length;
    const cells = this.#cells;
    const coarse = this.#coarse;
    const coarseMin = this.#coarseMin.fill(Number.POSITIVE_INFINITY);
    const { nx, ny, xMinM, yMinM, cellM } = PILLAR_SPEC;
    const perM = 1 / cellM;
    for (let i = 0, p = 0; i < n; i++, p += 3) {
      const x = (xyz[p]! - xMinM) * perM;
      const y = (xyz[p + 1]! - yMinM) * perM;
      if (!(x >= 0 && x < nx && y >= 0 && y < ny)) {
        coarse[i] = OUTSIDE;
        continue;
      }
      const ix = x | 0;
      const iy = y | 0;
      const z = xyz[p + 2]!;
      const c = (ix * ny + iy) * CELL_VALUES;
      const count = cells[c + COUNT]!;
      if (count === 0) {
        cells[c + Z_MIN] = Number.POSITIVE_INFINITY;
        cells[c + Z_MAX] = Number.NEGATIVE_INFINITY;
        cells[c + INTENSITY_SUM] = 0;
      }
      if (count < COUNT_MAX) cells[c + COUNT] = count + 1;
      if (z < cells[c + Z_MIN]!) cells[c + Z_MIN] = z;
      if (z > cells[c + Z_MAX]! && z < PILLAR_Z_MAX_M) cells[c + Z_MAX] = z;
      cells[c + INTENSITY_SUM]! += intensity[i]!;
      const k = (ix >> COARSE_SHIFT) * COARSE_NY + (iy >> COARSE_SHIFT);
      coarse[i] = k;
      if (z < coarseMin[k]!) coarseMin[k] = z;
    }
  }

  /** Returns how many numbers stand in #raised. */
  #findRaised(xyz: Float32Array, n: number): number {
    const coarse = this.#coarse;
    const coarseMin = this.#coarseMin;
    const xy = this.#raised;
    let length = 0;
    for (let i = 0, p = 0; i < n; i++, p += 3) {
      const k = coarse[i]!;
      if (k === OUTSIDE) continue;
      const height = xyz[p + 2]! - coarseMin[k]!;
      if (height < RAISED_MIN_M || height > RAISED_MAX_M) continue;
      xy[length++] = xyz[p]!;
      xy[length++] = xyz[p + 1]!;
    }
    return length;
  }
}

/** A copy, in the memory behind `spare` or in some with room for a somewhat larger sweep. */
function keep(xy: Float32Array, spare: RaisedPoints | undefined): Float32Array {
  const { length } = xy;
  const old = spare?.xy.buffer;
  const fits = old !== undefined && old.byteLength >= xy.byteLength;
  const buffer = fits ? old : new ArrayBuffer(xy.byteLength + (length >> 2) * 4);
  const kept = new Float32Array(buffer, 0, length);
  kept.set(xy);
  return kept;
}

/** Writes channels 0–3 and sets counts back to 0. */
function writeColumns(cells: Float32Array, out: Uint8Array): void {
  out.fill(0, 0, 4 * CELLS);
  for (let c = 0, v = 0; c < CELLS; c++, v += CELL_VALUES) {
    const n = cells[v + COUNT]!;
    if (n === 0) continue;
    cells[v + COUNT] = 0;
    out[c] = COUNT_CODE[n]!;
    out[CELLS + c] = zCode(Math.max(cells[v + Z_MAX]!, cells[v + Z_MIN]!));
    out[2 * CELLS + c] = zCode(cells[v + Z_MIN]!);
    out[3 * CELLS + c] = Math.min(255, Math.round((255 * cells[v + INTENSITY_SUM]!) / n));
  }
}

const zCode = (zM: number): number =>
  Math.max(1, Math.min(255, 1 + Math.round((zM - PILLAR_Z_MIN_M) * Z_STEPS_PER_M)));

/** Planar motion nowFromPast: x' = c·x − s·y + tx, y' = s·x + c·y + ty. */
export type PlanarMotion = {
  readonly yawRad: number;
  readonly txM: number;
  readonly tyM: number;
};

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
  const perM = 1 / cellM;
  const cos = Math.cos(nowFromPast.yawRad);
  const sin = Math.sin(nowFromPast.yawRad);
  const { txM, tyM } = nowFromPast;
  const { xy } = raised;
  for (let i = 0; i + 1 < xy.length; i += 2) {
    const pastX = xy[i]!;
    const pastY = xy[i + 1]!;
    const x = (cos * pastX - sin * pastY + txM - xMinM) * perM;
    const y = (sin * pastX + cos * pastY + tyM - yMinM) * perM;
    if (!(x >= 0 && x < nx && y >= 0 && y < ny)) continue;
    const c = (x | 0) * ny + (y | 0);
    const count = plane[c]!;
    // The code of 255 points is that of any more.
    if (count < 255) plane[c] = count + 1;
  }
  for (let c = 0; c < CELLS; c++) plane[c] = PAST_CODE[plane[c]!]!;
}

export const PILLAR_BYTES = PILLAR_CHANNELS.length * CELLS;
