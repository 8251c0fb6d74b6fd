import type { OdrConnection, OdrRoad } from "../opendrive/model.ts";
import type { LinePose } from "../opendrive/reference-line.ts";
import { type Arm, type ArmLane, lanePoseAt } from "./arm.ts";
import { joinPoses } from "./join-poses.ts";
import { lengthOf, newRoad } from "./new-road.ts";
import { type Knot, type Strip, smoothRecords } from "./strips.ts";

/** One end of a way through a junction. */
export type WayEnd = {
  readonly road: OdrRoad;
  readonly contact: "START" | "END";
  readonly lane: ArmLane;
  readonly pose: LinePose;
};

/** A pavement, verge or shoulder that goes round the corner beside a way. */
export type CornerStrip = {
  readonly type: string;
  readonly widthM: readonly [from: number, to: number];
  readonly heightM?: number;
};

type Parts = {
  readonly id: string;
  readonly junctionId: string;
  readonly from: WayEnd;
  readonly to: WayEnd;
  readonly heightM: number;
  readonly corner?: readonly CornerStrip[];
};

export type Connecting = { readonly road: OdrRoad; readonly connection: OdrConnection };

/**
 * The road of one way through a junction: its reference line is the middle of its only driving lane, so that
 * it meets the lanes at both ends in position, heading and curvature.
 */
export function connectingRoad(parts: Parts): Connecting {
  const { id, junctionId, from, to, heightM, corner = [] } = parts;
  const planView = joinPoses(from.pose, to.pose);
  const lengthM = lengthOf(planView);
  const along = (a: number, b: number): Knot[] => [
    [0, a],
    [lengthM, b],
  ];
  const strip = (type: string, [a, b]: readonly [number, number], more = {}): Strip => ({
    type,
    fromM: 0,
    toM: lengthM,
    width: along(a, b),
    marks: [],
    ...more,
  });
  const { widthM: w0 } = from.lane;
  const { widthM: w1 } = to.lane;
  const right = [
    strip("driving", [w0, w1]),
    ...corner.map(({ type, widthM, heightM: raised }) =>
      strip(type, widthM, raised === undefined ? {} : { heightM: raised }),
    ),
  ];
  const bare = newRoad({
    id,
    junctionId,
    predecessor: { kind: "ROAD", roadId: from.road.id, contact: from.contact },
    successor: { kind: "ROAD", roadId: to.road.id, contact: to.contact },
    planView,
    elevation: heightM === 0 ? [] : [{ sM: 0, a: heightM, b: 0, c: 0, d: 0 }],
    laneOffset: smoothRecords(along(w0 / 2, w1 / 2)),
    sides: { left: [], right, middle: [] },
  });
  const sections = bare.sections.map((section) => ({
    ...section,
    lanes: section.lanes.map((lane) =>
      lane.id === -1 ? { ...lane, predecessors: [from.lane.id], successors: [to.lane.id] } : lane,
    ),
  }));
  return {
    road: { ...bare, sections },
    connection: {
      id,
      incomingRoadId: from.road.id,
      connectingRoadId: id,
      contact: "START",
      laneLinks: [{ from: from.lane.id, to: -1 }],
    },
  };
}

export const intoEnd = (arm: Arm, lane: ArmLane): WayEnd => ({
  road: arm.road,
  contact: arm.contact,
  lane,
  pose: lanePoseAt(arm, lane, "INTO"),
});

export const outEnd = (arm: Arm, lane: ArmLane): WayEnd => ({
  road: arm.road,
  contact: arm.contact,
  lane,
  pose: lanePoseAt(arm, lane, "OUT"),
});

/** What goes round the corner from the right of one arm to the left of the next one. */
export function cornerBetween(from: Arm, to: Arm): CornerStrip[] {
  const isWalk = ({ type }: ArmLane) => type === "sidewalk";
  const sum = (lanes: readonly ArmLane[]) => lanes.reduce((all, { widthM }) => all + widthM, 0);
  const [gapFrom, gapTo] = [from.besideInto, to.besideOut].map((all) =>
    all.filter((lane) => !isWalk(lane)),
  );
  const [walkFrom, walkTo] = [from.besideInto, to.besideOut].map((all) => all.filter(isWalk));
  const gap = [sum(gapFrom!), sum(gapTo!)] as const;
  const walk = [sum(walkFrom!), sum(walkTo!)] as const;
  const heightM = walkFrom![0]?.heightM ?? walkTo![0]?.heightM;
  return [
    ...(Math.max(...gap) > 0 ? [{ type: "shoulder", widthM: gap }] : []),
    ...(Math.max(...walk) > 0
      ? [{ type: "sidewalk", widthM: walk, ...(heightM === undefined ? {} : { heightM }) }]
      : []),
  ];
}
