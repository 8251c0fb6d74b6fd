import type { Intent } from "../intent.ts";
import type { ActiveInstruction } from "../meaning.ts";
import type { Notice, Step } from "../navigator/nav-meaning.ts";
import { type GapLaw, USUAL_GAP } from "../speed.ts";
import { slowerMps } from "./fulfilled.ts";
import { changedGapM } from "./refusal.ts";

/** What is asked of a tick, beside the answer. */
export type Wish = Partial<Omit<Intent, "answer">>;

/** After a notice the speed does not rise for so long, µs. */
const MINDED_US = 4_500_000;
/** Whoever is warned slows down by as much, m/s. */
const MINDED_MPS = 0.7;
/** Notices of what passes by without a danger. */
const HARMLESS: readonly Notice[] = ["LIGHT_GREEN", "TUNNEL"];

/**
 * What a step asks of this tick. Without a course, on a scene without known roads, ways and points are
 * undefined: no lane of such a scene leads there.
 */
export function wishOf(
  step: Step,
  instruction: ActiveInstruction,
  stampUs: number,
): Wish | undefined {
  const { course } = instruction;
  const startMps = course?.start.speedMps ?? instruction.speedWhenGivenMps;
  switch (step.kind) {
    case "SLOW_DOWN":
      return slow(slowerMps(startMps));
    case "NOTICE": {
      const since = stampUs - (course?.start.stampUs ?? instruction.givenUs);
      const minds = !HARMLESS.includes(step.what) && since < MINDED_US;
      return minds ? slow(Math.max(0, startMps - MINDED_MPS)) : {};
    }
    case "CHANGE_GAP":
      return { law: changedLaw(step, course?.start), ownGap: true, cause: "INSTRUCTION_GAP" };
    case "ARRIVE":
      return course === undefined
        ? undefined
        : { stopInM: step.inM - course.drivenM, cause: "INSTRUCTION_STOP" };
    case "CHANGE_LANE":
      return course?.done ? {} : { change: step.side, cause: "INSTRUCTION_LANE" };
    case "OVERTAKE":
      return course?.done ? {} : { change: step.side, cause: "INSTRUCTION_LANE" };
    case "TURN":
    case "BEAR":
    case "LEAVE_HIGHWAY":
    case "ENTER_HIGHWAY":
    case "ROUNDABOUT":
    case "GO_TO":
      if (course === undefined) return undefined;
      return course.done ? {} : { way: true };
    default:
      return {};
  }
}

const slow = (mps: number): Wish =>
  mps < 0.3
    ? { stop: true, cause: "INSTRUCTION_STOP" }
    : { setMps: mps, cause: "INSTRUCTION_SPEED" };

function changedLaw(
  step: Extract<Step, { kind: "CHANGE_GAP" }>,
  start: Parameters<typeof changedGapM>[1] | undefined,
): GapLaw {
  if (start?.gapM !== undefined) return { baseM: changedGapM(step, start), timeS: 0 };
  return "deltaM" in step
    ? { ...USUAL_GAP, baseM: USUAL_GAP.baseM + step.deltaM }
    : { ...USUAL_GAP, timeS: USUAL_GAP.timeS + step.deltaS };
}
