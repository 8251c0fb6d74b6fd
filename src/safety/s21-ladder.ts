/** S21: the ladder of stopping: comfort → stop in lane → emergency, only downwards. */
import { TRAJECTORY_STEP_S, TRAJECTORY_STEPS } from "../contract/maneuver.ts";
import {
  BRAKE_MAX_MPS2,
  COMFORT_BRAKE_MPS2,
  COMFORT_JERK_MPS3,
  JERK_MPS3,
  STOP_IN_LANE_BRAKE_MPS2,
} from "./limits.ts";

/** Rungs, gentlest first. The emergency brake comes at once. */
export const RUNGS = [
  { name: "comfort stop", brakeMps2: COMFORT_BRAKE_MPS2, jerkMps3: COMFORT_JERK_MPS3 },
  { name: "stop in lane", brakeMps2: STOP_IN_LANE_BRAKE_MPS2, jerkMps3: JERK_MPS3 },
  { name: "emergency", brakeMps2: BRAKE_MAX_MPS2, jerkMps3: 1e6 },
] as const;
export type Rung = 0 | 1 | 2;

/** One stop in progress: its rung and the ramp of deceleration that leads down to it. */
export class Ladder {
  #rung: Rung | undefined;
  #sinceUs = 0;
  #fromMps2 = 0;

  get rung(): Rung | undefined {
    return this.#rung;
  }

  /** Deceleration (≤ 0) that is due at `tUs`. */
  accelAt(tUs: number): number {
    if (this.#rung === undefined) return 0;
    const { brakeMps2, jerkMps3 } = RUNGS[this.#rung];
    const ramp = this.#fromMps2 - (jerkMps3 * (tUs - this.#sinceUs)) / 1e6;
    return Math.max(-brakeMps2, ramp);
  }

  /** Enters a stop or goes down; never up. `egoAccelMps2` is where the ramp starts. */
  descend(rung: Rung, tUs: number, egoAccelMps2: number): void {
    if (this.#rung !== undefined && rung <= this.#rung) return;
    const from = this.#rung === undefined ? Math.min(0, egoAccelMps2) : this.accelAt(tUs);
    this.#fromMps2 = Math.max(-RUNGS[rung].brakeMps2, from);
    this.#rung = rung;
    this.#sinceUs = tUs;
  }

  /** The stop has ended (COMFORT_STOP cleared). */
  leave(): void {
    this.#rung = undefined;
  }

  /** [6] m/s²: the ramp in steps of 0.5 s from `tUs`, sampled in the middle of each step. */
  profile(tUs: number): number[] {
    const steps: number[] = [];
    for (let i = 0; i < TRAJECTORY_STEPS; i++)
      steps.push(this.accelAt(tUs + (i + 0.5) * TRAJECTORY_STEP_S * 1e6));
    return steps;
  }
}
