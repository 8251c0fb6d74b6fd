import { RecordError } from "../contract/errors.ts";
import type { ReplaySummary } from "../service/summary.ts";
import type { Io } from "./io.ts";
import type { ReplayFlags } from "./replay-options.ts";

/**
 * Says what lies beside the decisions. A recording that stopped before the run did is an error of
 * the command, although every decision was made and published. @throws RecordError
 */
export function checkWritten(
  { record }: Pick<ReplayFlags, "record">,
  { recording, decisions }: ReplaySummary,
  io: Io,
): void {
  if (record === undefined || recording === undefined) return;
  const { decisionCount, picturesDroppedCount, decisionsDroppedCount, reason } = recording;
  const lacking = picturesDroppedCount > 0 ? `, ${picturesDroppedCount} without pictures` : "";
  io.say(`recording ${record}: ${decisionCount} decisions${lacking}`);
  if (decisionsDroppedCount > 0 || decisionCount < decisions)
    throw new RecordError(
      "RECORD_ENDED_EARLY",
      `${record}: ${decisions} decisions expected, found ${decisionCount} (${reason})`,
    );
}
