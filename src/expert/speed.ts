/** Longitudinal law of the expert: what limits the speed, and how hard to follow each limit. */

export const CRUISE_ACCEL_MPS2 = 1.5;
export const COMFORT_DECEL_MPS2 = 1.5;
export const HARD_DECEL_MPS2 = 3.5;
export const EMERGENCY_DECEL_MPS2 = 8;
export const CURVE_LATERAL_MPS2 = 2.0;
export const STANDSTILL_GAP_M = 2.5;
export const TIME_GAP_S = 1.5;
const CURVE_DECEL_MPS2 = 1.2;
const FREE_TAU_S = 0.9;

/** Distance kept to a lead: base + time · speed. */
export type GapLaw = { readonly baseM: number; readonly timeS: number };
export const USUAL_GAP: GapLaw = { baseM: STANDSTILL_GAP_M, timeS: TIME_GAP_S };

/** Speed cap at a point of the road ahead. */
export type CurveCap = { readonly sM: number; readonly mps: number };

/** Something to stay behind; gapM bumper to bumper, speed along the path. */
export type Follow = {
  readonly gapM: number;
  readonly speedMps: number;
  readonly law: GapLaw;
};

const clamp = (x: number, lo: number, hi: number) => Math.min(hi, Math.max(lo, x));

/** Cap now, from the caps ahead and comfortable braking towards them. */
export function capAt(caps: readonly CurveCap[], sM: number): number {
  let cap = Number.POSITIVE_INFINITY;
  for (const c of caps) {
    const ahead = c.sM - sM;
    if (ahead < -6) continue;
    cap = Math.min(cap, Math.sqrt(c.mps * c.mps + 2 * CURVE_DECEL_MPS2 * Math.max(0, ahead)));
  }
  return cap;
}

/** Acceleration towards a speed without anything ahead. */
export const freeAccel = (speedMps: number, towardsMps: number): number =>
  clamp((towardsMps - speedMps) / FREE_TAU_S, -2.5, CRUISE_ACCEL_MPS2);

/** Deceleration needed not to touch, m/s² ≥ 0. */
export function neededDecel(speedMps: number, f: Follow, marginM: number): number {
  const closing = speedMps - Math.max(0, f.speedMps);
  const approach = f.speedMps < 0 ? -f.speedMps * 1 : 0;
  if (closing <= 0) return 0;
  return (closing * closing) / (2 * Math.max(f.gapM - marginM - approach, 0.15));
}

/** Improved IDM towards a lead, bounded by comfort unless more is needed. */
export function followAccel(speedMps: number, free: number, f: Follow): number {
  const a = CRUISE_ACCEL_MPS2;
  const closing = speedMps * (speedMps - f.speedMps);
  const wanted =
    f.law.baseM +
    Math.max(0, f.law.timeS * speedMps + closing / (2 * Math.sqrt(a * (COMFORT_DECEL_MPS2 + 0.3))));
  const z = wanted / Math.max(f.gapM, 0.1);
  let accel: number;
  if (free <= 0) accel = z >= 1 ? Math.min(free, a * (1 - z * z)) : free;
  else accel = z >= 1 ? a * (1 - z * z) : free * (1 - z ** ((2 * a) / Math.max(free, 0.02)));
  const needed = neededDecel(speedMps, f, 1.2);
  const floor = needed > 2.8 ? Math.min(EMERGENCY_DECEL_MPS2, needed * 1.25) : HARD_DECEL_MPS2;
  return Math.max(accel, -Math.max(HARD_DECEL_MPS2, floor));
}

/** Room behind somebody who cuts in, when it gets into the way, m; and no braking is planned for less time, s. */
const CUT_IN_ROOM_M = 1;
const CUT_IN_LEAST_S = 0.4;

/** Braking that brings ego's front behind the rear of somebody who is in the way after `enterS`; Infinity for none. */
export function cutInAccel(
  speedMps: number,
  gapM: number,
  otherMps: number,
  enterS: number,
): number {
  const leftS = Math.max(enterS, CUT_IN_LEAST_S);
  const missingM = CUT_IN_ROOM_M - gapM - (otherMps - speedMps) * leftS;
  if (missingM <= 0) return Number.POSITIVE_INFINITY;
  return -Math.min(EMERGENCY_DECEL_MPS2, (2 * missingM) / (leftS * leftS));
}

/** Speed to settle at behind a lead: a square-root law when it stands, its speed and the gap error when it moves. */
export function followTarget(speedMps: number, f: Follow): number {
  const lead = Math.max(0, f.speedMps);
  const wanted = f.law.baseM + f.law.timeS * speedMps;
  const linear = lead + (f.gapM - wanted) / 3;
  const standing = Math.sqrt(2 * COMFORT_DECEL_MPS2 * Math.max(0, f.gapM - f.law.baseM));
  const mix = clamp((lead - 0.5) / 2, 0, 1);
  const target = standing + (linear - standing) * mix;
  return clamp(target, 0, Math.max(speedMps, lead) + 3);
}

/** Speed from which a comfortable stop at `distanceM` is possible. */
export const stopTarget = (distanceM: number): number =>
  Math.sqrt(2 * COMFORT_DECEL_MPS2 * Math.max(0, distanceM));
