import { cubicAt, type Jet, recordAt } from "../opendrive/cubic.ts";
import type { OdrLane, OdrLaneSection, OdrRoad } from "../opendrive/model.ts";
import { poseAt } from "../opendrive/reference-line.ts";

/** Offsets of a lane's inner and outer border from the reference line, left positive. m */
export type LaneSpan = { readonly inner: Jet; readonly outer: Jet };

const sum = (one: Jet, other: Jet, sign = 1): Jet => ({
  value: one.value + sign * other.value,
  slope: one.slope + sign * other.slope,
  bend: one.bend + sign * other.bend,
});

const FLAT: Jet = { value: 0, slope: 0, bend: 0 };

/** Width at ds from the start of the section, given how far from lane 0 its inner border lies. */
function widthAt(lane: OdrLane, dsM: number, innerM: Jet): Jet {
  if (lane.widths.length > 0) {
    const width = cubicAt(lane.widths, dsM);
    return width.value > 0 ? width : FLAT;
  }
  const border = cubicAt(lane.borders, dsM);
  const width = sum(border.value < 0 ? sum(FLAT, border, -1) : border, innerM, -1);
  return width.value > 0 ? width : FLAT;
}

/** The spans of all lanes of the section at s, in the order of `section.lanes`; lane 0 has no width. */
export function spansAt(road: OdrRoad, section: OdrLaneSection, sM: number): LaneSpan[] {
  const middle = cubicAt(road.laneOffset, sM);
  const zero = section.lanes.findIndex((lane) => lane.id === 0);
  const spans = new Array<LaneSpan>(section.lanes.length);
  spans[zero] = { inner: middle, outer: middle };
  for (const step of [-1, 1]) {
    let fromMiddle = FLAT;
    for (let i = zero + step; i >= 0 && i < section.lanes.length; i += step) {
      const beyond = sum(fromMiddle, widthAt(section.lanes[i]!, sM - section.sM, fromMiddle));
      spans[i] = { inner: sum(middle, fromMiddle, -step), outer: sum(middle, beyond, -step) };
      fromMiddle = beyond;
    }
  }
  return spans;
}

/** The road's own frame at s: where (s, t) lies on the map. */
export type RoadFrame = {
  readonly xM: number;
  readonly yM: number;
  readonly zM: number;
  readonly yawRad: number;
  readonly curvatureInvm: number;
  readonly rollRad: number;
  /** Change of roll, rad/m. */
  readonly rollSlopeRadpm: number;
};

export function frameAt(road: OdrRoad, sM: number): RoadFrame {
  const roll = cubicAt(road.superelevation, sM);
  const { xM, yM, yawRad, curvatureInvm } = poseAt(road.planView, sM);
  return {
    xM,
    yM,
    yawRad,
    curvatureInvm,
    zM: cubicAt(road.elevation, sM).value,
    rollRad: roll.value,
    rollSlopeRadpm: roll.slope,
  };
}

/** Map point at offset t on the (rolled) surface of the road. */
export function surfacePoint(
  frame: RoadFrame,
  tM: number,
): { readonly xM: number; readonly yM: number; readonly zM: number } {
  const flatM = tM * Math.cos(frame.rollRad);
  return {
    xM: frame.xM - flatM * Math.sin(frame.yawRad),
    yM: frame.yM + flatM * Math.cos(frame.yawRad),
    zM: frame.zM + tM * Math.sin(frame.rollRad),
  };
}

/** Height of the lane's own surface (raised sidewalks) above the road at its inner and outer border. */
export function heightsAt(
  lane: OdrLane,
  dsM: number,
): { readonly innerM: number; readonly outerM: number } {
  return recordAt(lane.heights, dsM) ?? { innerM: 0, outerM: 0 };
}

/** Where the section with that index ends. m */
export const sectionEndM = (road: OdrRoad, index: number): number =>
  road.sections[index + 1]?.sM ?? road.lengthM;
