import type { GraphLane, LaneGraph, LanePosition, LaneRoute } from "../../contract/lane-graph.ts";
import { straightestSuccessor } from "../../world/graph/along.ts";
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

/** Goes on straight ahead in its lane for so long, m, as far as that leads, and then to where it was going. */
export function stayInLane(
  graph: LaneGraph,
  from: LanePosition,
  stayM: number,
  onward: Onward,
): LaneRoute | undefined {
  const lanes = [from.lane];
  let lengthM = -from.sM;
  let last = graph.lanes[from.lane]!;
  while (lengthM < stayM) {
    const next = straightestSuccessor(graph, last);
    if (next === undefined || lanes.includes(next)) break;
    lengthM += last.lengthM;
    last = graph.lanes[next]!;
    lanes.push(next);
  }
  const place = lanes.length === 1 ? from : { lane: last.index, sM: 0, dM: 0 };
  const leastM = Math.max(0, onward.leastM - Math.max(0, lengthM));
  const rest = planRoute(graph, place, [], { ...onward, leastM });
  if (rest === undefined) return undefined;
  return {
    lanes: [...lanes.slice(0, -1), ...rest.lanes],
    lengthM: Math.max(0, lengthM) + rest.lengthM,
  };
}
