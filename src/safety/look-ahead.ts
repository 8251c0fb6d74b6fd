/** S07 and S13 on everything in the corridor of one intended motion. */
import type { Rationale, VehicleProfile } from "../contract/maneuver.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { responseTo, type Watched } from "./bound.ts";
import { ACCEL_MAX_MPS2, BRAKE_MIN_MPS2, RESPONSE_TIME_S, STANDSTILL_MPS } from "./limits.ts";
import { statedBraking } from "./rss.ts";
import type { Demand } from "./rule.ts";
import { isObstacleValid } from "./s02-validity.ts";
import { type Stage, s07Demand } from "./s07-longitudinal.ts";
import { boxDemand, boxLengthM, pointThreat, ttcDemand } from "./s13-corridor-box.ts";
import type { SweptPath } from "./swept-path.ts";
import { threatOf } from "./threats.ts";

/** The path is judged this much further than the ego needs to stop: oncoming traffic needs more. */
const HORIZON_EXTRA_M = 10;
const HORIZON_RATIO = 2;

/** What is ahead, judged against one intended motion. */
export type Ahead = {
  readonly watched: readonly Watched[];
  readonly demands: readonly Demand[];
  readonly boundMps2: number;
  readonly stage: Stage;
  readonly cause: Rationale;
};

/** A motion in steps of 0.5 s from the ego's place; both columns [T]. */
export type Steps = {
  readonly accelMps2: readonly number[];
  readonly curvatureInvm: readonly number[];
};

/** Without a field there is nothing to watch; what was seen last keeps its bound. */
export const lookBlind = (sightBoundMps2: number): Ahead => ({
  watched: [],
  demands: [],
  boundMps2: Math.min(0, sightBoundMps2),
  stage: "FREE",
  cause: "NONE",
});

/** Everything in the corridor of the motion, which is laid on `path`. */
export function watch(
  field: ObstacleField,
  speedMps: number,
  steps: Steps,
  path: SweptPath,
  vehicle: VehicleProfile,
): Watched[] {
  const stopM = statedBraking({
    speedMps,
    accelMps2: ACCEL_MAX_MPS2,
    responseS: RESPONSE_TIME_S,
    brakeMps2: BRAKE_MIN_MPS2,
  });
  const horizonM = HORIZON_RATIO * stopM + HORIZON_EXTRA_M;
  path.lay(speedMps, steps.accelMps2, steps.curvatureInvm, horizonM);
  const watched: Watched[] = [];
  for (const obstacle of field.obstacles) {
    if (!isObstacleValid(obstacle)) continue;
    const threat = threatOf(obstacle, path, vehicle);
    if (threat !== undefined) watched.push({ threat, box: false });
  }
  const points = pointThreat(field, path, speedMps, vehicle.frontOverhangFromRearAxleM);
  if (points !== undefined) watched.push({ threat: points, box: true });
  return watched;
}

/** The strictest response to all of it; a demand of each rule that restricts the wanted motion. */
export function lookAhead(watched: readonly Watched[], speedMps: number, wantedMps2: number) {
  const demands: Demand[] = [];
  let boundMps2 = ACCEL_MAX_MPS2;
  let stage: Stage = "FREE";
  let cause: Rationale = "NONE";
  for (const w of watched) {
    const response = responseTo(speedMps, w);
    const asks = w.box
      ? boxDemand(w.threat, response, wantedMps2, boxLengthM(speedMps))
      : s07Demand(w.threat, response, wantedMps2);
    const ttc = ttcDemand(w.threat, response);
    if (asks !== undefined) demands.push(asks);
    if (ttc !== undefined) demands.push(ttc);
    if (cause !== "NONE" && response.accelMaxMps2 >= boundMps2) continue;
    boundMps2 = Math.min(boundMps2, response.accelMaxMps2);
    stage = response.stage;
    cause = causeOf(w);
  }
  return { watched, demands, boundMps2, stage, cause } satisfies Ahead;
}

/** The closed word for what stands or drives ahead. */
function causeOf({ threat }: Watched): Rationale {
  if (!threat.tracked || threat.speedMps < -STANDSTILL_MPS) return "OBSTACLE_ON_PATH";
  return threat.speedMps < 0.5 ? "LEAD_STANDING" : "LEAD_VEHICLE";
}
