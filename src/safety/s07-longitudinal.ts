/**
 * S07: longitudinal RSS with the operating table, for one threat. Also the scale of the proper
 * response, which S13 shares: no acceleration, braking in proportion, full b_min, emergency.
 */
import type { Mode } from "../contract/decision.ts";
import {
  ACCEL_MAX_MPS2,
  BRAKE_MAX_MPS2,
  BRAKE_MIN_MPS2,
  COMFORT_BRAKE_MPS2,
  RESPONSE_TIME_S,
  STANDSTILL_GAP_M,
  STANDSTILL_MPS,
  TTC_FLOOR_S,
} from "./limits.ts";
import { accelForRoom, sameDirectionMinM, stoppingDistance } from "./rss.ts";
import { type Demand, demand } from "./rule.ts";
import { isOncoming, oppositeAccelMps2, oppositeDistanceM } from "./s08-opposite.ts";
import { gapBrakeMps2 } from "./s18-cut-in.ts";
import type { Threat } from "./threats.ts";

/** Stages of the proper response, from none to the last resort. */
export const STAGES = ["FREE", "LIMIT", "BRAKE", "FULL", "EMERGENCY"] as const;
export type Stage = (typeof STAGES)[number];

export type Response = {
  readonly stage: Stage;
  /** Upper bound of acceleration, m/s²: ≤ 2, negative = brake at least so hard. */
  readonly accelMaxMps2: number;
  /** d_min without acceleration, m. */
  readonly minM: number;
  /** Time to collision at constant speeds; Infinity where the gap does not close. */
  readonly ttcS: number;
  /** The floor of S13 asked for the full brake, not the distance of S07. */
  readonly byTtc: boolean;
};

/** Smallest gap that is divided by, m. */
const CONTACT_M = 0.1;

const ego = (speedMps: number, accelMps2: number) => ({
  speedMps,
  accelMps2,
  responseS: RESPONSE_TIME_S,
  brakeMps2: BRAKE_MIN_MPS2,
});

/** d_min of S07 for a threat at `speedMps` along the path (negative: oncoming). */
export function minDistanceM(
  egoSpeedMps: number,
  egoAccelMps2: number,
  threatSpeedMps: number,
): number {
  if (threatSpeedMps >= 0)
    return sameDirectionMinM(
      ego(egoSpeedMps, egoAccelMps2),
      threatSpeedMps,
      BRAKE_MAX_MPS2,
      STANDSTILL_GAP_M,
    );
  return oppositeDistanceM(egoSpeedMps, egoAccelMps2, -threatSpeedMps);
}

/** Largest acceleration over the response time with which the gap stays above d_min. */
function accelLimitMps2(egoSpeedMps: number, gapM: number, threatSpeedMps: number): number {
  const roomM =
    gapM - STANDSTILL_GAP_M + stoppingDistance(Math.max(0, threatSpeedMps), BRAKE_MAX_MPS2);
  const limit =
    threatSpeedMps >= 0
      ? accelForRoom(egoSpeedMps, RESPONSE_TIME_S, BRAKE_MIN_MPS2, roomM)
      : oppositeAccelMps2(egoSpeedMps, gapM, -threatSpeedMps);
  return Math.max(0, Math.min(ACCEL_MAX_MPS2, limit - 1e-9));
}

/**
 * The response to one threat at ego speed v ≥ 0. Monotone: a shorter gap, a faster ego or a
 * slower threat never gives a larger bound. Braking is in proportion to what d_min lacks, at
 * least what stops before d0, full b_min below half of d_min or below the TTC floor (unless a
 * comfortable brake still stops before d0), and 8 m/s² where b_min no longer avoids contact.
 */
export function respond(egoSpeedMps: number, threat: Threat): Response {
  const towards = isOncoming(threat.speedMps);
  const threatMps = towards ? threat.speedMps : Math.max(0, threat.speedMps);
  const gapM = threat.gapM;
  const minM = minDistanceM(egoSpeedMps, 0, threatMps);
  const closingMps = egoSpeedMps - threatMps;
  const ttcS = closingMps > 0 ? gapM / closingMps : Number.POSITIVE_INFINITY;
  const standing = egoSpeedMps < STANDSTILL_MPS;
  // Speed that the ego has to lose, and the room it has; an oncoming car brakes on its own part.
  const loseMps = towards ? egoSpeedMps : Math.max(0, closingMps);
  const roomM = gapM - (towards ? stoppingDistance(-threatMps, BRAKE_MIN_MPS2) : 0);
  const toContact = loseMps ** 2 / 2 / Math.max(roomM, CONTACT_M);
  const toMargin = loseMps ** 2 / 2 / Math.max(roomM - STANDSTILL_GAP_M, CONTACT_M);
  if (!standing && toContact > BRAKE_MIN_MPS2)
    return { stage: "EMERGENCY", accelMaxMps2: -BRAKE_MAX_MPS2, minM, ttcS, byTtc: false };
  const byTtc = !standing && ttcS < TTC_FLOOR_S && toMargin > COMFORT_BRAKE_MPS2;
  if (byTtc) return { stage: "FULL", accelMaxMps2: -BRAKE_MIN_MPS2, minM, ttcS, byTtc };
  if (gapM > minM) {
    const limit = accelLimitMps2(egoSpeedMps, gapM, threatMps);
    const stage = limit < ACCEL_MAX_MPS2 ? "LIMIT" : "FREE";
    return { stage, accelMaxMps2: limit, minM, ttcS, byTtc };
  }
  const lack = Math.min(1, 2 * (1 - gapM / minM));
  const most = gapBrakeMps2(egoSpeedMps, threatMps);
  const brake = Math.min(most, Math.max(lack * BRAKE_MIN_MPS2, toMargin));
  if (standing) return { stage: "LIMIT", accelMaxMps2: 0, minM, ttcS, byTtc };
  const stage = brake >= BRAKE_MIN_MPS2 ? "FULL" : "BRAKE";
  return { stage, accelMaxMps2: -brake, minM, ttcS, byTtc };
}

/** Mode that a stage asks for: bounding is NORMAL driving, a full brake is not. */
export function modeOfStage(stage: Stage): Mode {
  if (stage === "EMERGENCY") return "EMERGENCY_STOP";
  return stage === "FULL" ? "CAUTION" : "NORMAL";
}

/** Demand of S07, or of S08 against oncoming traffic, where it restricts an acceleration of `wantedMps2`, or undefined. */
export function s07Demand(threat: Threat, response: Response, wantedMps2: number) {
  const { stage, accelMaxMps2: bound, minM } = response;
  if (bound >= wantedMps2 && bound >= 0) return undefined;
  const towards = isOncoming(threat.speedMps);
  const motion = towards ? "oncoming" : `at ${threat.speedMps.toFixed(1)} m/s`;
  const detail =
    `gap ${threat.gapM.toFixed(2)} m to ${threat.label} ${motion}, least ${minM.toFixed(2)} m: ` +
    `acceleration at most ${bound.toFixed(2)} m/s²`;
  const rule = towards ? "S08" : "S07";
  return demand(rule, modeOfStage(stage), threat.gapM, minM, "m", detail) satisfies Demand;
}
