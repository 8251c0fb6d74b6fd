/**
 * S13: the raw-LiDAR box ahead, always on, and the TTC floor. Only points that belong to no
 * tracked obstacle count as standing; tracked movers count by relative speed.
 */
import type { ObstacleField } from "../contract/obstacle.ts";
import {
  BOX_EXTRA_M,
  BOX_POINT_COUNT,
  BRAKE_MIN_MPS2,
  CLEARANCE_M,
  CORRIDOR_HALF_WIDTH_M,
  RESPONSE_TIME_S,
  TTC_FLOOR_S,
} from "./limits.ts";
import { stoppingDistance } from "./rss.ts";
import { type Demand, demand } from "./rule.ts";
import { modeOfStage, type Response } from "./s07-longitudinal.ts";
import type { SweptPath } from "./swept-path.ts";
import type { Threat } from "./threats.ts";

/** v·ρ + v²/2b_min + 2, m ahead of the front bumper. */
export const boxLengthM = (speedMps: number): number =>
  speedMps * RESPONSE_TIME_S + stoppingDistance(speedMps, BRAKE_MIN_MPS2) + BOX_EXTRA_M;

/** Gap of the third nearest point of the box, Infinity where there are fewer. */
function thirdGapM(field: ObstacleField, path: SweptPath, lengthM: number, frontM: number): number {
  const reachM = lengthM + frontM + CORRIDOR_HALF_WIDTH_M;
  const xyz = field.untrackedXyz;
  // Nearest first; what is beyond the last of them needs no contact.
  const nearest = new Float64Array(BOX_POINT_COUNT).fill(Number.POSITIVE_INFINITY);
  const half = CORRIDOR_HALF_WIDTH_M;
  const contact = { gapM: Number.POSITIVE_INFINITY, yawRad: Number.NaN };
  for (let i = 0; i + 2 < xyz.length; i += 3) {
    const x = xyz[i]!;
    const y = xyz[i + 1]!;
    if (!(x * x + y * y <= reachM * reachM) || xyz[i + 2]! > CLEARANCE_M) continue;
    if (!path.mayTouch(x, x, y, y, half)) continue;
    contact.gapM = nearest[BOX_POINT_COUNT - 1]!;
    if (!path.contactInto(contact, x, y, half) || contact.gapM > lengthM) continue;
    let place = BOX_POINT_COUNT - 1;
    for (; place > 0 && nearest[place - 1]! > contact.gapM; place--)
      nearest[place] = nearest[place - 1]!;
    nearest[place] = contact.gapM;
  }
  return nearest[BOX_POINT_COUNT - 1]!;
}

/** The third nearest point of the box as a standing threat, or undefined where there are fewer. */
export function pointThreat(
  field: ObstacleField,
  path: SweptPath,
  speedMps: number,
  frontM: number,
): Threat | undefined {
  const gapM = thirdGapM(field, path, boxLengthM(speedMps), frontM);
  if (gapM === Number.POSITIVE_INFINITY) return undefined;
  return { gapM, speedMps: 0, tracked: false, label: "points in the corridor box" };
}

/** Whatever is in the box forbids to accelerate; how hard to brake is in proportion as for S07. */
export const boxResponse = (response: Response): Response => ({
  ...response,
  stage: response.stage === "FREE" ? "LIMIT" : response.stage,
  accelMaxMps2: Math.min(0, response.accelMaxMps2),
});

/** Demand of S13 for points in the box where they restrict an acceleration of `wantedMps2`. */
export function boxDemand(
  threat: Threat,
  response: Response,
  wantedMps2: number,
  lengthM: number,
): Demand | undefined {
  const bound = response.accelMaxMps2;
  if (bound >= wantedMps2 && bound >= 0) return undefined;
  const detail =
    `untracked points ${threat.gapM.toFixed(2)} m ahead in a corridor box of ` +
    `${lengthM.toFixed(2)} m: acceleration at most ${bound.toFixed(2)} m/s²`;
  return demand("S13", modeOfStage(response.stage), threat.gapM, lengthM, "m", detail);
}

/** Demand of S13 for a threat below the TTC floor. */
export function ttcDemand(threat: Threat, response: Response): Demand | undefined {
  if (!response.byTtc) return undefined;
  const detail = `${threat.label} ${threat.gapM.toFixed(2)} m ahead, contact in ${response.ttcS.toFixed(2)} s`;
  return demand("S13", modeOfStage(response.stage), response.ttcS, TTC_FLOOR_S, "s", detail);
}

/** A vehicle without any LiDAR gives this layer no sight of its own: it may only stop. */
export const noSightDemand = (): Demand =>
  demand("S13", "COMFORT_STOP", 0, 1, "", "no independent sight: the vehicle has no LiDAR");
