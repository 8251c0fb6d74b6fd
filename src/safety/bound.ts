/** Bounds a valid proposal: acceleration, target speed and words, kept coherent with each other. */
import {
  type Longitudinal,
  type Maneuver,
  type Rationale,
  TRAJECTORY_STEP_S,
  type Trajectory,
} from "../contract/maneuver.ts";
import { rollOut } from "../geometry/bicycle.ts";
import { ACCEL_MAX_MPS2, BRAKE_MIN_MPS2, NOMINAL_BRAKE_MPS2, STANDSTILL_GAP_M } from "./limits.ts";
import { limitedTravelInto, type Travel } from "./rss.ts";
import { minDistanceM, respond } from "./s07-longitudinal.ts";
import { boxResponse } from "./s13-corridor-box.ts";
import { accelUnderCapMps2, floorToStep } from "./s17-speed-limit.ts";
import type { Threat } from "./threats.ts";

/** A threat and the rule that watches it. */
export type Watched = { readonly threat: Threat; readonly box: boolean };

/** The response to a watched threat. */
export const responseTo = (speedMps: number, w: Watched) => {
  const response = respond(speedMps, w.threat);
  return w.box ? boxResponse(response) : response;
};

export type Bounds = {
  readonly speedMps: number;
  /** Measured, or reckoned long enough, to stand; a reckoned 0 m/s alone is not. */
  readonly standing: boolean;
  /** Most acceleration now, all rules together. */
  readonly accelMaxMps2: number;
  /** CAUTION: no acceleration in any step, no target above the present speed. */
  readonly caution: boolean;
  readonly speedCapMps: number;
  readonly watched: readonly Watched[];
  /** What to say when the bound of a threat binds. */
  readonly cause: Rationale;
};

export type Bounded = {
  readonly maneuver: Maneuver;
  readonly trajectory: Trajectory;
  readonly accelLimitMps2: number;
  /** Cap under which the plan keeps its distance to every threat, where one was needed. */
  readonly yieldMps2?: number;
  /** Nothing was changed: maneuver and trajectory are the proposal's own. */
  readonly unchanged: boolean;
};

/** What driving accelerations under a cap leads to. */
type Foresight = { tooNear: boolean; movedM: number; speedMps: number };

/** If every threat keeps its speed; asked up to a dozen times a check, so nothing is allocated. */
function foreseeInto(
  out: Foresight,
  travel: Travel,
  accels: readonly number[],
  capMps2: number,
  b: Bounds,
): void {
  out.tooNear = false;
  out.movedM = 0;
  out.speedMps = b.speedMps;
  for (let i = 0; i < accels.length; i++) {
    const accel = Math.min(accels[i]!, capMps2);
    limitedTravelInto(travel, out.speedMps, Number.POSITIVE_INFINITY, accel, TRAJECTORY_STEP_S);
    out.movedM += travel.distanceM;
    out.speedMps = travel.speedMps;
    const timeS = (i + 1) * TRAJECTORY_STEP_S;
    for (const { threat } of b.watched)
      if (travel.distanceM > 0 && gapAfter(threat, timeS, out.movedM) < STANDSTILL_GAP_M)
        out.tooNear = true;
  }
}

/** The trajectory comes too near to a threat before its end. */
function comesTooNear(accels: readonly number[], b: Bounds): boolean {
  const seen = { tooNear: false, movedM: 0, speedMps: 0 };
  foreseeInto(seen, { distanceM: 0, speedMps: 0 }, accels, Number.POSITIVE_INFINITY, b);
  return seen.tooNear;
}

/** At the end of the trajectory the distance to every threat is a safe one. */
function endsSafe(seen: Foresight, endS: number, b: Bounds): boolean {
  for (const { threat } of b.watched) {
    const minM = minDistanceM(seen.speedMps, 0, Math.max(0, threat.speedMps));
    if (!(gapAfter(threat, endS, seen.movedM) > minM)) return false;
  }
  return true;
}

const gapAfter = (threat: Threat, timeS: number, movedM: number): number =>
  threat.gapM + threat.speedMps * timeS - movedM;

/** Halvings of the search between −4 and 2 m/s²: to 0.01. */
const HALVINGS = 10;

