import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import { indexLanes, type LaneIndex, nearestLane } from "../../world/graph/lane-index.ts";
import {
  highwayLaneAhead,
  homeOf,
  namedBranch,
  type Place,
  ringEntryAhead,
} from "../navigator/named-place.ts";
import type { Step } from "../navigator/nav-meaning.ts";
import { exitLanes } from "../navigator/rings.ts";
import { exitOf, roadOf } from "../navigator/ways.ts";
import { planRoute } from "../route/plan-route.ts";
import type { Goal } from "./course.ts";

/** A way that was asked for: one of these lanes has to be entered, in at most so many metres. */
export type NamedWay = {
  readonly lanes: readonly number[];
  /** Where in the lane it is reached. */
  readonly sM: number;
  readonly withinM: number;
  /** The way there as the words have it, m. */
  readonly atM: number;
  readonly goal: Goal;
};

/** Ways as long as told, give or take a lane change and a bend, m and share. */
const SLACK_M = 25;
const SLACK_RATIO = 0.15;
const withinM = (atM: number): number => atM * (1 + SLACK_RATIO) + SLACK_M;

const LONGEST_RING_M = 400;

/** Pose from which a point was told. */
export type Told = { readonly xM: number; readonly yM: number; readonly yawRad: number };

/** Whether a step asks for a way of its own. */
export const asksWay = ({ kind }: Step): boolean =>
  kind === "TURN" ||
  kind === "BEAR" ||
  kind === "LEAVE_HIGHWAY" ||
  kind === "ENTER_HIGHWAY" ||
  kind === "ROUNDABOUT" ||
  kind === "GO_TO";

/** The way that a step asks for, seen from a place; undefined where there is none. */
export function namedWay(
  graph: LaneGraph,
  from: Place,
  step: Step,
  told: Told,
): NamedWay | undefined {
  switch (step.kind) {
    case "TURN":
    case "BEAR":
    case "LEAVE_HIGHWAY": {
      const named = namedBranch(graph, from, step);
      if (named === undefined) return undefined;
      const { node, branch } = named;
      const { atM } = node;
      const home = homeOf(graph, from);
      const insideM = home.lane === from.lane ? 0 : graph.lanes[from.lane]!.lengthM;
      const goal = { road: branch.road };
      return { lanes: branch.entries, sM: 0, atM, withinM: withinM(atM + insideM), goal };
    }
    case "ROUNDABOUT": {
      const entry = ringEntryAhead(graph, from);
      const lanes = entry && exitLanes(graph, entry.lane, step.exit);
      if (entry === undefined || lanes === undefined || lanes.length === 0) return undefined;
      const goal = { road: roadOf(graph, exitOf(graph, lanes[0]!)) };
      return { lanes, sM: 0, atM: entry.atM, withinM: withinM(entry.atM) + LONGEST_RING_M, goal };
    }
    case "ENTER_HIGHWAY": {
      const found = highwayLaneAhead(graph, from);
      if (found === undefined) return undefined;
      const { lane, atM } = found;
      return {
        lanes: [lane],
        sM: 0,
        atM,
        withinM: withinM(atM),
        goal: { road: roadOf(graph, lane) },
      };
    }
    case "GO_TO":
      return wayToPoint(graph, step, told);
    default:
      return undefined;
  }
}

const indices = new WeakMap<LaneGraph, LaneIndex>();

function laneIndex(graph: LaneGraph): LaneIndex {
  const index = indices.get(graph) ?? indexLanes(graph);
  indices.set(graph, index);
  return index;
}

/** The lane that a point lies in, driven as ego will come to it. */
function wayToPoint(
  graph: LaneGraph,
  step: { readonly aheadM: number; readonly leftM: number },
  told: Told,
): NamedWay | undefined {
  const [c, s] = [Math.cos(told.yawRad), Math.sin(told.yawRad)];
  const xM = told.xM + c * step.aheadM - s * step.leftM;
  const yM = told.yM + s * step.aheadM + c * step.leftM;
  const near = nearestLane(laneIndex(graph), xM, yM, { maxM: 8, yawRad: told.yawRad });
  if (near === undefined) return undefined;
  const lane = graph.lanes[near.lane]!;
  const i = Math.max(
    0,
    lane.sM.findIndex((at) => at >= near.sM),
  );
  if (Math.abs(near.dM) > Math.min(lane.widthM[i]! / 2, POINT_REACH_M)) return undefined;
  const farM = Math.hypot(step.aheadM, step.leftM);
  return {
    lanes: [near.lane],
    sM: near.sM,
    atM: farM,
    withinM: POINT_DETOUR_RATIO * farM + POINT_DETOUR_M,
    goal: { xM, yM },
  };
}

/** From the middle of its lane a point is reached up to this far aside, m (2 m, less the drift in the lane). */
const POINT_REACH_M = 1.6;
/** A way to a point that is longer leads elsewhere first. */
const POINT_DETOUR_RATIO = 1.2;
const POINT_DETOUR_M = 8;

/** A turn is taken at about this speed, m/s, and slowed down to with no more than so much, m/s². */
const TURN_MPS = 6;
const TURN_BRAKE_MPS2 = 3;
const REACTION_S = 0.5;
/** A lane change takes so long, s, at no less than so many m/s. */
const CHANGE_S = 4;
const CHANGE_LEAST_MPS = 3;
/** From rear axle to front bumper, about, m. */
const FRONT_M = 4;

/** Whether a way that was asked for is there, and whether ego can still take it. */
export function wayIs(
  graph: LaneGraph,
  from: Place,
  step: Step,
  told: Told,
  speedMps: number,
): "NONE" | "LATE" | "FINE" {
  const way = namedWay(graph, from, step, told);
  if (way === undefined) return "NONE";
  const route = planRoute(graph, { ...from, dM: 0 }, [way]);
  return route === undefined || isLate(graph, step, way, route, speedMps) ? "LATE" : "FINE";
}

/** Too near to slow down for it, or to get into its lane. */
export function isLate(
  graph: LaneGraph,
  step: Step,
  way: NamedWay,
  route: LaneRoute,
  speedMps: number,
): boolean {
  const bends = step.kind === "ROUNDABOUT" || (step.kind === "TURN" && step.way !== "STRAIGHT");
  const slowingM = Math.max(0, speedMps ** 2 - TURN_MPS ** 2) / (2 * TURN_BRAKE_MPS2);
  if (bends && way.atM < slowingM + REACTION_S * speedMps + FRONT_M) return true;
  const end = route.lanes.findIndex((lane) => way.lanes.includes(lane));
  // beside the lane of a point there is only the way along that lane to change to it
  const last = end > 0 ? graph.lanes[route.lanes[end - 1]!]! : undefined;
  const aside = last !== undefined && !last.successors.includes(route.lanes[end]!);
  const changeM = CHANGE_S * Math.max(CHANGE_LEAST_MPS, speedMps);
  if (step.kind === "GO_TO" && aside && changeM > way.sM) return true;
  const changes = route.lanes
    .slice(1, end + 1)
    .filter((lane, i) => !graph.lanes[route.lanes[i]!]!.successors.includes(lane)).length;
  return changes * changeM > way.atM;
}
