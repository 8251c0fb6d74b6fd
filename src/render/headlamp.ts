import type { Look } from "./camera-look.ts";

/** Our own lamps sit this far ahead of the rear axle, m. */
const FRONT_M = 3.5;
/** The low beam is cut off above this height, m. */
const CUT_OFF_M = 0.9;
/** Light has fallen to half at this distance, m. */
const HALF_M = 24;

/** Light of our own low beam at ego (x, y) in height h, m: a cone ahead, cut off above the bonnet. */
export function headlightAt(look: Look, xM: number, yM: number, hM: number): number {
  const x = xM - FRONT_M;
  if (x <= 0.3) return 0;
  const side = yM / x;
  const above = Math.max(0, hM - CUT_OFF_M) / 1.2;
  const far = x / HALF_M;
  return (
    (look.headlamps * 1.8 * Math.exp(-side * side * 3)) / ((1 + far * far) * (1 + above * above))
  );
}
