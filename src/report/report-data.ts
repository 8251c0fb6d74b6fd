import { type Decision, MODES, VERDICTS } from "../contract/decision.ts";
import type { Frame } from "./film.ts";

/** One tick as the report keeps it. */
export type Row = {
  readonly decision: Decision;
  readonly ageMs: number;
  readonly told: string;
};

/** What assets/report/page.js reads: columns of equal length, texts by their number in `strings`. */
export type ReportData = {
  readonly modes: readonly string[];
  readonly verdicts: readonly string[];
  readonly strings: readonly string[];
  readonly ticks: Readonly<Record<string, readonly unknown[]>>;
  readonly film: readonly {
    readonly i: number;
    readonly camera: string | null;
    readonly bev: string;
  }[];
};

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
const known = (value: number | undefined, digits: number): number | null =>
  value === undefined ? null : round(value, digits);

export function reportData(
  rows: readonly Row[],
  firstUs: number,
  frames: readonly Frame[],
): ReportData {
  const strings = new Map<string, number>();
  const text = (value: string): number => {
    const at = strings.get(value) ?? strings.size;
    strings.set(value, at);
    return at;
  };
  const column = <T>(of: (row: Row) => T): T[] => rows.map(of);
  const ticks = {
    t: column(({ decision }) => round((decision.observationStampUs - firstUs) / 1e6, 3)),
    mode: column(({ decision }) => MODES.indexOf(decision.mode)),
    verdict: column(({ decision }) => VERDICTS.indexOf(decision.verdict)),
    speed: column(({ decision }) => known(decision.egoSpeedMps, 2)),
    target: column(({ decision }) => round(decision.maneuver.targetSpeedMps, 2)),
    gap: column(({ decision }) => known(decision.maneuver.gapM, 1)),
    age: column(({ ageMs }) => round(ageMs, 1)),
    total: column(({ decision }) => round(decision.timing.totalMs, 1)),
    sentence: column(({ decision }) => text(decision.sentence)),
    words: column((row) => wordsOf(row).map(text)),
    hits: column(({ decision }) =>
      decision.hits.map(({ rule, mode, value, limit, unit, detail }) => [
        ...[text(rule), MODES.indexOf(mode), round(value, 3), round(limit, 3)],
        ...[text(unit), text(detail)],
      ]),
    ),
    faults: column(({ decision }) =>
      decision.faults.map(({ code, source, detail }) => [code, source ?? "", detail].map(text)),
    ),
  };
  const indexOf = new Map(rows.map(({ decision }, i) => [decision.id, i]));
  const film = frames.flatMap(({ tickId, camera, bev }) => {
    const i = indexOf.get(tickId);
    return i === undefined
      ? []
      : [{ i, camera: camera ? jpegUri(camera) : null, bev: jpegUri(bev) }];
  });
  return { modes: MODES, verdicts: VERDICTS, strings: [...strings.keys()], ticks, film };
}

/** Lateral, longitudinal, reasons, what was proposed, what was told and the answer to it. */
function wordsOf({ decision, told }: Row): string[] {
  const { maneuver, proposedManeuver: asked } = decision;
  const reasons = maneuver.rationale.filter((cause) => cause !== "NONE");
  const proposed = asked
    ? `${asked.lateral}, ${asked.longitudinal}, ${asked.targetSpeedMps.toFixed(1)} m/s`
    : "";
  return [
    ...[maneuver.lateral, maneuver.longitudinal, reasons.join(" and "), proposed, told],
    decision.answerDetail,
  ];
}

const jpegUri = (data: Uint8Array): string =>
  `data:image/jpeg;base64,${Buffer.from(data).toString("base64")}`;
