import type { GraphLane, LaneGraph, LanePosition } from "../../contract/lane-graph.ts";
import type { SceneLane } from "../../contract/scene.ts";
import { lengthOf } from "../../geometry/length.ts";
import { columnAt, segmentAt } from "../graph/polyline.ts";
import type { LaneSpots, Spot } from "./lane-spots.ts";

/** How far a Scene reaches from ego, m. */
export const SCENE_RADIUS_M = 135;
const BEHIND_M = 60;
const AHEAD_M = 140;
/** A lane whose direction differs more than this from ego's is not of ego's road: cosine of 72°. */
const ALONG_COS = 0.3;
const KINDS = { DRIVING: 0, SHOULDER: 0, PARKING: 0, SIDEWALK: 0 } as const;

/** A road climbs or falls at most so much, and a bridge crosses this high above, m. */
const CLIMB_RATIO = 0.07;
const LEVEL_M = 3.5;

type Place = { readonly xM: number; readonly yM: number; readonly zM: number };

/** Whether something may stand on the ground that a Scene, which is flat, shows around ego. */
export const onLevel = (o: Place, ego: Place): boolean =>
  Math.abs(o.zM - ego.zM) <= LEVEL_M + CLIMB_RATIO * Math.hypot(o.xM - ego.xM, o.yM - ego.yM);

type Piece = { readonly lane: GraphLane; readonly fromM: number; readonly toM: number };

/**
 * Lanes around ego. Those of ego's road in its direction are chained over joints and junctions along the
 * route, so that one polyline leads from behind ego to where it goes; all others are pieces.
 */
export function sceneLanes(
  graph: LaneGraph,
  spots: LaneSpots,
  ego: Place & { readonly yawRad: number },
  position: LanePosition | undefined,
  route: ReadonlySet<number> | undefined,
): SceneLane[] {
  const near = spots.lanesNear(ego.xM, ego.yM, SCENE_RADIUS_M);
  const chains = position === undefined ? [] : chainsOf(graph, position, route);
  const chained = new Map<number, number>();
  for (const chain of chains)
    for (const { lane } of chain.pieces) chained.set(lane.index, chain.id);
  const out: SceneLane[] = [];
  const shown = new Set(chains.map((chain) => chain.id));
  const rest = near.filter(
    (spot) =>
      !chained.has(spot.lane) && graph.lanes[spot.lane]!.kind in KINDS && onLevel(spot, ego),
  );
  for (const spot of rest) shown.add(spot.lane);
  const idOf = (index: number | undefined) => {
    const id = index === undefined ? undefined : (chained.get(index) ?? index);
    return id !== undefined && shown.has(id) ? id : undefined;
  };
  for (const spot of rest) {
    const lane = graph.lanes[spot.lane]!;
    const centre = clip(lane, spot, ego);
    if (centre.length < 4) continue;
    const oncoming = Math.cos(columnAt(lane.sM, lane.yawRad, spot.sM) - ego.yawRad) < ALONG_COS;
    out.push(sceneLane(lane, lane.index, centre, oncoming, idOf));
  }
  for (const chain of chains) {
    const centre = lineOf(chain.pieces);
    if (centre.length < 4) continue;
    const lane = sceneLane(chain.lane, chain.id, centre, false, idOf);
    const markChanges = markChangesOf(chain.pieces);
    out.push(markChanges.length < 2 ? lane : { ...lane, markChanges });
  }
  return out;
}

function sceneLane(
  lane: GraphLane,
  id: number,
  centre: Float64Array,
  oncoming: boolean,
  idOf: (index: number | undefined) => number | undefined,
): SceneLane {
  const leftId = idOf(lane.leftIndex);
  const rightId = idOf(lane.rightIndex);
  return {
    id,
    kind: lane.kind as SceneLane["kind"],
    centre,
    widthM: lane.widthM[lane.widthM.length >> 1]!,
    leftMark: lane.leftMark,
    rightMark: lane.rightMark,
    oncoming,
    ...(leftId === undefined || leftId === id ? {} : { leftId }),
    ...(rightId === undefined || rightId === id ? {} : { rightId }),
  };
}

/** A chain is painted as its pieces are: junctions mostly have no marks. */
function markChangesOf(pieces: readonly Piece[]): NonNullable<SceneLane["markChanges"]> {
  const out: { fromM: number; left: GraphLane["leftMark"]; right: GraphLane["rightMark"] }[] = [];
  let atM = 0;
  for (const { lane, fromM, toM } of pieces) {
    const last = out.at(-1);
    if (last === undefined || last.left !== lane.leftMark || last.right !== lane.rightMark)
      out.push({ fromM: atM, left: lane.leftMark, right: lane.rightMark });
    atM += toM - fromM;
  }
  return out;
}

type Chain = { readonly id: number; readonly lane: GraphLane; readonly pieces: readonly Piece[] };

