import { spansAt } from "../graph/cross-section.ts";
import { laneKind } from "../graph/lane-kind.ts";
import type { OdrContact, OdrLane, OdrRoad } from "../opendrive/model.ts";
import { type LinePose, poseAt } from "../opendrive/reference-line.ts";

/** A lane where its road meets a junction. */
export type ArmLane = {
  readonly id: number;
  readonly type: string;
  /** Distance of its centre from the reference line. */
  readonly asideM: number;
  readonly widthM: number;
  readonly heightM?: number;
};

/** The end of a road that meets a junction. */
export type Arm = {
  readonly road: OdrRoad;
  readonly contact: OdrContact;
  /** On the reference line, heading away from the junction. */
  readonly pose: LinePose;
  /** Driving lanes that lead into the junction and out of it, from the inside to the outside. */
  readonly into: readonly ArmLane[];
  readonly out: readonly ArmLane[];
  /** What lies beyond them, from the inside to the outside. */
  readonly besideInto: readonly ArmLane[];
  readonly besideOut: readonly ArmLane[];
};

export function armOf(road: OdrRoad, contact: OdrContact): Arm {
  const atStart = contact === "START";
  const sM = atStart ? 0 : road.lengthM;
  const section = road.sections.at(atStart ? 0 : -1)!;
  const spans = spansAt(road, section, sM);
  const pose = poseAt(road.planView, sM);
  const lanes = section.lanes.map((lane, i): ArmLane => {
    const [inner, outer] = [spans[i]!.inner.value, spans[i]!.outer.value];
    const heightM = lane.heights[0]?.outerM;
    return {
      id: lane.id,
      type: lane.type,
      asideM: Math.abs(inner + outer) / 2,
      widthM: Math.abs(outer - inner),
      ...(heightM === undefined ? {} : { heightM }),
    };
  });
  const left = lanes.filter(({ id }) => id > 0).reverse();
  const right = lanes.filter(({ id }) => id < 0);
  const [into, out] = atStart ? [left, right] : [right, left];
  const drives = (lane: Pick<OdrLane, "type">) => laneKind(lane.type) === "DRIVING";
  return {
    road,
    contact,
    pose: atStart ? pose : { ...pose, yawRad: pose.yawRad + Math.PI },
    into: into.filter(drives),
    out: out.filter(drives),
    besideInto: into.filter((lane) => !drives(lane)),
    besideOut: out.filter((lane) => !drives(lane)),
  };
}

/** Centre of a lane at the junction's edge, heading as its traffic does. */
export function lanePoseAt(arm: Arm, lane: ArmLane, way: "INTO" | "OUT"): LinePose {
  // Seen outwards, traffic that drives in lies to the left.
  const leftM = way === "INTO" ? lane.asideM : -lane.asideM;
  const { xM, yM, yawRad } = arm.pose;
  return {
    xM: xM - leftM * Math.sin(yawRad),
    yM: yM + leftM * Math.cos(yawRad),
    yawRad: way === "INTO" ? yawRad + Math.PI : yawRad,
    curvatureInvm: 0,
  };
}
