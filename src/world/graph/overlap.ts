import type { SampledLane } from "./sample-lane.ts";

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
  for (let i = 0; i < one.sM.length; i++)
    for (let j = 0; j < other.sM.length; j++) {
      const reach = (one.widthM[i]! + other.widthM[j]!) / 2 - TOUCH_MAX_M;
      const dx = one.xM[i]! - other.xM[j]!;
      const dy = one.yM[i]! - other.yM[j]!;
      if (dx * dx + dy * dy >= reach * reach || reach <= 0) continue;
      if (Math.abs(one.zM[i]! - other.zM[j]!) > LEVEL_MAX_M) continue;
      fromM = Math.min(fromM, one.sM[i]!);
      toM = Math.max(toM, one.sM[i]!);
      otherFromM = Math.min(otherFromM, other.sM[j]!);
      otherToM = Math.max(otherToM, other.sM[j]!);
    }
  return fromM <= toM ? { fromM, toM, otherFromM, otherToM } : undefined;
}

function boxesMeet(one: SampledLane, other: SampledLane): boolean {
  const reach = (Math.max(...one.widthM) + Math.max(...other.widthM)) / 2;
  const apart = (a: Float64Array, b: Float64Array) =>
    Math.min(...a) > Math.max(...b) + reach || Math.min(...b) > Math.max(...a) + reach;
  return !apart(one.xM, other.xM) && !apart(one.yM, other.yM);
}
