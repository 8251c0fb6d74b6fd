import type { Decision } from "../contract/decision.ts";
import { CAR, type Maneuver, type Trajectory } from "../contract/maneuver.ts";
import type { ExpertLabel } from "../expert/meaning.ts";
import { decodeTrajectory } from "../geometry/bicycle.ts";

const NO_TIMING = {
  decodeMs: 0,
  pillarsMs: 0,
  bevMs: 0,
  obstaclesMs: 0,
  plannerMs: 0,
  safetyMs: 0,
  sealMs: 0,
  totalMs: 0,
};

/** What a driver of the closed loop wants, before it is dressed as a Decision. */
export type Wish = {
  readonly maneuver: Maneuver;
  readonly trajectory: Trajectory;
  readonly answer: ExpertLabel["answer"];
};

/** When and for how long a decision holds. */
export type DecisionTime = {
  readonly id: number;
  readonly stampUs: number;
  /** Observation to decision. */
  readonly delayUs: number;
  readonly validMs: number;
};

/** A Decision as the service would publish it, of a driver that has no safety layer behind it. */
export function decisionOf(wish: Wish, speedMps: number, time: DecisionTime): Decision {
  return {
    id: time.id,
    observationId: time.id,
    observationStampUs: time.stampUs,
    decidedUs: time.stampUs + time.delayUs,
    validMs: time.validMs,
    mode: "NORMAL",
    verdict: "APPROVED",
    hits: [],
    maneuver: wish.maneuver,
    trajectory: wish.trajectory,
    hazardLights: false,
    accelLimitMps2: 2,
    proposedManeuver: wish.maneuver,
    answer: wish.answer,
    answerDetail: "",
    sentence: "",
    probabilities: [],
    ages: [],
    faults: [],
    egoSpeedMps: speedMps,
    modelHash: "",
    configHash: "",
    timing: NO_TIMING,
  };
}

/** The expert's label as a wish: its codes rolled out from the present speed. */
export const wishOf = (label: ExpertLabel, speedMps: number): Wish => ({
  maneuver: label.maneuver,
  trajectory: decodeTrajectory(speedMps, label.accelCodes, label.curvatureCodes, CAR),
  answer: label.answer,
});
