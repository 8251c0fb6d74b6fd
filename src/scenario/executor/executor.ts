import type { Decision } from "../../contract/decision.ts";
import type { VehicleProfile } from "../../contract/maneuver.ts";
import {
  EMERGENCY_BRAKE_MPS2,
  EMERGENCY_JERK_MPS3,
  FUTURE_US,
  HISTORY_US,
  HOLD_BRAKE_MPS2,
  JERK_MPS3,
  STANDING_MPS,
  STEER_RATE_RADPS,
} from "./limits.ts";
import { type ExecutorReads, type WantedAccel, wantedAccel } from "./pace.ts";
import { curvatureToSteer } from "./steer.ts";
import { layTrack, type Track, type VehicleState } from "./track.ts";

/** What goes to drive, brake, steering and lights. */
export type VehicleCommand = {
  readonly accelMps2: number;
  /** Angle of the road wheels, left positive. */
  readonly steerRad: number;
  readonly hazardLights: boolean;
  /** DRIVING by a decision, STOPPING because one asks for it, or SILENCE: none is valid. */
  readonly state: "DRIVING" | "STOPPING" | "SILENCE";
};

/** Why a decision was not taken. */
export type Refusal = "OLDER" | "EXPIRED" | "FROM_THE_FUTURE" | "NO_POSE" | "NOT_FINITE";

type Held = { readonly decision: Decision; readonly track: Track; readonly untilUs: number };

/**
 * Turns decisions into commands, at any rate above theirs. The caller checks seal and signature,
 * then calls `receive` for each decision and `control` for each control cycle.
 */
export class Executor {
  readonly #vehicle: VehicleProfile;
  readonly #reads: ExecutorReads;
  readonly #history: VehicleState[] = [];
  #held: Held | undefined;
  #accelMps2 = 0;
  #steerRad = 0;
  #lastUs: number | undefined;

  constructor(vehicle: VehicleProfile, reads: ExecutorReads = "FULL") {
    this.#vehicle = vehicle;
    this.#reads = reads;
  }

  /** Takes a decision, or says why not: then what was held before stays, until it expires. */
  receive(decision: Decision, nowUs: number): Refusal | undefined {
    const { observationStampUs: stampUs, decidedUs, trajectory } = decision;
    const untilUs = decidedUs + decision.validMs * 1000;
    if (decidedUs > nowUs + FUTURE_US) return "FROM_THE_FUTURE";
    if (untilUs < nowUs) return "EXPIRED";
    if (this.#held && decidedUs < this.#held.decision.decidedUs) return "OLDER";
    const numbers = [...trajectory.accelMps2, ...trajectory.curvatureInvm];
    if (numbers.length === 0 || !numbers.every(Number.isFinite)) return "NOT_FINITE";
    const at = this.#poseAt(stampUs);
    if (at === undefined) return "NO_POSE";
    this.#held = { decision, track: layTrack(trajectory, at, stampUs), untilUs };
    return undefined;
  }

  /** Remembers the newest odometry; `control` does so too. */
  observe(state: VehicleState): void {
    this.#history.push(state);
    while (this.#history[0]!.stampUs < state.stampUs - HISTORY_US) this.#history.shift();
  }

  /** Command for this moment. Call it at a steady rate of 20 Hz or more. */
  control(state: VehicleState): VehicleCommand {
    this.observe(state);
    const nowUs = state.stampUs;
    const dtS = this.#lastUs === undefined ? 0.02 : Math.max(0, (nowUs - this.#lastUs) / 1e6);
    this.#lastUs = nowUs;
    const held = this.#held;
    const valid = held !== undefined && nowUs <= held.untilUs;
    const wanted = valid
      ? wantedAccel(held.decision, held.track, state, nowUs, this.#reads)
      : silence(state.speedMps);
    this.#limitJerk(wanted, dtS);
    if (held !== undefined) this.#turnWheels(held.track, state, dtS);
    const stopping = valid && held.decision.mode !== "NORMAL" && held.decision.mode !== "CAUTION";
    return {
      accelMps2: this.#accelMps2,
      steerRad: this.#steerRad,
      hazardLights: valid ? held.decision.hazardLights : held !== undefined,
      state: valid ? (stopping ? "STOPPING" : "DRIVING") : "SILENCE",
    };
  }

  #limitJerk(wanted: WantedAccel, dtS: number): void {
    const most = (wanted.emergency ? EMERGENCY_JERK_MPS3 : JERK_MPS3) * dtS;
    const change = wanted.accelMps2 - this.#accelMps2;
    this.#accelMps2 += Math.max(-most, Math.min(most, change));
  }

  /** A standing vehicle keeps its wheels where they are. */
  #turnWheels(track: Track, state: VehicleState, dtS: number): void {
    if (state.speedMps < STANDING_MPS) return;
    const curvature = curvatureToSteer(track, state, this.#vehicle);
    const wanted = Math.atan(curvature * this.#vehicle.wheelbaseM);
    const most = STEER_RATE_RADPS * dtS;
    const turn = Math.max(-most, Math.min(most, wanted - this.#steerRad));
    const end = this.#vehicle.maxSteerRad;
    this.#steerRad = Math.max(-end, Math.min(end, this.#steerRad + turn));
  }

  /** Pose at a stamp, between two odometry states; nothing where the stamp is outside them. */
  #poseAt(stampUs: number): VehicleState | undefined {
    const all = this.#history;
    const after = all.findIndex((s) => s.stampUs >= stampUs);
    const b = all[after];
    if (b === undefined) return undefined;
    if (b.stampUs === stampUs) return b;
    const a = all[after - 1];
    if (a === undefined) return undefined;
    const t = (stampUs - a.stampUs) / (b.stampUs - a.stampUs);
    const mix = (from: number, to: number) => from + (to - from) * t;
    const turn = Math.atan2(Math.sin(b.yawRad - a.yawRad), Math.cos(b.yawRad - a.yawRad));
    return {
      stampUs,
      xM: mix(a.xM, b.xM),
      yM: mix(a.yM, b.yM),
      yawRad: a.yawRad + turn * t,
      speedMps: mix(a.speedMps, b.speedMps),
    };
  }
}

/** No valid decision: brake as hard as the vehicle can, then hold. */
const silence = (speedMps: number): WantedAccel =>
  speedMps < STANDING_MPS
    ? { accelMps2: -HOLD_BRAKE_MPS2, emergency: false }
    : { accelMps2: -EMERGENCY_BRAKE_MPS2, emergency: true };
