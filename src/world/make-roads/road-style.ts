import type { Random } from "../random.ts";
import type { Knot, MarkFrom, Strip } from "./strips.ts";

/** The cross-section of a two-way road and its limit; each direction has the same lanes. */
export type RoadStyle = {
  readonly setting: "CITY" | "RURAL";
  /** Driving lanes of each direction. */
  readonly laneCount: number;
  readonly laneWidthM: number;
  readonly limitMps: number;
  /** How much it winds: 0 as straight as its ends allow, 1 as usual for its setting. */
  readonly windingRatio: number;
  /** Width of each of these; 0 where there is none. */
  readonly bikeM: number;
  readonly parkingM: number;
  readonly shoulderM: number;
  readonly sidewalkM: number;
  readonly kerbM: number;
  /** A lane more before crossings. */
  readonly turnLane: boolean;
  readonly middleMark: string;
  readonly middleColor: string;
  readonly innerMark: string;
  readonly edgeMark: string;
};

const KMH = 1 / 3.6;
const CITY_LIMITS_KMH = [30, 30, 40, 50, 50, 50, 60];
const RURAL_LIMITS_KMH = [60, 70, 70, 80, 80, 90, 100];

export function drawCityStyle(rng: Random, laneCount = rng.pick([1, 1, 1, 2, 2, 3])): RoadStyle {
  const parked = rng.chance(0.4);
  const yellow = rng.chance(0.4);
  return {
    setting: "CITY",
    laneCount,
    laneWidthM: rng.range(2.9, 3.6),
    limitMps: rng.pick(CITY_LIMITS_KMH) * KMH,
    windingRatio: rng.pick([0, 0.3, 0.6, 1.2]),
    bikeM: rng.chance(0.3) ? rng.range(1.4, 2) : 0,
    parkingM: parked ? rng.range(2, 2.4) : 0,
    shoulderM: rng.chance(0.2) ? rng.range(0.3, 0.8) : 0,
    sidewalkM: rng.chance(0.9) ? rng.range(1.8, 3.5) : 0,
    kerbM: rng.range(0.08, 0.16),
    turnLane: rng.chance(0.4),
    middleMark:
      laneCount > 1
        ? rng.pick(["solid solid", "solid solid", "solid"])
        : rng.pick(["broken", "broken", "solid", "solid solid", "none"]),
    middleColor: yellow ? "yellow" : "white",
    innerMark: rng.chance(0.95) ? "broken" : "none",
    edgeMark: rng.pick(["solid", "none", "none"]),
  };
}

export function drawRuralStyle(rng: Random): RoadStyle {
  return {
    setting: "RURAL",
    laneCount: 1,
    laneWidthM: rng.range(2.9, 3.75),
    limitMps: rng.pick(RURAL_LIMITS_KMH) * KMH,
    windingRatio: rng.range(0.4, 1.4),
    bikeM: 0,
    parkingM: 0,
    shoulderM: rng.chance(0.8) ? rng.range(0.4, 2.2) : 0,
    sidewalkM: 0,
    kerbM: 0,
    turnLane: rng.chance(0.25),
    middleMark: rng.pick(["broken", "broken", "solid", "solid solid", "none"]),
    middleColor: rng.chance(0.4) ? "yellow" : "white",
    innerMark: "broken",
    edgeMark: rng.chance(0.85) ? "solid" : "none",
  };
}

/** Stretch of a lane that opens before a crossing, and how long it takes to open, m. */
const TURN_LANE_M = 60;
const OPENING_M = 30;
/** Shorter roads get no turn lane, m. */
const TURN_LANE_ROAD_MIN_M = 130;
/** Last stretch before a crossing where lanes may not be changed, m. */
const NO_CHANGE_M = 30;
/** No parking this near to a junction, m. */
const PARKING_CLEAR_M = 25;
const PARKING_OPENING_M = 6;

export type RoadEnds = {
  readonly startsAtJunction: boolean;
  readonly endsAtJunction: boolean;
  /** The junction at the end has room for a turn lane. */
  readonly turnLane: boolean;
};

export const hasTurnLane = (style: RoadStyle, lengthM: number, ends: RoadEnds): boolean =>
  style.turnLane && ends.turnLane && lengthM >= TURN_LANE_ROAD_MIN_M;

