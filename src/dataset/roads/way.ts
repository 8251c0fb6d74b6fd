import type { LaneRoute } from "../../contract/lane-graph.ts";
import { namedBranch, type Place } from "../../expert/navigator/named-place.ts";
import type { NavMeaning, Step } from "../../expert/navigator/nav-meaning.ts";
import { isExit, ringLanes } from "../../expert/navigator/rings.ts";
import { type Node, nodeAfter } from "../../expert/navigator/ways.ts";
import { straightestSuccessor } from "../../world/graph/along.ts";
import { type RouteTree, routesFrom, routeTo } from "../../world/graph/route.ts";
import { type LaneNet, trackOf } from "../../world/traffic/lane-net.ts";

/** A way is planned so far ahead at least, m: farther than the expert looks. */
export const WAY_M = 260;
const LANES_MAX = 80;
/** A lane more on the way counts like this much of it, m. */
const LANE_COST_M = 30;
/** Turned by so much, a turn in a junction is plain to see. */
const COMMITTED_RAD = 0.45;

/** A way ahead and what of it was told. */
export type Way = {
  readonly route: LaneRoute;
  /** Lanes behind the place that the words were about; passed when ego is on one of them. */
  readonly goal?: number;
};

/** The lane that is driven on after one where nobody says anything: straight on, or beside a lane that ends. */
function naturalNext(net: LaneNet, lane: number): number | undefined {
  const { next, left, right, lane: graphLane } = trackOf(net, lane);
  const straight = straightestSuccessor(net.graph, graphLane);
  if (straight !== undefined && next.includes(straight)) return straight;
  const goesOn = (i: number | undefined, may: boolean) =>
    i !== undefined && may && trackOf(net, i).next.length > 0;
  if (goesOn(left, graphLane.mayChangeLeft)) return left;
  return goesOn(right, graphLane.mayChangeRight) ? right : undefined;
}

/** Goes on from the last of `lanes` straight on, until the way is `reachM` long from the place. */
function goOn(net: LaneNet, lanes: number[], fromM: number, reachM: number): LaneRoute {
  let lengthM = -fromM;
  for (let k = 0; k < lanes.length; k++) {
    const follows =
      lanes[k + 1] === undefined || trackOf(net, lanes[k]!).next.includes(lanes[k + 1]!);
    if (follows) lengthM += trackOf(net, lanes[k]!).lengthM;
  }
  for (let k = 0; k < LANES_MAX && lengthM < reachM; k++) {
    const last = lanes[lanes.length - 1]!;
    const next = naturalNext(net, last);
    if (next === undefined || lanes.includes(next)) break;
    lanes.push(next);
    if (trackOf(net, last).next.includes(next)) lengthM += trackOf(net, next).lengthM;
  }
  return { lanes, lengthM: Math.max(0, lengthM) };
}

const natural = new WeakMap<Place, LaneRoute>();

/** The way that is taken without a word; the same one for the same place. */
export function naturalWay(net: LaneNet, from: Place): LaneRoute {
  const known = natural.get(from);
  if (known !== undefined) return known;
  const way = goOn(net, [from.lane], from.sM, WAY_M);
  natural.set(from, way);
  return way;
}

/** The step of an instruction that decides the way, if one does. */
export function wayStep(meaning: NavMeaning): Step | undefined {
  switch (meaning.kind) {
    case "TURN":
    case "BEAR":
    case "LEAVE_HIGHWAY":
    case "ROUNDABOUT":
      return meaning;
    default:
      return undefined;
  }
}

/** The way that a step means, seen from a place; undefined where there is none, or no time for it. */
export function toldWay(net: LaneNet, from: Place, step: Step): Way | undefined {
  if (step.kind === "ROUNDABOUT") return roundWay(net, from, step.exit);
  const named = namedBranch(net.graph, from, step);
  return named && wayInto(net, from, named.branch.entries);
}

const trees = new WeakMap<Place, RouteTree>();

/** All ways from a place; kept for it, as several are asked for in turn. */
function treeFrom(net: LaneNet, from: Place): RouteTree {
  const known = trees.get(from);
  if (known !== undefined) return known;
  const tree = routesFrom(net.graph, { ...from, dM: 0 });
  trees.set(from, tree);
  return tree;
}

