import type { Decision } from "../../contract/decision.ts";
import {
  ACCEL_MAX_MPS2,
  ACTUATION_S,
  EMERGENCY_BRAKE_MPS2,
  HOLD_BRAKE_MPS2,
  NOMINAL_BRAKE_MPS2,
} from "./limits.ts";
import { paceAt, type Track, type VehicleState } from "./track.ts";

/** FULL reads all of a decision; TRAJECTORY nothing but its trajectory and its mode. */
export const EXECUTOR_READS = ["FULL", "TRAJECTORY"] as const;
export type ExecutorReads = (typeof EXECUTOR_READS)[number];

/** Acceleration that is wanted, before the jerk limit. */
export type WantedAccel = { readonly accelMps2: number; readonly emergency: boolean };

/** Trajectory accelerations are coded in steps of 0.3 m/s² around zero; the target speed fills in. */
const CODE_STEP_MPS2 = 0.3;
const SPEED_TAU_S = 1.2;
const TRACK_GAIN_INVS = 0.8;
/** Slower than this without acceleration is waiting, m/s. */
const CREEP_MPS = 0.3;
/** Gap law: (gap − wanted) · k₁ + closing speed · k₂. */
const GAP_GAIN_INVS2 = 0.25;
const CLOSING_GAIN_INVS = 0.9;

const clamp = (x: number, lo: number, hi: number) => Math.min(hi, Math.max(lo, x));

/** What a valid decision asks of drive and brake at this moment. */
export function wantedAccel(
  decision: Decision,
  track: Track,
  state: VehicleState,
  nowUs: number,
  reads: ExecutorReads,
): WantedAccel {
  const { mode, maneuver } = decision;
  const tS = (nowUs - track.stampUs) / 1e6;
  const planned = paceAt(track, tS);
  const next = paceAt(track, tS + ACTUATION_S);
  const v = state.speedMps;
  const stops = mode !== "NORMAL" && mode !== "CAUTION";
  // a trajectory that creeps without accelerating is one that waits
  const waits = mode === "HOLD" || (next.speedMps < CREEP_MPS && next.accelMps2 <= 0);
  if (waits && v < CREEP_MPS) return { accelMps2: -HOLD_BRAKE_MPS2, emergency: false };
  const followed = next.accelMps2 + TRACK_GAIN_INVS * (planned.speedMps - v);
  let accel = followed;
  if (!stops && reads === "FULL") {
    const settle = (maneuver.targetSpeedMps - v) / SPEED_TAU_S;
    accel = clamp(settle, next.accelMps2 - CODE_STEP_MPS2, next.accelMps2 + CODE_STEP_MPS2);
    if (maneuver.gapM !== undefined && state.lead !== undefined)
      accel = Math.min(accel, gapAccel(maneuver.gapM, state.lead, v));
    if (maneuver.longitudinal === "WAIT") accel = Math.min(accel, -HOLD_BRAKE_MPS2);
  }
  const most = stops ? Math.min(0, decision.accelLimitMps2) : decision.accelLimitMps2;
  accel = clamp(accel, -EMERGENCY_BRAKE_MPS2, Math.min(most, ACCEL_MAX_MPS2));
  const emergency = mode === "EMERGENCY_STOP" || accel < -NOMINAL_BRAKE_MPS2;
  return { accelMps2: emergency ? accel : softly(accel, v), emergency };
}

/** Keeps the wanted distance to the vehicle ahead; only ever an upper bound. */
function gapAccel(wantedM: number, lead: NonNullable<VehicleState["lead"]>, v: number): number {
  const law = GAP_GAIN_INVS2 * (lead.gapM - wantedM) + CLOSING_GAIN_INVS * (lead.speedMps - v);
  return Math.max(-NOMINAL_BRAKE_MPS2, law);
}

/** The last metre per second of a stop without a jerk. */
const softly = (accel: number, v: number): number =>
  accel < 0 && v < 1 ? Math.max(accel, -0.4 - 1.4 * v) : accel;
