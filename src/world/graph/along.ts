import type { GraphLane, LaneGraph, LanePosition } from "../../contract/lane-graph.ts";
import { segmentAt } from "./polyline.ts";

/** Pose on a lane. */
export type LanePose = {
  readonly xM: number; // map
  readonly yM: number; // map
  readonly zM: number; // map
  readonly yawRad: number;
  readonly curvatureInvm: number;
  readonly widthM: number;
};

/** Pose at arc length s, d to the left of the centre line; beyond the ends the end pose goes straight on. */
export function lanePose(lane: GraphLane, sM: number, dM = 0): LanePose {
  const i = segmentAt(lane.sM, sM);
  const span = lane.sM[i + 1]! - lane.sM[i]!;
  const f = span > 0 ? (sM - lane.sM[i]!) / span : 0;
  const inside = Math.min(1, Math.max(0, f));
  const mix = (column: Float64Array, at: number) => column[i]! + at * (column[i + 1]! - column[i]!);
  const yawRad = mix(lane.yawRad, inside);
  return {
    xM: mix(lane.xM, f) - dM * Math.sin(yawRad),
    yM: mix(lane.yM, f) + dM * Math.cos(yawRad),
    zM: mix(lane.zM, inside),
    yawRad,
    curvatureInvm: mix(lane.curvatureInvm, inside),
    widthM: mix(lane.widthM, inside),
  };
}

/** The driving successor that turns least; undefined at the end of the map. */
export function straightestSuccessor(graph: LaneGraph, lane: GraphLane): number | undefined {
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const index of lane.successors) {
    const next = graph.lanes[index]!;
    if (next.kind !== lane.kind) continue;
    const turn = Math.abs(next.yawRad.at(-1)! - next.yawRad[0]!);
    if (turn < least) [best, least] = [index, turn];
  }
  return best;
}

/**
 * Walks on from a place by a distance ≥ 0 and answers the lanes walked over and the place reached.
 * Where lanes part, `choose` decides; without it the straightest way is taken. Ends early where the
 * map ends: `restM` is what was left to walk.
 */
export function walkOn(
  graph: LaneGraph,
  from: LanePosition,
  distanceM: number,
  choose: (lane: GraphLane) => number | undefined = (lane) => straightestSuccessor(graph, lane),
): {
  readonly lanes: readonly number[];
  readonly position: LanePosition;
  readonly restM: number;
} {
  const lanes = [from.lane];
  let lane = graph.lanes[from.lane]!;
  let sM = from.sM + distanceM;
  while (sM > lane.lengthM) {
    const next = choose(lane);
    if (next === undefined) {
      const position = { lane: lane.index, sM: lane.lengthM, dM: from.dM };
      return { lanes, position, restM: sM - lane.lengthM };
    }
    sM -= lane.lengthM;
    lane = graph.lanes[next]!;
    lanes.push(next);
  }
  return { lanes, position: { lane: lane.index, sM, dM: from.dM }, restM: 0 };
}
