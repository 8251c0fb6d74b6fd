import type { GraphStopLine, LaneConflict, Turn } from "../../contract/lane-graph.ts";
import type { OdrJunction, OpenDrive } from "../opendrive/model.ts";
import type { Joints } from "./joints.ts";
import { entriesOf } from "./junction-lanes.ts";
import { laneKind } from "./lane-kind.ts";
import { overlapOf } from "./overlap.ts";
import type { SampledLane } from "./sample-lane.ts";

/** What decides who goes first, one per lane in a junction. */
type Way = {
  readonly index: number;
  readonly lane: SampledLane;
  readonly turn: Turn;
  /** 2: nothing to wait for, 1: a yield sign, 0: a stop sign. */
  readonly rank: number;
  readonly entries: readonly number[];
  /** Heading at which it enters the junction. */
  readonly inRad: number;
};

/**
 * For each lane the conflicts with other lanes of its junction: strips that cross, and strips that merge
 * into one. Lanes that part from the same lane have none with each other; following settles it.
 *
 * @param demanded kind of the stop line on each lane, if any
 */
export function conflictsOf(
  drive: OpenDrive,
  lanes: readonly SampledLane[],
  joints: Joints,
  turns: readonly (Turn | undefined)[],
  demanded: readonly (GraphStopLine["kind"] | undefined)[],
): LaneConflict[][] {
  const conflicts: LaneConflict[][] = lanes.map(() => []);
  for (const junction of drive.junctions) {
    const ways = lanes.flatMap((lane, index): Way[] => {
      if (lane.road.junctionId !== junction.id || laneKind(lane.lane.type) !== "DRIVING") return [];
      const entries = entriesOf(index, lanes, joints.predecessors);
      const ranks = entries.map((entry) => rankOf(demanded[entry]));
      const [entry] = entries;
      const inRad = entry === undefined ? lane.yawRad[0]! : lanes[entry]!.yawRad.at(-1)!;
      const turn = turns[index] ?? "STRAIGHT";
      return [{ index, lane, turn, rank: Math.min(2, ...ranks), entries, inRad }];
    });
    for (const [i, one] of ways.entries())
      for (const other of ways.slice(i + 1)) {
        if (partFromOne(one, other, joints)) continue;
        const overlap = overlapOf(one.lane, other.lane);
        if (!overlap) continue;
        const { fromM, toM, otherFromM, otherToM } = overlap;
        const merges = shareLane(joints.successors, one.index, other.index);
        const yields = oneYields(one, other, junction);
        conflicts[one.index]!.push({ other: other.index, ...overlap, yields, merges });
        conflicts[other.index]!.push({
          other: one.index,
          fromM: otherFromM,
          toM: otherToM,
          otherFromM: fromM,
          otherToM: toM,
          yields: !yields,
          merges,
        });
      }
  }
  for (const all of conflicts) all.sort((a, b) => a.fromM - b.fromM || a.other - b.other);
  return conflicts;
}

const rankOf = (kind: GraphStopLine["kind"] | undefined): number =>
  kind === "STOP" ? 0 : kind === "YIELD" ? 1 : 2;

const shareLane = (links: readonly (readonly number[])[], one: number, other: number): boolean =>
  links[one]!.some((lane) => links[other]!.includes(lane));

/** Lanes that come from the same lane, or of which one leads to the other. */
const partFromOne = (one: Way, other: Way, joints: Joints): boolean =>
  shareLane(joints.predecessors, one.index, other.index) ||
  one.entries.some((entry) => other.entries.includes(entry)) ||
  joints.successors[one.index]!.includes(other.index) ||
  joints.successors[other.index]!.includes(one.index);

/** Headings nearer than this to head-on or to the same count as such. */
const ALIGNED_MAX_RAD = Math.PI / 4;

/** Whether the first of the two lets the second go first; exactly one of them does. */
function oneYields(one: Way, other: Way, junction: OdrJunction): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank;
  for (const { highRoadId, lowRoadId } of junction.priorities) {
    if (one.lane.road.id === lowRoadId && other.lane.road.id === highRoadId) return true;
    if (one.lane.road.id === highRoadId && other.lane.road.id === lowRoadId) return false;
  }
  const towards = one.inRad - other.inRad;
  const headOn = Math.cos(towards) < -Math.cos(ALIGNED_MAX_RAD);
  const alongside = Math.cos(towards) > Math.cos(ALIGNED_MAX_RAD);
  if (headOn || alongside) {
    const [mine, theirs] = [one, other].map(({ turn, lane }) => waits(turn, lane.road.rule));
    if (mine !== theirs) return mine! > theirs!;
    return one.index > other.index;
  }
  // The one from the right goes first, in right-hand and left-hand traffic alike.
  return Math.sin(other.inRad - one.inRad) > 0;
}

/** How willingly a turn waits for traffic that comes towards it or drives beside it. */
function waits(turn: Turn, rule: "RHT" | "LHT"): number {
  const far = rule === "RHT" ? "LEFT" : "RIGHT";
  return turn === "STRAIGHT" ? 0 : turn === "U_TURN" ? 3 : turn === far ? 2 : 1;
}
