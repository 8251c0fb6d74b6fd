import type { Fault } from "./fault.ts";
import type { Answer, Maneuver, Trajectory } from "./maneuver.ts";

/** Modes of the supervisor, from freest to strictest. */
export const MODES = ["NORMAL", "CAUTION", "COMFORT_STOP", "EMERGENCY_STOP", "HOLD"] as const;
export type Mode = (typeof MODES)[number];

export const VERDICTS = ["APPROVED", "MODIFIED", "REPLACED", "REFUSED"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Safety rules, bit position = index. Texts are in docs/safety.md. */
export const RULES = [
  "S00",
  "S01",
  "S02",
  "S03",
  "S04",
  "S05",
  "S06",
  "S07",
  "S08",
  "S09",
  "S10",
  "S11",
  "S12",
  "S13",
  "S14",
  "S15",
  "S16",
  "S17",
  "S18",
  "S19",
  "S20",
  "S21",
  "S22",
  "S23",
  "S24",
] as const;
export type RuleId = (typeof RULES)[number];

/** One rule that spoke: what it measured, what it allows, and what it asks for. */
export type RuleHit = {
  readonly rule: RuleId;
  readonly mode: Mode;
  readonly value: number;
  readonly limit: number;
  /** Unit of value and limit: "m", "mps", "mps2", "s", "". */
  readonly unit: string;
  /** One line for a person. */
  readonly detail: string;
};

/** Outcome of the safety check for one tick. */
export type SafetyResult = {
  readonly mode: Mode;
  readonly verdict: Verdict;
  readonly hits: readonly RuleHit[];
  readonly maneuver: Maneuver;
  readonly trajectory: Trajectory;
  /** Hazard lights asked for (minimal-risk maneuver in progress). */
  readonly hazardLights: boolean;
  /** Upper bound of acceleration that this decision permits, m/s². */
  readonly accelLimitMps2: number;
};

/** Milliseconds spent per stage; wall time, outside the compared bytes. */
export type StageTiming = {
  readonly decodeMs: number;
  readonly pillarsMs: number;
  readonly bevMs: number;
  readonly obstaclesMs: number;
  readonly plannerMs: number;
  readonly safetyMs: number;
  readonly sealMs: number;
  /** Observation complete → decision ready to publish. */
  readonly totalMs: number;
};

/** The age of one input at decision time. */
export type InputAge = { readonly name: string; readonly ageUs: number };

/** The one thing that leaves the service, ten times a second. */
export type Decision = {
  readonly id: number;
  readonly observationId: number;
  readonly observationStampUs: number;
  /** Injected clock at decision; replay: observation stamp + 50 ms. */
  readonly decidedUs: number;
  readonly validMs: number;
  readonly mode: Mode;
  readonly verdict: Verdict;
  readonly hits: readonly RuleHit[];
  readonly maneuver: Maneuver;
  readonly trajectory: Trajectory;
  readonly hazardLights: boolean;
  readonly accelLimitMps2: number;
  /** What the planner asked for, where it asked for anything. */
  readonly proposedManeuver?: Maneuver;
  readonly answer: Answer;
  readonly answerDetail: string;
  /** One English sentence. */
  readonly sentence: string;
  readonly probabilities: readonly number[];
  readonly ages: readonly InputAge[];
  readonly faults: readonly Fault[];
  readonly egoSpeedMps?: number;
  readonly modelHash: string;
  readonly configHash: string;
  readonly timing: StageTiming;
};
