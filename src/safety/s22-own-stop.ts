/**
 * S22: the stop that this layer plans by itself. It needs a speed, a curvature and a deceleration,
 * all of them numbers it already holds: no model, perception, broker or route.
 */
import type { SafetyResult } from "../contract/decision.ts";
import {
  type Maneuver,
  type Rationale,
  TRAJECTORY_STEPS,
  type Trajectory,
  type VehicleProfile,
} from "../contract/maneuver.ts";
import { curvatureMaxInvm, rollOut } from "../geometry/bicycle.ts";
import { NOMINAL_BRAKE_MPS2, STOP_IN_LANE_BRAKE_MPS2 } from "./limits.ts";
import { demand } from "./rule.ts";

/** A column of equal steps. */
export const steady = (value: number): number[] => new Array<number>(TRAJECTORY_STEPS).fill(value);

export type StopPlan = { readonly maneuver: Maneuver; readonly trajectory: Trajectory };

/**
 * Stops on the given curvatures. `standing`: the vehicle is known to stand, so it waits.
 * Both columns [6]; curvatures are held within what the speed allows.
 */
export function ownStop(
  speedMps: number,
  accelMps2: readonly number[],
  curvatureInvm: readonly number[],
  standing: boolean,
  cause: Rationale,
  vehicle: VehicleProfile,
): StopPlan {
  const accels = standing ? steady(0) : accelMps2;
  const most = curvatureMaxInvm(speedMps, vehicle);
  const curvatures = curvatureInvm.map((k) => Math.max(-most, Math.min(most, k)));
  const hardest = Math.min(...accels);
  const moving = hardest < -NOMINAL_BRAKE_MPS2 ? "EMERGENCY_BRAKE" : "STOP";
  return {
    maneuver: {
      rationale: [cause, "NONE"],
      lateral: "KEEP_LANE",
      longitudinal: standing ? "WAIT" : moving,
      targetSpeedMps: 0,
    },
    trajectory: rollOut(standing ? 0 : speedMps, accels, curvatures),
  };
}

/**
 * The result when this layer itself has failed: stop in lane from the last known speed;
 * `held`: a minimal-risk maneuver has ended already, and its HOLD stays.
 */
export function lastResort(
  speedMps: number,
  curvatureInvm: number,
  rule: "S00" | "S24",
  detail: string,
  held: boolean,
  vehicle: VehicleProfile,
): SafetyResult {
  const mode = held ? "HOLD" : "EMERGENCY_STOP";
  const accels = steady(-STOP_IN_LANE_BRAKE_MPS2);
  const plan = ownStop(speedMps, accels, steady(curvatureInvm), false, "NONE", vehicle);
  return {
    mode,
    verdict: "REPLACED",
    hits: [demand(rule, mode, 1, 0, "", detail, true).hit],
    ...plan,
    hazardLights: true,
    accelLimitMps2: -STOP_IN_LANE_BRAKE_MPS2,
  };
}
