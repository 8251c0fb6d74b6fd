import { RecordError } from "../contract/errors.ts";
import type { InstrumentOutcome } from "../service/instruments.ts";
import type { Io } from "./io.ts";
import type { InstrumentFlags } from "./replay-options.ts";

/**
 * Says what lies beside the decisions. A recording that stopped before the run did, or a report that
 * is not there, is an error of the command, although every decision was made. @throws RecordError
 */
export function checkWritten(
  flags: InstrumentFlags,
  { recording, report }: InstrumentOutcome,
  io: Io,
): void {
  const { record: recordPath, report: reportPath } = flags;
  if (report && "bytes" in report)
    io.say(`report ${reportPath}: ${(report.bytes / 1e6).toFixed(1)} MB`);
  if (recording) {
    const { decisionCount, picturesDroppedCount, decisionsDroppedCount, reason } = recording;
    const lacking = picturesDroppedCount > 0 ? `, ${picturesDroppedCount} without pictures` : "";
    io.say(`recording ${recordPath}: ${decisionCount} decisions${lacking}`);
    if (decisionsDroppedCount > 0)
      throw new RecordError(
        "RECORD_ENDED_EARLY",
        `${recordPath}: ${decisionCount + decisionsDroppedCount} decisions expected, found ${decisionCount} (${reason})`,
      );
  }
  if (report && "error" in report) throw new RecordError("REPORT_NOT_WRITTEN", report.error);
}
