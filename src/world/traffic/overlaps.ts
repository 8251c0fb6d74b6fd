import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";

/** How two lanes of a junction share ground. */
export type OverlapKind = "CROSS" | "MERGE" | "DIVERGE";

/** A stretch of a lane on which a vehicle may touch one on another lane. */
export type Overlap = {
  readonly other: number;
  readonly kind: OverlapKind;
  readonly fromM: number;
  readonly toM: number;
  readonly otherFromM: number;
  readonly otherToM: number;
  /** Drivers of this lane let those of the other go first. */
  readonly yields: boolean;
};

/** Centre lines nearer than this let two wide vehicles touch, m: 2.55 m wide and a hand between them. */
const TOUCH_M = 2.7;
/** Lanes that run side by side keep this much of their common width apart, m. */
const BESIDE_M = 0.35;
/** Vehicles are longer than the sampled line is exact, m. */
const ZONE_MARGIN_M = 0.5;

/**
 * Overlaps of every junction lane, found from the centre lines: crossing, merging and diverging.
 * Who goes first comes from the graph's conflicts, else from gates and the usual rules.
 */
export function overlapsOf(graph: LaneGraph): Overlap[][] {
  const out: Overlap[][] = graph.lanes.map(() => []);
  const junctions = new Map<string, GraphLane[]>();
  for (const lane of graph.lanes) {
    if (lane.kind !== "DRIVING" || lane.junctionId === undefined) continue;
    const known = junctions.get(lane.junctionId);
    if (known === undefined) junctions.set(lane.junctionId, [lane]);
    else known.push(lane);
  }
  for (const lanes of junctions.values())
    for (let i = 0; i < lanes.length; i++)
      for (let k = i + 1; k < lanes.length; k++) addPair(graph, lanes[i]!, lanes[k]!, out);
  return out;
}

function addPair(graph: LaneGraph, a: GraphLane, b: GraphLane, out: Overlap[][]): void {
  // one behind the other: car-following settles it
  if (a.successors.includes(b.index) || b.successors.includes(a.index)) return;
  const zone = zoneOf(a, b);
  if (zone === undefined) return;
  const kind = kindOf(a, b);
  const aYields = kind === "DIVERGE" ? false : yieldsTo(graph, a, b);
  const bYields = kind === "DIVERGE" ? false : !aYields;
  const { fromM, toM, otherFromM, otherToM } = zone;
  out[a.index]!.push({ other: b.index, kind, fromM, toM, otherFromM, otherToM, yields: aYields });
  out[b.index]!.push({
    other: a.index,
    kind,
    fromM: otherFromM,
    toM: otherToM,
    otherFromM: fromM,
    otherToM: toM,
    yields: bYields,
  });
}

type Zone = Pick<Overlap, "fromM" | "toM" | "otherFromM" | "otherToM">;

function zoneOf(a: GraphLane, b: GraphLane): Zone | undefined {
  const beside = (a.widthM[0]! + b.widthM[0]!) / 2 - BESIDE_M;
  const near = Math.min(TOUCH_M, beside);
  let [fromM, toM] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [otherFromM, otherToM] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < a.xM.length; i++)
    for (let k = 0; k < b.xM.length; k++) {
      const dx = a.xM[i]! - b.xM[k]!;
      if (dx > near || dx < -near) continue;
      const dy = a.yM[i]! - b.yM[k]!;
      if (dx * dx + dy * dy >= near * near) continue;
      fromM = Math.min(fromM, a.sM[i]!);
      toM = Math.max(toM, a.sM[i]!);
      otherFromM = Math.min(otherFromM, b.sM[k]!);
      otherToM = Math.max(otherToM, b.sM[k]!);
    }
  if (toM < fromM) return undefined;
  return {
    fromM: Math.max(0, fromM - ZONE_MARGIN_M),
    toM: Math.min(a.lengthM, toM + ZONE_MARGIN_M),
    otherFromM: Math.max(0, otherFromM - ZONE_MARGIN_M),
    otherToM: Math.min(b.lengthM, otherToM + ZONE_MARGIN_M),
  };
}

function kindOf(a: GraphLane, b: GraphLane): OverlapKind {
  if (a.successors.some((x) => b.successors.includes(x))) return "MERGE";
  if (a.predecessors.some((x) => b.predecessors.includes(x))) return "DIVERGE";
  return "CROSS";
}

const TURN_RANK = { STRAIGHT: 0, RIGHT: 1, LEFT: 2, U_TURN: 3 } as const;
const GATE_RANK = { LIGHT: 0, NONE: 0, YIELD: 1, STOP: 2 } as const;

/** The graph's word, else signs, else straight before right before left, else priority to the right. */
function yieldsTo(graph: LaneGraph, a: GraphLane, b: GraphLane): boolean {
  const own = a.conflicts.find((c) => c.other === b.index);
  const theirs = b.conflicts.find((c) => c.other === a.index);
  if (own !== undefined && theirs !== undefined && own.yields !== theirs.yields) return own.yields;
  const gates = gateRank(graph, a) - gateRank(graph, b);
  if (gates !== 0) return gates > 0;
  const facing = Math.cos(b.yawRad[0]! - a.yawRad[0]!);
  const fromRight = Math.sin(b.yawRad[0]! - a.yawRad[0]!) > 0;
  const turns = TURN_RANK[a.turn ?? "STRAIGHT"] - TURN_RANK[b.turn ?? "STRAIGHT"];
  const lit = gateKind(graph, a) === "LIGHT" || facing < -0.5;
  if (lit && turns !== 0) return turns > 0;
  if (Math.abs(facing) <= 0.87) return fromRight;
  return turns !== 0 ? turns > 0 : a.index > b.index;
}

function gateKind(graph: LaneGraph, lane: GraphLane): keyof typeof GATE_RANK {
  for (const at of [lane, ...lane.predecessors.map((i) => graph.lanes[i]!)]) {
    const stop = at.stops.at(-1);
    if (stop !== undefined) return graph.stopLines[stop.stopLine]!.kind;
  }
  return "NONE";
}

const gateRank = (graph: LaneGraph, lane: GraphLane): number => GATE_RANK[gateKind(graph, lane)];