/** The shortest way into one of some lanes, and on from there. */
export function wayInto(net: LaneNet, from: Place, entries: readonly number[]): Way | undefined {
  const tree = treeFrom(net, from);
  let best: LaneRoute | undefined;
  for (const lane of entries) {
    const route = net.tracks[lane] && routeTo(tree, { lane, sM: 0.1, dM: 0 });
    if (route && (best === undefined || cost(route) < cost(best))) best = route;
  }
  if (best === undefined) return undefined;
  const lanes = [...best.lanes];
  const goal = exitFrom(net, lanes[lanes.length - 1]!);
  return { route: goOn(net, lanes, from.sM, best.lengthM + WAY_M), goal };
}

const cost = ({ lanes, lengthM }: LaneRoute): number => lengthM + LANE_COST_M * lanes.length;

/** The first lane outside of the junction. */
export function exitFrom(net: LaneNet, lane: number): number {
  let at = lane;
  for (let k = 0; k < LANES_MAX && trackOf(net, at).junction; k++) {
    const next = naturalNext(net, at);
    if (next === undefined) break;
    at = next;
  }
  return at;
}

/** Into the roundabout ahead and out at an exit. */
function roundWay(net: LaneNet, from: Place, exit: number): Way | undefined {
  const { graph } = net;
  const ring = ringLanes(graph);
  const lanes = [from.lane];
  let atM = -from.sM;
  while (!ring.has(lanes[lanes.length - 1]!)) {
    const last = lanes[lanes.length - 1]!;
    const { next, lengthM } = trackOf(net, last);
    atM += lengthM;
    const into = next.find((i) => ring.has(i)) ?? naturalNext(net, last);
    if (into === undefined || lanes.includes(into) || atM > WAY_M) return undefined;
    lanes.push(into);
  }
  for (let count = 0; ; ) {
    const last = lanes[lanes.length - 1]!;
    const { next } = trackOf(net, last);
    if (isExit(graph, last)) count++;
    const out = next.find((i) => !ring.has(i));
    if (count >= exit && out !== undefined) {
      lanes.push(out);
      break;
    }
    const round = next.find((i) => ring.has(i));
    if (round === undefined || count > exit || lanes.length > LANES_MAX) return undefined;
    lanes.push(round);
  }
  const goal = exitFrom(net, lanes[lanes.length - 1]!);
  return { route: goOn(net, lanes, from.sM, WAY_M), goal };
}

/** How far ahead on a way somebody who says nothing leaves open where it goes. */
export type Open = {
  readonly atM: number;
  readonly node: Node | undefined;
  readonly round: boolean;
};

/**
 * The first place on the way without words at which words are needed: a junction where it does not go
 * straight on, or a roundabout.
 */
export function openAhead(
  net: LaneNet,
  from: Place,
  way: LaneRoute,
  reachM: number,
): Open | undefined {
  const { graph } = net;
  const ring = ringLanes(graph);
  let atM = -from.sM;
  for (let k = 0; k < way.lanes.length && atM < reachM; k++) {
    const lane = way.lanes[k]!;
    const next = way.lanes[k + 1];
    const track = trackOf(net, lane);
    if (ring.has(lane)) return { atM: Math.max(0, atM), node: undefined, round: true };
    if (next === undefined || !track.next.includes(next)) continue;
    atM += track.lengthM;
    if (atM > reachM || track.junction) continue;
    if (ring.has(next) || trackOf(net, next).next.some((i) => ring.has(i)))
      return { atM, node: undefined, round: true };
    const node = nodeAfter(graph, lane);
    const { turn } = trackOf(net, next).lane;
    if (node !== undefined && turn !== undefined && turn !== "STRAIGHT")
      return { atM, node, round: false };
  }
  return undefined;
}

/** Whether a place in a junction shows by itself where ego goes: it has turned far enough. */
export function isCommitted(net: LaneNet, from: Place): boolean {
  const track = trackOf(net, from.lane);
  if (!track.junction) return true;
  const { turn } = track.lane;
  if (turn === undefined || turn === "STRAIGHT") return true;
  const i = Math.min(track.yawRad.length - 1, Math.round(from.sM / track.stepM));
  return Math.abs(track.yawRad[i]! - track.yawRad[0]!) > COMMITTED_RAD;
}
