import { cubicAt } from "../opendrive/cubic.ts";
import type { OdrCubic, OdrLane, OdrLaneSection, OdrRoadMark } from "../opendrive/model.ts";

/** A value at a place; between knots it runs smoothly and is level at each. */
export type Knot = readonly [sM: number, value: number];

/** A road mark from a place on. */
export type MarkFrom = {
  readonly sM: number;
  readonly type: string;
  readonly color?: string;
  readonly widthM?: number;
};

/**
 * One lane along the road, whatever its number in each lane section: from where it begins to where it
 * ends, measured along s or, before mirrorStrip, along the direction of travel.
 */
export type Strip = {
  readonly type: string;
  readonly fromM: number;
  readonly toM: number;
  readonly width: readonly Knot[];
  /** Marks on its outer border. */
  readonly marks: readonly MarkFrom[];
  /** Height of its raised surface. */
  readonly heightM?: number;
};

/** Cubics through the knots with level tangents; beyond the ends the end values hold. */
export function smoothRecords(knots: readonly Knot[]): OdrCubic[] {
  const records: OdrCubic[] = [];
  const [first] = knots;
  if (first && first[0] > 0) records.push({ sM: 0, a: first[1], b: 0, c: 0, d: 0 });
  for (const [i, [sM, a]] of knots.entries()) {
    const next = knots[i + 1];
    const rise = next ? next[1] - a : 0;
    if (!next || rise === 0) records.push({ sM, a, b: 0, c: 0, d: 0 });
    else {
      const runM = next[0] - sM;
      records.push({ sM, a, b: 0, c: (3 * rise) / runM ** 2, d: (-2 * rise) / runM ** 3 });
    }
  }
  return records;
}

/** The same strip for those who drive against s on a road of that length. */
export function mirrorStrip(strip: Strip, lengthM: number): Strip {
  const back = (sM: number) => lengthM - sM;
  const marks = strip.marks.map((mark, i) => {
    const untilM = strip.marks[i + 1]?.sM ?? strip.toM;
    return { ...mark, sM: Math.max(0, back(untilM)) };
  });
  return {
    ...strip,
    fromM: back(strip.toM),
    toM: back(strip.fromM),
    width: strip.width.map(([sM, value]): Knot => [back(sM), value]).reverse(),
    marks: marks.reverse(),
  };
}

/** Strips on both sides of the reference line, each from the inside to the outside, by s. */
export type Sides = {
  readonly left: readonly Strip[];
  readonly right: readonly Strip[];
  /** Marks on the reference line. */
  readonly middle: readonly MarkFrom[];
};

/** Places nearer to each other than this are one, m. */
const SAME_M = 1e-6;

/** Lane sections: a new one wherever a strip begins or ends or a mark changes. */
export function sectionsOf(lengthM: number, sides: Sides): OdrLaneSection[] {
  const startsM = startsOf(lengthM, sides);
  const spans = startsM.map((fromM, i) => ({ fromM, toM: startsM[i + 1] ?? lengthM }));
  const rows = spans.map(({ fromM, toM }) => {
    const there = (strip: Strip) =>
      Math.min(toM, strip.toM) - Math.max(fromM, strip.fromM) > (toM - fromM) / 2;
    return { left: sides.left.filter(there), right: sides.right.filter(there) };
  });
  return spans.map(({ fromM }, i) => {
    const lane = (side: "left" | "right", at: number): OdrLane => {
      const strip = rows[i]![side][at]!;
      const sign = side === "left" ? 1 : -1;
      const idIn = (row: (typeof rows)[number] | undefined) => {
        const index = row ? row[side].indexOf(strip) : -1;
        return index < 0 ? [] : [sign * (index + 1)];
      };
      return {
        ...laneOf(strip, fromM, spans[i]!.toM),
        id: sign * (at + 1),
        predecessors: idIn(rows[i - 1]),
        successors: idIn(rows[i + 1]),
      };
    };
    const left = rows[i]!.left.map((_, at) => lane("left", at)).reverse();
    const right = rows[i]!.right.map((_, at) => lane("right", at));
    return { sM: fromM, lanes: [...left, middleLane(sides.middle, fromM), ...right] };
  });
}

/** Strips that begin or end this near to each other do so together, m. */
const SECTION_MIN_M = 0.5;
/** Shorter sections are not begun for a mark alone, m: it changes with the strip beside it. */
const MARK_SECTION_MIN_M = 3;

function startsOf(lengthM: number, { left, right, middle }: Sides): number[] {
  const strips = [...left, ...right];
  const cuts = [0, ...strips.flatMap(({ fromM, toM }) => [fromM, toM])]
    .sort((a, b) => a - b)
    .filter((sM, i, all) => i === 0 || sM - all[i - 1]! > SECTION_MIN_M);
  for (const { sM } of [...strips.flatMap(({ marks }) => marks), ...middle])
    if ([...cuts, lengthM].every((other) => Math.abs(sM - other) >= MARK_SECTION_MIN_M))
      cuts.push(sM);
  return cuts.sort((a, b) => a - b).filter((sM) => sM < lengthM - SECTION_MIN_M);
}

function laneOf(
  strip: Strip,
  fromM: number,
  toM: number,
): Omit<OdrLane, "id" | "predecessors" | "successors"> {
  const { heightM } = strip;
  return {
    type: strip.type,
    level: false,
    widths: cutRecords(smoothRecords(strip.width), fromM, toM),
    borders: [],
    marks: markAt(strip.marks, fromM),
    speeds: [],
    heights: heightM === undefined ? [] : [{ sM: 0, innerM: heightM, outerM: heightM }],
  };
}

const middleLane = (middle: readonly MarkFrom[], fromM: number): OdrLane => ({
  id: 0,
  type: "none",
  level: false,
  predecessors: [],
  successors: [],
  widths: [],
  borders: [],
  marks: markAt(middle, fromM),
  speeds: [],
  heights: [],
});

/** The records of a stretch, with places counted from its start. */
function cutRecords(records: readonly OdrCubic[], fromM: number, toM: number): OdrCubic[] {
  const inside = records.filter(({ sM }) => sM > fromM + SAME_M && sM < toM - SAME_M);
  const { value, slope, bend } = cubicAt(records, fromM);
  const third = records.findLast(({ sM }) => sM <= fromM + SAME_M)?.d ?? 0;
  return [
    { sM: 0, a: value, b: slope, c: bend / 2, d: third },
    ...inside.map((one) => ({ ...one, sM: one.sM - fromM })),
  ];
}

/** Paint's usual width, m (RMS 1993: 0.12 m, on motorways 0.15 and 0.30 m). */
const MARK_WIDTH_M = 0.12;

function markAt(marks: readonly MarkFrom[], fromM: number): OdrRoadMark[] {
  const mark = marks.findLast(({ sM }) => sM < fromM + MARK_SECTION_MIN_M);
  if (!mark) return [];
  return [
    {
      sM: 0,
      type: mark.type,
      color: mark.color ?? "white",
      weight: "standard",
      widthM: mark.widthM ?? MARK_WIDTH_M,
      lines: [],
    },
  ];
}
