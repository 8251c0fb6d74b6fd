import type { Answer, Maneuver } from "../contract/maneuver.ts";
import { advanceCourse, type Course } from "./instruct/course.ts";
import type { NavMeaning } from "./navigator/nav-meaning.ts";

export type Side = "LEFT" | "RIGHT";

/** What a sentence means, for a machine. */
export type Meaning =
  | { readonly kind: "FOLLOW_ROAD" }
  | { readonly kind: "CHANGE_LANE"; readonly side: Side }
  | { readonly kind: "SET_SPEED"; readonly mps: number }
  /** Counts from the speed when the words were given. */
  | { readonly kind: "CHANGE_SPEED"; readonly deltaMps: number }
  | { readonly kind: "KEEP_GAP"; readonly metres: number }
  | { readonly kind: "KEEP_GAP"; readonly seconds: number }
  | { readonly kind: "STOP" }
  | { readonly kind: "PULL_OVER" }
  | { readonly kind: "ILLEGAL"; readonly what: "RUN_LIGHT" | "TURN_AROUND" | "SIDEWALK" }
  | { readonly kind: "NONSENSE" };
export type MeaningKind = Meaning["kind"];

export const MEANING_KINDS = [
  "FOLLOW_ROAD",
  "CHANGE_LANE",
  "SET_SPEED",
  "CHANGE_SPEED",
  "KEEP_GAP",
  "STOP",
  "PULL_OVER",
  "ILLEGAL",
  "NONSENSE",
] as const satisfies readonly MeaningKind[];

/** Where an instruction stands; a pure function of the earlier outputs (see nextPhase). */
export type Phase = "NONE" | "LEFT" | "RIGHT" | "PULL_OVER" | "DONE";

/** The instruction in force and its life so far. */
export type ActiveInstruction = {
  readonly text: string;
  readonly meaning: NavMeaning;
  readonly givenUs: number;
  readonly speedWhenGivenMps: number;
  readonly phase: Phase;
  readonly phaseSinceUs: number;
  /** How far it has come, where the roads are known (`hearInstruction`). */
  readonly course?: Course;
};

/** What the expert says about one scene: every slot of the vocabulary. */
export type ExpertLabel = {
  readonly answer: Answer;
  readonly maneuver: Maneuver;
  /** [6] indices into ACCEL_CODES_MPS2. */
  readonly accelCodes: readonly number[];
  /** [6] indices into CURVATURE_CODES_RATIO. */
  readonly curvatureCodes: readonly number[];
};

/** A new instruction at `givenUs`. */
export const giveInstruction = (
  text: string,
  meaning: NavMeaning,
  givenUs: number,
  speedWhenGivenMps: number,
): ActiveInstruction => ({
  text,
  meaning,
  givenUs,
  speedWhenGivenMps,
  phase: "NONE",
  phaseSinceUs: givenUs,
});

/** Phase after a decision with this answer and lateral maneuver; the service keeps the same life. */
export function nextPhase(phase: Phase, answer: Answer, lateral: Maneuver["lateral"]): Phase {
  if (phase === "DONE" || answer === "DONE") return "DONE";
  if (lateral === "LANE_CHANGE_LEFT") return "LEFT";
  if (lateral === "LANE_CHANGE_RIGHT") return "RIGHT";
  if (lateral === "PULL_OVER") return "PULL_OVER";
  return phase;
}

/** The instruction after a decision at `stampUs`. */
export function advanceInstruction(
  instruction: ActiveInstruction,
  answer: Answer,
  lateral: Maneuver["lateral"],
  stampUs: number,
): ActiveInstruction {
  const phase = nextPhase(instruction.phase, answer, lateral);
  const course = instruction.course && advanceCourse(instruction.course, lateral, stampUs);
  if (phase === instruction.phase && course === instruction.course) return instruction;
  return {
    ...instruction,
    ...(phase === instruction.phase ? {} : { phase, phaseSinceUs: stampUs }),
    ...(course === undefined ? {} : { course }),
  };
}
