import { type Ground, NO_CELL } from "./ground.ts";
import { dropIsolated } from "./isolation.ts";
import {
  HEIGHT_MIN_GAP_CAP_M,
  HEIGHT_MIN_PER_GAP_RATIO,
  HEIGHT_MIN_PER_RANGE_RATIO,
} from "./limits.ts";
import { POLAR_CELLS, RANGE_BINS, RANGE_EDGES_M, rangeOf, SECTORS } from "./polar.ts";

/** More than float32 rounds off a height within reach: so close to a limit a point is judged exactly. */
const ROUNDING_M = 1e-4;
// In the loop over points only constants of this module are constants to the compiler.
const NONE = NO_CELL;

/** The points of a sweep that stand in the height band above the ground below them. */
export class AboveGround {
  /** [M, 3] m, ego, in the order of the sweep. */
  xyz = new Float32Array(0);
  /** [M] polar cell. */
  cellOfPoint = new Uint16Array(0);
  readonly #heightMinM: number;
  readonly #heightMaxM: number;
  /** [S, R, 4] m, ego: z that is surely too low, surely in the band from … to, surely too high. */
  readonly #bands = new Float32Array(4 * POLAR_CELLS);

  constructor(heightMinM: number, heightMaxM: number) {
    this.#heightMinM = heightMinM;
    this.#heightMaxM = heightMaxM;
  }

  /** `xyz` [N, 3] m, ego, that `ground` was made of. Returns M; rain and dust are left out. */
  update(ground: Ground, xyz: Float32Array, pointCount: number): number {
    if (this.cellOfPoint.length < pointCount) {
      this.cellOfPoint = new Uint16Array(pointCount + (pointCount >> 2));
      this.xyz = new Float32Array(3 * this.cellOfPoint.length);
    }
    this.#findBands(ground);
    const bands = this.#bands;
    const sources = ground.cellOfPoint;
    const above = this.xyz;
    const cells = this.cellOfPoint;
    let count = 0;
    for (let i = 0, k = 0; i < pointCount; i++, k += 3) {
      const cell = sources[i]!;
      if (cell === NONE) continue;
      const z = xyz[k + 2]!;
      const band = 4 * cell;
      if (!(z > bands[band + 1]! && z < bands[band + 2]!)) {
        if (z < bands[band]! || z > bands[band + 3]!) continue;
        if (!this.#isIn(ground, cell, rangeOf(xyz[k]!, xyz[k + 1]!), z)) continue;
      }
      above[3 * count] = xyz[k]!;
      above[3 * count + 1] = xyz[k + 1]!;
      above[3 * count + 2] = z;
      cells[count++] = cell;
    }
    return dropIsolated(above, cells, count, ground.sparseness);
  }

  #isIn(ground: Ground, cell: number, rangeM: number, z: number): boolean {
    const height = z - ground.heightAt(cell, rangeM);
    return height <= this.#heightMaxM && height >= this.#floorM(ground.gapM[cell]!, rangeM);
  }

  /** Lowest height above ground that counts. */
  #floorM(gapM: number, rangeM: number): number {
    return (
      this.#heightMinM +
      HEIGHT_MIN_PER_RANGE_RATIO * rangeM +
      HEIGHT_MIN_PER_GAP_RATIO * Math.min(gapM, HEIGHT_MIN_GAP_CAP_M)
    );
  }

  /** Within a cell, ground lies between the heights at its own centre and at those beside it. */
  #findBands(ground: Ground): void {
    const { heightM, gapM, lowestM } = ground;
    const bands = this.#bands;
    for (let s = 0; s < SECTORS; s++) {
      for (let bin = 0; bin < RANGE_BINS; bin++) {
        const cell = s * RANGE_BINS + bin;
        if (lowestM[cell] === Number.POSITIVE_INFINITY) continue;
        const here = heightM[cell]!;
        const inner = bin > 0 ? heightM[cell - 1]! : here;
        const outer = bin + 1 < RANGE_BINS ? heightM[cell + 1]! : here;
        const low = Math.min(here, inner, outer) - ROUNDING_M;
        const high = Math.max(here, inner, outer) + ROUNDING_M;
        bands[4 * cell] = low + this.#floorM(gapM[cell]!, RANGE_EDGES_M[bin]!);
        bands[4 * cell + 1] = high + this.#floorM(gapM[cell]!, RANGE_EDGES_M[bin + 1]!);
        bands[4 * cell + 2] = low + this.#heightMaxM;
        bands[4 * cell + 3] = high + this.#heightMaxM;
      }
    }
  }
}
