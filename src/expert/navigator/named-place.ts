/** Which place of the road an instruction means, seen from where the words were said. */
import type { LaneGraph } from "../../contract/lane-graph.ts";
import { straightestSuccessor } from "../../world/graph/along.ts";
import type { Step } from "./nav-meaning.ts";
import { exitCount, ringLanes } from "./rings.ts";
import { isHighway } from "./success-way.ts";
import { type Branch, branchFor, exitOf, type NodeAhead, nodesAhead } from "./ways.ts";

/** Who says "turn left" means a place no farther off, m; on a highway, exits are told earlier. */
const REACH_M = 400;
const HIGHWAY_REACH_M = 2500;
/** Spoken distances are off by as much: so many metres, and this share. */
const SPOKEN_OFF_M = 30;
const SPOKEN_OFF_RATIO = 0.35;

export type Place = { readonly lane: number; readonly sM: number };

/** Where ego counts as being when words come inside a junction: at its exit. */
export const homeOf = (graph: LaneGraph, place: Place): Place => {
  const lane = exitOf(graph, place.lane);
  return lane === place.lane ? place : { lane, sM: 0 };
};

const fits = (atM: number, inM: number | undefined): boolean =>
  inM === undefined || Math.abs(atM - inM) <= Math.max(SPOKEN_OFF_M, SPOKEN_OFF_RATIO * inM);

export type NamedBranch = { readonly node: NodeAhead; readonly branch: Branch };

/** The branch that a turn, fork or exit means; undefined where there is no such way. */
export function namedBranch(graph: LaneGraph, from: Place, step: Step): NamedBranch | undefined {
  if (step.kind !== "TURN" && step.kind !== "BEAR" && step.kind !== "LEAVE_HIGHWAY")
    return undefined;
  const reachM = step.kind === "TURN" ? REACH_M : HIGHWAY_REACH_M;
  const nodes = nodesAhead(graph, homeOf(graph, from), reachM);
  const found = nodes.flatMap((node) => {
    const branch = branchOf(graph, node, step);
    return branch === undefined ? [] : [{ node, branch }];
  });
  if (step.kind === "TURN" && step.at !== undefined) {
    // "the next …" is the first of its look, whether or not it leads there
    const { at, inM } = step;
    const named = nodes.find((n) => n.looks.includes(at) && fits(n.atM, inM));
    return found.find(({ node }) => node === named);
  }
  return found.find(({ node }) => fits(node.atM, step.inM));
}

function branchOf(graph: LaneGraph, node: NodeAhead, step: Step): Branch | undefined {
  if (step.kind === "TURN") {
    const branch = branchFor(node, step.way);
    // going on round a roundabout is no turn, whatever its lanes are called
    const ring = ringLanes(graph);
    return branch?.entries.some((lane) => ring.has(lane)) ? undefined : branch;
  }
  const side = step.kind === "BEAR" ? step.side : "RIGHT";
  return node.branches.find(({ bears }) => bears === side);
}

export type LaneAhead = { readonly lane: number; readonly atM: number };

/** The first lane from a place on, straight ahead, that is of a sort. */
function laneAhead(
  graph: LaneGraph,
  from: Place,
  reachM: number,
  is: (lane: number) => boolean,
): LaneAhead | undefined {
  let lane = graph.lanes[from.lane]!;
  for (let atM = -from.sM; atM <= reachM; ) {
    if (is(lane.index)) return { lane: lane.index, atM: Math.max(0, atM) };
    const found = lane.successors.find(is);
    if (found !== undefined) return { lane: found, atM: atM + lane.lengthM };
    const next = straightestSuccessor(graph, lane);
    if (next === undefined || lane.lengthM === 0) return undefined;
    atM += lane.lengthM;
    lane = graph.lanes[next]!;
  }
  return undefined;
}

/** Where the way ahead enters a roundabout, or ego's own lane in one. */
export function ringEntryAhead(graph: LaneGraph, from: Place): LaneAhead | undefined {
  const ring = ringLanes(graph);
  return laneAhead(graph, from, REACH_M, (lane) => ring.has(lane));
}

/** Exits of the roundabout ahead; 0 where there is none. */
export function exitsAhead(graph: LaneGraph, from: Place): number {
  const entry = ringEntryAhead(graph, from);
  return entry === undefined ? 0 : exitCount(graph, entry.lane);
}

/** The lane of a highway that the way ahead leads onto, where ego is on none. */
export function highwayLaneAhead(graph: LaneGraph, from: Place): LaneAhead | undefined {
  if (isHighway(graph, from.lane)) return undefined;
  return laneAhead(graph, from, REACH_M, (lane) => isHighway(graph, lane));
}

/** Whether the way ahead leads onto a highway that ego is not on. */
export const highwayAhead = (graph: LaneGraph, from: Place): boolean =>
  highwayLaneAhead(graph, from) !== undefined;
