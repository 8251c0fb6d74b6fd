import type { Recording } from "./read-recording.ts";

type Counts = Record<string, number>;

/** What a recording holds, counted. */
export type RecordingReport = {
  readonly path: string;
  readonly about: Recording["about"];
  /** Absent where the process was killed before it could say. */
  readonly end?: NonNullable<Recording["end"]>;
  readonly damage?: string;
  readonly decisions: number;
  readonly durationS: number;
  /** Longest time between two decisions. */
  readonly gapMaxMs: number;
  readonly modes: Counts;
  readonly verdicts: Counts;
  readonly rules: Counts;
  readonly faults: Counts;
};

export async function summarizeRecording(recording: Recording): Promise<RecordingReport> {
  const { path, about, end, damage } = recording;
  const counts = { modes: {}, verdicts: {}, rules: {}, faults: {} } as Record<string, Counts>;
  const count = (table: string, key: string) => {
    counts[table]![key] = (counts[table]![key] ?? 0) + 1;
  };
  let decisions = 0;
  let lastS = 0;
  let gapMaxMs = 0;
  for await (const { atS, decision } of recording.decisions()) {
    decisions++;
    gapMaxMs = Math.max(gapMaxMs, Math.round((atS - lastS) * 1000));
    lastS = atS;
    count("modes", decision.mode);
    count("verdicts", decision.verdict);
    for (const rule of new Set(decision.hits.map((hit) => hit.rule))) count("rules", rule);
    for (const { code } of decision.faults) count("faults", code);
  }
  return {
    path,
    about,
    ...(end ? { end } : {}),
    ...(damage === undefined ? {} : { damage }),
    decisions,
    durationS: lastS,
    gapMaxMs,
    modes: counts.modes!,
    verdicts: counts.verdicts!,
    rules: counts.rules!,
    faults: counts.faults!,
  };
}
