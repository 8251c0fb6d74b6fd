import { RecordError } from "../contract/errors.ts";
import type { ReplaySummary } from "../service/summary.ts";
import type { Io } from "./io.ts";
import type { ReplayFlags } from "./replay-options.ts";

/**
 * Says what lies beside the decisions. A recording that stopped before the run did, or a report that
 * is not there, is an error of the command, although every decision was made. @throws RecordError
 */
export function checkWritten(
  flags: Pick<ReplayFlags, "record" | "report">,
  { recording, report, decisions }: ReplaySummary,
  io: Io,
): void {
  const { record: recordPath, report: reportPath } = flags;
  if (report && "bytes" in report)
    io.say(`report ${reportPath}: ${(report.bytes / 1e6).toFixed(1)} MB`);
  if (recording) {
    const { decisionCount, picturesDroppedCount: dropped } = recording;
    const lacking = dropped > 0 ? `, ${dropped} without pictures` : "";
    io.say(`recording ${recordPath}: ${decisionCount} decisions${lacking}`);
    if (decisionCount < decisions)
      throw new RecordError(
        "RECORD_ENDED_EARLY",
        `${recordPath}: ${decisions} decisions expected, found ${decisionCount} (${recording.reason})`,
      );
  }
  if (report && "error" in report) throw new RecordError("REPORT_NOT_WRITTEN", report.error);
}
