import type { Decision } from "../contract/decision.ts";
import { RecordError, WaywardenError } from "../contract/errors.ts";
import { type McapLog, openMcapLog } from "../ingest/mcap-log.ts";
import { checkMcap } from "../ingest/source.ts";
import { decodeDecision } from "../wire/decision-codec.ts";
import { ABOUT_METADATA, END_METADATA, RECORDING_TOPICS } from "./channels.ts";

const SCHEMA = "waywarden.v1.Decision";

/** A decision with the time that replay printed for it. */
export type RecordedDecision = { readonly atS: number; readonly decision: Decision };

/** A recording of one run, readable once or many times in bounded memory. */
export type Recording = {
  readonly path: string;
  readonly decisionCount: number;
  /** What ran, as written at the start: command, software, source, hashes, config, … */
  readonly about: Readonly<Record<string, string>>;
  /** Why and with what counts it ended; absent where the process was killed. */
  readonly end?: Readonly<Record<string, string>>;
  /** Where and why reading ends early. */
  readonly damage?: string;
  decisions(): AsyncGenerator<RecordedDecision>;
  close(): Promise<void>;
};

/** Opens a file that --record wrote. @throws RecordError, SourceError */
export async function openRecording(path: string): Promise<Recording> {
  await checkMcap(path);
  const log = await openMcapLog(path);
  try {
    return recordingOf(log);
  } catch (error) {
    await log.close();
    throw error;
  }
}

export const isRecording = (log: McapLog): boolean => channelOf(log) !== undefined;

const channelOf = ({ channels }: McapLog) =>
  channels.find((c) => c.topic === RECORDING_TOPICS.decision && c.schemaName === SCHEMA);

/** The recording in an open log; closing it closes the log. */
export function recordingOf(log: McapLog): Recording {
  const { path, damage, metadata } = log;
  const channel = channelOf(log);
  const decisionCount = channel?.logTimesUs.length ?? 0;
  if (!channel || decisionCount === 0) {
    const found = log.channels.map((c) => `${c.topic} (${c.schemaName})`).join(", ");
    const count = channel ? "no message on it" : found || "no channel";
    throw new RecordError(
      damage === undefined ? "RECORDING_FOREIGN" : "RECORDING_TRUNCATED",
      `${path}: decisions on ${RECORDING_TOPICS.decision} (${SCHEMA}) expected, found ${count}` +
        (damage === undefined ? "" : `; ${damage}`),
    );
  }
  const end = metadata.get(END_METADATA);
  return {
    path,
    decisionCount,
    about: Object.fromEntries(metadata.get(ABOUT_METADATA) ?? []),
    ...(end ? { end: Object.fromEntries(end) } : {}),
    ...(damage === undefined ? {} : { damage }),
    decisions: () => decisionsOf(log, channel.id),
    close: () => log.close(),
  };
}

async function* decisionsOf(log: McapLog, channelId: number): AsyncGenerator<RecordedDecision> {
  let firstUs: number | undefined;
  for await (const { data, logTimeUs } of log.messages(new Set([channelId]))) {
    let decision: Decision;
    try {
      decision = decodeDecision(data, `${RECORDING_TOPICS.decision} at ${logTimeUs} µs`);
    } catch (error) {
      if (!(error instanceof WaywardenError)) throw error;
      throw new RecordError("RECORDING_INVALID", `${log.path}: ${error.message}`, { cause: error });
    }
    firstUs ??= decision.observationStampUs;
    yield { atS: (decision.observationStampUs - firstUs) / 1e6, decision };
  }
}
