import type { GraphLane, LaneGraph, LanePosition, LaneRoute } from "../../contract/lane-graph.ts";
import type { Random } from "../random.ts";

/** What a lane change costs beside the way itself, m: drivers drive this much farther to avoid one. */
const CHANGE_COST_M = 30;
/** Least time for a lane change, s: the quick tenth of drivers (Toledo and Zohar 2007: mean 4.6 s). */
const CHANGE_MIN_S = 3;
/** Speed where no limit is known, m/s. */
const SPEED_UNKNOWN_MPS = 14;

/**
 * All shortest ways from one place. Nodes are lanes twice over: lanes 0…n−1 entered at their start, and
 * n…2n−1 those beside the first lane, entered at the same height as the start.
 */
export type RouteTree = {
  readonly graph: LaneGraph;
  readonly from: LanePosition;
  /** Cost to the place where the node is entered, lane changes included, m; Infinity where unreachable. */
  readonly costM: Float64Array; // [2n]
  /** Length driven to the place where the node is entered. */
  readonly drivenM: Float64Array; // [2n]
  /** The node before; −1 for none. */
  readonly before: Int32Array; // [2n]
};

/** Dijkstra over driving lanes, successors and lane changes that the marks allow; ties go by index. */
export function routesFrom(graph: LaneGraph, from: LanePosition): RouteTree {
  const n = graph.lanes.length;
  const costM = new Float64Array(2 * n).fill(Number.POSITIVE_INFINITY);
  const drivenM = new Float64Array(2 * n);
  const before = new Int32Array(2 * n).fill(-1);
  const done = new Uint8Array(2 * n);
  /** Lane changes since the last lane was entered at its start. */
  const changes = new Uint8Array(2 * n);
  const heap = new NodeHeap(costM);
  const start = graph.lanes[from.lane]!;
  const share = start.lengthM > 0 ? from.sM / start.lengthM : 0;
  const reach = (node: number, cost: number, driven: number, via: number, changed: number) => {
    if (cost >= costM[node]!) return;
    changes[node] = changed;
    costM[node] = cost;
    drivenM[node] = driven;
    before[node] = via;
    heap.push(node);
  };
  reach(n + from.lane, 0, 0, -1, 0);
  for (let node = heap.pop(); node >= 0; node = heap.pop()) {
    if (done[node]) continue;
    done[node] = 1;
    const beside = node >= n;
    const lane = graph.lanes[beside ? node - n : node]!;
    const restM = beside ? lane.lengthM * (1 - share) : lane.lengthM;
    for (const next of lane.successors)
      if (isPassable(graph.lanes[next]!))
        reach(next, costM[node]! + restM, drivenM[node]! + restM, node, 0);
    const changed = changes[node]! + 1;
    if (lane.junctionId !== undefined || restM < changed * changeRoomM(lane)) continue;
    for (const other of changesFrom(lane))
      if (isPassable(graph.lanes[other]!))
        reach(
          beside ? n + other : other,
          costM[node]! + CHANGE_COST_M,
          drivenM[node]!,
          node,
          changed,
        );
  }
  return { graph, from, costM, drivenM, before };
}

/** Narrower than this no car drives on, m. */
const WIDTH_MIN_M = 1;

/** A driving lane that is wide enough all along, but for tapers at its ends. */
function isPassable({ kind, widthM }: GraphLane): boolean {
  if (kind !== "DRIVING") return false;
  let first = 0;
  let last = widthM.length - 1;
  while (first < last && widthM[first]! < WIDTH_MIN_M) first++;
  while (first < last && widthM[last]! < WIDTH_MIN_M) last--;
  for (let i = first; i <= last; i++) if (widthM[i]! < WIDTH_MIN_M) return false;
  return true;
}

/** Length that one lane change takes at the lane's limit. */
const changeRoomM = (lane: GraphLane): number =>
  CHANGE_MIN_S * (lane.speedLimitMps ?? SPEED_UNKNOWN_MPS);

const changesFrom = (lane: GraphLane): number[] => [
  ...(lane.mayChangeLeft && lane.leftIndex !== undefined ? [lane.leftIndex] : []),
  ...(lane.mayChangeRight && lane.rightIndex !== undefined ? [lane.rightIndex] : []),
];

