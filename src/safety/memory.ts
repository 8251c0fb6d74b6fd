import { SPEED_STEP_MPS, SPEED_TOKEN_COUNT } from "../contract/maneuver.ts";
import { PathChooser } from "./choose-path.ts";
import { type Intake, IntakeMemory } from "./intake.ts";
import { ACCEL_MAX_MPS2, BLIND_STANDSTILL_US, STANDSTILL_MPS } from "./limits.ts";
import { ModeMachine } from "./mode-machine.ts";
import { PresentPath } from "./present-path.ts";
import { OverrideLatch } from "./s01-override.ts";
import { TickClock } from "./s03-freshness.ts";
import { DwellWatch } from "./s16-dwell.ts";
import { CutInWatch } from "./s18-cut-in.ts";
import { Ladder } from "./s21-ladder.ts";

/** Fastest speed that the vocabulary has a word for. */
export const SPEED_MAX_MPS = SPEED_STEP_MPS * (SPEED_TOKEN_COUNT - 1);

/** Speeds of one tick. */
export type Reckoned = {
  /** What the plan starts at. */
  readonly speedMps: number;
  /** The fastest that the vehicle can have become: what it is judged by. */
  readonly checkedMps: number;
  readonly standing: boolean;
};

/** What the supervisor remembers from tick to tick; reset() replaces it as a whole. */
export class Memory {
  readonly override = new OverrideLatch();
  readonly machine = new ModeMachine();
  readonly ladder = new Ladder();
  readonly intake = new IntakeMemory();
  readonly clock = new TickClock();
  readonly cutIn = new CutInWatch();
  readonly present = new PresentPath();
  readonly chooser = new PathChooser();
  readonly dwell = new DwellWatch();
  /** Last measured speed, undefined before the first ego state. */
  knownMps: number | undefined;
  /** Speed reckoned from the last known one and the braking asked for since. */
  reckonedMps = SPEED_MAX_MPS;
  egoAccelMps2 = 0;
  commandedMps2 = 0;
  /** First curvature of the last decision and when it was made, tUs. */
  curvatureInvm = 0;
  decidedUs: number | undefined;
  /** Bound of the last obstacles seen; stays while there is no field. */
  sightBoundMps2 = ACCEL_MAX_MPS2;
  /** When the reckoned standstill began, tUs. */
  #reckonedStandUs: number | undefined;

  /**
   * Speeds to plan with and to judge by. Without an ego state the plan starts at the reckoned
   * speed, and the judging speed is the fastest the vehicle can have become.
   */
  reckon(intake: Intake, tUs: number, dtUs: number): Reckoned {
    const ego = intake.ego;
    if (ego !== undefined) {
      const speedMps = Math.max(0, ego.speedMps);
      this.knownMps = speedMps;
      this.reckonedMps = speedMps;
      this.egoAccelMps2 = ego.accelMps2;
      this.#reckonedStandUs = undefined;
      // Where two sources disagree, the faster one is believed; one that is no number is the fastest.
      const givenMps = Math.abs(intake.disagreeingMps ?? 0);
      const otherMps = Math.min(SPEED_MAX_MPS, Number.isNaN(givenMps) ? SPEED_MAX_MPS : givenMps);
      const standing = Math.max(Math.abs(ego.speedMps), otherMps) < STANDSTILL_MPS;
      return { speedMps, checkedMps: Math.max(speedMps, otherMps), standing };
    }
    this.egoAccelMps2 = this.commandedMps2;
    this.reckonedMps = Math.max(
      0,
      this.reckonedMps + (Math.min(0, this.commandedMps2) * dtUs) / 1e6,
    );
    if (this.reckonedMps === 0) this.#reckonedStandUs ??= tUs;
    const stoodUs = this.#reckonedStandUs === undefined ? 0 : tUs - this.#reckonedStandUs;
    const gainedMps = (ACCEL_MAX_MPS2 * intake.egoAbsentUs) / 1e6;
    const knownMps = this.knownMps;
    return {
      speedMps: knownMps === undefined ? 0 : this.reckonedMps,
      checkedMps: knownMps === undefined ? 0 : Math.min(SPEED_MAX_MPS, knownMps + gainedMps),
      standing: stoodUs >= BLIND_STANDSTILL_US,
    };
  }

  /** Notes what was decided, for the envelope of the next tick. */
  remember(curvatureInvm: number, tUs: number): void {
    this.curvatureInvm = curvatureInvm;
    this.decidedUs = tUs;
  }
}
