import type { Random } from "../random.ts";
import type { Knot, MarkFrom, Strip } from "./strips.ts";

/** One carriageway of a highway; the other one has the same. */
export type HighwayStyle = {
  readonly laneCount: number;
  readonly laneWidthM: number;
  /** Half of the median between the carriageways. */
  readonly medianM: number;
  readonly innerShoulderM: number;
  readonly shoulderM: number;
  readonly limitMps: number;
  readonly rampLimitMps: number;
  readonly edgeColor: string;
};

/** What happens at the end of a stretch, seen in the direction of travel. */
export type RampKind = "ENTRY" | "EXIT" | "NONE";

/** The style of one highway; the draws are the same whether or not a number of lanes is asked for. */
export const drawHighwayStyle = (rng: Random, laneCount?: number): HighwayStyle => ({
  laneCount: asked(laneCount, rng.pick([2, 2, 2, 3, 3, 3, 4, 4, 5, 6])),
  laneWidthM: rng.range(3.4, 3.75),
  medianM: rng.range(1.2, 4),
  innerShoulderM: rng.range(0.5, 1.2),
  shoulderM: rng.range(2, 3.2),
  limitMps: rng.pick([80, 100, 100, 110, 120, 130]) / 3.6,
  rampLimitMps: rng.pick([50, 60, 80]) / 3.6,
  edgeColor: rng.pick(["white", "white", "yellow"]),
});

const asked = (wish: number | undefined, drawn: number): number => wish ?? drawn;

/** Lanes between the reference line and the first driving lane: median and inner shoulder. */
export const INNER_COUNT = 2;

/** Where the lane beside the outermost one begins, from the reference line. */
export const auxiliaryFromM = (style: HighwayStyle): number =>
  style.medianM + style.innerShoulderM + style.laneCount * style.laneWidthM;

/** Full width of lanes to speed up or slow down, and the taper that opens or closes them, m (RAA 2008). */
const FULL_M = [170, 250] as const;
const TAPER_M = [60, 80] as const;
/** Edge line and broken line beside such lanes are wider than others, m (RMS 1993). */
const EDGE_WIDTH_M = 0.2;
/** Width of the shoulder beside the nose of a ramp, and from where to where it narrows, m. */
const NOSE_SHOULDER_M = 0.3;
const NOSE_FROM_M = 60;
const NOSE_TO_M = 130;
/** Share of stretches without ramps that have one more lane for a while. */
const EXTRA_PROB = 0.4;
/** Share of stretches between an entry and an exit that join both by one lane. */
const WEAVE_PROB = 0.5;

/** Lanes of one carriageway over one stretch, from the inside to the outside, in the direction of travel. */
export function carriageway(
  rng: Random,
  style: HighwayStyle,
  lengthM: number,
  start: RampKind,
  end: RampKind,
): Strip[] {
  const { laneCount, laneWidthM, edgeColor } = style;
  const more = auxiliaryLanes(rng, style, lengthM, start, end);
  const all = (type: string, width: readonly Knot[], marks: readonly MarkFrom[]): Strip => ({
    type,
    fromM: 0,
    toM: lengthM,
    width,
    marks,
  });
  const edge: MarkFrom = { sM: 0, type: "solid", widthM: EDGE_WIDTH_M };
  const outermost: MarkFrom[] = more
    .flatMap(({ fromM, toM }): MarkFrom[] => [
      { ...edge, sM: fromM, type: "broken" },
      ...(toM < lengthM ? [{ ...edge, sM: toM }] : []),
    ])
    .concat(more[0]?.fromM === 0 ? [] : [edge])
    .sort((a, b) => a.sM - b.sM);
  return [
    all("median", [[0, style.medianM]], []),
    all("shoulder", [[0, style.innerShoulderM]], [{ ...edge, color: edgeColor }]),
    ...Array.from({ length: laneCount }, (_, i) =>
      all(
        "driving",
        [[0, laneWidthM]],
        i === laneCount - 1 ? outermost : [{ sM: 0, type: "broken" }],
      ),
    ),
    ...more,
    all("shoulder", shoulderWidth(style.shoulderM, lengthM, start, end), []),
  ];
}

/** The shoulder is narrow beside the nose of an exit behind and of an entry ahead. */
function shoulderWidth(fullM: number, lengthM: number, start: RampKind, end: RampKind): Knot[] {
  return [
    ...(start === "EXIT"
      ? ([
          [NOSE_FROM_M, NOSE_SHOULDER_M],
          [NOSE_TO_M, fullM],
        ] as const)
      : ([[0, fullM]] as const)),
    ...(end === "ENTRY"
      ? ([
          [lengthM - NOSE_TO_M, fullM],
          [lengthM - NOSE_FROM_M, NOSE_SHOULDER_M],
        ] as const)
      : []),
  ];
}

function auxiliaryLanes(
  rng: Random,
  { laneWidthM }: HighwayStyle,
  lengthM: number,
  start: RampKind,
  end: RampKind,
): Strip[] {
  const fullM = rng.range(...FULL_M);
  const taperM = rng.range(...TAPER_M);
  const marks = (fromM: number): MarkFrom[] => [{ sM: fromM, type: "solid", widthM: EDGE_WIDTH_M }];
  const lane = (fromM: number, toM: number, opens: boolean, closes: boolean): Strip => ({
    type: "driving",
    fromM,
    toM,
    width: [
      ...(opens ? ([[fromM, 0]] as const) : []),
      [opens ? fromM + taperM : fromM, laneWidthM],
      ...(closes
        ? ([
            [toM - taperM, laneWidthM],
            [toM, 0],
          ] as const)
        : []),
    ],
    marks: marks(fromM),
  });
  const [enters, leaves] = [start === "ENTRY", end === "EXIT"];
  if (enters && leaves && rng.chance(WEAVE_PROB)) return [lane(0, lengthM, false, false)];
  if (!enters && !leaves && start === "NONE" && end === "NONE" && rng.chance(EXTRA_PROB))
    return [lane(taperM, lengthM - taperM, true, true)];
  return [
    ...(enters ? [lane(0, fullM + taperM, false, true)] : []),
    ...(leaves ? [lane(lengthM - fullM - taperM, lengthM, true, false)] : []),
  ];
}
