import { EGO_BODY } from "./limits.ts";
import { fitNearPlane, type NearPlane } from "./near-plane.ts";
import {
  binCentreM,
  binWidthM,
  POLAR_CELLS,
  RANGE_BINS,
  RANGE_MAX_M,
  rangeBin,
  rangeOf,
  SECTOR_COS,
  SECTOR_SIN,
  SECTORS,
  sectorOf,
} from "./polar.ts";

/** Nothing below this is road at any range that matters (10 % over 60 m, and reflections). */
const Z_FLOOR_M = -12;
/** … nor this above it, 2.8 m of obstacle included. */
const Z_CEILING_M = 15;
/** Walks start here: within it the ego's own body hides the ground. */
const START_RANGE_M = 2;
/** Noise of a cell's lowest point: 3 sigma of 3 cm, and a kerb's edge. */
const STEP_TOLERANCE_M = 0.12;
/** Change of slope from one ground return to the next: a street that begins to climb 10 %. */
const SLOPE_CHANGE_RATIO = 0.1;
/** … and for a cell whose points stand upright, where only what fits closely can be ground. */
const UPRIGHT_SLOPE_CHANGE_RATIO = 0.03;
const UPRIGHT_EXTENT_M = 0.3;
/** A rise of more than BUMP_HEIGHT_M across a longer gap than this is a leap: it needs a witness. */
const LEAP_GAP_M = 4;
/** Ground slope against the ego plane: 10 % street on the other side of a crest or sag. */
const SLOPE_MAX_RATIO = 0.2;
/** A seeming ground that rises this much above the ground 4 m to both sides is an object. */
const BUMP_HEIGHT_M = 0.25;
const BUMP_HALF_WIDTH_M = 4;
/** … looked for within half a road's width, outside the turning circle of the walk's start. */
const JOIN_FROM_M = 8;
const JOIN_HALF_WIDTH_M = 6;
const JOIN_SECTORS_MAX = 30;
/** Ground of both sides that differs by more is not one road (banked by 8 % over twice 6 m). */
const JOIN_STEP_MAX_M = 1;
/** A ring that runs askew ends earlier on one side: ground is believed this far past its end. */
const WITNESS_BINS = 3;

/** A point that is neither ground nor obstacle: too far, too high, too low, or ego's own body. */
export const NO_CELL = 0xffff;

/** Ground under every direction and range, from the lowest points, walked outwards from the ego. */
export class Ground {
  /** [S, R] height of ground at each range bin's centre, m, ego. */
  readonly heightM = new Float32Array(POLAR_CELLS);
  /** [S, R] distance to the nearest ground return in that sector, m. */
  readonly gapM = new Float32Array(POLAR_CELLS);
  /** [S, R] 1 where a ground return was found. */
  readonly seen = new Uint8Array(POLAR_CELLS);
  /** [S, R] lowest point, m; +Infinity where there is none. */
  readonly lowestM = new Float32Array(POLAR_CELLS);
  /** Per point: range bin + sector · RANGE_BINS, or NO_CELL where left out; valid after `update`. */
  cellOfPoint = new Uint16Array(0);
  /** Azimuth step of this sweep against that of a full one, 1…3: points that are missing widen it. */
  sparseness = 1;
  plane: NearPlane = { offsetM: 0, slopeX: 0, slopeY: 0 };

  readonly #maxZ = new Float32Array(POLAR_CELLS);
  readonly #minR = new Float32Array(POLAR_CELLS);
  readonly #count = new Uint16Array(POLAR_CELLS);
  readonly #leap = new Uint8Array(POLAR_CELLS);
  readonly #sideZ = new Float32Array(SECTORS);
  /** [S] last bin with a ground return, −1 without any. */
  readonly #lastBin = new Int16Array(SECTORS);