/** The cheapest way of the tree to a place; undefined where none leads there. */
export function routeTo(tree: RouteTree, to: LanePosition): LaneRoute | undefined {
  const { graph, from, costM, drivenM, before } = tree;
  const n = graph.lanes.length;
  const start = graph.lanes[from.lane]!;
  const lane = graph.lanes[to.lane]!;
  const share = start.lengthM > 0 ? from.sM / start.lengthM : 0;
  const besideM = to.sM - share * lane.lengthM;
  const ends = [
    ...(besideM >= 0 ? [{ node: n + to.lane, restM: besideM }] : []),
    { node: to.lane, restM: to.sM },
  ].filter(({ node }) => Number.isFinite(costM[node]!));
  const [best] = ends.sort((a, b) => costM[a.node]! + a.restM - costM[b.node]! - b.restM);
  if (!best) return undefined;
  const lanes: number[] = [];
  for (let node = best.node; node >= 0; node = before[node]!) lanes.push(node % n);
  return { lanes: lanes.reverse(), lengthM: drivenM[best.node]! + best.restM };
}

/** The shortest way between two places, a lane change counting as CHANGE_COST_M. */
export const shortestRoute = (
  graph: LaneGraph,
  from: LanePosition,
  to: LanePosition,
): LaneRoute | undefined => routeTo(routesFrom(graph, from), to);

/** Starts that are tried before the longest way found has to do. */
const TRIES_MAX = 20;

/**
 * A way from the start of a random lane to the end of another, both outside of junctions, at least `minM` long if the map has such a way
 * (else the longest one found). The same random numbers give the same way.
 */
export function randomRoute(graph: LaneGraph, random: Random, minM: number): LaneRoute | undefined {
  const lanes = graph.lanes.filter((lane) => isPassable(lane) && lane.junctionId === undefined);
  if (lanes.length === 0) return undefined;
  let longest: LaneRoute | undefined;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const start = random.pick(lanes);
    const from = { lane: start.index, sM: 0, dM: 0 };
    const tree = routesFrom(graph, from);
    const endM = (lane: GraphLane) => {
      const [across, beside] = [lane.index, graph.lanes.length + lane.index];
      const node = tree.costM[beside]! <= tree.costM[across]! ? beside : across;
      const reached = tree.costM[node]! < Number.POSITIVE_INFINITY;
      return reached ? tree.drivenM[node]! + lane.lengthM : Number.NEGATIVE_INFINITY;
    };
    const far = lanes.filter((lane) => endM(lane) >= minM);
    const end = far.length > 0 ? random.pick(far) : farthest(lanes, endM);
    if (!end) continue;
    const route = routeTo(tree, { lane: end.index, sM: end.lengthM, dM: 0 });
    if (!route) continue;
    if (route.lengthM >= minM) return route;
    if (!longest || route.lengthM > longest.lengthM) longest = route;
  }
  return longest;
}

function farthest(
  lanes: readonly GraphLane[],
  endM: (lane: GraphLane) => number,
): GraphLane | undefined {
  let best: GraphLane | undefined;
  for (const lane of lanes)
    if (Number.isFinite(endM(lane)) && (!best || endM(lane) > endM(best))) best = lane;
  return best;
}

/** Binary heap of nodes by cost, then by index; a node may be in it more than once. */
class NodeHeap {
  readonly #key: Float64Array;
  readonly #nodes: number[] = [];
  readonly #keys: number[] = [];

  constructor(key: Float64Array) {
    this.#key = key;
  }

  push(node: number): void {
    const key = this.#key[node]!;
    let at = this.#nodes.push(node) - 1;
    this.#keys.push(key);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!this.#less(at, up)) break;
      this.#swap(at, up);
      at = up;
    }
  }

  /** The cheapest node; −1 when empty. */
  pop(): number {
    const [top] = this.#nodes;
    if (top === undefined) return -1;
    const last = this.#nodes.length - 1;
    this.#swap(0, last);
    this.#nodes.pop();
    this.#keys.pop();
    for (let at = 0; ; ) {
      let least = at;
      for (const down of [2 * at + 1, 2 * at + 2])
        if (down < last && this.#less(down, least)) least = down;
      if (least === at) return top;
      this.#swap(at, least);
      at = least;
    }
  }

  #less(a: number, b: number): boolean {
    const apart = this.#keys[a]! - this.#keys[b]!;
    return apart < 0 || (apart === 0 && this.#nodes[a]! < this.#nodes[b]!);
  }

  #swap(a: number, b: number): void {
    [this.#nodes[a], this.#nodes[b]] = [this.#nodes[b]!, this.#nodes[a]!];
    [this.#keys[a], this.#keys[b]] = [this.#keys[b]!, this.#keys[a]!];
  }
}
