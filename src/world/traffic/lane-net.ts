import type { GraphLane, GraphStopLine, LaneGraph } from "../../contract/lane-graph.ts";
import { type Overlap, overlapsOf } from "./overlaps.ts";

/** Comfortable lateral acceleration of traffic in bends, m/s²; ISO 15622 allows up to 2.3 at speed. */
const LATERAL_MPS2 = 2;
/** Comfortable braking before a bend, m/s². */
const APPROACH_MPS2 = 1.3;
/** Speed where a graph gives none, m/s: 50 km/h, the usual limit in towns. */
const DEFAULT_LIMIT_MPS = 50 / 3.6;
/** Sample distance of a track, m. */
const STEP_M = 1;
/** How far ahead a lane's worth is looked up, m: longer than any look-ahead of a driver. */
const REACH_M = 400;

/** A place where drivers of a lane may have to wait. */
export type Gate = {
  readonly sM: number;
  readonly kind: GraphStopLine["kind"];
  readonly stopLine: number;
  /** Lights that govern it. */
  readonly signals: readonly number[];
};

/** A lane as traffic reads it: even samples, speeds, gates and overlaps. */
export type LaneTrack = {
  readonly lane: GraphLane;
  readonly lengthM: number;
  /** Distance of the samples, m. */
  readonly stepM: number;
  readonly xM: Float64Array; // [S] m, map
  readonly yM: Float64Array; // [S] m, map
  readonly yawRad: Float64Array; // [S] rad, map, unwrapped
  /** Speed from which every bend ahead in this lane is taken in comfort. [S] m/s */
  readonly bendMps: Float64Array;
  readonly bendMinMps: number;
  readonly halfWidthM: number;
  readonly limitMps: number;
  readonly minRadiusM: number;
  readonly junction: boolean;
  /** Drivable successors and predecessors. */
  readonly next: readonly number[];
  readonly prev: readonly number[];
  /** Drivable neighbour in the same direction, and whether one may change there. */
  readonly left: number | undefined;
  readonly right: number | undefined;
  readonly gates: readonly Gate[];
  readonly overlaps: readonly Overlap[];
  /** Length that can be driven on from its start, m, at most 400. */
  readonly reachM: number;
};

/** All lanes that vehicles drive on; undefined where a lane is none. */
export type LaneNet = {
  readonly graph: LaneGraph;
  readonly tracks: readonly (LaneTrack | undefined)[];
};

const nets = new WeakMap<LaneGraph, LaneNet>();

const drives = (lane: GraphLane | undefined): lane is GraphLane => lane?.kind === "DRIVING";

/** Prepares a graph for traffic; kept per graph. */
export function laneNet(graph: LaneGraph): LaneNet {
  const known = nets.get(graph);
  if (known !== undefined) return known;
  const limits = limitsOf(graph);
  const reach = reachesOf(graph);
  const overlaps = overlapsOf(graph);
  const tracks = graph.lanes.map((lane) =>
    drives(lane)
      ? makeTrack(graph, lane, limits[lane.index]!, reach[lane.index]!, overlaps[lane.index]!)
      : undefined,
  );
  const net = { graph, tracks };
  nets.set(graph, net);
  return net;
}

/** The track of a lane that is known to be driven on. */
export function trackOf(net: LaneNet, lane: number): LaneTrack {
  const track = net.tracks[lane];
  if (track === undefined)
    throw new RangeError(`a DRIVING lane of ${net.graph.name} expected, found lane ${lane}`);
  return track;
}

