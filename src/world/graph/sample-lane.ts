import { ScenarioError } from "../../contract/errors.ts";
import type { OdrLane, OdrLaneSection, OdrRoad } from "../opendrive/model.ts";
import { poseAt } from "../opendrive/reference-line.ts";
import {
  frameAt,
  heightsAt,
  type LaneSpan,
  type RoadFrame,
  sectionEndM,
  spansAt,
} from "./cross-section.ts";

/** A lane of one section, sampled in its direction of travel; the columns are those of GraphLane. */
export type SampledLane = {
  readonly road: OdrRoad;
  readonly section: number;
  readonly lane: OdrLane;
  /** Travels along growing s. */
  readonly forward: boolean;
  readonly lengthM: number;
  /** The road's own s of each sample. [P] m */
  readonly roadSM: Float64Array;
  readonly sM: Float64Array; // [P] m
  readonly xM: Float64Array; // [P] m, map
  readonly yM: Float64Array; // [P] m, map
  readonly zM: Float64Array; // [P] m, map
  readonly yawRad: Float64Array; // [P] rad
  readonly curvatureInvm: Float64Array; // [P] 1/m
  readonly widthM: Float64Array; // [P] m
};

/** Distance between samples, as GraphLane promises. */
export const STEP_MAX_M = 2;
/** Step aimed at along s, so that lanes a little longer than the reference line keep to STEP_MAX_M. */
const STEP_AIM_M = 1.9;
/** How far a chord may run beside its arc: a hundredth of a metre is below what anyone here measures. */
const SAGITTA_MAX_M = 0.01;
/** The finest step; no vehicle drives a radius below 0.8 m, whose chord this is. */
const STEP_MIN_M = 0.25;
/** Sections and lanes below this length or width are slips of the pen. */
const SECTION_MIN_M = 1e-3;
const WIDTH_MIN_M = 0.05;
/** Records that begin where a section ends belong to the next one. */
const BEFORE_END_M = 1e-6;

/** Right-hand traffic drives along s right of the reference line (ids below 0), left-hand traffic left of it. */
export const travelsForward = (road: OdrRoad, laneId: number): boolean =>
  laneId < 0 === (road.rule === "RHT");

/** All lanes of the section that have a width somewhere, from left to right. */
export function sampleSection(road: OdrRoad, index: number): SampledLane[] {
  const section = road.sections[index]!;
  const toM = sectionEndM(road, index);
  if (toM - section.sM < SECTION_MIN_M) return [];
  let count = Math.ceil((toM - section.sM) / stepOf(road, section.sM, toM)) + 1;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const sampled = sampleAt(road, section, index, stations(section.sM, toM, count));
    const longestM = Math.max(0, ...sampled.map(({ sM }) => longestGap(sM)));
    if (longestM <= STEP_MAX_M && sampled.every(isSound)) return sampled;
    // NaN and what a rounder line would need are no counts to try.
    if (!(longestM < GAP_MAX_M)) break;
    count = Math.ceil(count * Math.max(1.25, (longestM / STEP_MAX_M) * 1.05)) + 1;
  }
  const where = `road ${road.id}, lane section ${index}`;
  throw new ScenarioError(
    "ROAD_FILE_INVALID",
    `${where}: lanes that run on smoothly expected, found points apart or without end`,
  );
}

/** Refinements of the step before a lane counts as torn apart; ordinary roads need two. */
const TRIES_MAX = 6;
/** Neighbouring samples this far apart, m, are no road. */
const GAP_MAX_M = 40;

function stations(fromM: number, toM: number, count: number): number[] {
  const at = Array.from({ length: count }, (_, i) => fromM + ((toM - fromM) * i) / (count - 1));
  at[count - 1] = toM - BEFORE_END_M;
  return at;
}

/** Records that are finite each may still add up to more than a number holds. */
const isSound = ({ zM, yawRad, curvatureInvm, widthM }: SampledLane): boolean =>
  [zM, yawRad, curvatureInvm, widthM].every((column) => column.every(Number.isFinite));

const longestGap = (sM: Float64Array): number => {
  let longest = 0;
  // NaN is passed on by Math.max.
  for (let i = 1; i < sM.length; i++) longest = Math.max(longest, sM[i]! - sM[i - 1]!);
  return longest;
};

/** Step along s that keeps chords near their arc. */
function stepOf(road: OdrRoad, fromM: number, toM: number): number {
  let sharpest = 0;
  const count = Math.ceil(toM - fromM) + 1;
  for (let i = 0; i <= count; i++) {
    const { curvatureInvm } = poseAt(road.planView, fromM + ((toM - fromM) * i) / count);
    sharpest = Math.max(sharpest, Math.abs(curvatureInvm));
  }
  const stepM = sharpest > 0 ? Math.sqrt((8 * SAGITTA_MAX_M) / sharpest) : STEP_AIM_M;
  return Math.min(STEP_AIM_M, Math.max(STEP_MIN_M, stepM));
}

