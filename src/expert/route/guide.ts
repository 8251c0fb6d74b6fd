import type { GraphStopLine, LaneRoute, Turn } from "../../contract/lane-graph.ts";
import { type LaneNet, type LaneTrack, poseInto, trackOf } from "../../world/traffic/lane-net.ts";
import type { Overlap } from "../../world/traffic/overlaps.ts";
import { type Strip, shoulderBeside } from "./shoulder.ts";

/** What the expert knows of the route ahead; s runs along `centre` from its first point. */
export type RouteGuide = {
  /** [P, 2] m, map: the lane that ego is in and those that it goes on in. */
  readonly centre: Float64Array;
  /** Lane indices of the path with the s at which each begins. */
  readonly pieces: readonly { readonly lane: number; readonly fromM: number }[];
  readonly widthM: number;
  /** Width of the neighbour lanes where the marks let a driver change. */
  readonly leftWidthM?: number;
  readonly rightWidthM?: number;
  /** The road's side lies right of this lane: no lane is there, and no junction here. */
  readonly hasSide: boolean;
  /** Where to stand beside the lane. */
  readonly shoulder?: Strip;
  /** A lane change that the route asks for, with the way that is left for it. */
  readonly change?: { readonly side: "LEFT" | "RIGHT"; readonly withinM: number };
  readonly stops: readonly GuideStop[];
  readonly conflicts: readonly GuideConflict[];
  /** Speed limits where they begin. */
  readonly limits: readonly { readonly sM: number; readonly mps: number }[];
  readonly turns: readonly { readonly turn: Turn; readonly fromM: number; readonly toM: number }[];
  /** The end of the route, where it is in sight. */
  readonly endM?: number;
  /** Every lane of ego's road direction beside it, for who is where. */
  readonly net: LaneNet;
};

export type GuideStop = {
  readonly sM: number;
  readonly kind: GraphStopLine["kind"];
  readonly stopLine: number;
  readonly signals: readonly number[];
  /** Whether ego has stood before this sign; unset where its past is not known. */
  readonly stood?: boolean;
};

/** Ground that the path shares with another lane of a junction. */
export type GuideConflict = {
  readonly fromM: number;
  readonly toM: number;
  readonly overlap: Overlap;
};

const BEHIND_M = 40;
const AHEAD_M = 150;
/** Points of the path lie about as far apart. */
const SPACING_M = 2;

type Place = { readonly lane: number; readonly sM: number };

/** The lane after `lane` on the way: the route's own, else the one that stays beside the route. */
function nextLane(net: LaneNet, route: LaneRoute, lane: number): number | undefined {
  const track = trackOf(net, lane);
  const at = route.lanes.lastIndexOf(lane);
  const wanted = route.lanes[at + 1];
  if (at >= 0 && wanted !== undefined && track.next.includes(wanted)) return wanted;
  const beside = track.next.find((i) => {
    const t = trackOf(net, i);
    return [i, t.left, t.right].some((x) => x !== undefined && route.lanes.includes(x));
  });
  return beside ?? track.next.find((i) => trackOf(net, i).lane.turn !== "U_TURN") ?? track.next[0];
}

/** The change that brings ego from `lane` to the route, if it is not there. */
function changeOf(
  net: LaneNet,
  route: LaneRoute,
  pieces: readonly Place[],
  fromM: number,
  lateM: number,
) {
  let withinM = -fromM;
  for (const [k, { lane }] of pieces.entries()) {
    const track = trackOf(net, lane);
    withinM += track.lengthM;
    // changed early, ego is where the route will be: its lane leads there
    const isOn = (piece: Place) => route.lanes.includes(piece.lane);
    if (!isOn(pieces[k]!) && pieces.slice(k + 1).some(isOn)) continue;
    const side = sideToRoute(route, track);
    if (side !== undefined) {
      if (withinM > lateM || !runsBeside(net, pieces.slice(0, k + 1), side)) return undefined;
      return { side, withinM };
    }
    const at = route.lanes.lastIndexOf(lane);
    if (at < 0 || at === route.lanes.length - 1) return undefined;
    // a change that is still several lanes off can wait
    if (withinM > AHEAD_M) return undefined;
  }
  return undefined;
}

/** Whether the lane on that side stays beside all of these: else an early change leads elsewhere. */
function runsBeside(net: LaneNet, pieces: readonly Place[], side: "LEFT" | "RIGHT"): boolean {
  const beside = pieces.map(({ lane }) => trackOf(net, lane)[side === "LEFT" ? "left" : "right"]);
  return beside.every((lane, k) => {
    const on = beside[k + 1];
    return lane !== undefined && (on === undefined || trackOf(net, lane).next.includes(on));
  });
}

function sideToRoute(route: LaneRoute, track: LaneTrack): "LEFT" | "RIGHT" | undefined {
  const at = route.lanes.lastIndexOf(track.lane.index);
  const wanted = at < 0 ? undefined : route.lanes[at + 1];
  if (at >= 0) {
    if (wanted === undefined || track.next.includes(wanted)) return undefined;
    if (wanted === track.left) return "LEFT";
    return wanted === track.right ? "RIGHT" : undefined;
  }
  if (track.left !== undefined && route.lanes.includes(track.left)) return "LEFT";
  return track.right !== undefined && route.lanes.includes(track.right) ? "RIGHT" : undefined;
}