/** Largest constant cap of the steps under which the whole trajectory keeps its distance. */
function yieldingCapMps2(accels: readonly number[], b: Bounds): number {
  const seen = { tooNear: false, movedM: 0, speedMps: 0 };
  const travel = { distanceM: 0, speedMps: 0 };
  const endS = accels.length * TRAJECTORY_STEP_S;
  const holds = (cap: number): boolean => {
    foreseeInto(seen, travel, accels, cap, b);
    return !seen.tooNear && endsSafe(seen, endS, b);
  };
  let low = -BRAKE_MIN_MPS2;
  let high = Math.min(ACCEL_MAX_MPS2, b.accelMaxMps2);
  if (holds(high)) return high;
  // What no cap can hold is answered with the bound of this tick; the next tick judges anew.
  if (!holds(-BRAKE_MIN_MPS2)) return Math.min(high, 0);
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

const capped = (accels: readonly number[], cap: number): number[] =>
  accels.map((a) => Math.min(a, cap));

/** Accelerations that settle at the cap; a speed above it is not braked for, only kept. */
function underCap(accels: readonly number[], speedMps: number, capMps: number): number[] {
  const bounded = new Array<number>(accels.length);
  let v = speedMps;
  for (let i = 0; i < accels.length; i++) {
    const accel = Math.min(accels[i]!, accelUnderCapMps2(v, capMps));
    bounded[i] = accel;
    v = Math.max(0, v + accel * TRAJECTORY_STEP_S);
  }
  return bounded;
}

/** Braking settles at the end of the trajectory, moving off at its fastest point. */
function settledMps(speedMps: number, accels: readonly number[], brakes: boolean): number {
  let v = Math.max(0, speedMps);
  let fastest = 0;
  for (let i = 0; i < accels.length; i++) {
    v = Math.max(0, v + accels[i]! * TRAJECTORY_STEP_S);
    fastest = Math.max(fastest, v);
  }
  return brakes ? v : fastest;
}

/** How strictly a word slows the vehicle. */
export const STRICTNESS: Readonly<Record<Longitudinal, number>> = {
  ACCELERATE: 0,
  KEEP_SPEED: 1,
  DECELERATE: 2,
  STOP: 3,
  WAIT: 3,
  EMERGENCY_BRAKE: 4,
};

/** The word for what the vehicle is bounded to do. */
function wordFor(standing: boolean, accelMps2: number, targetMps: number): Longitudinal {
  if (accelMps2 < -NOMINAL_BRAKE_MPS2) return "EMERGENCY_BRAKE";
  if (standing && accelMps2 <= 0) return "WAIT";
  if (accelMps2 < 0) return targetMps === 0 ? "STOP" : "DECELERATE";
  return accelMps2 === 0 ? "KEEP_SPEED" : "ACCELERATE";
}

function same(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (!(Math.abs(a[i]! - b[i]!) <= 1e-9)) return false;
  return true;
}

/** Applies the bounds; `enveloped` are the proposal's steps after S15. */
export function boundProposal(
  maneuver: Maneuver,
  trajectory: Trajectory,
  enveloped: { readonly accelMps2: readonly number[]; readonly curvatureInvm: readonly number[] },
  b: Bounds,
): Bounded {
  const v = b.speedMps;
  const capMps = b.caution ? Math.min(v, b.speedCapMps) : b.speedCapMps;
  let accels = underCap(enveloped.accelMps2, v, capMps);
  let target = Math.min(maneuver.targetSpeedMps, floorToStep(capMps));
  let limit = Math.min(b.accelMaxMps2, accelUnderCapMps2(v, capMps));
  let yieldMps2: number | undefined;
  if (accels[0]! > b.accelMaxMps2 || comesTooNear(accels, b)) {
    yieldMps2 = yieldingCapMps2(accels, b);
    accels = capped(accels, yieldMps2);
    limit = Math.min(limit, yieldMps2);
    let slowest = Number.POSITIVE_INFINITY;
    for (const { threat } of b.watched) slowest = Math.min(slowest, threat.speedMps);
    const leadMps = b.watched.length > 0 ? Math.max(0, slowest) : 0;
    const reached = settledMps(v, accels, b.accelMaxMps2 < 0);
    target = Math.min(target, floorToStep(Math.max(leadMps, reached)));
  }
  if (b.standing) {
    // Too little room to reach half a metre per second: wait, do not creep.
    if (target === 0) accels = capped(accels, 0);
    limit = target === 0 ? 0 : Math.max(0, limit);
  }

  const kept = same(accels, trajectory.accelMps2) && target === maneuver.targetSpeedMps;
  const steered = !same(enveloped.curvatureInvm, trajectory.curvatureInvm);
  if (kept && !steered) return { maneuver, trajectory, accelLimitMps2: limit, unchanged: true };
  const word = wordFor(b.standing, accels[0]!, target);
  const harder = !kept && STRICTNESS[word] > STRICTNESS[maneuver.longitudinal];
  return {
    maneuver: {
      ...maneuver,
      rationale: yieldMps2 !== undefined ? [b.cause, maneuver.rationale[0]] : maneuver.rationale,
      longitudinal: harder ? word : maneuver.longitudinal,
      targetSpeedMps: target,
    },
    trajectory: rollOut(v, accels, enveloped.curvatureInvm),
    accelLimitMps2: limit,
    ...(yieldMps2 === undefined ? {} : { yieldMps2 }),
    unchanged: false,
  };
}
