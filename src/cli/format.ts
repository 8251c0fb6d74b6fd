import type { Decision } from "../contract/decision.ts";
import type { ReplaySummary, Spread } from "../service/summary.ts";

/** One line per decision: time, mode, verdict, speed now and asked for, sentence. */
export function formatDecision(decision: Decision, firstUs: number, note = ""): string {
  const atS = ((decision.observationStampUs - firstUs) / 1e6).toFixed(1).padStart(6);
  const now = decision.egoSpeedMps === undefined ? "?" : decision.egoSpeedMps.toFixed(1);
  const asked = decision.maneuver.targetSpeedMps.toFixed(1);
  return [
    `${atS} s`,
    decision.mode.padEnd(14),
    decision.verdict.padEnd(8),
    `${now.padStart(5)} → ${asked.padStart(4)} m/s`,
    decision.sentence + note,
  ].join("  ");
}

/** The summary for a person. */
export function formatSummary(s: ReplaySummary): string[] {
  const counts = (table: Record<string, number>) =>
    Object.entries(table)
      .sort(([, a], [, b]) => b - a)
      .map(([key, value]) => `${key} ${value}`)
      .join(", ") || "none";
  const spread = (x: Spread) => `${x.p50.toFixed(1)} / ${x.p99.toFixed(1)} / ${x.max.toFixed(1)}`;
  const stages = Object.entries(s.latencyMs).map(
    ([stage, x]) => `${stage.slice(0, -2)} ${spread(x)}`,
  );
  return [
    `${s.decisions} decisions for ${s.observations} observations${s.complete ? "" : " (not complete)"}; motion permitted in ${s.permitsMotion}`,
    ...(s.source.damage === undefined ? [] : [`log damaged: ${s.source.damage}`]),
    `missing   ${counts(s.missing)}`,
    `faults    ${counts(s.faults)}`,
    `modes     ${counts(s.modes)}`,
    `verdicts  ${counts(s.verdicts)}`,
    `rules     ${counts(s.rules)}`,
    `age       ${spread(s.decisionAgeMs)} ms (p50 / p99 / max)`,
    `stages    ${stages.join(", ")} ms`,
    `speed     ${s.replaySpeed.toFixed(2)} × real time, peak memory ${s.peakRssMb.toFixed(0)} MB`,
    `published ${s.published}, dropped ${s.dropped}`,
    `hashes    decisions ${s.hashes.decisions.slice(0, 16)}, log ${s.hashes.log.slice(0, 16)}, model ${s.hashes.model.slice(0, 16)}, config ${s.hashes.config.slice(0, 16)}`,
  ];
}