/**
 * Looks along the route from a place on one of the net's lanes. Lane changes are asked for as soon as they
 * can be made, or no earlier than `lateM` before their lane's end.
 */
export function guideFrom(
  net: LaneNet,
  route: LaneRoute,
  at: Place,
  lateM = Number.POSITIVE_INFINITY,
): RouteGuide {
  const before = laneBefore(net, route, at);
  const ahead: Place[] = [];
  let reachM = -at.sM;
  for (let lane: number | undefined = at.lane; lane !== undefined && reachM < AHEAD_M; ) {
    ahead.push({ lane, sM: reachM });
    reachM += trackOf(net, lane).lengthM;
    if (lane === route.lanes[route.lanes.length - 1] && !isRepeated(route, lane)) break;
    lane = nextLane(net, route, lane);
  }
  const places = [...before, ...ahead];
  const startM = Math.max(places[0]!.sM, -BEHIND_M);
  const track = trackOf(net, at.lane);
  const change = changeOf(net, route, ahead, at.sM, lateM);
  const last = ahead[ahead.length - 1]!;
  const ends = last.lane === route.lanes[route.lanes.length - 1];
  const { left, right } = track;
  const mayLeft = left !== undefined && track.lane.mayChangeLeft;
  const mayRight = right !== undefined && track.lane.mayChangeRight;
  const shoulder = shoulderBeside(net.graph, at.lane, at.sM);
  return {
    centre: pointsOf(net, places, startM),
    pieces: places.map(({ lane, sM }) => ({ lane, fromM: sM - startM })),
    widthM: 2 * track.halfWidthM,
    ...(mayLeft ? { leftWidthM: 2 * trackOf(net, left).halfWidthM } : {}),
    ...(mayRight ? { rightWidthM: 2 * trackOf(net, right).halfWidthM } : {}),
    hasSide: right === undefined && track.lane.junctionId === undefined,
    ...(shoulder === undefined ? {} : { shoulder }),
    ...(change === undefined ? {} : { change }),
    ...factsOf(net, places, startM),
    ...(ends ? { endM: last.sM + trackOf(net, last.lane).lengthM - startM } : {}),
    net,
  };
}

/** A route that drives a lane twice does not end where it first meets it. */
const isRepeated = (route: LaneRoute, lane: number): boolean =>
  route.lanes.indexOf(lane) !== route.lanes.lastIndexOf(lane);

/** Lanes behind, nearest last; s relative to ego. */
function laneBefore(net: LaneNet, route: LaneRoute, at: Place): Place[] {
  const out: Place[] = [];
  let sM = -at.sM;
  for (let lane = at.lane; sM > -BEHIND_M; ) {
    const { prev } = trackOf(net, lane);
    const before = prev.find((i) => route.lanes.includes(i)) ?? prev[0];
    if (before === undefined) break;
    lane = before;
    sM -= trackOf(net, lane).lengthM;
    out.unshift({ lane, sM });
  }
  return out;
}

/** The first point lies at `startM` itself: all that is told along the path is counted from there. */
function pointsOf(net: LaneNet, places: readonly Place[], startM: number): Float64Array {
  const first = places.findLast(({ sM }) => sM <= startM) ?? places[0]!;
  const from = { xM: 0, yM: 0, yawRad: 0 };
  poseInto(trackOf(net, first.lane), startM - first.sM, from);
  const points = [from.xM, from.yM];
  let doneM = startM;
  for (const { lane, sM } of places) {
    const track = trackOf(net, lane);
    for (let i = 0; i < track.xM.length; i++) {
      const s = sM + i * track.stepM;
      if (s < startM || s > AHEAD_M + 20) continue;
      const closes = i === track.xM.length - 1 && lane === places[places.length - 1]!.lane;
      if (s - doneM < SPACING_M - 0.3 && !closes) continue;
      if (s - doneM < 0.2) continue;
      points.push(track.xM[i]!, track.yM[i]!);
      doneM = s;
    }
  }
  return new Float64Array(points);
}

function factsOf(net: LaneNet, places: readonly Place[], startM: number) {
  const stops: GuideStop[] = [];
  const conflicts: GuideConflict[] = [];
  const limits: { sM: number; mps: number }[] = [];
  const turns: { turn: Turn; fromM: number; toM: number }[] = [];
  for (const { lane, sM } of places) {
    const track = trackOf(net, lane);
    const fromM = sM - startM;
    for (const { sM: at, kind, stopLine, signals } of track.gates)
      stops.push({ sM: fromM + at, kind, stopLine, signals });
    for (const overlap of track.overlaps)
      if (overlap.kind !== "DIVERGE")
        conflicts.push({ fromM: fromM + overlap.fromM, toM: fromM + overlap.toM, overlap });
    limits.push({ sM: fromM, mps: track.limitMps });
    const { turn } = track.lane;
    if (turn !== undefined) turns.push({ turn, fromM, toM: fromM + track.lengthM });
  }
  return { stops, conflicts, limits, turns };
}
