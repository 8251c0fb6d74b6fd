import type { GraphLane } from "../../contract/lane-graph.ts";
import type { MarkKind } from "../../contract/scene.ts";
import { recordAt } from "../opendrive/cubic.ts";
import type { OdrLane, OdrLaneSection, OdrRoadMark } from "../opendrive/model.ts";
import { sectionEndM } from "./cross-section.ts";
import type { LaneLookup } from "./joints.ts";
import { laneKind, markKind } from "./lane-kind.ts";
import type { SampledLane } from "./sample-lane.ts";

/** What lies left and right of a lane as seen in its direction of travel. */
export type Beside = Pick<
  GraphLane,
  | "leftMark"
  | "rightMark"
  | "leftIndex"
  | "rightIndex"
  | "oncomingIndex"
  | "mayChangeLeft"
  | "mayChangeRight"
>;

export function lookBeside(
  one: SampledLane,
  lanes: readonly SampledLane[],
  find: LaneLookup,
): Beside {
  const section = one.road.sections[one.section]!;
  const middleM = (sectionEndM(one.road, one.section) - section.sM) / 2;
  /** Towards higher lane ids (+1) or lower ones (−1). */
  const look = (towards: 1 | -1) => {
    const border = borderMark(section, one.lane.id, towards, middleM);
    const index = neighbour(one, section, towards, find);
    const other = lanes[index];
    const drives = other !== undefined && laneKind(other.lane.type) === "DRIVING";
    return { ...border, index, drives, same: drives && other.forward === one.forward };
  };
  const left = look(one.forward ? 1 : -1);
  const right = look(one.forward ? -1 : 1);
  const own = laneKind(one.lane.type) === "DRIVING";
  const oncoming = own ? [left, right].find(({ drives, same }) => drives && !same) : undefined;
  return {
    leftMark: left.kind,
    rightMark: right.kind,
    ...(own && left.same ? { leftIndex: left.index } : {}),
    ...(own && right.same ? { rightIndex: right.index } : {}),
    ...(oncoming ? { oncomingIndex: oncoming.index } : {}),
    mayChangeLeft: own && left.same && left.mayCross,
    mayChangeRight: own && right.same && right.mayCross,
  };
}

/** Index of the next lane on that side that has a width; −1 beyond the last one. */
function neighbour(
  one: SampledLane,
  section: OdrLaneSection,
  towards: 1 | -1,
  find: LaneLookup,
): number {
  const last = towards > 0 ? section.lanes[0]!.id : section.lanes.at(-1)!.id;
  for (let id = one.lane.id + towards; towards * id <= towards * last; id += towards) {
    const index = id === 0 ? -1 : find(one.road, one.section, id);
    if (index >= 0) return index;
  }
  return -1;
}

/** The mark between a lane and its neighbour, as the lane's drivers see it. */
function borderMark(
  section: OdrLaneSection,
  laneId: number,
  towards: 1 | -1,
  dsM: number,
): { readonly kind: MarkKind; readonly mayCross: boolean } {
  const outwards = laneId > 0 === towards > 0;
  /** A mark belongs to the lane whose outer border it lies on; lane 0 owns the middle. */
  const owner = section.lanes.find(({ id }) => id === (outwards ? laneId : laneId + towards));
  const mark = owner && markAt(owner, dsM);
  // Written from the inside to the outside, for lane 0 from left to right.
  const side = owner?.id === 0 ? (towards > 0 ? "OUTER" : "INNER") : outwards ? "INNER" : "OUTER";
  const kind = markKind(mark?.type ?? "none", side);
  return { kind, mayCross: mayCross(mark, kind, towards) };
}

const markAt = (lane: OdrLane, dsM: number): OdrRoadMark | undefined => recordAt(lane.marks, dsM);

/**
 * What is painted decides: many exporters write laneChange="none" on every mark, and drivers see paint
 * only. Where nothing is painted the file's word counts, and OpenDRIVE's default "both".
 */
function mayCross(mark: OdrRoadMark | undefined, kind: MarkKind, towards: 1 | -1): boolean {
  const change = mark?.laneChange ?? "BOTH";
  if (change === "INCREASE" || change === "DECREASE")
    return change === (towards > 0 ? "INCREASE" : "DECREASE");
  return kind === "DASHED" || (kind === "NONE" && change === "BOTH" && mark?.type !== "curb");
}
