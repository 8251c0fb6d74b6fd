import type { EgoState } from "../contract/observation.ts";
import { compose, invert, yawOf } from "../geometry/se3.ts";
import { EGO_BRIDGE_US } from "./limits.ts";

/** odom <- ego on the ground plane. */
export type PlanarPose = { readonly xM: number; readonly yM: number; readonly yawRad: number };

const START: PlanarPose = { xM: 0, yM: 0, yawRad: 0 };

/**
 * Pose of ego in a fixed frame that starts at the first observation: by recorded poses where two
 * states in a row have them, by speed and yaw rate otherwise. A state that is missing for up to
 * 300 ms is bridged with the last motion; after that the pose is unknown.
 */
export class EgoMotion {
  #pose: PlanarPose = START;
  #stampUs: number | undefined;
  #ego: EgoState | undefined;
  /** Stamp of the last observation that had an ego state. */
  #knownUs = 0;

  reset(): void {
    this.#pose = START;
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

function motionBetween(before: EgoState, after: EgoState, dtS: number): PlanarPose {
  if (before !== after && before.odomFromEgo && after.odomFromEgo) {
    const beforeFromAfter = compose(invert(before.odomFromEgo), after.odomFromEgo);
    return { xM: beforeFromAfter.t[0], yM: beforeFromAfter.t[1], yawRad: yawOf(beforeFromAfter) };
  }
  const yawRad = ((before.yawRateRadps + after.yawRateRadps) / 2) * dtS;
  const ds = ((before.speedMps + after.speedMps) / 2) * dtS;
  return { xM: ds * Math.cos(yawRad / 2), yM: ds * Math.sin(yawRad / 2), yawRad };
}

function moveBy(p: PlanarPose, d: PlanarPose): PlanarPose {
  const c = Math.cos(p.yawRad);
  const s = Math.sin(p.yawRad);
  return {
    xM: p.xM + c * d.xM - s * d.yM,
    yM: p.yM + s * d.xM + c * d.yM,
    yawRad: p.yawRad + d.yawRad,
  };
}

/** Point in odom of a point in ego. */
export const toOdom = (pose: PlanarPose, x: number, y: number): readonly [number, number] => {
  const c = Math.cos(pose.yawRad);
  const s = Math.sin(pose.yawRad);
  return [pose.xM + c * x - s * y, pose.yM + s * x + c * y];
};

/** Point in ego of a point in odom. */
export const toEgo = (pose: PlanarPose, x: number, y: number): readonly [number, number] => {
  const c = Math.cos(pose.yawRad);
  const s = Math.sin(pose.yawRad);
  const dx = x - pose.xM;
  const dy = y - pose.yM;
  return [c * dx + s * dy, -s * dx + c * dy];
};
