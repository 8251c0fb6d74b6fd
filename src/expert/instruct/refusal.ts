import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import type { Answer } from "../../contract/maneuver.ts";
import { leastGapM, STANDING_ROOM_M } from "../gap-law.ts";
import { homeOf } from "../navigator/named-place.ts";
import type { Step } from "../navigator/nav-meaning.ts";
import { OVERTAKE_MORE_MPS } from "../navigator/success-way.ts";
import type { StepStart } from "./course.ts";
import type { Facts } from "./facts.ts";
import { asksWay, isLate, type NamedWay } from "./named-way.ts";

/** Speedometers and rounding leave this room over a limit, m/s. */
const LIMIT_ROOM_MPS = 0.3;

/** What planning found for a step that asks for a way. */
export type Found = { readonly way?: NamedWay; readonly route?: LaneRoute };

/** Why a step cannot or must not be done, judged when it begins to count; undefined where it can. */
export function refusalOf(
  step: Step,
  start: StepStart,
  facts: Facts,
  graph: LaneGraph,
  found: Found,
  cruiseMps: number,
): Answer | undefined {
  const limitMps = facts.view.limitMps ?? cruiseMps;
  const tooFast = (mps: number) =>
    mps > limitMps + LIMIT_ROOM_MPS ? "REFUSED_ILLEGAL" : undefined;
  const tooNear = (gapM: number) =>
    gapM < leastGapM(start.speedMps) ? "REFUSED_UNSAFE" : undefined;
  switch (step.kind) {
    case "NONSENSE":
      return "REFUSED_NOT_UNDERSTOOD";
    case "ILLEGAL":
      return "REFUSED_ILLEGAL";
    case "SET_SPEED":
      return tooFast(step.mps);
    case "CHANGE_SPEED":
      return tooFast(start.speedMps + step.deltaMps);
    case "KEEP_GAP":
      return tooNear(
        "metres" in step ? step.metres : STANDING_ROOM_M + step.seconds * start.speedMps,
      );
    case "CHANGE_GAP":
      return start.gapM === undefined ? undefined : tooNear(changedGapM(step, start));
    case "CHANGE_LANE":
      return noLane(graph, facts, step.side);
    case "OVERTAKE":
      return cannotOvertake(graph, facts, step.side, start, limitMps);
    default:
      return asksWay(step) ? noWay(step, found, graph, start.speedMps) : undefined;
  }
}

/** The gap that a wider or closer one comes to; without a lead, from the usual one. */
export function changedGapM(
  step: { readonly deltaM: number } | { readonly deltaS: number },
  { gapM, speedMps }: StepStart,
): number {
  const moreM = "deltaM" in step ? step.deltaM : step.deltaS * speedMps;
  return (gapM ?? 0) + moreM;
}

function noLane(graph: LaneGraph, { place }: Facts, side: "LEFT" | "RIGHT"): Answer | undefined {
  const lane = graph.lanes[homeOf(graph, place).lane]!;
  const [there, allowed] =
    side === "LEFT" ? [lane.leftIndex, lane.mayChangeLeft] : [lane.rightIndex, lane.mayChangeRight];
  if (there === undefined) return "REFUSED_NO_LANE";
  return allowed ? undefined : "REFUSED_ILLEGAL";
}

function cannotOvertake(
  graph: LaneGraph,
  facts: Facts,
  side: "LEFT" | "RIGHT",
  { aheadId }: StepStart,
  limitMps: number,
): Answer | undefined {
  const other = facts.view.objects.find(({ id }) => id === aheadId);
  if (other === undefined) return "REFUSED_NOT_UNDERSTOOD";
  const refused = noLane(graph, facts, side);
  if (refused !== undefined) return refused;
  return other.vsMps > limitMps - OVERTAKE_MORE_MPS ? "REFUSED_ILLEGAL" : undefined;
}

function noWay(
  step: Step,
  { way, route }: Found,
  graph: LaneGraph,
  speedMps: number,
): Answer | undefined {
  if (way === undefined) return "REFUSED_NO_LANE";
  return route === undefined || isLate(graph, step, way, route, speedMps)
    ? "REFUSED_UNSAFE"
    : undefined;
}