function sampleAt(
  road: OdrRoad,
  section: OdrLaneSection,
  index: number,
  stationsM: readonly number[],
): SampledLane[] {
  const all = section.lanes.map((lane) => ({ lane, columns: emptyColumns(stationsM.length) }));
  for (const [i, sM] of stationsM.entries()) {
    const frame = frameAt(road, sM);
    const spans = spansAt(road, section, sM);
    const cosRoll = Math.cos(frame.rollRad);
    const sinRoll = Math.sin(frame.rollRad);
    for (let at = 0; at < all.length; at++) {
      const { lane, columns } = all[at]!;
      if (lane.id !== 0)
        putCentre(columns, i, frame, spans[at]!, cosRoll, sinRoll, heightAt(lane, sM - section.sM));
      columns.roadSM[i] = sM;
    }
  }
  return all.flatMap(({ lane, columns }) => {
    if (columns.widthM.every((widthM) => widthM < WIDTH_MIN_M)) return [];
    const forward = travelsForward(road, lane.id);
    if (!forward) turnRound(columns);
    return [{ road, section: index, lane, forward, ...measured(columns) }];
  });
}

type Columns = Omit<SampledLane, "road" | "section" | "lane" | "forward" | "lengthM">;

const emptyColumns = (count: number): Columns => ({
  roadSM: new Float64Array(count),
  sM: new Float64Array(count),
  xM: new Float64Array(count),
  yM: new Float64Array(count),
  zM: new Float64Array(count),
  yawRad: new Float64Array(count),
  curvatureInvm: new Float64Array(count),
  widthM: new Float64Array(count),
});

/**
 * Writes the middle of the lane at one station, seen along s. With c the offset of the middle and k the
 * curvature of the reference line, the middle moves by (1 − k·c, c′) in the road's frame per metre of s.
 */
function putCentre(
  into: Columns,
  i: number,
  frame: RoadFrame,
  { inner, outer }: LaneSpan,
  cosRoll: number,
  sinRoll: number,
  heightM: number,
): void {
  const onSurfaceM = (inner.value + outer.value) / 2;
  const c = onSurfaceM * cosRoll;
  const cSlope =
    ((inner.slope + outer.slope) / 2) * cosRoll - onSurfaceM * sinRoll * frame.rollSlopeRadpm;
  const cBend = ((inner.bend + outer.bend) / 2) * cosRoll;
  const k = frame.curvatureInvm;
  const along = 1 - k * c;
  const speed = Math.sqrt(along * along + cSlope * cSlope);
  const turn = along * (k * along + cBend) + 2 * k * cSlope * cSlope;
  into.xM[i] = frame.xM - c * Math.sin(frame.yawRad);
  into.yM[i] = frame.yM + c * Math.cos(frame.yawRad);
  into.zM[i] = frame.zM + onSurfaceM * sinRoll + heightM;
  into.yawRad[i] = frame.yawRad + Math.atan2(cSlope, along);
  into.curvatureInvm[i] = speed > 0 ? turn / (speed * speed * speed) : 0;
  into.widthM[i] = Math.abs(outer.value - inner.value) * cosRoll;
}

/** Mean height of the lane's own surface above the road. */
const heightAt = (lane: OdrLane, dsM: number): number => {
  if (lane.heights.length === 0) return 0;
  const { innerM, outerM } = heightsAt(lane, dsM);
  return (innerM + outerM) / 2;
};

/** The same samples driven the other way. */
function turnRound(columns: Columns): void {
  for (const column of Object.values(columns)) column.reverse();
  for (let i = 0; i < columns.yawRad.length; i++) {
    columns.yawRad[i]! += Math.PI;
    columns.curvatureInvm[i]! *= -1;
  }
}

const wrap = (rad: number): number => rad - 2 * Math.PI * Math.round(rad / (2 * Math.PI));

/** Fills in the arc length and unwraps the heading. */
function measured(columns: Columns): Columns & { readonly lengthM: number } {
  const { sM, xM, yM, yawRad } = columns;
  yawRad[0] = wrap(yawRad[0]!);
  for (let i = 1; i < sM.length; i++) {
    const dx = xM[i]! - xM[i - 1]!;
    const dy = yM[i]! - yM[i - 1]!;
    sM[i] = sM[i - 1]! + Math.sqrt(dx * dx + dy * dy);
    yawRad[i] = yawRad[i - 1]! + wrap(yawRad[i]! - yawRad[i - 1]!);
  }
  return { ...columns, lengthM: sM.at(-1)! };
}