/** Ego's lane and its neighbours in the same direction, each from behind ego to far ahead. */
function chainsOf(
  graph: LaneGraph,
  position: LanePosition,
  route: ReadonlySet<number> | undefined,
): Chain[] {
  const own = graph.lanes[position.lane]!;
  const ahead = wayFrom(graph, own, AHEAD_M + own.lengthM, (lane) => pickNext(graph, lane, route));
  const chains = [chainOf(graph, own, position.sM, ahead)];
  for (const side of ["leftIndex", "rightIndex"] as const) {
    let lane = own;
    let beside = ahead;
    for (let n = 0; n < 8 && lane[side] !== undefined; n++) {
      const at: number = lane[side];
      const next = graph.lanes[at]!;
      if (next.kind !== "DRIVING") break;
      const guide = new Set(beside.map((l) => l[side]).filter((i) => i !== undefined));
      beside = wayFrom(graph, next, AHEAD_M + next.lengthM, (l) => pickNext(graph, l, guide));
      chains.push(chainOf(graph, next, (position.sM / own.lengthM) * next.lengthM, beside));
      lane = next;
    }
  }
  return chains;
}

function chainOf(
  graph: LaneGraph,
  lane: GraphLane,
  sM: number,
  ahead: readonly GraphLane[],
): Chain {
  const pieces: Piece[] = [];
  let behindM = sM;
  let first = lane;
  const before: Piece[] = [];
  while (behindM < BEHIND_M) {
    const prev = straightest(graph, first, first.predecessors, true);
    if (prev === undefined) break;
    const fromM = Math.max(0, prev.lengthM - (BEHIND_M - behindM));
    before.unshift({ lane: prev, fromM, toM: prev.lengthM });
    behindM += prev.lengthM;
    first = prev;
  }
  pieces.push(...before);
  let leftM = AHEAD_M + sM;
  for (const [i, at] of ahead.entries()) {
    if (leftM <= 0) break;
    const fromM = i === 0 ? Math.max(0, sM - BEHIND_M) : 0;
    pieces.push({ lane: at, fromM, toM: Math.min(at.lengthM, leftM) });
    leftM -= at.lengthM;
  }
  return { id: lane.index, lane, pieces };
}

function wayFrom(
  graph: LaneGraph,
  lane: GraphLane,
  reachM: number,
  choose: (lane: GraphLane) => number | undefined,
): GraphLane[] {
  const out = [lane];
  for (let known = lane.lengthM, at = lane; known < reachM; known += at.lengthM) {
    const next = choose(at);
    if (next === undefined) break;
    at = graph.lanes[next]!;
    out.push(at);
  }
  return out;
}

/** The successor of the route, else the straightest one. */
function pickNext(
  graph: LaneGraph,
  lane: GraphLane,
  route: ReadonlySet<number> | undefined,
): number | undefined {
  const routed = lane.successors.find((i) => route?.has(i) && graph.lanes[i]!.kind === "DRIVING");
  return routed ?? straightest(graph, lane, lane.successors, false)?.index;
}

function straightest(
  graph: LaneGraph,
  lane: GraphLane,
  options: readonly number[],
  back: boolean,
): GraphLane | undefined {
  let best: GraphLane | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const index of options) {
    const other = graph.lanes[index]!;
    if (other.kind !== lane.kind) continue;
    const turn = Math.abs(
      back ? other.yawRad[0]! - lane.yawRad[0]! : other.yawRad.at(-1)! - lane.yawRad.at(-1)!,
    );
    const folded = Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn)));
    if (folded < least) {
      least = folded;
      best = other;
    }
  }
  return best;
}

const lines = new WeakMap<GraphLane, Float64Array>();

/** Samples of a whole lane, [P, 2] m, map; kept per lane. */
function samplesOf(lane: GraphLane): Float64Array {
  const known = lines.get(lane);
  if (known !== undefined) return known;
  const line = new Float64Array(2 * lane.sM.length);
  for (let i = 0; i < lane.sM.length; i++) {
    line[2 * i] = lane.xM[i]!;
    line[2 * i + 1] = lane.yM[i]!;
  }
  lines.set(lane, line);
  return line;
}

/** The samples of a lane around its spot nearest to ego that lie within the scene. */
function clip(
  lane: GraphLane,
  spot: Spot,
  ego: { readonly xM: number; readonly yM: number },
): Float64Array {
  const line = samplesOf(lane);
  const i = segmentAt(lane.sM, spot.sM);
  const inside = (k: number) =>
    (line[2 * k]! - ego.xM) ** 2 + (line[2 * k + 1]! - ego.yM) ** 2 < SCENE_RADIUS_M ** 2;
  let from = i;
  let to = i;
  while (from > 0 && inside(from - 1)) from--;
  while (to < lane.sM.length - 1 && inside(to + 1)) to++;
  return line.subarray(2 * from, 2 * to + 2);
}

/** [P, 2] m, map: samples of the pieces and their cut ends, joints once. */
function lineOf(pieces: readonly Piece[]): Float64Array {
  const out: number[] = [];
  const push = (x: number, y: number) => {
    const n = out.length;
    if (n >= 2 && lengthOf(x - out[n - 2]!, y - out[n - 1]!) < 0.05) return;
    out.push(x, y);
  };
  for (const { lane, fromM, toM } of pieces) {
    const { sM } = lane;
    push(columnAt(sM, lane.xM, fromM), columnAt(sM, lane.yM, fromM));
    for (let i = segmentAt(sM, fromM); i < sM.length && sM[i]! < toM; i++)
      if (sM[i]! > fromM) push(lane.xM[i]!, lane.yM[i]!);
    push(columnAt(sM, lane.xM, toM), columnAt(sM, lane.yM, toM));
  }
  return new Float64Array(out);
}
