/** S02: an input that is NaN, infinite, out of range or misshapen is absent; never a zero. */
import type { EgoState } from "../contract/observation.ts";
import type { Obstacle, ObstacleField } from "../contract/obstacle.ts";
import {
  EGO_ACCEL_ABS_MPS2,
  EGO_SPEED_MAX_MPS,
  EGO_SPEED_MIN_MPS,
  EGO_YAW_RATE_ABS_RADPS,
  OBSTACLE_SPEED_ABS_MPS,
} from "./limits.ts";

const inRange = (value: number, low: number, high: number): boolean =>
  value >= low && value <= high;

/** What is wrong with an ego state, or undefined. */
export function egoProblem(ego: EgoState): string | undefined {
  if (!inRange(ego.speedMps, EGO_SPEED_MIN_MPS, EGO_SPEED_MAX_MPS))
    return `speed of ${EGO_SPEED_MIN_MPS}…${EGO_SPEED_MAX_MPS} m/s expected, found ${ego.speedMps}`;
  if (!inRange(ego.accelMps2, -EGO_ACCEL_ABS_MPS2, EGO_ACCEL_ABS_MPS2))
    return `acceleration within ±${EGO_ACCEL_ABS_MPS2} m/s² expected, found ${ego.accelMps2}`;
  if (!inRange(ego.yawRateRadps, -EGO_YAW_RATE_ABS_RADPS, EGO_YAW_RATE_ABS_RADPS))
    return `yaw rate within ±${EGO_YAW_RATE_ABS_RADPS} rad/s expected, found ${ego.yawRateRadps}`;
  if (!Number.isFinite(ego.stampUs)) return `finite stamp expected, found ${ego.stampUs}`;
  return undefined;
}

/** All numbers of an obstacle are usable. */
export function isObstacleValid(o: Obstacle): boolean {
  return (
    isPlaceFinite(o) &&
    inRange(o.vxMps, -OBSTACLE_SPEED_ABS_MPS, OBSTACLE_SPEED_ABS_MPS) &&
    inRange(o.vyMps, -OBSTACLE_SPEED_ABS_MPS, OBSTACLE_SPEED_ABS_MPS) &&
    o.lengthM >= 0 &&
    o.widthM >= 0 &&
    o.sigmaM >= 0 &&
    isOutlineFinite(o.hull)
  );
}

// Asked several times a tick for every obstacle, so nothing is allocated here.
const isPlaceFinite = (o: Obstacle): boolean =>
  Number.isFinite(o.xM) &&
  Number.isFinite(o.yM) &&
  Number.isFinite(o.yawRad) &&
  Number.isFinite(o.lengthM) &&
  Number.isFinite(o.widthM) &&
  Number.isFinite(o.zMinM) &&
  Number.isFinite(o.sigmaM) &&
  Number.isFinite(o.unseenUs);

function isOutlineFinite(hull: Obstacle["hull"]): boolean {
  for (const point of hull)
    if (!(Number.isFinite(point[0]) && Number.isFinite(point[1]))) return false;
  return true;
}

/** What is wrong with an obstacle field, or undefined; good obstacles of a bad field still count. */
export function fieldProblem(field: ObstacleField): string | undefined {
  const bad = field.obstacles.find((o) => !isObstacleValid(o));
  if (bad !== undefined) return `finite numbers in range expected in obstacle ${bad.id}`;
  if (!Number.isFinite(field.stampUs)) return `finite stamp expected, found ${field.stampUs}`;
  const xyz = field.untrackedXyz;
  if (xyz.length % 3 !== 0) return `[N, 3] untracked points expected, found ${xyz.length} numbers`;
  for (let i = 0; i < xyz.length; i++)
    if (!Number.isFinite(xyz[i]!)) return `finite points expected, found ${xyz[i]} at number ${i}`;
  return undefined;
}
