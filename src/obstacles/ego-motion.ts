import type { EgoState } from "../contract/observation.ts";
import { compose, invert, yawOf } from "../geometry/se3.ts";
import { EGO_BRIDGE_US } from "./limits.ts";

/** Place and heading on the ground plane, or a motion by as much. */
export type Planar = { readonly xM: number; readonly yM: number; readonly yawRad: number };

/** odom <- ego on the ground plane; cos and sin are of yawRad. */
export type PlanarPose = Planar & { readonly cos: number; readonly sin: number };

const poseOf = (xM: number, yM: number, yawRad: number): PlanarPose => ({
  xM,
  yM,
  yawRad,
  cos: Math.cos(yawRad),
  sin: Math.sin(yawRad),
});

export const START_POSE: PlanarPose = poseOf(0, 0, 0);

/**
 * Pose of ego in a fixed frame that starts at the first observation: by recorded poses where two
 * states in a row have them, by speed and yaw rate otherwise. A state that is missing for up to
 * 300 ms is bridged with the last motion; after that the pose is unknown.
 */
export class EgoMotion {
  #pose: PlanarPose = START_POSE;
  #stampUs: number | undefined;
  #ego: EgoState | undefined;
  /** Stamp of the last observation that had an ego state. */
  #knownUs = 0;

  reset(): void {
    this.#pose = START_POSE;
    this.#stampUs = undefined;
    this.#ego = undefined;
  }

  /** Pose at `stampUs`, or undefined where motion since the last one is unknown. */
  advance(stampUs: number, ego: EgoState | undefined): PlanarPose | undefined {
    const before = this.#ego;
    const dtUs = this.#stampUs === undefined ? 0 : stampUs - this.#stampUs;
    if (dtUs < 0 || dtUs > 2_000_000) this.reset();
    else if (before !== undefined && dtUs > 0)
      this.#pose = moveBy(this.#pose, motionBetween(before, ego ?? before, dtUs / 1e6));
    this.#stampUs = stampUs;
    if (ego !== undefined) {
      this.#ego = ego;
      this.#knownUs = stampUs;
    } else if (this.#ego !== undefined) {
      if (stampUs - this.#knownUs > EGO_BRIDGE_US) this.reset();
      else this.#ego = withoutPose(this.#ego);
    }
    return this.#ego === undefined ? undefined : this.#pose;
  }
}

/** A bridged state: its pose belongs to an earlier stamp. */
function withoutPose(ego: EgoState): EgoState {
  const { odomFromEgo: _, ...rest } = ego;
  return rest;
}

function motionBetween(before: EgoState, after: EgoState, dtS: number): Planar {
  if (before !== after && before.odomFromEgo && after.odomFromEgo) {
    const beforeFromAfter = compose(invert(before.odomFromEgo), after.odomFromEgo);
    return { xM: beforeFromAfter.t[0], yM: beforeFromAfter.t[1], yawRad: yawOf(beforeFromAfter) };
  }
  const yawRad = ((before.yawRateRadps + after.yawRateRadps) / 2) * dtS;
  const ds = ((before.speedMps + after.speedMps) / 2) * dtS;
  return { xM: ds * Math.cos(yawRad / 2), yM: ds * Math.sin(yawRad / 2), yawRad };
}

function moveBy(p: PlanarPose, d: Planar): PlanarPose {
  return poseOf(
    p.xM + p.cos * d.xM - p.sin * d.yM,
    p.yM + p.sin * d.xM + p.cos * d.yM,
    p.yawRad + d.yawRad,
  );
}

/** Point in odom of a point in ego. */
export const toOdom = (pose: PlanarPose, x: number, y: number): readonly [number, number] => [
  pose.xM + pose.cos * x - pose.sin * y,
  pose.yM + pose.sin * x + pose.cos * y,
];

/** Point in ego of a point in odom. */
export const toEgo = (pose: PlanarPose, x: number, y: number): readonly [number, number] => {
  const dx = x - pose.xM;
  const dy = y - pose.yM;
  return [pose.cos * dx + pose.sin * dy, -pose.sin * dx + pose.cos * dy];
};
