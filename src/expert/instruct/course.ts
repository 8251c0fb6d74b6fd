import type { Answer, Maneuver } from "../../contract/maneuver.ts";
import type { Condition, NavMeaning, Step } from "../navigator/nav-meaning.ts";

/** How things stood when a step of an instruction began to count. */
export type StepStart = {
  readonly stampUs: number;
  /** Rear axle, map. */
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
  readonly speedMps: number;
  /** To the vehicle ahead, bumper to bumper. */
  readonly gapM?: number;
  /** Who is ahead in ego's lane: the one to overtake. */
  readonly aheadId?: number;
  /** Who is to be passed before the step counts. */
  readonly pastId?: number;
};

/** Where the way leads that a turn, exit, fork or point asked for. */
export type Goal =
  /** The road behind it, by its leftmost lane. */
  { readonly road: number } | { readonly xM: number; readonly yM: number };

/** How far an instruction has come; a pure function of the scenes and decisions since the words. */
export type Course = {
  /** Index of the step in force; 0 unless a sequence. */
  readonly step: number;
  /** Its condition is not yet met. */
  readonly waits: boolean;
  readonly start: StepStart;
  /** Driven since the step began, m, and where that was counted. */
  readonly drivenM: number;
  readonly lastXM: number;
  readonly lastYM: number;
  /** Lane now, and lanes crossed to the left since the step began. */
  readonly lane: number;
  readonly shift: number;
  /** Since when what was asked for holds without a break. */
  readonly heldSinceUs?: number;
  /** All of it is done. */
  readonly done: boolean;
  readonly refusal?: Answer;
  readonly goal?: Goal;
  /** Lane change of this step under way. */
  readonly side?: "LEFT" | "RIGHT";
  readonly sideSinceUs: number;
  /** The lane asked for has been free since the step began. */
  readonly wasFree: boolean;
  /** Driven past so long without it being free, µs. */
  readonly closedUs: number;
  readonly seenUs: number;
  /** Was inside a junction since the words. */
  readonly crossing: boolean;
};

/** The step that is in force, or that will be when its condition is met. */
export function stepOf(meaning: NavMeaning, course: Course | undefined): Step {
  if (meaning.kind === "SEQUENCE") return meaning.steps[course?.step === 1 ? 1 : 0];
  return meaning.kind === "WHEN" ? meaning.step : meaning;
}

export const conditionOf = (meaning: NavMeaning): Condition | undefined =>
  meaning.kind === "WHEN" ? meaning.condition : undefined;

/** Takes note of the lane change that was decided on. */
export function advanceCourse(
  course: Course,
  lateral: Maneuver["lateral"],
  stampUs: number,
): Course {
  const side =
    lateral === "LANE_CHANGE_LEFT" ? "LEFT" : lateral === "LANE_CHANGE_RIGHT" ? "RIGHT" : undefined;
  if (side === undefined || side === course.side) return course;
  return { ...course, side, sideSinceUs: stampUs };
}
