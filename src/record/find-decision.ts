import type { Decision } from "../contract/decision.ts";
import { RecordError } from "../contract/errors.ts";
import type { RecordedDecision, Recording } from "./read-recording.ts";

/** A decision of a recording and the one before it. */
export type FoundDecision = RecordedDecision & { readonly before?: Decision };

/** Times are printed with one digit, so the one meant lies within half a step of it. */
const PRINTED_STEP_S = 0.1;

/** The decision nearest to a time as replay prints it. @throws RecordError RECORDING_TIME */
export async function findDecision(recording: Recording, atS: number): Promise<FoundDecision> {
  let before: Decision | undefined;
  let best: FoundDecision | undefined;
  let lastS = 0;
  for await (const found of recording.decisions()) {
    lastS = found.atS;
    if (!best || Math.abs(found.atS - atS) < Math.abs(best.atS - atS))
      best = { ...found, ...(before ? { before } : {}) };
    before = found.decision;
  }
  if (best && Math.abs(best.atS - atS) <= PRINTED_STEP_S) return best;
  throw new RecordError(
    "RECORDING_TIME",
    `${recording.path}: a time with a decision, 0.0 to ${lastS.toFixed(1)} s, expected, found ${atS}`,
  );
}
