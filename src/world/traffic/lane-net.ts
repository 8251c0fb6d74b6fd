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
/** Narrower than this a lane opens or closes and has no room beside others, m. */
const NARROW_M = 2.4;
/** Width of long vehicles, m; how far their corners may reach over the edge of the lane, m. */
const WIDE_M = 2.55;
const OVER_EDGE_M = 0.15;
/** Share of the swing that remains where the axles, not the ends, follow the lane. */
const SWING = 0.8;
/** Cars fit everywhere, m. */
const FIT_MIN_M = 6.6;
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
  readonly zM: Float64Array; // [S] m, map
  readonly yawRad: Float64Array; // [S] rad, map, unwrapped
  /** What holds all samples, m, map. */
  readonly box: {
    readonly x0M: number;
    readonly y0M: number;
    readonly x1M: number;
    readonly y1M: number;
  };
  /** Neighbouring samples lie at most so far apart, m. */
  readonly hopM: number;
  /** Speed from which every bend ahead in this lane is taken in comfort. [S] m/s */
  readonly bendMps: Float64Array;
  readonly bendMinMps: number;
  readonly halfWidthM: number;
  /** Stretch on which the lane is wide enough to drive beside others: it may open or close. */
  readonly wideFromM: number;
  readonly wideToM: number;
  readonly limitMps: number;
  /** Longest vehicle that can drive on from here without leaving its lane in a bend, m. */
  readonly fitM: number;
  readonly junction: boolean;
  /** Successors and predecessors of the same kind. */
  readonly next: readonly number[];
  readonly prev: readonly number[];
  /** Drivable neighbour in the same direction, and whether one may change there. */
  readonly left: number | undefined;
  readonly right: number | undefined;
  readonly gates: readonly Gate[];
  readonly overlaps: readonly Overlap[];
  /** Length that can be driven on beyond its end, m, at most 400. */
  readonly onwardM: number;
};

/** All lanes that vehicles drive on; undefined where a lane is none. */
export type LaneNet = {
  readonly graph: LaneGraph;
  readonly tracks: readonly (LaneTrack | undefined)[];
  /** Lanes that people walk on, likewise. */
  readonly walks: readonly (LaneTrack | undefined)[];
};

const nets = new WeakMap<LaneGraph, LaneNet>();

const drives = (lane: GraphLane | undefined): lane is GraphLane => lane?.kind === "DRIVING";

