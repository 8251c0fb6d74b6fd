import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Answer } from "../../contract/maneuver.ts";
import { leastGapM } from "../gap-law.ts";
import { asksWay, wayIs } from "../instruct/named-way.ts";
import type { Side } from "../meaning.ts";
import { exitsAhead, homeOf, type Place } from "./named-place.ts";
import type { Notice, Step } from "./nav-meaning.ts";
import { OVERTAKE_MORE_MPS, vehicleAhead } from "./success-way.ts";
import type { DriveTrace, TraceSample } from "./trace.ts";

/** Refusals that are right, and whether anything but refusing is wrong. */
export type Excuse = {
  readonly must: boolean;
  readonly answers: readonly Answer[];
  readonly why: string;
};

/** Speedometers and rounding leave this room over a limit, m/s (as the teacher's). */
const LIMIT_ROOM_MPS = 0.3;
/** Without a known limit, nobody need drive faster than this, m/s (130 km/h). */
const USUAL_MAX_MPS = 130 / 3.6;
const ANY: readonly Answer[] = [
  "REFUSED_NO_LANE",
  "REFUSED_UNSAFE",
  "REFUSED_ILLEGAL",
  "REFUSED_NOT_UNDERSTOOD",
];

const must = (answer: Answer | readonly Answer[], why: string): Excuse => ({
  must: true,
  answers: typeof answer === "string" ? [answer] : answer,
  why,
});
const may = (answer: Answer | readonly Answer[], why: string): Excuse => ({
  ...must(answer, why),
  must: false,
});

/**
 * Whether a step is to be refused, may be, or is fine (undefined). `trace` begins with the words and ends
 * with the refusal, where there was one.
 */
export function excuseFor(step: Step, trace: DriveTrace, graph: LaneGraph): Excuse | undefined {
  const first = trace.samples[0]!;
  switch (step.kind) {
    case "NONSENSE":
      return must("REFUSED_NOT_UNDERSTOOD", "it is no instruction");
    case "ILLEGAL":
      return must(["REFUSED_ILLEGAL", "REFUSED_UNSAFE"], "it is against the law");
    case "SET_SPEED":
      return tooFast(first, step.mps);
    case "CHANGE_SPEED":
      return tooFast(first, first.speedMps + step.deltaMps);
    case "KEEP_GAP":
      return tooNear(first, "metres" in step ? step.metres : 2 + step.seconds * first.speedMps);
    case "CHANGE_GAP": {
      if (first.lead === undefined) return may(ANY, "nobody is ahead");
      const moreM = "deltaM" in step ? step.deltaM : step.deltaS * first.speedMps;
      return tooNear(first, first.lead.gapM + moreM);
    }
    case "CHANGE_LANE":
      return noLane(trace, graph, step.side);
    case "OVERTAKE":
      return noOvertaking(trace, graph, step.side);
    case "NOTICE":
      return contradicts(step.what, first)
        ? may(ANY, `the light shows ${first.light!.state.toLowerCase()}`)
        : undefined;
    case "START":
      return first.light?.state === "RED" ? may(ANY, "the light is red") : undefined;
    default:
      return noWay(step, first, graph);
  }
}

function tooFast({ limitMps }: TraceSample, mps: number): Excuse | undefined {
  const fast = ["REFUSED_ILLEGAL", "REFUSED_UNSAFE"] as const;
  if (limitMps !== undefined && mps > limitMps + LIMIT_ROOM_MPS)
    return must(fast, `the limit is ${limitMps.toFixed(1)} m/s`);
  return limitMps === undefined && mps > USUAL_MAX_MPS ? may(fast, "no limit is known") : undefined;
}

function tooNear({ speedMps }: TraceSample, gapM: number): Excuse | undefined {
  const leastM = leastGapM(speedMps);
  return gapM < leastM
    ? must("REFUSED_UNSAFE", `the gap must be at least ${leastM.toFixed(0)} m`)
    : undefined;
}

function noLane(trace: DriveTrace, graph: LaneGraph, side: Side): Excuse | undefined {
  const { place } = trace.samples[0]!;
  if (place === undefined) return may(ANY, "ego is beside the lanes");
  const lane = graph.lanes[homeOf(graph, place).lane]!;
  const [there, allowed] =
    side === "LEFT" ? [lane.leftIndex, lane.mayChangeLeft] : [lane.rightIndex, lane.mayChangeRight];
  if (there === undefined) return must("REFUSED_NO_LANE", "there is no such lane");
  if (!allowed) return must(["REFUSED_NO_LANE", "REFUSED_ILLEGAL"], "the marks forbid it");
  const free = trace.samples.some((s) => (side === "LEFT" ? s.leftIsFree : s.rightIsFree) === true);
  return free ? undefined : may("REFUSED_UNSAFE", "the lane was never free");
}

function noOvertaking(trace: DriveTrace, graph: LaneGraph, side: Side): Excuse | undefined {
  const first = trace.samples[0]!;
  const id = vehicleAhead(first);
  if (id === undefined) return may(ANY, "nobody is ahead");
  const refused = noLane(trace, graph, side);
  if (refused !== undefined) return refused;
  const { speedMps } = first.others.find((o) => o.id === id)!;
  const most = first.limitMps ?? USUAL_MAX_MPS;
  return speedMps !== undefined && speedMps > most - OVERTAKE_MORE_MPS
    ? may(["REFUSED_ILLEGAL", "REFUSED_UNSAFE"], "it drives about as fast as is allowed")
    : undefined;
}

/** Ways and points that are not there, or that ego can no longer take. */
function noWay(step: Step, sample: TraceSample, graph: LaneGraph): Excuse | undefined {
  const { speedMps } = sample;
  const place = sample.place ?? sample.beside;
  if (place === undefined || !asksWay(step)) return undefined;
  const found = wayIs(graph, place, step, sample, speedMps);
  if (found === "LATE") return may(["REFUSED_UNSAFE", "REFUSED_NO_LANE"], "it is too late for it");
  if (found === "FINE") return undefined;
  if (step.kind === "GO_TO")
    return must(
      ["REFUSED_NO_LANE", "REFUSED_UNSAFE", "REFUSED_ILLEGAL"],
      "no lane of ego's direction is there",
    );
  return must("REFUSED_NO_LANE", noneText(step, graph, place));
}

const noneText = (step: Step, graph: LaneGraph, place: Place): string =>
  step.kind === "ROUNDABOUT"
    ? `the roundabout has ${exitsAhead(graph, place)} exits`
    : step.kind === "ENTER_HIGHWAY"
      ? "there is no highway ahead"
      : "there is no such way";

/** A light that shows something else than was said. */
function contradicts(what: Notice, { light }: TraceSample): boolean {
  if (light === undefined || !what.startsWith("LIGHT_") || what === "LIGHT_RUNNER") return false;
  return light.state !== "OFF" && what !== `LIGHT_${light.state}`;
}