/** Width of one direction with all that belongs to it, at most: with its turn lane. */
export const sideWidthM = (style: RoadStyle): number =>
  (style.laneCount + (style.turnLane ? 1 : 0)) * style.laneWidthM +
  style.bikeM +
  style.shoulderM +
  style.sidewalkM;

/** One direction of the road, from the inside to the outside, along the direction of travel. */
export function sideStrips(style: RoadStyle, lengthM: number, ends: RoadEnds): Strip[] {
  const { laneCount, laneWidthM, edgeMark, innerMark } = style;
  const turns = hasTurnLane(style, lengthM, ends);
  const openM = lengthM - TURN_LANE_M;
  const all = (type: string, widthM: number, more: Partial<Strip> = {}): Strip[] =>
    widthM === 0
      ? []
      : [{ type, fromM: 0, toM: lengthM, width: [[0, widthM]], marks: [], ...more }];
  const noChange: MarkFrom[] =
    ends.endsAtJunction && innerMark !== "none" && lengthM > 2 * NO_CHANGE_M
      ? [{ sM: lengthM - NO_CHANGE_M, type: "solid" }]
      : [];
  const driving = Array.from({ length: laneCount }, (_, i) => {
    const outermost = i === laneCount - 1;
    const inner: MarkFrom[] = [{ sM: 0, type: innerMark }, ...noChange];
    const edge: MarkFrom[] = [
      { sM: 0, type: edgeMark },
      ...(turns
        ? [
            { sM: openM, type: "broken" },
            { sM: lengthM - NO_CHANGE_M, type: "solid" },
          ]
        : []),
    ];
    return all("driving", laneWidthM, { marks: outermost ? edge : inner });
  }).flat();
  const turnLane: Strip[] = turns
    ? [
        {
          type: "driving",
          fromM: openM,
          toM: lengthM,
          width: [
            [openM, 0],
            [openM + OPENING_M, laneWidthM],
          ],
          marks: [{ sM: openM, type: edgeMark }],
        },
      ]
    : [];
  return [
    ...driving,
    ...turnLane,
    ...all("biking", style.bikeM, { marks: [{ sM: 0, type: "solid" }] }),
    ...parking(style, lengthM, ends, turns),
    ...all("shoulder", style.shoulderM),
    ...all("sidewalk", style.sidewalkM, { heightM: style.kerbM }),
  ];
}

function parking(
  { parkingM }: RoadStyle,
  lengthM: number,
  { startsAtJunction, endsAtJunction }: RoadEnds,
  turns: boolean,
): Strip[] {
  const fromM = startsAtJunction ? PARKING_CLEAR_M : 0;
  const toM = lengthM - (endsAtJunction ? PARKING_CLEAR_M : 0) - (turns ? TURN_LANE_M : 0);
  if (parkingM === 0 || toM - fromM < 6 * PARKING_OPENING_M) return [];
  const width: Knot[] = [
    [fromM, startsAtJunction ? 0 : parkingM],
    [fromM + PARKING_OPENING_M, parkingM],
    [toM - PARKING_OPENING_M, parkingM],
    [toM, endsAtJunction ? 0 : parkingM],
  ];
  return [{ type: "parking", fromM, toM, width, marks: [] }];
}

/** Marks on the reference line: whole before junctions, else as the style says, with changes on long roads. */
export function middleMarks(
  rng: Random,
  style: RoadStyle,
  lengthM: number,
  ends: Pick<RoadEnds, "startsAtJunction" | "endsAtJunction">,
): MarkFrom[] {
  const mark = (sM: number, type: string): MarkFrom => ({ sM, type, color: style.middleColor });
  if (style.middleMark === "none") return [mark(0, "none")];
  const marks: MarkFrom[] = [];
  let atM = 0;
  if (ends.startsAtJunction) {
    marks.push(mark(0, "solid"));
    atM = NO_CHANGE_M;
  }
  const untilM = ends.endsAtJunction ? lengthM - NO_CHANGE_M : lengthM;
  let type = style.middleMark;
  while (atM < untilM) {
    marks.push(mark(atM, type));
    if (style.setting === "CITY") break;
    atM += rng.range(120, 300);
    if (untilM - atM < 60) break;
    type = rng.pick(["broken", "solid", "solid broken", "broken solid", "solid solid"]);
  }
  if (ends.endsAtJunction && untilM > 0) marks.push(mark(Math.max(untilM, 1), "solid"));
  return marks;
}
