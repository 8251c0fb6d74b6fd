import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import type { JunctionLook, Step } from "./nav-meaning.ts";
import { exitCount, isExit, ringLanes } from "./rings.ts";
import { isHighway } from "./success-way.ts";
import { lanesBeside, type Node, nodeAfter, roadOf } from "./ways.ts";

/** Something on a route that a navigator may speak of. */
export type RouteEvent = {
  /** Driven way along the route at which it begins, counted as RouteFollower does, m. */
  readonly atM: number;
  /** From here on it can be meant: the place before it that could be mistaken for it is behind. */
  readonly clearM: number;
  /** It is behind: the lane after the junction begins. */
  readonly behindM: number;
  /** What it asks for; its distance is added when it is spoken. */
  readonly step: Step;
  readonly looks: readonly JunctionLook[];
  /** Nothing goes wrong if it is not said. */
  readonly quiet: boolean;
};

/** Way driven when each lane of a route begins; a lane change goes on at the same height. */
export function laneStartsM(graph: LaneGraph, route: LaneRoute): number[] {
  const starts = [0];
  for (let k = 1; k < route.lanes.length; k++) {
    const before = graph.lanes[route.lanes[k - 1]!]!;
    const follows = before.successors.includes(route.lanes[k]!);
    starts.push(starts[k - 1]! + (follows ? before.lengthM : 0));
  }
  return starts;
}

/** All events of a route in order, its end last. */
export function routeEvents(graph: LaneGraph, route: LaneRoute): RouteEvent[] {
  const { lanes } = route;
  const starts = laneStartsM(graph, route);
  const events: RouteEvent[] = [];
  let clearM = 0;
  const add = (atM: number, step: Step, more: Partial<RouteEvent> = {}) =>
    events.push({ atM, clearM, behindM: atM, step, looks: [], quiet: false, ...more });
  const behind = (k: number): number => {
    const at = lanes.findIndex((i, n) => n > k && graph.lanes[i]!.junctionId === undefined);
    return starts[at < 0 ? lanes.length - 1 : at]!;
  };
  for (let k = 0; k + 1 < lanes.length; k++) {
    const lane = graph.lanes[lanes[k]!]!;
    const next = lanes[k + 1]!;
    const endM = starts[k]! + lane.lengthM;
    if (!lane.successors.includes(next)) {
      const side = lane.leftIndex === next ? "LEFT" : "RIGHT";
      add(endM, { kind: "CHANGE_LANE", side }, { clearM: Math.max(clearM, starts[k]!) });
      continue;
    }
    const round = ringWay(graph, lanes, k);
    if (round !== undefined) {
      k = round.last;
      const behindM = behind(k);
      if (round.exit > 0) add(endM, { kind: "ROUNDABOUT", exit: round.exit }, { behindM });
      clearM = behindM;
      continue;
    }
    if (lane.junctionId !== undefined) continue;
    const node = nodeAfter(graph, lane.index);
    if (node !== undefined) {
      const told = stepAt(graph, lanes, k, node);
      const behindM = behind(k);
      if (told !== undefined)
        add(endM, told.step, { looks: node.looks, quiet: told.quiet, behindM });
      clearM = behindM;
    } else if (!isHighway(graph, lane.index) && isHighway(graph, next) && joins(graph, lanes, k))
      add(endM, { kind: "ENTER_HIGHWAY" });
  }
  const last = lanes.length - 1;
  const totalM = starts[last]! + graph.lanes[lanes[last]!]!.lengthM;
  add(totalM, { kind: "ARRIVE", inM: 0 });
  return events;
}

/** The road that is joined is another one, with traffic of its own. */
const joins = (graph: LaneGraph, lanes: readonly number[], k: number): boolean =>
  lanesBeside(graph, lanes[k + 1]!).some((lane) =>
    graph.lanes[lane]!.predecessors.some(
      (before) => !lanesBeside(graph, lanes[k]!).includes(before),
    ),
  );

/** The roundabout entered after lane k: the exit taken, and the index of its last lane in the ring. */
function ringWay(
  graph: LaneGraph,
  lanes: readonly number[],
  k: number,
): { readonly exit: number; readonly last: number } | undefined {
  const ring = ringLanes(graph);
  if (ring.size === 0 || graph.lanes[lanes[k]!]!.junctionId !== undefined) return undefined;
  let at = k + 1;
  while (at < lanes.length && !ring.has(lanes[at]!)) {
    if (graph.lanes[lanes[at]!]!.junctionId === undefined) return undefined;
    at++;
  }
  if (at >= lanes.length || ring.has(lanes[k]!)) return undefined;
  let exit = 0;
  let last = at;
  for (; at < lanes.length && ring.has(lanes[at]!); at++) {
    // a lane change in the ring passes no exit
    const beside = lanesBeside(graph, lanes[at]!).includes(lanes[at + 1] ?? -1);
    if (!beside && isExit(graph, lanes[at]!)) exit++;
    last = at;
  }
  // a route that ends in the ring takes no exit; one that goes round once more is not told so
  const exits = exitCount(graph, lanes[last]!);
  const told = exit > exits ? exit - exits : exit;
  return { exit: last + 1 < lanes.length ? told : 0, last };
}

/** What the route does at a node. */
function stepAt(
  graph: LaneGraph,
  lanes: readonly number[],
  k: number,
  node: Node,
): { readonly step: Step; readonly quiet: boolean } | undefined {
  const behind = lanes.slice(k + 1).find((i) => graph.lanes[i]!.junctionId === undefined);
  if (behind === undefined) return undefined;
  const taken = node.branches.find(({ road }) => road === roadOf(graph, behind));
  if (taken === undefined) return undefined;
  const { turn, bears } = taken;
  if (turn === "LEFT" || turn === "RIGHT")
    return { step: { kind: "TURN", way: turn }, quiet: false };
  if (bears !== undefined) {
    if (!isHighway(graph, lanes[k]!)) return { step: { kind: "BEAR", side: bears }, quiet: false };
    if (bears === "RIGHT") return { step: { kind: "LEAVE_HIGHWAY" }, quiet: false };
    return { step: { kind: "BEAR", side: "LEFT" }, quiet: true };
  }
  return turn === "STRAIGHT" ? { step: { kind: "TURN", way: "STRAIGHT" }, quiet: true } : undefined;
}
