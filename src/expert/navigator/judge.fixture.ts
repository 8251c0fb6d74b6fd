import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Answer } from "../../contract/maneuver.ts";
import { straightGraph } from "../../world/testing/graphs.ts";
import { judgeInstruction } from "./judge.ts";
import type { NavMeaning } from "./nav-meaning.ts";
import { aTrace, type Instant } from "./trace.fixture.ts";

export const WIDTH_M = 3.5;
export const graph = straightGraph({ laneCount: 3, oncomingCount: 1, speedLimitMps: 25 });
/** In the middle lane of three. */
export const MIDDLE_M = -WIDTH_M;

/** A drive of 40 s in the middle lane from x = −400 m, with what `more` says. */
export const drive = (more: (tS: number) => Partial<Instant> = () => ({}), seconds = 40) =>
  aTrace(graph, seconds, (tS) => ({
    xM: -400 + 10 * tS,
    yM: MIDDLE_M,
    limitMps: 25,
    freeMps: 25,
    leftIsFree: true,
    rightIsFree: true,
    ...more(tS),
  }));

export const outcome = (meaning: NavMeaning, trace = drive(), on: LaneGraph = graph) =>
  judgeInstruction(meaning, trace, on).outcome;

export const answering =
  (answer: Answer, after = 0) =>
  (tS: number): Partial<Instant> =>
    tS >= after ? { answer } : {};

/** From `from` to `to` over 4 s, from 2 s on. */
export const ramp = (tS: number, from: number, to: number) =>
  from + (to - from) * Math.min(1, Math.max(0, (tS - 2) / 4));
