import type { GraphLane, LaneGraph, LanePosition, LaneRoute } from "../../contract/lane-graph.ts";
import { type RouteTree, routesFrom, routeTo } from "../../world/graph/route.ts";

/** A stretch that a route has to drive: one of these lanes up to `sM` of it, in at most so many metres. */
export type Via = {
  readonly lanes: readonly number[];
  readonly sM: number;
  readonly withinM: number;
};

/** Where a route goes on to behind its stretches. */
export type Onward = {
  /** The lane whose end is the goal, if it can be reached without a great detour. */
  readonly goal: number;
  /** Else at least so far on, m. */
  readonly leastM: number;
};

/** A goal is given up where the way to it is longer than this share of what was left, and this, m. */
const DETOUR_RATIO = 1.5;
const DETOUR_M = 400;
/** A route goes on at least so far, m. */
const LEAST_M = 150;

/**
 * A route from a place over some stretches and on, where that is asked for; undefined where a stretch cannot
 * be driven in time.
 */
export function planRoute(
  graph: LaneGraph,
  from: LanePosition,
  vias: readonly Via[],
  onward?: Onward,
): LaneRoute | undefined {
  let at: LanePosition = from;
  const lanes: number[] = [];
  let lengthM = 0;
  const join = (part: LaneRoute) => {
    lanes.push(...(lanes.at(-1) === part.lanes[0] ? part.lanes.slice(1) : part.lanes));
    lengthM += part.lengthM;
  };
  for (const via of vias) {
    const part = wayTo(routesFrom(graph, at), via);
    if (part === undefined) return undefined;
    join(part);
    at = { lane: part.lanes.at(-1)!, sM: via.sM, dM: 0 };
  }
  const rest = onward && goOn(routesFrom(graph, at), onward);
  if (rest !== undefined) join(rest);
  return lanes.length === 0 ? undefined : { lanes, lengthM };
}

function wayTo(tree: RouteTree, via: Via): LaneRoute | undefined {
  const found = via.lanes.flatMap((lane) => {
    const route = routeTo(tree, { lane, sM: via.sM, dM: 0 });
    return route === undefined || route.lengthM > via.withinM ? [] : [route];
  });
  // a lane change counts as much as 30 m, as for the routes themselves
  const cost = (route: LaneRoute) => route.lengthM + 30 * changesOf(tree.graph, route);
  return found.sort((a, b) => cost(a) - cost(b))[0];
}

const changesOf = (graph: LaneGraph, { lanes }: LaneRoute): number =>
  lanes.filter((lane, i) => i > 0 && !graph.lanes[lanes[i - 1]!]!.successors.includes(lane)).length;

/** On to the goal, else to the nearest lane's end that is far enough, else as far as the roads lead. */
function goOn(tree: RouteTree, { goal, leastM }: Onward): LaneRoute | undefined {
  const { graph } = tree;
  const neededM = Math.max(LEAST_M, leastM);
  const endOf = (lane: GraphLane) => ({ lane: lane.index, sM: lane.lengthM, dM: 0 });
  const toGoal = routeTo(tree, endOf(graph.lanes[goal]!));
  const mostM = DETOUR_RATIO * neededM + DETOUR_M;
  if (toGoal !== undefined && toGoal.lengthM >= leastM * 0.8 && toGoal.lengthM < mostM)
    return toGoal;
  let best: { lane: GraphLane; endM: number } | undefined;
  for (const lane of graph.lanes) {
    const endM = tree.drivenM[lane.index]! + lane.lengthM;
    if (lane.junctionId !== undefined || !Number.isFinite(tree.costM[lane.index]!)) continue;
    if (best === undefined || isBetter(endM, best.endM, neededM)) best = { lane, endM };
  }
  const own = graph.lanes[tree.from.lane]!;
  if (best === undefined) return routeTo(tree, endOf(own));
  return routeTo(tree, endOf(best.lane));
}

const isBetter = (endM: number, bestM: number, neededM: number): boolean =>
  endM >= neededM ? bestM < neededM || endM < bestM : bestM < neededM && endM > bestM;

/** Length that a lane change takes at a lane's limit, and in reserve, s. */
const CHANGE_S = 8;
const LIMIT_UNKNOWN_MPS = 14;

/** The same route with its lane changes as late as they can well be made. */
export function changeLate(graph: LaneGraph, route: LaneRoute): LaneRoute {
  const lanes = [...route.lanes];
  for (let i = 0; i + 2 < lanes.length; i++) {
    const [own, beside, after] = [lanes[i]!, lanes[i + 1]!, lanes[i + 2]!];
    const lane = graph.lanes[own]!;
    if (lane.successors.includes(beside)) continue;
    const later = lane.successors.find((next) => canChange(graph, next, after));
    if (later === undefined) continue;
    lanes[i + 1] = later;
  }
  return { lanes, lengthM: route.lengthM };
}

function canChange(graph: LaneGraph, from: number, to: number): boolean {
  const {
    leftIndex,
    rightIndex,
    mayChangeLeft,
    mayChangeRight,
    lengthM,
    speedLimitMps,
    junctionId,
  } = graph.lanes[from]!;
  if (junctionId !== undefined || lengthM < CHANGE_S * (speedLimitMps ?? LIMIT_UNKNOWN_MPS))
    return false;
  return (leftIndex === to && mayChangeLeft) || (rightIndex === to && mayChangeRight);
}
