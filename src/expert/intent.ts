import type { Answer, Rationale } from "../contract/maneuver.ts";
import { leastGapM, STANDING_ROOM_M } from "./gap-law.ts";
import { conditionOf, stepOf } from "./instruct/course.ts";
import { wishOf } from "./instruct/wish.ts";
import type { ActiveInstruction, Side } from "./meaning.ts";
import type { Step } from "./navigator/nav-meaning.ts";
import { type GapLaw, TIME_GAP_S, USUAL_GAP } from "./speed.ts";
import type { View } from "./view.ts";

/** Waiting for a gap longer than this, a lane change is refused as unsafe. */
export const GAP_PATIENCE_US = 6_000_000;
const SPEED_MAX_MPS = 40;

/** What the instruction asks of this tick, before looking at the traffic. */
export type Intent = {
  readonly answer: Answer;
  /** Cause to name where the instruction binds. */
  readonly cause: Rationale;
  readonly setMps?: number;
  readonly law: GapLaw;
  readonly ownGap: boolean;
  readonly change?: Side;
  readonly stop: boolean;
  /** From the front bumper to where ego is to stand. */
  readonly stopInM?: number;
  readonly pullOver: boolean;
  /** The way ahead is one that was asked for. */
  readonly way?: boolean;
};

/** Pulled over, room to drive off again is left. */
const PULL_OVER_GAP: GapLaw = { baseM: 7, timeS: TIME_GAP_S };

const base = (answer: Answer, more: Partial<Intent> = {}): Intent => ({
  answer,
  cause: "NONE",
  law: USUAL_GAP,
  ownGap: false,
  stop: false,
  pullOver: false,
  ...more,
});

/** Reads the instruction against the facts of the scene. */
export function readIntent(
  view: View,
  instruction: ActiveInstruction,
  stampUs: number,
  cruiseSpeedMps: number,
): Intent {
  const { meaning, course } = instruction;
  if (course?.refusal !== undefined) return base(course.refusal);
  const waits = course === undefined ? conditionOf(meaning) !== undefined : course.waits;
  if (waits) return base("ACCEPTED");
  return stepIntent(view, stepOf(meaning, course), instruction, stampUs, cruiseSpeedMps);
}

function stepIntent(
  view: View,
  meaning: Step,
  instruction: ActiveInstruction,
  stampUs: number,
  cruiseSpeedMps: number,
): Intent {
  const { phase, course } = instruction;
  const done = course === undefined ? phase === "DONE" : course.done;
  const accepted = done ? "DONE" : "ACCEPTED";
  const speedMps = course?.start.speedMps ?? instruction.speedWhenGivenMps;
  switch (meaning.kind) {
    case "FOLLOW_ROAD":
      return base(instruction.text.trim() === "" ? "NONE" : "ACCEPTED");
    case "NONSENSE":
      return base("REFUSED_NOT_UNDERSTOOD");
    case "ILLEGAL":
      return base("REFUSED_ILLEGAL");
    case "SET_SPEED":
      return speedIntent(view, meaning.mps, accepted, cruiseSpeedMps, course !== undefined);
    case "CHANGE_SPEED": {
      const mps = Math.max(0, speedMps + meaning.deltaMps);
      return speedIntent(view, mps, accepted, cruiseSpeedMps, course !== undefined);
    }
    case "KEEP_GAP":
      return gapIntent(meaning, speedMps, accepted);
    case "STOP":
      return base(accepted, { stop: true, cause: "INSTRUCTION_STOP" });
    case "PULL_OVER":
      return base(accepted, {
        pullOver: true,
        cause: "INSTRUCTION_PULL_OVER",
        law: PULL_OVER_GAP,
      });
    case "CHANGE_LANE":
      if (course !== undefined) break;
      return changeIntent(view, meaning.side, instruction, stampUs);
    default:
      break;
  }
  const wish = wishOf(meaning, instruction, stampUs);
  return wish === undefined ? base("REFUSED_NO_LANE") : base(accepted, wish);
}

/**
 * Without a known limit the cruise speed is the limit: the planner sees no other. `weighed`: whether the
 * speed is allowed was told at the words, and a lower limit now is obeyed without a word.
 */
function speedIntent(
  view: View,
  mps: number,
  accepted: Answer,
  cruiseSpeedMps: number,
  weighed: boolean,
): Intent {
  const limit = Math.min(view.limitMps ?? cruiseSpeedMps, SPEED_MAX_MPS);
  if (!weighed && mps > limit + 0.3) return base("REFUSED_ILLEGAL");
  if (mps < 0.3) return base(accepted, { stop: true, cause: "INSTRUCTION_STOP" });
  return base(accepted, { setMps: mps, cause: "INSTRUCTION_SPEED" });
}

function gapIntent(
  meaning: { readonly metres: number } | { readonly seconds: number },
  speedMps: number,
  accepted: Answer,
): Intent {
  const law: GapLaw =
    "metres" in meaning
      ? { baseM: meaning.metres, timeS: 0 }
      : { baseM: STANDING_ROOM_M, timeS: meaning.seconds };
  const atSpeedM = law.baseM + law.timeS * speedMps;
  if (atSpeedM < leastGapM(speedMps)) return base("REFUSED_UNSAFE");
  return base(accepted, { law, ownGap: true, cause: "INSTRUCTION_GAP" });
}

function changeIntent(
  view: View,
  side: Side,
  instruction: ActiveInstruction,
  stampUs: number,
): Intent {
  if (instruction.phase === "DONE") return base("DONE");
  if (instruction.phase === side)
    return base("ACCEPTED", { change: side, cause: "INSTRUCTION_LANE" });
  const there = side === "LEFT" ? view.leftDM : view.rightDM;
  if (there === undefined) return base("REFUSED_NO_LANE");
  if (stampUs - instruction.givenUs > GAP_PATIENCE_US) return base("REFUSED_UNSAFE");
  return base("ACCEPTED", { change: side, cause: "INSTRUCTION_LANE" });
}
