import type { Answer, Lateral } from "../contract/maneuver.ts";
import type { Phase } from "../tokens/state.ts";

/**
 * The life of one instruction: when it was given, how fast ego was then, and how far it has come.
 * The phase follows from earlier outputs alone, so a replay retraces it.
 */
export type InstructionLife = {
  readonly text: string;
  readonly givenUs: number;
  readonly speedWhenGivenMps: number | undefined;
  readonly phase: Phase;
  readonly phaseSinceUs: number;
};

/** Continues `life` with the route's present words; new words or a new giving start anew. */
export function withRoute(
  life: InstructionLife | undefined,
  text: string,
  givenUs: number,
  speedMps: number | undefined,
): InstructionLife {
  if (life && life.text === text && life.givenUs === givenUs) return life;
  return { text, givenUs, speedWhenGivenMps: speedMps, phase: "NONE", phaseSinceUs: givenUs };
}

const PHASE_OF_LATERAL: Partial<Record<Lateral, Phase>> = {
  LANE_CHANGE_LEFT: "LEFT",
  LANE_CHANGE_RIGHT: "RIGHT",
  PULL_OVER: "PULL_OVER",
};

/** Life after an output: DONE latches until new words; a lateral maneuver marks its phase. */
export function afterOutput(
  life: InstructionLife,
  answer: Answer,
  lateral: Lateral,
  nowUs: number,
): InstructionLife {
  const phase = answer === "DONE" ? "DONE" : (PHASE_OF_LATERAL[lateral] ?? life.phase);
  if (life.phase === "DONE" || phase === life.phase) return life;
  return { ...life, phase, phaseSinceUs: nowUs };
}
