import type { SafetyResult } from "../../contract/decision.ts";
import { CAR, TRAJECTORY_STEPS } from "../../contract/maneuver.ts";
import { ACCEL_MAX_MPS2, STOP_IN_LANE_BRAKE_MPS2 } from "../../safety/limits.ts";
import { ownStop, steady } from "../../safety/s22-own-stop.ts";
import type { Rooms } from "../../service/pipeline.ts";

/**
 * In the place of the supervisor for `--safety off`: passes every proposal on, so that a run shows what
 * the planner alone would have done. Without a proposal there is nothing to pass on, and it stops.
 */
export const passThrough = (): Rooms["supervisor"] => ({
  supervise: ({ proposal, ego }): SafetyResult => {
    if (proposal)
      return {
        mode: "NORMAL",
        verdict: "APPROVED",
        hits: [],
        maneuver: proposal.maneuver,
        trajectory: proposal.trajectory,
        hazardLights: false,
        accelLimitMps2: ACCEL_MAX_MPS2,
      };
    const braking = new Array<number>(TRAJECTORY_STEPS).fill(-STOP_IN_LANE_BRAKE_MPS2);
    const speedMps = Math.max(0, ego?.speedMps ?? 0);
    return {
      mode: "COMFORT_STOP",
      verdict: "REPLACED",
      hits: [],
      ...ownStop(speedMps, braking, steady(0), speedMps === 0, "NONE", CAR),
      hazardLights: false,
      accelLimitMps2: 0,
    };
  },
  reset: () => {},
});
