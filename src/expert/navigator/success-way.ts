/** Success tests of lanes, turns, exits and places. */
import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Side } from "../meaning.ts";
import { done, failed, type Progress, untested } from "./progress.ts";
import { exitCount, isExit, ringLanes } from "./rings.ts";
import {
  type DriveTrace,
  drivenM,
  heldAt,
  STANDING_MPS,
  samplesIn,
  type TraceSample,
} from "./trace.ts";
import { type Branch, lanesBeside, type Node, roadOf } from "./ways.ts";

/** In the lane and heading along it: as near to its middle, m, and drifting no faster, m/s. */
const SETTLED_M = 0.5;
const SETTLED_MPS = 0.5;
const SETTLED_S = 1;
/** So long must a side have been free for its lane change to count as left undone, s. */
const ROOM_S = 8;
/** Overtaken is two car lengths ahead of who was overtaken, m (CAR of contract/maneuver). */
export const OVERTAKEN_M = 2 * 4.7;
/** Nobody overtakes who may not be this much faster, m/s. */
export const OVERTAKE_MORE_MPS = 2;
/** An overtaking needs so long from when the other lane was free, s. */
const OVERTAKE_ROOM_S = 30;
const OWN_LANE_M = 1.75;
/** A point is reached within this, m. */
const REACHED_M = 2;
const FOLLOW_S = 8;
/** A lane change that was under way is over by then, s. */
const SETTLE_S = 5;
const HOPS_MAX = 3;

export const isSettled = ({ place, speedMps }: TraceSample): boolean =>
  place !== undefined &&
  Math.abs(place.dM) < SETTLED_M &&
  Math.abs(speedMps * Math.sin(place.headingRad)) < SETTLED_MPS;

/** Lanes crossed to the left (< 0 right) between two places a few lanes apart; undefined: not so. */
export function laneShift(graph: LaneGraph, from: number, to: number): number | undefined {
  const beside = lanesBeside(graph, from);
  const own = beside.indexOf(from);
  let best: number | undefined;
  for (const [i, lane] of beside.entries()) {
    let reach = [lane];
    for (let hop = 0; hop <= HOPS_MAX; hop++) {
      if (reach.includes(to)) {
        const shift = own - i;
        if (best === undefined || Math.abs(shift) < Math.abs(best)) best = shift;
      }
      reach = reach.flatMap((index) => graph.lanes[index]!.successors);
    }
  }
  return best;
}

/** Lanes crossed to the left since the first sample. [T] */
export function shiftsOf(trace: DriveTrace, graph: LaneGraph): number[] {
  let before: number | undefined;
  let shift = 0;
  return trace.samples.map(({ place }) => {
    if (place !== undefined) {
      if (before !== undefined && before !== place.lane)
        shift += laneShift(graph, before, place.lane) ?? 0;
      before = place.lane;
    }
    return shift;
  });
}

/** Slower than this nobody changes lanes, m/s; and a lead nearer than this lets nobody drive off, m. */
const CHANGE_MIN_MPS = 2;
const QUEUE_M = 8;

/** Drives, or stands of its own will: at a red light or in a queue no lane can be taken. */
const couldMove = ({ speedMps, freeMps, lead }: TraceSample): boolean =>
  speedMps >= CHANGE_MIN_MPS ||
  ((freeMps ?? CHANGE_MIN_MPS) >= CHANGE_MIN_MPS && (lead === undefined || lead.gapM > QUEUE_M));

const sideFree = (side: Side, sample: TraceSample): boolean =>
  ((side === "LEFT" ? sample.leftIsFree : sample.rightIsFree) ?? false) && couldMove(sample);

const freeS = (trace: DriveTrace, side: Side): number => {
  let longest = 0;
  let now = 0;
  for (const sample of trace.samples) {
    now = sideFree(side, sample) ? now + 1 : 0;
    longest = Math.max(longest, now);
  }
  return Math.max(0, longest - 1) * trace.stepS;
};

export function testLaneChange(trace: DriveTrace, graph: LaneGraph, side: Side): Progress {
  const shifts = shiftsOf(trace, graph);
  const wanted = side === "LEFT" ? 1 : -1;
  const at = heldAt(trace, SETTLED_S, (s, i) => shifts[i] === wanted && isSettled(s));
  if (at !== undefined) return done(at, "in the lane and settled");
  if (shifts.includes(-wanted)) return failed("changed to the other side");
  const roomS = freeS(trace, side);
  return roomS >= ROOM_S
    ? failed(`the lane was free for ${roomS.toFixed(0)} s and not taken`)
    : untested(`the lane was free for ${roomS.toFixed(1)} s only`);
}

