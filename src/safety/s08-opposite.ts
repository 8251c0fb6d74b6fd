/**
 * S08: RSS against oncoming traffic. Both stop before they meet: the one on its correct side brakes
 * gently, the other one fully. Without a map nobody knows who that is, so the stricter case holds.
 */
import {
  BRAKE_CORRECT_MPS2,
  BRAKE_MIN_MPS2,
  CORRIDOR_HALF_WIDTH_M,
  OPPOSITE_RESPONSE_TIME_S,
  RESPONSE_TIME_S,
  STANDSTILL_GAP_M,
} from "./limits.ts";
import { accelForRoom, oppositeMinM, type Responder, statedBraking } from "./rss.ts";

/** Below this the motion of a threat towards the ego is noise of its track. */
const ONCOMING_MPS = 0.5;

/** [brake of the ego, brake of the other]: the ego on its correct side, or not. */
const CASES = [
  [BRAKE_CORRECT_MPS2, BRAKE_MIN_MPS2],
  [BRAKE_MIN_MPS2, BRAKE_CORRECT_MPS2],
] as const;

const responder = (
  speedMps: number,
  accelMps2: number,
  brakeMps2: number,
  responseS: number,
): Responder => ({ speedMps, accelMps2, brakeMps2, responseS });

const other = (speedMps: number, brakeMps2: number): Responder =>
  responder(speedMps, 0, brakeMps2, OPPOSITE_RESPONSE_TIME_S);

/** It comes towards the ego along the path. */
export const isOncoming = (threatSpeedMps: number): boolean => threatSpeedMps < -ONCOMING_MPS;

/** d_min to a vehicle that comes with `otherMps` ≥ 0. */
export function oppositeDistanceM(egoMps: number, egoAccelMps2: number, otherMps: number): number {
  let distanceM = 0;
  for (const [own, others] of CASES) {
    const ego = responder(egoMps, egoAccelMps2, own, RESPONSE_TIME_S);
    const coming = other(otherMps, others);
    const minM = oppositeMinM(ego, coming, STANDSTILL_GAP_M, STANDSTILL_GAP_M);
    distanceM = Math.max(distanceM, minM);
  }
  return distanceM;
}

/** Largest acceleration over the response time with which the gap stays above d_min. */
export function oppositeAccelMps2(egoMps: number, gapM: number, otherMps: number): number {
  let limitMps2 = Number.POSITIVE_INFINITY;
  for (const [own, others] of CASES) {
    const roomM = gapM - STANDSTILL_GAP_M - statedBraking(other(otherMps, others));
    limitMps2 = Math.min(limitMps2, accelForRoom(egoMps, RESPONSE_TIME_S, own, roomM));
  }
  return limitMps2;
}

/**
 * It has left the corridor before the ego gets to it, whatever part of it is in there now: traffic
 * that crosses, or follows a bend that the extended path does not. S07 still takes it for standing.
 */
export const passesBefore = (
  gapM: number,
  egoMps: number,
  alongMps: number,
  acrossMps: number,
  extentM: number,
): boolean => {
  const closingMps = egoMps - alongMps;
  return (
    closingMps > 0 &&
    (Math.abs(acrossMps) * gapM) / closingMps > 2 * CORRIDOR_HALF_WIDTH_M + extentM
  );
};
