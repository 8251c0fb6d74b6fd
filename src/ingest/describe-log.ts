import type { McapLog } from "./mcap-log.ts";

/** One channel of a log, measured by its record times. */
export type ChannelReport = {
  readonly topic: string;
  readonly schema: string;
  readonly encoding: string;
  readonly messages: number;
  /** Median rate; absent for fewer than three messages. */
  readonly rateHz?: number;
  /** Longest time between two messages. */
  readonly gapMaxMs?: number;
};

/** All channels of a log, by topic. */
export const describeChannels = (log: McapLog): ChannelReport[] =>
  log.channels
    .map(({ topic, schemaName, messageEncoding, logTimesUs }) => ({
      topic,
      schema: schemaName,
      encoding: messageEncoding,
      messages: logTimesUs.length,
      ...ratesOf(logTimesUs),
    }))
    .sort((a, b) => a.topic.localeCompare(b.topic, "en"));

function ratesOf(timesUs: readonly number[]): { rateHz?: number; gapMaxMs?: number } {
  const steps = timesUs.slice(1).map((us, i) => us - timesUs[i]!);
  const middle = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)];
  if (middle === undefined || steps.length < 2) return {};
  const longestUs = steps.reduce((most, us) => Math.max(most, us), 0);
  return {
    ...(middle > 0 ? { rateHz: Math.round(1e7 / middle) / 10 } : {}),
    gapMaxMs: Math.round(longestUs / 1000),
  };
}
