import type { Random } from "../random.ts";
import type { Knot } from "./strips.ts";

/** Level stretch at the ends, where roads meet, m. */
const LEVEL_M = 20;
/** Distance between crests and hollows, m. */
const HILL_EVERY_M = 160;

/** Heights along a road whose ends are given: hills on a road in between, with grades up to about gradeMax. */
export function hills(
  rng: Random,
  lengthM: number,
  [fromM, toM]: readonly [number, number],
  gradeMax: number,
): Knot[] {
  const knots: Knot[] = [[0, fromM]];
  if (lengthM > 4 * LEVEL_M) {
    knots.push([LEVEL_M, fromM]);
    const count = Math.max(0, Math.floor((lengthM - 2 * LEVEL_M) / HILL_EVERY_M));
    const stepM = (lengthM - 2 * LEVEL_M) / (count + 1);
    // A smooth step is steepest in its middle, by half more than on average.
    const riseMax = (gradeMax * stepM) / 1.5;
    for (let i = 1; i <= count; i++) {
      const straightM = fromM + ((toM - fromM) * i) / (count + 1);
      knots.push([LEVEL_M + i * stepM, straightM + (rng.range(-1, 1) * riseMax) / 2]);
    }
    knots.push([lengthM - LEVEL_M, toM]);
  }
  knots.push([lengthM, toM]);
  return knots.every(([, zM]) => zM === 0) ? [] : knots;
}
