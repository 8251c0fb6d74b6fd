/**
 * S09: RSS to the side. A lane change, turn, nudge or pull-over is dangerous where a road user in
 * the space it needs is too near both lengthwise and sideways. It is refused then, not braked for.
 */
import type { Lateral, Trajectory, VehicleProfile } from "../contract/maneuver.ts";
import type { Obstacle } from "../contract/obstacle.ts";
import {
  BRAKE_MAX_MPS2,
  BRAKE_MIN_MPS2,
  CLEARANCE_M,
  LANE_WIDTH_M,
  LATERAL_ACCEL_OTHER_MPS2,
  LATERAL_BRAKE_MPS2,
  LATERAL_MARGIN_M,
  OTHER_RESPONSE_TIME_S,
  RESPONSE_TIME_S,
  STANDSTILL_GAP_M,
} from "./limits.ts";
import { type RoadExtent, RoadFrame, type RoadPose } from "./present-path.ts";
import { type LateralMover, lateralMinM, sameDirectionMinM } from "./rss.ts";
import { isObstacleValid } from "./s02-validity.ts";
import { minDistanceM } from "./s07-longitudinal.ts";
import { outlineOf } from "./threats.ts";

/** Side that a word leads to, + left; 0 where it keeps the lane. */
export const SIDE_OF: Readonly<Record<Lateral, -1 | 0 | 1>> = {
  KEEP_LANE: 0,
  GO_STRAIGHT: 0,
  LANE_CHANGE_LEFT: 1,
  TURN_LEFT: 1,
  NUDGE_LEFT: 1,
  LANE_CHANGE_RIGHT: -1,
  TURN_RIGHT: -1,
  NUDGE_RIGHT: -1,
  PULL_OVER: -1,
};
const CHANGES_LANE: ReadonlySet<Lateral> = new Set(["LANE_CHANGE_LEFT", "LANE_CHANGE_RIGHT"]);
export const TURNS: ReadonlySet<Lateral> = new Set(["TURN_LEFT", "TURN_RIGHT"]);
/** Slower than this along the road nobody passes a turning vehicle. */
const PASSING_MPS = 0.5;

/** What the ego wants to do sideways. */
export type Sideways = {
  readonly lateral: Lateral;
  readonly trajectory: Trajectory;
  readonly pose: RoadPose;
  readonly speedMps: number;
  readonly accelMps2: number;
  readonly vehicle: VehicleProfile;
};

/** A road user that makes it dangerous. */
export type SideDanger = {
  readonly obstacle: Obstacle;
  /** Lengthwise distance, 0 abreast, and the least one, m. */
  readonly gapM: number;
  readonly minM: number;
  /** Sideways distance and the least one, m. */
  readonly besideM: number;
  readonly besideMinM: number;
};

/** How far to that side the body will go beyond where it is now, m. */
function shiftM(w: Sideways, road: RoadFrame, side: 1 | -1): number {
  const { lateral, trajectory, pose } = w;
  let reachedM = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < trajectory.xM.length; i++)
    reachedM = Math.max(reachedM, side * road.dM(trajectory.xM[i]!, trajectory.yM[i]!));
  const planned = Math.max(0, Math.min(LANE_WIDTH_M, reachedM));
  if (!CHANGES_LANE.has(lateral)) return planned;
  return Math.max(planned, LANE_WIDTH_M - Math.max(0, side * pose.offsetM));
}

const mover = (speedMps: number, responseS: number) =>
  ({
    speedMps,
    responseS,
    accelMaxMps2: LATERAL_ACCEL_OTHER_MPS2,
    brakeMinMps2: LATERAL_BRAKE_MPS2,
    marginM: LATERAL_MARGIN_M,
  }) satisfies LateralMover;

/** It is carried forward unseen: so much nearer, m. */
const unseenM = (o: Obstacle): number => (o.unseenUs > 0 ? 2 * o.sigmaM : 0);

/** Place of an obstacle along the road, and its motion; `nearerMps` towards the ego. */
type Along = { rearM: number; frontM: number; alongMps: number; nearerMps: number };