export const isVehicle = (kind: string): boolean => kind !== "PEDESTRIAN" && kind !== "STATIC";

/** Who is to be overtaken: the nearest vehicle ahead in ego's lane. */
export function vehicleAhead(sample: TraceSample): number | undefined {
  const ahead = sample.others
    .filter((o) => isVehicle(o.kind) && o.aheadM > 0 && Math.abs(o.leftM) < OWN_LANE_M)
    .sort((a, b) => a.aheadM - b.aheadM);
  return ahead[0]?.id;
}

export function testOvertake(trace: DriveTrace, side: Side): Progress {
  const id = vehicleAhead(trace.samples[0]!);
  if (id === undefined) return untested("nobody ahead to overtake");
  let passedLeft: boolean | undefined;
  for (const [i, { others }] of trace.samples.entries()) {
    const other = others.find((o) => o.id === id);
    if (other === undefined) continue;
    if (other.aheadM === 0) passedLeft = other.leftM < 0;
    if (other.aheadM > -OVERTAKEN_M) continue;
    if (passedLeft === (side === "LEFT")) return done(i, "two car lengths ahead");
    return failed(`overtaken on the ${passedLeft ? "left" : "right"}`);
  }
  const roomS = freeS(trace, side);
  return roomS >= OVERTAKE_ROOM_S
    ? failed(`not overtaken; the lane was free for ${roomS.toFixed(0)} s`)
    : untested(`not overtaken; the lane was free for ${roomS.toFixed(0)} s only`);
}

/** Roads driven outside of junctions, in order, each with its first sample. */
function roadsDriven(trace: DriveTrace, graph: LaneGraph) {
  const out: { readonly lanes: readonly number[]; readonly from: number }[] = [];
  for (const [i, { place }] of trace.samples.entries()) {
    if (place === undefined || graph.lanes[place.lane]!.junctionId !== undefined) continue;
    if (out.at(-1)?.lanes.includes(place.lane)) continue;
    out.push({ lanes: lanesBeside(graph, place.lane), from: i });
  }
  return out;
}

/** Whether the drive took that branch of that node. */
export function testBranch(
  trace: DriveTrace,
  graph: LaneGraph,
  node: Node,
  wanted: Branch,
): Progress {
  const roads = roadsDriven(trace, graph);
  const before = roads.findIndex(({ lanes }) => lanes[0] === node.road);
  if (before < 0) return untested("the place to turn was not reached");
  for (const { lanes, from } of roads.slice(before + 1)) {
    const taken = node.branches.find(({ road }) => roadOf(graph, lanes[0]!) === road);
    if (taken === undefined) continue;
    if (taken.road === wanted.road) return done(from, "took it");
    return failed(`went ${(taken.turn ?? taken.bears ?? "on").toLowerCase().replace("_", " ")}`);
  }
  return untested("the drive ended before the place to turn was behind");
}

/** A ring lane is left behind when ego came this near to its end, m. */
const LANE_END_M = 6;

export function testRoundabout(trace: DriveTrace, graph: LaneGraph, exit: number): Progress {
  const ring = ringLanes(graph);
  const inside = trace.samples.findIndex(({ place }) => place && ring.has(place.lane));
  if (inside < 0) return untested("no roundabout was reached");
  const out = trace.samples.findIndex(
    ({ place }, i) =>
      i > inside &&
      place !== undefined &&
      !ring.has(place.lane) &&
      graph.lanes[place.lane]!.junctionId === undefined,
  );
  if (out < 0) return untested("the drive ended in the roundabout");
  const behind: number[] = [];
  for (const { place } of trace.samples.slice(inside, out)) {
    if (place === undefined || !ring.has(place.lane)) continue;
    const road = roadOf(graph, place.lane);
    const nearEnd = place.sM > graph.lanes[place.lane]!.lengthM - LANE_END_M;
    if (nearEnd && isExit(graph, place.lane) && behind.at(-1) !== road) behind.push(road);
  }
  const exits = exitCount(graph, trace.samples[inside]!.place!.lane);
  // who goes round once more takes the exit of that number all the same
  const taken = behind.length > exits ? behind.length - exits : behind.length;
  return taken === exit ? done(out, `took exit ${exit}`) : failed(`took exit ${taken} of ${exits}`);
}

