import type { LaneKind, MarkKind } from "../contract/scene.ts";
import type { Random } from "./random.ts";
import type { RoadShape } from "./road.ts";

export type RoadClass = "CITY" | "RURAL" | "HIGHWAY";

/** One lane of the cross-section; d is the offset of its centre from the reference curve. */
export type LayoutLane = {
  readonly id: number;
  readonly kind: LaneKind;
  readonly dM: number;
  readonly widthM: number;
  readonly oncoming: boolean;
  readonly leftMark: MarkKind;
  readonly rightMark: MarkKind;
  readonly leftId?: number;
  readonly rightId?: number;
};

/** Cross-section of the whole road, and its speed. */
export type Layout = {
  readonly roadClass: RoadClass;
  readonly limitMps: number;
  readonly laneWidthM: number;
  /** Driving lanes in the ego direction, left to right. */
  readonly lanes: readonly LayoutLane[];
  readonly oncoming: readonly LayoutLane[];
  /** Shoulder or parking lane on the right, where there is one. */
  readonly side?: LayoutLane;
  readonly sidewalks: readonly LayoutLane[];
  /** Offset of the kerb or verge on the right (negative) and left. */
  readonly rightEdgeM: number;
  readonly leftEdgeM: number;
  readonly kerbHeightM: number;
};

const LIMITS_MPS: Readonly<Record<RoadClass, readonly number[]>> = {
  CITY: [5.5, 8.5, 8.5, 11, 14, 14, 14, 16.5],
  RURAL: [14, 16.5, 19.5, 22, 25],
  HIGHWAY: [22, 25, 28, 33.5, 36],
};

/** Draws class, speed and lanes. */
export function drawLayout(rng: Random, roadClass: RoadClass): Layout {
  const limitMps = rng.pick(LIMITS_MPS[roadClass]) + rng.range(-1.2, 1.2);
  const laneWidthM = {
    CITY: rng.range(2.8, 3.6),
    RURAL: rng.range(3, 3.7),
    HIGHWAY: rng.range(3.3, 3.9),
  }[roadClass];
  const laneCount = {
    CITY: rng.pick([1, 1, 2, 2, 2, 3, 3]),
    RURAL: rng.pick([1, 1, 2, 2]),
    HIGHWAY: rng.pick([2, 2, 3, 3, 4]),
  }[roadClass];
  const oncomingCount =
    roadClass === "HIGHWAY" ? rng.pick([0, 0, 0, 2]) : rng.pick([0, 1, 1, 1, 2]);
  const medianM = roadClass === "HIGHWAY" ? 4 : 0;
  const edgeMark: MarkKind = rng.chance(roadClass === "CITY" ? 0.5 : 0.95) ? "SOLID" : "NONE";
  const innerMark: MarkKind = rng.chance(roadClass === "CITY" ? 0.85 : 1) ? "DASHED" : "NONE";
  const centreMark: MarkKind =
    oncomingCount === 0 || medianM > 0
      ? edgeMark
      : laneCount > 1 || oncomingCount > 1
        ? rng.pick(["SOLID", "DOUBLE"] as const)
        : rng.pick(["DASHED", "DASHED", "SOLID", "NONE"] as const);
  const lanes: LayoutLane[] = [];
  for (let i = 0; i < laneCount; i++)
    lanes.push({
      id: 1 + i,
      kind: "DRIVING",
      dM: -(i + 0.5) * laneWidthM,
      widthM: laneWidthM,
      oncoming: false,
      leftMark: i === 0 ? centreMark : innerMark,
      rightMark: i === laneCount - 1 ? edgeMark : innerMark,
      ...(i > 0 ? { leftId: i } : {}),
      ...(i < laneCount - 1 ? { rightId: i + 2 } : {}),
    });
  const oncoming: LayoutLane[] = [];
  for (let i = 0; i < oncomingCount; i++)
    oncoming.push({
      id: 11 + i,
      kind: "DRIVING",
      dM: medianM + (i + 0.5) * laneWidthM,
      widthM: laneWidthM,
      oncoming: true,
      leftMark: i === 0 ? centreMark : innerMark,
      rightMark: i === oncomingCount - 1 ? edgeMark : innerMark,
      ...(i > 0 ? { leftId: 10 + i } : {}),
      ...(i < oncomingCount - 1 ? { rightId: 12 + i } : {}),
    });
  return withSides(rng, roadClass, { limitMps, laneWidthM, lanes, oncoming, medianM, edgeMark });
}

type Core = {
  readonly limitMps: number;
  readonly laneWidthM: number;
  readonly lanes: readonly LayoutLane[];
  readonly oncoming: readonly LayoutLane[];
  readonly medianM: number;
  readonly edgeMark: MarkKind;
};

function withSides(rng: Random, roadClass: RoadClass, core: Core): Layout {
  const city = roadClass === "CITY";
  const sideKind = city
    ? rng.pick(["PARKING", "PARKING", "NONE", "NONE", "SHOULDER"] as const)
    : rng.pick(["SHOULDER", "SHOULDER", "NONE"] as const);
  const sideWidthM =
    sideKind === "NONE" ? 0 : sideKind === "PARKING" ? rng.range(2.1, 2.5) : rng.range(2, 3.2);
  const lanesEndM = -core.lanes.length * core.laneWidthM;
  const rightEdgeM = lanesEndM - sideWidthM - 0.3;
  const leftEdgeM =
    core.oncoming.length > 0
      ? core.medianM + core.oncoming.length * core.laneWidthM + 0.3
      : 0.4 + (city ? 0 : rng.range(0, 1));
  const walkM = city ? rng.range(1.8, 3.2) : 0;
  const sidewalk = (id: number, dM: number): LayoutLane => ({
    id,
    kind: "SIDEWALK",
    dM,
    widthM: walkM,
    oncoming: dM > 0,
    leftMark: "NONE",
    rightMark: "NONE",
  });
  return {
    roadClass,
    limitMps: core.limitMps,
    laneWidthM: core.laneWidthM,
    lanes: core.lanes,
    oncoming: core.oncoming,
    ...(sideKind === "NONE"
      ? {}
      : {
          side: {
            id: 21,
            kind: sideKind,
            dM: lanesEndM - sideWidthM / 2,
            widthM: sideWidthM,
            oncoming: false,
            leftMark: core.edgeMark,
            rightMark: "NONE",
          },
        }),
    sidewalks: city
      ? [sidewalk(31, rightEdgeM - walkM / 2), sidewalk(32, leftEdgeM + walkM / 2)]
      : [],
    rightEdgeM,
    leftEdgeM,
    kerbHeightM: city ? rng.range(0.1, 0.2) : rng.chance(0.3) ? rng.range(0.1, 0.7) : 0,
  };
}

/** Random bends that suit the class and are wider than the road. */
export function drawShape(rng: Random, layout: Layout): RoadShape {
  const halfM = Math.max(layout.leftEdgeM, -layout.rightEdgeM) + 6;
  const lengthM = 520 + layout.limitMps * 48;
  if (layout.roadClass === "CITY")
    return {
      lengthM,
      straightProb: rng.range(0.35, 0.8),
      minRadiusM: Math.max(18, halfM * 1.6),
      maxRadiusM: 250,
      minSegmentM: 20,
      maxSegmentM: 120,
    };
  const fast = layout.roadClass === "HIGHWAY";
  return {
    lengthM,
    straightProb: rng.range(0.2, 0.6),
    minRadiusM: fast ? 350 : 70,
    maxRadiusM: fast ? 3000 : 700,
    minSegmentM: fast ? 80 : 50,
    maxSegmentM: fast ? 400 : 200,
  };
}
