import type { BrokerAccess } from "./broker-access.ts";
import { type ConsumerEvent, DecisionConsumer } from "./decision-consumer.ts";

export type FeedEvent = Exclude<ConsumerEvent, { kind: "silence" }>;

export type DecisionFeedOptions = {
  readonly url: string;
  readonly vehicle: string;
  readonly key: Uint8Array;
  readonly onEvent: (event: FeedEvent) => void;
  readonly access?: BrokerAccess;
};

/**
 * Decisions for looking on: every seal is verified, replays and new runs are followed, silence means
 * nothing. Who drives takes DecisionConsumer.
 */
export async function openDecisionFeed(
  options: DecisionFeedOptions,
): Promise<{ close(): Promise<void> }> {
  const { onEvent, ...rest } = options;
  return DecisionConsumer.open({
    ...rest,
    nowUs: "unchecked",
    followRestarts: true,
    onEvent: (event) => {
      if (event.kind !== "silence") onEvent(event);
    },
  });
}
