import type { LetIn } from "./ego-track.ts";
import { laneOf } from "./path.ts";
import type { Rider } from "./rider.ts";

/** Nobody is let in at once, s. */
const AFTER_S = 2;
/** Courtesy is for slow traffic, m/s, and costs no hard braking, m/s². */
const SLOW_MPS = 8;
const GENTLE_MPS2 = 1.5;
/** Who has got this far beside the waiting one goes first, m. */
const PASSED_M = 1.5;
/** Who pushes more than this lets nobody in. */
const RUDE = 0.85;

/**
 * Gap to somebody beside whom this driver lets into its lane, from its front bumper; undefined where it
 * does not. Only the first behind the waiting one stays back, as in a zip; `nextM` is the gap to whoever
 * is next ahead in the own lane.
 */
export function courtesyGapM(
  rider: Rider,
  letIn: LetIn,
  nextM: number,
  timeS: number,
): number | undefined {
  // who is on the way round the waiting one has no lane to hold free
  if (rider.change !== undefined) return undefined;
  if (laneOf(rider) !== letIn.lane || timeS - letIn.sinceS < AFTER_S) return undefined;
  const v = rider.speedMps;
  if (v > SLOW_MPS || rider.driver.aggressiveness > RUDE || rider.patienceS <= 0) return undefined;
  const gapM = letIn.sM - letIn.halfM - rider.sM - rider.lengthM / 2;
  if (gapM < -PASSED_M || nextM < gapM) return undefined;
  const closing = Math.max(0, v - letIn.speedMps);
  return closing * closing > 2 * GENTLE_MPS2 * Math.max(gapM - 1, 0.1)
    ? undefined
    : Math.max(gapM, 0.1);
}
