import type { EgoState } from "../contract/observation.ts";
import { compose, invert, yawOf } from "../geometry/se3.ts";
import type { PlanarMotion } from "./pillarize.ts";

/** Planar pose of ego in a local frame that starts at the first observation. */
export type PlanarPose = { readonly xM: number; readonly yM: number; readonly yawRad: number };

/**
 * Follows ego over the ground: by recorded poses where two observations in a row have them, by
 * speed and yaw rate otherwise. Without either the pose is unknown from then on, and history of
 * before cannot be used.
 */
export class EgoOdometry {
  #pose: PlanarPose = { xM: 0, yM: 0, yawRad: 0 };
  #last: { readonly stampUs: number; readonly ego: EgoState } | undefined;
  /** Grows when the chain of motion is broken. */
  #generation = 0;

  reset(): void {
    this.#pose = { xM: 0, yM: 0, yawRad: 0 };
    this.#last = undefined;
    this.#generation++;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Pose at `stampUs`. */
  advance(stampUs: number, ego: EgoState | undefined): PlanarPose {
    const last = this.#last;
    if (last === undefined || ego === undefined) {
      // One observation without ego is bridged with the last known motion.
      if (last !== undefined && stampUs - last.stampUs <= 300_000)
        return moveBy(this.#pose, deadReckon(last.ego, (stampUs - last.stampUs) / 1e6));
      this.#generation++;
      if (ego !== undefined) this.#last = { stampUs, ego };
      return this.#pose;
    }
    const dtS = (stampUs - last.stampUs) / 1e6;
    if (dtS < 0 || dtS > 2) this.#generation++;
    else this.#pose = moveBy(this.#pose, motionBetween(last.ego, ego, dtS));
    this.#last = { stampUs, ego };
    return this.#pose;
  }
}

function motionBetween(before: EgoState, after: EgoState, dtS: number): PlanarPose {
  if (before.odomFromEgo && after.odomFromEgo) {
    const beforeFromAfter = compose(invert(before.odomFromEgo), after.odomFromEgo);
    return { xM: beforeFromAfter.t[0], yM: beforeFromAfter.t[1], yawRad: yawOf(beforeFromAfter) };
  }
  return deadReckon(after, dtS);
}

function deadReckon(ego: EgoState, dtS: number): PlanarPose {
  const yawRad = ego.yawRateRadps * dtS;
  const ds = ego.speedMps * dtS;
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

/** nowFromPast between two poses of the same generation. */
export function motionFrom(past: PlanarPose, now: PlanarPose): PlanarMotion {
  const c = Math.cos(now.yawRad);
  const s = Math.sin(now.yawRad);
  const dx = past.xM - now.xM;
  const dy = past.yM - now.yM;
  return { yawRad: past.yawRad - now.yawRad, txM: c * dx + s * dy, tyM: -s * dx + c * dy };
}
