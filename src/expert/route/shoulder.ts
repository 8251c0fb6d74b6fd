import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";

/** Beside a lane, a strip to stand on: from the lane's centre to its nearer and its farther edge, m. */
export type Strip = { readonly nearM: number; readonly farM: number };

const beside = new WeakMap<LaneGraph, Map<number, readonly GraphLane[]>>();

/** All lanes to the right of a lane in its section, nearest first. */
function lanesRightOf(graph: LaneGraph, lane: number): readonly GraphLane[] {
  let known = beside.get(graph);
  if (known === undefined) {
    known = new Map();
    beside.set(graph, known);
  }
  const found = known.get(lane);
  if (found !== undefined) return found;
  const own = graph.lanes[lane]!;
  const out = graph.lanes
    .filter(
      ({ roadId, section, laneId }) =>
        roadId === own.roadId &&
        section === own.section &&
        Math.sign(laneId) === Math.sign(own.laneId) &&
        Math.abs(laneId) > Math.abs(own.laneId),
    )
    .sort((a, b) => Math.abs(a.laneId) - Math.abs(b.laneId));
  known.set(lane, out);
  return out;
}

/** The shoulder or parking lane right of a lane at `sM` of it, where there is one. */
export function shoulderBeside(graph: LaneGraph, lane: number, sM: number): Strip | undefined {
  const own = graph.lanes[lane]!;
  let nearM = widthAt(own, sM / Math.max(own.lengthM, 1e-3)) / 2;
  for (const other of lanesRightOf(graph, lane)) {
    if (other.kind === "DRIVING") return undefined;
    const widthM = widthAt(other, sM / Math.max(own.lengthM, 1e-3));
    if (other.kind === "SHOULDER" || other.kind === "PARKING")
      return { nearM, farM: nearM + widthM };
    nearM += widthM;
  }
  return undefined;
}

const widthAt = ({ widthM }: GraphLane, ratio: number): number =>
  widthM[Math.min(widthM.length - 1, Math.max(0, Math.round(ratio * (widthM.length - 1))))]!;