/** A road for fast traffic only: lanes of one direction and a limit from here on, m/s (80 km/h). */
const HIGHWAY_MPS = 80 / 3.6 - 0.1;

/** Who has driven so far has had the way onto it, m. */
const HIGHWAY_WITHIN_M = 800;

export const isHighway = (graph: LaneGraph, lane: number): boolean =>
  lanesBeside(graph, lane).length > 1 && (graph.lanes[lane]!.speedLimitMps ?? 0) >= HIGHWAY_MPS;

export function testEnterHighway(trace: DriveTrace, graph: LaneGraph): Progress {
  const at = heldAt(
    trace,
    SETTLED_S,
    (s) => s.place !== undefined && isHighway(graph, s.place.lane) && isSettled(s),
  );
  if (at !== undefined) return done(at, "on the highway and settled");
  const wayM = drivenM(trace).at(-1)!;
  return wayM > HIGHWAY_WITHIN_M
    ? failed(`not on the highway after ${wayM.toFixed(0)} m`)
    : untested("the highway was not reached");
}

/** Whether ego stays in its lane; of a lane change that was under way at the words, in the one it leads to. */
function staysInLane(trace: DriveTrace, graph: LaneGraph): boolean {
  const shifts = shiftsOf(trace, graph);
  const { place } = trace.samples[0]!;
  const isUnderWay = place !== undefined && Math.abs(place.dM) >= SETTLED_M;
  const soon = trace.samples.slice(0, samplesIn(trace, SETTLE_S) + 1);
  const from = isUnderWay ? Math.max(0, soon.findIndex(isSettled)) : 0;
  const own = shifts[from]!;
  return Math.abs(own) <= 1 && shifts.slice(from).every((shift) => shift === own);
}

/** Goes on in its lane: no lane change, never beside the road, not standing where the way is free. */
export function testFollowRoad(trace: DriveTrace, graph: LaneGraph): Progress {
  const count = samplesIn(trace, FOLLOW_S);
  const part = { ...trace, samples: trace.samples.slice(0, count + 1) };
  if (!staysInLane(part, graph)) return failed("left its lane");
  if (part.samples.some(({ footing }) => footing !== "LANE")) return failed("left the road");
  if (part.samples.length <= count) return untested("the drive ended too soon");
  const stands = part.samples.every(
    (s) => s.speedMps < STANDING_MPS && (s.freeMps ?? 1) > 1 && (s.lead?.gapM ?? 99) > 8,
  );
  return stands ? failed("stood on a free road") : done(count, "followed the road");
}

export function pointOf(sample: TraceSample, aheadM: number, leftM: number) {
  const [c, s] = [Math.cos(sample.yawRad), Math.sin(sample.yawRad)];
  return {
    xM: sample.xM + c * aheadM - s * leftM,
    yM: sample.yM + s * aheadM + c * leftM,
  };
}

export function testGoTo(trace: DriveTrace, aheadM: number, leftM: number): Progress {
  const goal = pointOf(trace.samples[0]!, aheadM, leftM);
  const at = trace.samples.findIndex(
    ({ xM, yM }) => Math.hypot(xM - goal.xM, yM - goal.yM) <= REACHED_M,
  );
  if (at >= 0) return done(at, "the point was reached");
  const far = Math.hypot(aheadM, leftM);
  return drivenM(trace).at(-1)! > 1.3 * far + 10
    ? failed("the point was passed by")
    : untested("the point was not reached before the drive ended");
}

/** Standing this near to where the way was said to end is having arrived: m, and share of the way. */
const ARRIVED_M = 20;
const ARRIVED_RATIO = 0.15;

export function testArrive(trace: DriveTrace, inM: number): Progress {
  const driven = drivenM(trace);
  const nearM = Math.max(ARRIVED_M, ARRIVED_RATIO * inM);
  const at = heldAt(
    trace,
    2,
    (s, i) => s.speedMps < STANDING_MPS && Math.abs(driven[i]! - inM) <= nearM,
  );
  if (at !== undefined) return done(at, "stood at the destination");
  return driven.at(-1)! > inM + nearM
    ? failed("drove past the destination")
    : untested("the destination was not reached");
}