  /** `xyz` [N, 3] m, ego. */
  update(xyz: Float32Array, pointCount: number): void {
    this.#fillCells(xyz, pointCount);
    this.plane = fitNearPlane(this.lowestM, this.#minR);
    this.seen.fill(0);
    this.#lastBin.fill(-1);
    for (let s = 0; s < SECTORS; s++) this.#walk(s);
    this.sparseness = this.#findSparseness();
    this.#joinSides();
    for (let s = 0; s < SECTORS; s++) this.#interpolate(s);
    this.#dropBumps();
  }

  /** Any ground return in this direction. */
  isSeenIn(sector: number): boolean {
    return this.#lastBin[sector]! >= 0;
  }

  /** Height of ground below a point with its cell and range, linear between bin centres. */
  heightAt(cell: number, rangeM: number): number {
    const bin = cell % RANGE_BINS;
    const centre = BIN_CENTRES_M[bin]!;
    const other =
      rangeM < centre ? (bin > 0 ? cell - 1 : cell) : bin + 1 < RANGE_BINS ? cell + 1 : cell;
    if (other === cell) return this.heightM[cell]!;
    const otherCentre = BIN_CENTRES_M[other - cell + bin]!;
    const ratio = (rangeM - centre) / (otherCentre - centre);
    return this.heightM[cell]! + ratio * (this.heightM[other]! - this.heightM[cell]!);
  }

  #fillCells(xyz: Float32Array, pointCount: number): void {
    if (this.cellOfPoint.length < pointCount)
      this.cellOfPoint = new Uint16Array(pointCount + (pointCount >> 2));
    placePoints(xyz, pointCount, this.cellOfPoint);
    const cells = this.cellOfPoint;
    const minZ = this.lowestM.fill(Number.POSITIVE_INFINITY);
    const maxZ = this.#maxZ.fill(Number.NEGATIVE_INFINITY);
    const minR = this.#minR;
    const count = this.#count.fill(0);
    for (let i = 0, k = 0; i < pointCount; i++, k += 3) {
      const cell = cells[i]!;
      if (cell === NONE) continue;
      const z = xyz[k + 2]!;
      count[cell]!++;
      if (z < minZ[cell]!) {
        minZ[cell] = z;
        minR[cell] = rangeOf(xyz[k]!, xyz[k + 1]!);
      }
      if (z > maxZ[cell]!) maxZ[cell] = z;
    }
  }

