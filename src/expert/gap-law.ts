import type { GapLaw } from "./speed.ts";

/** Room left at standstill when a gap was given in seconds. */
export const STANDING_ROOM_M = 2;

/** No gap is kept that is shorter: half a second and 2 m. */
export const leastGapM = (speedMps: number): number => 2 + 0.5 * speedMps;

/** Distance that the law asks for at a speed; never less than the least gap. */
export const wantedGapM = (law: GapLaw, speedMps: number): number =>
  Math.max(law.baseM + law.timeS * speedMps, leastGapM(speedMps));
