import type { Decision } from "../contract/decision.ts";
import { WireError } from "../contract/errors.ts";
import { connectBroker, subscribe } from "./broker-connection.ts";
import { decodeDecision } from "./decision-codec.ts";
import { type Opened, openSeal, type SealState } from "./seal.ts";
import { decodeStatus, type Status } from "./status-codec.ts";
import { topicOf } from "./topics.ts";

export type FeedEvent =
  /** The seal holds and the body is a Decision; with `lostCount` messages missing before it. */
  | { readonly kind: "decision"; readonly decision: Decision; readonly lostCount: number }
  /** Nothing in this message may be acted on. */
  | { readonly kind: "refused"; readonly status: Opened["status"]; readonly detail: string }
  | { readonly kind: "status"; readonly status: Status }
  | { readonly kind: "trouble"; readonly detail: string };

export type DecisionFeedOptions = {
  readonly url: string;
  readonly vehicle: string;
  readonly key: Uint8Array;
  readonly onEvent: (event: FeedEvent) => void;
};

/**
 * A consumer of decisions that verifies every seal. Counter and epoch start anew when the status
 * topic says STARTING: right for looking on, not for driving, because status is not sealed.
 */
export async function openDecisionFeed(
  options: DecisionFeedOptions,
): Promise<{ close(): Promise<void> }> {
  const { url, vehicle, key, onEvent } = options;
  const topic = topicOf(vehicle, "decision");
  const statusTopic = topicOf(vehicle, "status");
  const reader = new DecisionReader(topic, key);
  const client = await connectBroker(url);
  const readStatus = (payload: Uint8Array): FeedEvent => {
    try {
      const status = decodeStatus(payload, statusTopic);
      if (status.state === "STARTING") reader.restart();
      return { kind: "status", status };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { kind: "trouble", detail: error.message };
    }
  };
  client.on("message", (from, payload) => {
    onEvent(from === statusTopic ? readStatus(payload) : reader.read(payload));
  });
  client.on("error", (error) => onEvent({ kind: "trouble", detail: error.message }));
  client.on("offline", () => onEvent({ kind: "trouble", detail: `broker ${url} is away` }));
  await subscribe(client, [topic, statusTopic]);
  return { close: () => client.endAsync(true).then(() => undefined) };
}

/** Opens one sealed message after the other. */
export class DecisionReader {
  readonly #topic: string;
  readonly #key: Uint8Array;
  #state: SealState | undefined;

  constructor(topic: string, key: Uint8Array) {
    this.#topic = topic;
    this.#key = key;
  }

  /** Accepts any epoch and counter next. */
  restart(): void {
    this.#state = undefined;
  }

  read(sealed: Uint8Array): FeedEvent {
    const opened = openSeal(sealed, { topic: this.#topic, key: this.#key, state: this.#state });
    this.#state = opened.state;
    if (!opened.body) return { kind: "refused", status: opened.status, detail: opened.detail };
    try {
      const decision = decodeDecision(opened.body, this.#topic);
      return { kind: "decision", decision, lostCount: opened.lostCount };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { kind: "refused", status: "ERROR", detail: error.message };
    }
  }
}