function makeTrack(
  graph: LaneGraph,
  lane: GraphLane,
  limitMps: number,
  reachM: number,
  overlaps: readonly Overlap[],
): LaneTrack {
  const count = Math.max(2, Math.ceil(lane.lengthM / STEP_M) + 1);
  const stepM = lane.lengthM / (count - 1);
  const xM = new Float64Array(count);
  const yM = new Float64Array(count);
  const yawRad = new Float64Array(count);
  const bendMps = new Float64Array(count);
  let k = 0;
  let sharpest = 1e-4;
  for (let i = 0; i < count; i++) {
    const s = Math.min(i * stepM, lane.lengthM);
    while (k < lane.sM.length - 2 && lane.sM[k + 1]! < s) k++;
    const span = lane.sM[k + 1]! - lane.sM[k]!;
    const t = span > 0 ? Math.min(1, Math.max(0, (s - lane.sM[k]!) / span)) : 0;
    const mix = (column: Float64Array) => column[k]! + (column[k + 1]! - column[k]!) * t;
    xM[i] = mix(lane.xM);
    yM[i] = mix(lane.yM);
    yawRad[i] = mix(lane.yawRad);
    const bend = Math.max(Math.abs(mix(lane.curvatureInvm)), 1e-4);
    sharpest = Math.max(sharpest, bend);
    bendMps[i] = Math.sqrt(LATERAL_MPS2 / bend);
  }
  let bendMinMps = Number.POSITIVE_INFINITY;
  for (let i = count - 1; i >= 0; i--) {
    bendMinMps = Math.min(bendMinMps, bendMps[i]!);
    if (i < count - 1)
      bendMps[i] = Math.min(
        bendMps[i]!,
        Math.sqrt(bendMps[i + 1]! ** 2 + 2 * APPROACH_MPS2 * stepM),
      );
  }
  const driven = (indices: readonly number[]) => indices.filter((i) => drives(graph.lanes[i]));
  const beside = (index: number | undefined) =>
    index !== undefined && drives(graph.lanes[index]) ? index : undefined;
  return {
    lane,
    lengthM: lane.lengthM,
    stepM,
    xM,
    yM,
    yawRad,
    bendMps,
    bendMinMps,
    halfWidthM: lane.widthM[lane.widthM.length >> 1]! / 2,
    limitMps,
    minRadiusM: 1 / sharpest,
    junction: lane.junctionId !== undefined,
    next: driven(lane.successors),
    prev: driven(lane.predecessors),
    left: beside(lane.leftIndex),
    right: beside(lane.rightIndex),
    gates: lane.stops.map(({ sM, stopLine }) => {
      const line = graph.stopLines[stopLine]!;
      return { sM, kind: line.kind, stopLine, signals: line.signals };
    }),
    overlaps,
    reachM,
  };
}

/** A lane without a limit takes that of the lanes that lead into it, else of those that go on, else 50 km/h. */
function limitsOf(graph: LaneGraph): number[] {
  const known = graph.lanes.map((lane) => lane.speedLimitMps);
  for (let round = 0; round < 4; round++)
    for (const lane of graph.lanes) {
      if (known[lane.index] !== undefined) continue;
      for (const other of [...lane.predecessors, ...lane.successors])
        if (known[other] !== undefined) {
          known[lane.index] = known[other];
          break;
        }
    }
  return known.map((limit) => limit ?? DEFAULT_LIMIT_MPS);
}

/** Longest way on from the start of each lane, capped. */
function reachesOf(graph: LaneGraph): number[] {
  const reach = graph.lanes.map((lane) => Math.min(REACH_M, lane.lengthM));
  for (let changed = true; changed; ) {
    changed = false;
    for (const lane of graph.lanes) {
      if (!drives(lane)) continue;
      let on = 0;
      for (const next of lane.successors)
        if (drives(graph.lanes[next])) on = Math.max(on, reach[next]!);
      const total = Math.min(REACH_M, lane.lengthM + on);
      if (total > reach[lane.index]! + 1e-6) {
        reach[lane.index] = total;
        changed = true;
      }
    }
  }
  return reach;
}

/** Pose on the centre line; s is held within the lane. */
export type TrackPose = { xM: number; yM: number; yawRad: number };

/** Writes the pose at s into `out`. */
export function poseInto(track: LaneTrack, sM: number, out: TrackPose): void {
  const at = Math.min(Math.max(sM / track.stepM, 0), track.xM.length - 1.000001);
  const i = Math.floor(at);
  const t = at - i;
  out.xM = track.xM[i]! + (track.xM[i + 1]! - track.xM[i]!) * t;
  out.yM = track.yM[i]! + (track.yM[i + 1]! - track.yM[i]!) * t;
  out.yawRad = track.yawRad[i]! + (track.yawRad[i + 1]! - track.yawRad[i]!) * t;
}

/** Speed from which the bends from s on are taken in comfort. */
export function bendMpsAt(track: LaneTrack, sM: number): number {
  const i = Math.min(Math.max(Math.floor(sM / track.stepM), 0), track.bendMps.length - 1);
  return track.bendMps[i]!;
}

/** Arc length of the sample nearest to a point, searched around `hintM`, and the offset to its left. */
export function projectOn(
  track: LaneTrack,
  xM: number,
  yM: number,
  hintM: number,
): { sM: number; dM: number; yawRad: number } {
  let s = hintM;
  let d = 0;
  const pose = { xM: 0, yM: 0, yawRad: 0 };
  for (let i = 0; i < 4; i++) {
    poseInto(track, s, pose);
    const c = Math.cos(pose.yawRad);
    const n = Math.sin(pose.yawRad);
    const along = c * (xM - pose.xM) + n * (yM - pose.yM);
    d = -n * (xM - pose.xM) + c * (yM - pose.yM);
    const moved = Math.min(Math.max(s + along, 0), track.lengthM);
    if (Math.abs(moved - s) < 1e-3) break;
    s = moved;
  }
  return { sM: s, dM: d, yawRad: pose.yawRad };
}
