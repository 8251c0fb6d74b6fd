import { type SampledLane, STEP_MAX_M } from "./sample-lane.ts";

/** Stretches of two lanes whose strips share ground. m */
export type Overlap = {
  readonly fromM: number;
  readonly toM: number;
  readonly otherFromM: number;
  readonly otherToM: number;
};

/** Strips of lanes side by side may touch by this much, m: what vehicles leave free in their lanes. */
const TOUCH_MAX_M = 0.5;
/** Lanes on different levels do not meet. */
const LEVEL_MAX_M = 3;

/** The first and last place where the strips overlap, on both lanes; undefined where they do not. */
export function overlapOf(one: SampledLane, other: SampledLane): Overlap | undefined {
  if (!boxesMeet(one, other)) return undefined;
  let [fromM, toM, otherFromM, otherToM] = [Infinity, -Infinity, Infinity, -Infinity];
  const reachMax = (widest(one) + widest(other)) / 2;
  for (let i = 0; i < one.sM.length; i++)
    for (let j = 0; j < other.sM.length; j++) {
      const reach = (one.widthM[i]! + other.widthM[j]!) / 2 - TOUCH_MAX_M;
      const dx = one.xM[i]! - other.xM[j]!;
      const dy = one.yM[i]! - other.yM[j]!;
      if (dx * dx + dy * dy >= reach * reach || reach <= 0) {
        // From here it takes at least this many samples of at most STEP_MAX_M to come within reach.
        const farM = Math.sqrt(dx * dx + dy * dy) - reachMax;
        if (farM > STEP_MAX_M) j += Math.floor(farM / STEP_MAX_M) - 1;
        continue;
      }
      if (Math.abs(one.zM[i]! - other.zM[j]!) > LEVEL_MAX_M) continue;
      fromM = Math.min(fromM, one.sM[i]!);
      toM = Math.max(toM, one.sM[i]!);
      otherFromM = Math.min(otherFromM, other.sM[j]!);
      otherToM = Math.max(otherToM, other.sM[j]!);
    }
  return fromM <= toM ? { fromM, toM, otherFromM, otherToM } : undefined;
}

const largest = (column: Float64Array): number => column.reduce((a, b) => Math.max(a, b));
const smallest = (column: Float64Array): number => column.reduce((a, b) => Math.min(a, b));
const widest = (lane: SampledLane): number => largest(lane.widthM);

function boxesMeet(one: SampledLane, other: SampledLane): boolean {
  const reach = (widest(one) + widest(other)) / 2;
  const apart = (a: Float64Array, b: Float64Array) =>
    smallest(a) > largest(b) + reach || smallest(b) > largest(a) + reach;
  return !apart(one.xM, other.xM) && !apart(one.yM, other.yM);
}
