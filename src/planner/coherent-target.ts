import { type Maneuver, SPEED_STEP_MPS, type Trajectory } from "../contract/maneuver.ts";

/** Steps of 0.5 s until the planned speed that is asked for: 1 s. */
const AHEAD_STEPS = 2;

/**
 * While a lead is followed (GAP is not NONE), no more is asked for than the plan reaches within one
 * second. TARGET_SPEED is learnt as the speed to settle at, which behind a lead that moves off lies
 * metres per second above what the gap permits now; a consumer that holds an old decision for its
 * 300 ms, or tracks the target with a simple controller, must not run ahead of the plan. Never
 * raises the target, and a plan that moves keeps at least one step of it.
 */
export function coherentTarget(maneuver: Maneuver, trajectory: Trajectory): Maneuver {
  if (maneuver.gapM === undefined) return maneuver;
  const plannedMps = trajectory.speedMps[AHEAD_STEPS - 1]!;
  const steps = Math.round(plannedMps / SPEED_STEP_MPS);
  const cap = SPEED_STEP_MPS * (plannedMps > 0 ? Math.max(1, steps) : steps);
  return cap < maneuver.targetSpeedMps ? { ...maneuver, targetSpeedMps: cap } : maneuver;
}
