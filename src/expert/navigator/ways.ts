import type { GraphLane, LaneGraph, Turn } from "../../contract/lane-graph.ts";
import { lanePose, straightestSuccessor } from "../../world/graph/along.ts";
import type { JunctionLook, TurnWay } from "./nav-meaning.ts";

/** A road that can be taken where the present one ends. */
export type Branch = {
  /** Names the road behind the junction: its leftmost lane there. */
  readonly road: number;
  /** Lanes that lead into it, junction lanes where there is a junction. */
  readonly entries: readonly number[];
  /** What a junction calls it. */
  readonly turn?: Turn;
  /** Where it leads, as a person in the car sees it beside the other branches that go on ahead. */
  readonly bears?: "LEFT" | "RIGHT";
};

/** A place where a road's lanes lead to more than one road. */
export type Node = {
  /** The road before it: its leftmost lane there. */
  readonly road: number;
  readonly branches: readonly Branch[];
  readonly looks: readonly JunctionLook[];
};

/** Walking a graph ends after so many lanes, against rings of very short ones. */
const LANES_MAX = 60;
/** So far beyond a fork its branches lie clearly apart, m. */
const APART_M = 40;

const drives = (lane: GraphLane | undefined): lane is GraphLane => lane?.kind === "DRIVING";

/** All lanes of the same direction beside a lane, leftmost first, itself included. */
export function lanesBeside(graph: LaneGraph, lane: number): number[] {
  const out = [lane];
  const step = (side: "leftIndex" | "rightIndex", add: (i: number) => void) => {
    for (let at = graph.lanes[lane]![side]; at !== undefined && !out.includes(at); ) {
      add(at);
      at = graph.lanes[at]![side];
    }
  };
  step("leftIndex", (i) => out.unshift(i));
  step("rightIndex", (i) => out.push(i));
  return out;
}

/** A road direction by the leftmost of its lanes. */
export const roadOf = (graph: LaneGraph, lane: number): number => lanesBeside(graph, lane)[0]!;

/** The first lane outside of the junction that a lane leads to; itself where it is outside. */
export function exitOf(graph: LaneGraph, lane: number): number {
  let at = lane;
  for (let k = 0; k < LANES_MAX && graph.lanes[at]!.junctionId !== undefined; k++) {
    const next = graph.lanes[at]!.successors.find((i) => drives(graph.lanes[i]));
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

const nodes = new WeakMap<LaneGraph, Map<number, Node | undefined>>();

/** The node at the end of a lane's road, where its lanes lead to several roads; kept per graph. */
export function nodeAfter(graph: LaneGraph, lane: number): Node | undefined {
  let known = nodes.get(graph);
  if (known === undefined) {
    known = new Map();
    nodes.set(graph, known);
  }
  const node = known.get(lane);
  if (node !== undefined || known.has(lane)) return node;
  const found = findNode(graph, lane);
  known.set(lane, found);
  return found;
}

function findNode(graph: LaneGraph, lane: number): Node | undefined {
  if (graph.lanes[lane]!.junctionId !== undefined) return undefined;
  const beside = lanesBeside(graph, lane);
  const entriesOf = new Map<number, number[]>();
  for (const from of beside)
    for (const entry of graph.lanes[from]!.successors) {
      if (!drives(graph.lanes[entry])) continue;
      const road = roadOf(graph, exitOf(graph, entry));
      entriesOf.set(road, [...(entriesOf.get(road) ?? []), entry]);
    }
  if (entriesOf.size < 2) return undefined;
  const bears = bearings(graph, lane, [...entriesOf.values()]);
  const branches = [...entriesOf].map(([road, entries], i): Branch => {
    const { turn } = graph.lanes[entries[0]!]!;
    const side = bears[i];
    return {
      road,
      entries,
      ...(turn === undefined ? {} : { turn }),
      ...(side === undefined ? {} : { bears: side }),
    };
  });
  return { road: beside[0]!, branches, looks: looksOf(graph, beside, branches) };
}

/** Of the branches that go on ahead, which lies leftmost and which rightmost. */
function bearings(
  graph: LaneGraph,
  lane: number,
  branches: readonly (readonly number[])[],
): ("LEFT" | "RIGHT" | undefined)[] {
  const from = graph.lanes[lane]!;
  const end = lanePose(from, from.lengthM);
  const leftM = branches.map(([entry]) => {
    const { turn } = graph.lanes[entry!]!;
    if (turn !== undefined && turn !== "STRAIGHT") return undefined;
    const there = poseAhead(graph, entry!, APART_M);
    const [dx, dy] = [there.xM - end.xM, there.yM - end.yM];
    return -Math.sin(end.yawRad) * dx + Math.cos(end.yawRad) * dy;
  });
  const known = leftM.filter((d) => d !== undefined);
  if (known.length < 2) return leftM.map(() => undefined);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return leftM.map((d) => (d === most ? "LEFT" : d === least ? "RIGHT" : undefined));
}

function poseAhead(graph: LaneGraph, lane: number, distM: number) {
  let at = graph.lanes[lane]!;
  let leftM = distM;
  for (let k = 0; k < LANES_MAX && leftM > at.lengthM; k++) {
    const next = straightestSuccessor(graph, at);
    if (next === undefined) break;
    leftM -= at.lengthM;
    at = graph.lanes[next]!;
  }
  return lanePose(at, Math.min(leftM, at.lengthM));
}

function looksOf(
  graph: LaneGraph,
  beside: readonly number[],
  branches: readonly Branch[],
): JunctionLook[] {
  const turns = new Set(branches.flatMap(({ turn }) => (turn === undefined ? [] : [turn])));
  turns.delete("U_TURN");
  if (turns.size === 0) return [];
  const stops = [...beside, ...branches.flatMap(({ entries }) => entries)].flatMap((i) =>
    graph.lanes[i]!.stops.map(({ stopLine }) => graph.stopLines[stopLine]!.kind),
  );
  const looks: JunctionLook[] = [];
  if (stops.includes("LIGHT")) looks.push("LIGHTS");
  if (stops.includes("STOP")) looks.push("STOP_SIGN");
  if (turns.size === 2 && !turns.has("STRAIGHT")) looks.push("T_JUNCTION");
  if (turns.size > 1) looks.push("CROSSING");
  return looks;
}

/** The branch of a node that a turn word means. */
export const branchFor = (node: Node, way: TurnWay): Branch | undefined =>
  node.branches.find(({ turn }) => turn === way);

/** A node on the way ahead, `atM` from where the walk began. */
export type NodeAhead = Node & { readonly atM: number };

/** Nodes from a place on, going straight on at each, up to `reachM`. */
export function nodesAhead(
  graph: LaneGraph,
  from: { readonly lane: number; readonly sM: number },
  reachM: number,
): NodeAhead[] {
  const out: NodeAhead[] = [];
  let lane = graph.lanes[from.lane]!;
  let atM = -from.sM;
  for (let k = 0; k < LANES_MAX && atM < reachM; k++) {
    atM += lane.lengthM;
    const node = nodeAfter(graph, lane.index);
    if (node !== undefined) out.push({ ...node, atM });
    const next = straightestSuccessor(graph, lane);
    if (next === undefined) break;
    lane = graph.lanes[next]!;
  }
  return out.filter((node) => node.atM <= reachM);
}
