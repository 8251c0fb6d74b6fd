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
const STEP_MAX_M = 2;
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
  for (;;) {
    const sampled = sampleAt(road, section, index, stations(section.sM, toM, count));
    if (sampled.every(({ sM }) => longestGap(sM) <= STEP_MAX_M)) return sampled;
    count = Math.ceil(count * 1.25) + 1;
  }
}

function stations(fromM: number, toM: number, count: number): number[] {
  const at = Array.from({ length: count }, (_, i) => fromM + ((toM - fromM) * i) / (count - 1));
  at[count - 1] = toM - BEFORE_END_M;
  return at;
}

const longestGap = (sM: Float64Array): number => {
  let longest = 0;
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
  const frames = stationsM.map((sM) => frameAt(road, sM));
  const spans = stationsM.map((sM) => spansAt(road, section, sM));
  return section.lanes.flatMap((lane, at) => {
    if (lane.id === 0) return [];
    const own = spans.map((all) => all[at]!);
    const widest = Math.max(...own.map(({ inner, outer }) => Math.abs(outer.value - inner.value)));
    if (widest < WIDTH_MIN_M) return [];
    const forward = travelsForward(road, lane.id);
    const rows = stationsM.map((sM, i) =>
      centrePoint(frames[i]!, own[i]!, heightsAt(lane, sM - section.sM), sM),
    );
    return [{ road, section: index, lane, forward, ...columns(forward ? rows : turned(rows)) }];
  });
}

type Row = {
  readonly roadSM: number;
  readonly xM: number;
  readonly yM: number;
  readonly zM: number;
  readonly yawRad: number;
  readonly curvatureInvm: number;
  readonly widthM: number;
};

/**
 * The middle of the lane at one station, seen along s. With c the offset of the middle and k the curvature
 * of the reference line, the middle moves by (1 − k·c, c′) in the road's frame per metre of s.
 */
function centrePoint(
  frame: RoadFrame,
  { inner, outer }: LaneSpan,
  heights: { readonly innerM: number; readonly outerM: number },
  roadSM: number,
): Row {
  const cos = Math.cos(frame.rollRad);
  const sin = Math.sin(frame.rollRad);
  const onSurfaceM = (inner.value + outer.value) / 2;
  const c = onSurfaceM * cos;
  const cSlope = ((inner.slope + outer.slope) / 2) * cos - onSurfaceM * sin * frame.rollSlopeRadpm;
  const cBend = ((inner.bend + outer.bend) / 2) * cos;
  const k = frame.curvatureInvm;
  const along = 1 - k * c;
  const speed = Math.hypot(along, cSlope);
  const turn = along * (k * along + cBend) + 2 * k * cSlope * cSlope;
  return {
    roadSM,
    xM: frame.xM - c * Math.sin(frame.yawRad),
    yM: frame.yM + c * Math.cos(frame.yawRad),
    zM: frame.zM + onSurfaceM * sin + (heights.innerM + heights.outerM) / 2,
    yawRad: frame.yawRad + Math.atan2(cSlope, along),
    curvatureInvm: speed > 0 ? turn / speed ** 3 : 0,
    widthM: Math.abs(outer.value - inner.value) * cos,
  };
}

/** The same lane driven the other way. */
const turned = (rows: readonly Row[]): Row[] =>
  rows
    .map((row) => ({ ...row, yawRad: row.yawRad + Math.PI, curvatureInvm: -row.curvatureInvm }))
    .reverse();

const wrap = (rad: number): number => rad - 2 * Math.PI * Math.round(rad / (2 * Math.PI));

function columns(rows: readonly Row[]): Omit<SampledLane, "road" | "section" | "lane" | "forward"> {
  const column = (pick: (row: Row) => number) => Float64Array.from(rows, pick);
  const xM = column((row) => row.xM);
  const yM = column((row) => row.yM);
  const yawRad = column((row) => wrap(row.yawRad));
  const sM = new Float64Array(rows.length);
  for (let i = 1; i < rows.length; i++) {
    sM[i] = sM[i - 1]! + Math.hypot(xM[i]! - xM[i - 1]!, yM[i]! - yM[i - 1]!);
    yawRad[i] = yawRad[i - 1]! + wrap(yawRad[i]! - yawRad[i - 1]!);
  }
  return {
    lengthM: sM.at(-1)!,
    roadSM: column((row) => row.roadSM),
    sM,
    xM,
    yM,
    zM: column((row) => row.zM),
    yawRad,
    curvatureInvm: column((row) => row.curvatureInvm),
    widthM: column((row) => row.widthM),
  };
}
