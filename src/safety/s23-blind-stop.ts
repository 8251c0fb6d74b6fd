/**
 * S23: what is driven when the main loop has fallen silent. Made from the last decision alone: its
 * speed, curvature and braking; the longer the silence, the harder the stop.
 */
import type { Decision, Mode, SafetyResult } from "../contract/decision.ts";
import {
  CAR,
  SPEED_STEP_MPS,
  SPEED_TOKEN_COUNT,
  TRAJECTORY_STEP_S,
  type VehicleProfile,
} from "../contract/maneuver.ts";
import { modeOfAbsence } from "./absence.ts";
import { BLIND_STANDSTILL_US, WATCHDOG_US } from "./limits.ts";
import { demand, stricter } from "./rule.ts";
import { Ladder, RUNGS } from "./s21-ladder.ts";
import { ownStop, steady } from "./s22-own-stop.ts";

/** What a blind stop begins from. */
export type LastDecision = Pick<
  Decision,
  "mode" | "egoSpeedMps" | "trajectory" | "maneuver" | "hazardLights"
>;

/** Speeds are reckoned in steps of this. */
const STEP_US = 10_000;
const SPEED_MAX_MPS = SPEED_STEP_MPS * (SPEED_TOKEN_COUNT - 1);

/** One stop after one decision; ask with growing silence. */
export class BlindStop {
  readonly #last: LastDecision;
  readonly #vehicle: VehicleProfile;
  readonly #ladder = new Ladder();
  /** Braking that the last decision asked for, ≤ 0: a stop never brakes less. */
  readonly #askedMps2: number;
  #reckonedUs = 0;
  /** To plan with. */
  #speedMps: number;
  /** The fastest that the vehicle can be: only when this is standing, the vehicle is. */
  #mostMps: number;
  #standsSinceUs: number | undefined;

  constructor(last: LastDecision, vehicle: VehicleProfile = CAR) {
    this.#last = last;
    this.#vehicle = vehicle;
    this.#askedMps2 = Math.min(0, last.trajectory.accelMps2[0] ?? 0);
    const { accelMps2, speedMps } = last.trajectory;
    const plannedMps = (speedMps[0] ?? 0) - (accelMps2[0] ?? 0) * TRAJECTORY_STEP_S;
    this.#speedMps = Math.max(0, last.egoSpeedMps ?? plannedMps);
    this.#mostMps = last.egoSpeedMps === undefined ? SPEED_MAX_MPS : this.#speedMps;
  }

  /** @param silentUs since the last decision was made; not less than before. */
  at(silentUs: number): SafetyResult {
    const byTime = this.#modeAfter(silentUs);
    const mrm = this.#isMrm(byTime);
    // As a sight that is lost: gently at first, in lane once it lasts.
    this.#ladder.descend(mrm ? 1 : 0, silentUs, this.#askedMps2);
    this.#reckonTo(silentUs);
    const stoodUs = silentUs - (this.#standsSinceUs ?? silentUs);
    const standing = stoodUs >= BLIND_STANDSTILL_US || this.#last.mode === "HOLD";
    const mode: Mode = mrm && standing ? "HOLD" : byTime;
    const accels = this.#ladder.profile(silentUs).map((a) => Math.min(a, this.#askedMps2));
    const curvature = steady(this.#last.trajectory.curvatureInvm[0] ?? 0);
    const plan = ownStop(this.#speedMps, accels, curvature, standing, "NONE", this.#vehicle);
    const detail = `a decision every 100 ms expected, found none for ${Math.round(silentUs / 1000)} ms; ${RUNGS[mrm ? 1 : 0].name}`;
    return {
      mode,
      verdict: "REPLACED",
      hits: [demand("S23", mode, silentUs / 1e6, WATCHDOG_US / 1e6, "s", detail).hit],
      ...plan,
      hazardLights: mrm || this.#last.hazardLights,
      accelLimitMps2: standing ? 0 : plan.trajectory.accelMps2[0]!,
    };
  }

  #modeAfter(silentUs: number): Mode {
    return stricter(this.#last.mode, stricter("COMFORT_STOP", modeOfAbsence(silentUs)));
  }

  #isMrm(mode: Mode): boolean {
    return mode === "EMERGENCY_STOP" || mode === "HOLD";
  }

  /** The vehicle does what was last asked for, then what the stop asks for. */
  #reckonTo(silentUs: number): void {
    while (this.#reckonedUs + STEP_US <= silentUs) {
      this.#reckonedUs += STEP_US;
      const ramp = Math.min(this.#ladder.accelAt(this.#reckonedUs), this.#askedMps2);
      this.#speedMps = Math.max(0, this.#speedMps + (ramp * STEP_US) / 1e6);
      this.#mostMps = Math.max(0, this.#mostMps + (ramp * STEP_US) / 1e6);
      if (this.#mostMps === 0) this.#standsSinceUs ??= this.#reckonedUs;
    }
  }
}