function alongInto(
  out: Along,
  o: Obstacle,
  extent: RoadExtent,
  pose: RoadPose,
  side: 1 | -1,
): void {
  const heading = pose.yawRad - pose.curvatureInvm * extent.centreM;
  const cos = Math.cos(heading);
  const sin = Math.sin(heading);
  out.rearM = extent.rearM - unseenM(o);
  out.frontM = extent.frontM + unseenM(o);
  out.alongMps = o.vxMps * cos - o.vyMps * sin;
  out.nearerMps = -side * (o.vxMps * sin + o.vyMps * cos);
}

/** Lengthwise distance to it and the least one. Unknown speeds: standing ahead, the ego's own behind. */
function lengthwise(o: Obstacle, at: Along, w: Sideways) {
  const frontM = w.vehicle.frontOverhangFromRearAxleM;
  const rearM = frontM - w.vehicle.lengthM;
  if (at.rearM > frontM) {
    const minM = minDistanceM(w.speedMps, w.accelMps2, at.alongMps);
    return { gapM: at.rearM - frontM, minM };
  }
  if (at.frontM >= rearM) return { gapM: 0, minM: STANDSTILL_GAP_M };
  const followerMps = o.tracked ? at.alongMps : w.speedMps;
  const gapM = rearM - at.frontM;
  if (followerMps <= 0) return { gapM, minM: 0 };
  const follower = {
    speedMps: followerMps,
    accelMps2: 0,
    brakeMps2: BRAKE_MIN_MPS2,
    responseS: OTHER_RESPONSE_TIME_S,
  };
  const minM = sameDirectionMinM(follower, w.speedMps, BRAKE_MAX_MPS2, STANDSTILL_GAP_M);
  return { gapM, minM };
}

/** The first road user beside, behind or ahead that makes the maneuver dangerous, or undefined. */
export function sideDanger(obstacles: readonly Obstacle[], w: Sideways): SideDanger | undefined {
  const side = SIDE_OF[w.lateral];
  if (side === 0) return undefined;
  const road = new RoadFrame(w.pose);
  const reachM = shiftM(w, road, side);
  const half = w.vehicle.widthM / 2;
  const towardsMps = side * w.speedMps * Math.sin(w.pose.yawRad);
  // Of the two cars, the ego is set on the left: the formula knows no side but this.
  const parallel = mover(0, RESPONSE_TIME_S);
  const turned = mover(towardsMps, RESPONSE_TIME_S);
  // Reused for every obstacle, so that a full street leaves no garbage.
  const other = mover(0, OTHER_RESPONSE_TIME_S);
  const at: Along = { rearM: 0, frontM: 0, alongMps: 0, nearerMps: 0 };
  const extent: RoadExtent = { rearM: 0, frontM: 0, centreM: 0, nearM: 0, farM: 0 };
  for (const obstacle of obstacles) {
    if (!isObstacleValid(obstacle) || obstacle.zMinM > CLEARANCE_M) continue;
    road.extentInto(extent, obstacle, outlineOf(obstacle), side);
    const nearM = extent.nearM - unseenM(obstacle);
    // What is not on that side is ahead or behind in the own lane: S07's, or not in the way.
    if ((nearM + extent.farM) / 2 <= half) continue;
    alongInto(at, obstacle, extent, w.pose, side);
    if (TURNS.has(w.lateral)) {
      const passes = obstacle.tracked && at.alongMps > PASSING_MPS;
      if (!passes || at.rearM > w.vehicle.frontOverhangFromRearAxleM) continue;
    }
    const besideM = nearM - half;
    other.speedMps = -at.nearerMps;
    const least = Math.max(reachM + lateralMinM(parallel, other), lateralMinM(turned, other));
    if (besideM > least) continue;
    const { gapM, minM } = lengthwise(obstacle, at, w);
    if (gapM > minM || minM === 0) continue;
    return { obstacle, gapM, minM, besideM, besideMinM: least };
  }
  return undefined;
}