  /** Accepts lowest points outwards while they continue the ground found so far. */
  #walk(s: number): void {
    const { offsetM, slopeX, slopeY } = this.plane;
    const planeSlope = slopeX * SECTOR_COS[s]! + slopeY * SECTOR_SIN[s]!;
    let lastR = START_RANGE_M;
    let lastZ = offsetM + planeSlope * START_RANGE_M;
    let slope = planeSlope;
    const base = s * RANGE_BINS;
    for (let bin = rangeBin(START_RANGE_M); bin < RANGE_BINS; bin++) {
      const z = this.lowestM[base + bin]!;
      if (z === Number.POSITIVE_INFINITY) continue;
      const r = this.#minR[base + bin]!;
      const dr = Math.max(r - lastR, 0.3);
      const upright = this.#maxZ[base + bin]! - z > UPRIGHT_EXTENT_M;
      const error = z - (lastZ + slope * dr);
      const change = upright && error > 0 ? UPRIGHT_SLOPE_CHANGE_RATIO : SLOPE_CHANGE_RATIO;
      if (Math.abs(error) > STEP_TOLERANCE_M + change * dr) continue;
      const weight = Math.min(dr / 8, 0.6);
      slope += weight * ((z - lastZ) / dr - slope);
      slope = Math.max(-SLOPE_MAX_RATIO, Math.min(SLOPE_MAX_RATIO, slope));
      this.#leap[base + bin] = dr > LEAP_GAP_M && error > BUMP_HEIGHT_M ? 1 : 0;
      lastR = r;
      lastZ = z;
      this.seen[base + bin] = 1;
      this.#lastBin[s] = bin;
    }
  }

  /** From how many points a ring leaves per degree, where rings lie at least a bin apart. */
  #findSparseness(): number {
    let cells = 0;
    let points = 0;
    for (let s = 0; s < SECTORS; s++)
      for (let bin = SPARSE_FROM_BIN; bin < SPARSE_TO_BIN; bin++) {
        const i = s * RANGE_BINS + bin;
        if (this.seen[i] === 0 || this.#maxZ[i]! - this.lowestM[i]! > UPRIGHT_EXTENT_M) continue;
        cells++;
        points += this.#count[i]!;
      }
    if (cells < SPARSE_CELLS_MIN) return 1;
    // Directions without a point are not counted: the mean of a Poisson variable known to be > 0.
    const mean = points / cells;
    let perDegree = mean;
    for (let k = 0; k < 20; k++) perDegree = mean * (1 - Math.exp(-perDegree));
    return Math.max(1, Math.min(SPARSENESS_MAX, FULL_PER_DEGREE / perDegree));
  }

  /**
   * Behind a car a walk has lost the ground, and on a bend of the road it does not find it again.
   * What lies level with ground on both sides is ground as well.
   */
  #joinSides(): void {
    const left = this.#sideZ;
    for (let bin = rangeBin(JOIN_FROM_M); bin < RANGE_BINS; bin++) {
      const reach = Math.min(
        JOIN_SECTORS_MAX,
        Math.round((JOIN_HALF_WIDTH_M / BIN_CENTRES_M[bin]!) * SECTORS_PER_RAD),
      );
      const play = STEP_TOLERANCE_M + (SLOPE_CHANGE_RATIO * binWidthM(bin)) / 2;
      let z = Number.NaN;
      let away = reach;
      for (let k = -reach; k < SECTORS; k++) {
        const s = k < 0 ? k + SECTORS : k;
        const i = s * RANGE_BINS + bin;
        away++;
        if (this.seen[i] === 1) {
          z = this.lowestM[i]!;
          away = 0;
        }
        left[s] = away <= reach ? z : Number.NaN;
      }
      away = reach;
      for (let k = SECTORS - 1 + reach; k >= 0; k--) {
        const s = k % SECTORS;
        const i = s * RANGE_BINS + bin;
        away++;
        if (this.seen[i] === 1) {
          z = this.lowestM[i]!;
          away = 0;
          continue;
        }
        const here = this.lowestM[i]!;
        const other = left[s]!;
        if (away > reach || Number.isNaN(other) || Math.abs(z - other) > JOIN_STEP_MAX_M) continue;
        if (here > Math.max(z, other) + play || here < Math.min(z, other) - play) continue;
        joined.push(i);
      }
    }
    for (const i of joined) this.#join(i);
    joined.length = 0;
  }

  #join(cell: number): void {
    const s = Math.floor(cell / RANGE_BINS);
    const bin = cell - s * RANGE_BINS;
    this.seen[cell] = 1;
    this.#leap[cell] = 0;
    if (bin > this.#lastBin[s]!) this.#lastBin[s] = bin;
  }

  /** Fills heights between, before and beyond the ground returns of a sector. */
  #interpolate(s: number): void {
    const { offsetM, slopeX, slopeY } = this.plane;
    const planeSlope = slopeX * SECTOR_COS[s]! + slopeY * SECTOR_SIN[s]!;
    const base = s * RANGE_BINS;
    let r0 = START_RANGE_M;
    let z0 = offsetM + planeSlope * START_RANGE_M;
    let slope = planeSlope;
    let from = 0;
    for (let bin = 0; bin < RANGE_BINS; bin++) {
      if (this.seen[base + bin] === 0) continue;
      const r1 = this.#minR[base + bin]!;
      const z1 = this.lowestM[base + bin]!;
      const rise = r1 - r0 > 0.05 ? (z1 - z0) / (r1 - r0) : 0;
      for (; from <= bin; from++) {
        const r = BIN_CENTRES_M[from]!;
        const t = Math.max(0, Math.min(r1, r) - r0);
        this.heightM[base + from] = r <= r0 ? z0 : z0 + rise * t;
        this.gapM[base + from] = Math.max(0, Math.min(r - r0, r1 - r));
      }
      const weight = Math.min((r1 - r0) / 8, 0.6);
      slope += weight * (rise - slope);
      r0 = r1;
      z0 = z1;
    }
    slope = Math.max(-SLOPE_MAX_RATIO, Math.min(SLOPE_MAX_RATIO, slope));
    for (; from < RANGE_BINS; from++) {
      const beyond = Math.max(0, BIN_CENTRES_M[from]! - r0);
      // A slope is believed for as far as a street keeps it; then it levels out.
      this.heightM[base + from] = z0 + slope * Math.min(beyond, 15);
      this.gapM[base + from] = beyond;
    }
  }

  /**
   * A low beam that meets only a vehicle looks like ground that climbs. Ground is wide: what stands
   * out above the ground on both sides is taken back, and so is a leap across a gap that neither
   * side shares.
   */
  #dropBumps(): void {
    for (let s = 0; s < SECTORS; s++) {
      const base = s * RANGE_BINS;
      let dropped = false;
      for (let bin = rangeBin(BUMP_HALF_WIDTH_M); bin <= this.#lastBin[s]!; bin++) {
        if (this.seen[base + bin] === 0) continue;
        const turn = Math.round((BUMP_HALF_WIDTH_M / BIN_CENTRES_M[bin]!) * SECTORS_PER_RAD);
        const left = (s + turn) % SECTORS;
        const right = (s + SECTORS - turn) % SECTORS;
        const least = this.lowestM[base + bin]! - BUMP_HEIGHT_M;
        const leftKnown = bin <= this.#lastBin[left]! + WITNESS_BINS;
        const rightKnown = bin <= this.#lastBin[right]! + WITNESS_BINS;
        const leftLow = this.heightM[left * RANGE_BINS + bin]! < least;
        const rightLow = this.heightM[right * RANGE_BINS + bin]! < least;
        const isObject =
          this.#leap[base + bin] === 1
            ? (!leftKnown || leftLow) && (!rightKnown || rightLow)
            : leftKnown && rightKnown && leftLow && rightLow;
        if (!isObject) continue;
        this.seen[base + bin] = 0;
        dropped = true;
      }
      if (dropped) this.#interpolate(s);
    }
  }
}

