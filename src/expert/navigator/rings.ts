import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";
import { lanesBeside, roadOf } from "./ways.ts";

/** Longest way round that is still a roundabout, m: a diameter of 100 m. */
const AROUND_MAX_M = 320;
/** A full turn, give or take what sampling loses, rad. */
const FULL_RAD = 2 * Math.PI;
const FULL_TOLERANCE_RAD = 0.6;
/** Shorter lanes may be straight. */
const SHORT_M = 12;
/** Lanes of a ring bend at least at this share of its mean curvature: blocks of houses have straights. */
const BEND_RATIO = 0.35;
const LANES_MAX = 40;

const rings = new WeakMap<LaneGraph, ReadonlySet<number>>();

/** Lanes of all roundabouts (right-hand traffic, driven leftwards); kept per graph. */
export function ringLanes(graph: LaneGraph): ReadonlySet<number> {
  const known = rings.get(graph);
  if (known !== undefined) return known;
  const found = new Set<number>();
  for (const lane of graph.lanes)
    if (!found.has(lane.index) && bendsLeft(lane))
      for (const index of ringThrough(graph, lane)) found.add(index);
  rings.set(graph, found);
  return found;
}

const turnOf = (lane: GraphLane): number => lane.yawRad.at(-1)! - lane.yawRad[0]!;

/** Change of heading at the seam of two lanes. */
const seamOf = (from: GraphLane, to: GraphLane): number => {
  const turn = to.yawRad[0]! - from.yawRad.at(-1)!;
  return Math.atan2(Math.sin(turn), Math.cos(turn));
};

const bendsLeft = (lane: GraphLane): boolean =>
  lane.kind === "DRIVING" &&
  (lane.lengthM < SHORT_M || turnOf(lane) / lane.lengthM > (BEND_RATIO * FULL_RAD) / AROUND_MAX_M);

/** The shortest way from a lane back to itself that bends left all along; empty where none does. */
function ringThrough(graph: LaneGraph, start: GraphLane): readonly number[] {
  type Way = { readonly lanes: readonly number[]; readonly lengthM: number; readonly rad: number };
  const open: Way[] = [{ lanes: [start.index], lengthM: start.lengthM, rad: turnOf(start) }];
  const seen = new Set<number>();
  while (open.length > 0) {
    open.sort((a, b) => a.lengthM - b.lengthM);
    const way = open.shift()!;
    const last = graph.lanes[way.lanes.at(-1)!]!;
    for (const index of last.successors) {
      const seamRad = seamOf(last, graph.lanes[index]!);
      if (index === start.index) {
        if (isRound(graph, way.lanes, way.lengthM, way.rad + seamRad)) return way.lanes;
        continue;
      }
      const next = graph.lanes[index]!;
      const lengthM = way.lengthM + next.lengthM;
      if (seen.has(index) || !bendsLeft(next) || lengthM > AROUND_MAX_M) continue;
      if (way.lanes.length >= LANES_MAX) continue;
      seen.add(index);
      open.push({ lanes: [...way.lanes, index], lengthM, rad: way.rad + seamRad + turnOf(next) });
    }
  }
  return [];
}

function isRound(graph: LaneGraph, lanes: readonly number[], lengthM: number, rad: number) {
  if (Math.abs(rad - FULL_RAD) > FULL_TOLERANCE_RAD) return false;
  const mean = FULL_RAD / lengthM;
  return lanes.every((index) => {
    const lane = graph.lanes[index]!;
    return lane.lengthM < SHORT_M || turnOf(lane) / lane.lengthM > BEND_RATIO * mean;
  });
}

/** Whether a way out of its roundabout begins at the end of a lane or of one beside it. */
export const isExit = (graph: LaneGraph, lane: number): boolean => {
  const ring = ringLanes(graph);
  return lanesBeside(graph, lane).some(
    (at) =>
      ring.has(at) &&
      graph.lanes[at]!.successors.some((i) => graph.lanes[i]!.kind === "DRIVING" && !ring.has(i)),
  );
};

/** Ways out of the roundabout that a lane belongs to. */
export function exitCount(graph: LaneGraph, lane: number): number {
  const ring = ringLanes(graph);
  const seen = new Set<number>();
  let count = 0;
  for (let at = lane; !seen.has(roadOf(graph, at)); ) {
    seen.add(roadOf(graph, at));
    if (isExit(graph, at)) count++;
    const next = graph.lanes[at]!.successors.find((i) => ring.has(i));
    if (next === undefined) break;
    at = next;
  }
  return count;
}

/** The lanes that lead out at the nth exit after a lane of a roundabout; undefined where it has fewer. */
export function exitLanes(graph: LaneGraph, lane: number, exit: number): number[] | undefined {
  const ring = ringLanes(graph);
  const seen = new Set<number>();
  let left = exit;
  for (let at: number | undefined = lane; at !== undefined && !seen.has(roadOf(graph, at)); ) {
    seen.add(roadOf(graph, at));
    if (isExit(graph, at) && --left === 0)
      return lanesBeside(graph, at)
        .filter((i) => ring.has(i))
        .flatMap((i) => graph.lanes[i]!.successors)
        .filter((i) => graph.lanes[i]!.kind === "DRIVING" && !ring.has(i));
    at = graph.lanes[at]!.successors.find((i) => ring.has(i));
  }
  return undefined;
}
