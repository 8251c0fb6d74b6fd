/** S17, the part that needs no map: a speed limit that the route or the configuration gives. */
import { SPEED_STEP_MPS, TRAJECTORY_STEP_S } from "../contract/maneuver.ts";
import { type Demand, demand } from "./rule.ts";

/** Largest target speed (multiple of 0.5 m/s) that is not above `speedMps`. */
export const floorToStep = (speedMps: number): number =>
  Math.floor(speedMps / SPEED_STEP_MPS + 1e-9) * SPEED_STEP_MPS;

/** The strictest usable limit, Infinity without one. */
export const speedCapMps = (limitMps: number | undefined, configuredMps: number): number =>
  limitMps !== undefined && limitMps > 0 ? Math.min(limitMps, configuredMps) : configuredMps;

/** Why a given limit cannot be used, as a demand; an unreadable limit is no licence. */
export function speedLimitProblem(limitMps: number | undefined): Demand | undefined {
  if (limitMps === undefined || limitMps > 0) return undefined;
  const detail = `speed limit > 0 expected, found ${limitMps}`;
  return demand("S17", "CAUTION", limitMps, 0, "mps", detail);
}

/** Largest acceleration over one step that keeps the limit; 0 when it is reached or passed. */
export const accelUnderCapMps2 = (speedMps: number, capMps: number): number =>
  Math.max(0, (capMps - speedMps) / TRAJECTORY_STEP_S);

/** Demand where the proposal wants to settle above the limit. */
export function speedLimitDemand(targetMps: number, capMps: number): Demand | undefined {
  if (targetMps <= capMps) return undefined;
  const detail = `target ${targetMps.toFixed(1)} m/s above the limit of ${capMps.toFixed(1)} m/s`;
  return demand("S17", "NORMAL", targetMps, capMps, "mps", detail);
}