/** Cells that #joinSides found, by reference to both sides as they were. */
const joined: number[] = [];

/** Range over which points per degree are counted, and cells that it takes. */
const SPARSE_FROM_BIN = rangeBin(12);
const SPARSE_TO_BIN = rangeBin(30);
const SPARSE_CELLS_MIN = 40;
/** Steps of 0.4° or less are a full sweep; beyond three times of that things cannot be told apart. */
const FULL_PER_DEGREE = 2;
const SPARSENESS_MAX = 3;

const SECTORS_PER_RAD = SECTORS / (2 * Math.PI);
const BIN_CENTRES_M = Float64Array.from({ length: RANGE_BINS }, (_, bin) => binCentreM(bin));

/**
 * Cell of each point. A loop of its own: what is compared with a cell's extremes cannot be foreseen
 * by the processor, and a wrong guess there would also cost the work begun on the points that follow.
 */
function placePoints(xyz: Float32Array, pointCount: number, cells: Uint16Array): void {
  for (let i = 0, k = 0; i < pointCount; i++, k += 3) {
    const x = xyz[k]!;
    const y = xyz[k + 1]!;
    const z = xyz[k + 2]!;
    const r2 = x * x + y * y;
    // What is high above any ground within reach is neither ground nor obstacle.
    if (
      !(r2 < REACH_M * REACH_M) ||
      !(z > Z_FLOOR_M) ||
      z > Z_CEILING_M ||
      (r2 < BODY_RANGE2 && isEgoBody(x, y, z))
    ) {
      cells[i] = NONE;
      continue;
    }
    const r = rangeOf(x, y);
    // Rounding to float32 may reach the edge of the last bin.
    cells[i] = sectorOf(x, y) * BINS + rangeBin(r < REACH_M ? r : REACH_M - 0.01);
  }
}

// In the loop over points only constants of this module are constants to the compiler.
const BINS = RANGE_BINS;
const REACH_M = RANGE_MAX_M;
const NONE = NO_CELL;
const { xMinM: BODY_X_MIN_M, xMaxM: BODY_X_MAX_M, yAbsM: BODY_Y_M, zMaxM: BODY_Z_M } = EGO_BODY;
/** No part of the ego's own body is further away, squared, m². */
const BODY_RANGE2 = Math.max(BODY_X_MAX_M, -BODY_X_MIN_M) ** 2 + BODY_Y_M ** 2;

function isEgoBody(x: number, y: number, z: number): boolean {
  return x > BODY_X_MIN_M && x < BODY_X_MAX_M && y < BODY_Y_M && y > -BODY_Y_M && z < BODY_Z_M;
}