/** Prepares a graph for traffic; kept per graph. */
export function laneNet(graph: LaneGraph): LaneNet {
  const known = nets.get(graph);
  if (known !== undefined) return known;
  const limits = limitsOf(graph);
  const onward = onwardOf(graph);
  const overlaps = overlapsOf(graph);
  const fits = fitsOf(graph);
  const trackIf = (kind: GraphLane["kind"]) =>
    graph.lanes.map((lane, i) =>
      lane.kind === kind
        ? makeTrack(graph, lane, limits[i]!, onward[i]!, fits[i]!, overlaps[i]!)
        : undefined,
    );
  const net = { graph, tracks: trackIf("DRIVING"), walks: trackIf("SIDEWALK") };
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
  onwardM: number,
  fitM: number,
  overlaps: readonly Overlap[],
): LaneTrack {
  const count = Math.max(2, Math.ceil(lane.lengthM / STEP_M) + 1);
  const stepM = lane.lengthM / (count - 1);
  const xM = new Float64Array(count);
  const yM = new Float64Array(count);
  const zM = new Float64Array(count);
  const yawRad = new Float64Array(count);
  const bendMps = new Float64Array(count);
  let k = 0;
  for (let i = 0; i < count; i++) {
    const s = Math.min(i * stepM, lane.lengthM);
    while (k < lane.sM.length - 2 && lane.sM[k + 1]! < s) k++;
    const span = lane.sM[k + 1]! - lane.sM[k]!;
    const t = span > 0 ? Math.min(1, Math.max(0, (s - lane.sM[k]!) / span)) : 0;
    const mix = (column: Float64Array) => column[k]! + (column[k + 1]! - column[k]!) * t;
    xM[i] = mix(lane.xM);
    yM[i] = mix(lane.yM);
    zM[i] = mix(lane.zM);
    yawRad[i] = mix(lane.yawRad);
    const bend = Math.max(Math.abs(mix(lane.curvatureInvm)), 1e-4);
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
  const alike = (indices: readonly number[]) =>
    indices.filter((i) => graph.lanes[i]?.kind === lane.kind);
  const beside = (index: number | undefined) =>
    index !== undefined && drives(graph.lanes[index]) ? index : undefined;
  return {
    lane,
    lengthM: lane.lengthM,
    stepM,
    xM,
    yM,
    zM,
    yawRad,
    ...reachOf(xM, yM),
    bendMps,
    bendMinMps,
    ...wideStretch(lane),
    halfWidthM: lane.widthM[lane.widthM.length >> 1]! / 2,
    limitMps,
    fitM,
    junction: lane.junctionId !== undefined,
    next: alike(lane.successors),
    prev: alike(lane.predecessors),
    left: beside(lane.leftIndex),
    right: beside(lane.rightIndex),
    gates: lane.stops.map(({ sM, stopLine }) => {
      const line = graph.stopLines[stopLine]!;
      return { sM, kind: line.kind, stopLine, signals: line.signals };
    }),
    overlaps,
    onwardM,
  };
}

/** Where samples lie, and how far apart. */
function reachOf(xM: Float64Array, yM: Float64Array): Pick<LaneTrack, "box" | "hopM"> {
  let [x0M, y0M, x1M, y1M] = [Infinity, Infinity, -Infinity, -Infinity];
  let hopM = 0;
  for (let i = 0; i < xM.length; i++) {
    const x = xM[i]!;
    const y = yM[i]!;
    x0M = Math.min(x0M, x);
    x1M = Math.max(x1M, x);
    y0M = Math.min(y0M, y);
    y1M = Math.max(y1M, y);
    if (i > 0) hopM = Math.max(hopM, Math.hypot(x - xM[i - 1]!, y - yM[i - 1]!));
  }
  return { box: { x0M, y0M, x1M, y1M }, hopM };
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

/** Longest vehicle whose corners stay near the lane where its axles follow the centre line. */
function ownFitM(lane: GraphLane): number {
  let sharpest = 1e-4;
  for (const k of lane.curvatureInvm) sharpest = Math.max(sharpest, Math.abs(k));
  const spareM = lane.widthM[lane.widthM.length >> 1]! / 2 - WIDE_M / 2 + OVER_EDGE_M;
  // a corner swings out by (length / 2)² / (2 radius), less what the axles cut
  return Math.max(FIT_MIN_M, 2 * Math.sqrt((2 * Math.max(spareM, 0)) / (SWING * sharpest)));
}

/** For each lane the longest vehicle that finds a way on: its own fit and the best of its successors'. */
function fitsOf(graph: LaneGraph): number[] {
  const fit = graph.lanes.map(ownFitM);
  for (let changed = true; changed; ) {
    changed = false;
    for (const lane of graph.lanes) {
      const on = lane.successors.filter((i) => graph.lanes[i]!.kind === lane.kind);
      if (on.length === 0) continue;
      const best = Math.max(...on.map((i) => fit[i]!));
      if (best >= fit[lane.index]! - 1e-9) continue;
      fit[lane.index] = best;
      changed = true;
    }
  }
  return fit;
}

/** Longest way on from the end of each lane, capped. */
function onwardOf(graph: LaneGraph): number[] {
  const onward = graph.lanes.map(() => 0);
  for (let changed = true; changed; ) {
    changed = false;
    for (const lane of graph.lanes)
      for (const index of lane.successors) {
        const next = graph.lanes[index]!;
        if (next.kind !== lane.kind) continue;
        const total = Math.min(REACH_M, next.lengthM + onward[index]!);
        if (total <= onward[lane.index]! + 1e-6) continue;
        onward[lane.index] = total;
        changed = true;
      }
  }
  return onward;
}

/** Length that can be driven on from a place on a lane, m; exact below 400. */
export const reachFrom = (track: LaneTrack, sM: number): number =>
  track.lengthM - sM + track.onwardM;

function wideStretch(lane: GraphLane): { wideFromM: number; wideToM: number } {
  const n = lane.widthM.length;
  let from = 0;
  while (from < n - 1 && lane.widthM[from]! < NARROW_M) from++;
  let to = n - 1;
  while (to > from && lane.widthM[to]! < NARROW_M) to--;
  return { wideFromM: lane.sM[from]!, wideToM: lane.sM[to]! };
}

/** Height of the road at s. */
export const heightAt = (track: LaneTrack, sM: number): number =>
  track.zM[Math.min(Math.max(Math.round(sM / track.stepM), 0), track.zM.length - 1)]!;

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
    const settled = Math.abs(moved - s) < 1e-3;
    // to the end exactly: who asks whether a point lies beyond a lane compares with its length
    s = moved;
    if (settled) break;
  }
  return { sM: s, dM: d, yawRad: pose.yawRad };
}
