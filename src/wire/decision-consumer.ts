import type { MqttClient } from "mqtt";
import type { Decision } from "../contract/decision.ts";
import { WireError } from "../contract/errors.ts";
import type { BrokerAccess } from "./broker-access.ts";
import { connectBroker, shownUrl, subscribe } from "./broker-connection.ts";
import { type DecisionEvent, DecisionReader } from "./decision-reader.ts";
import { VALID_MS_MAX } from "./seal.ts";
import { decodeStatus, type Status } from "./status-codec.ts";
import { topicOf } from "./topics.ts";

/** Without a valid decision for this long the vehicle has to be braked (S23). */
export const SILENCE_MS = VALID_MS_MAX;

export type ConsumerEvent =
  | DecisionEvent
  /** No valid decision for 300 ms: EMERGENCY_STOP, until the next "decision". Told once per silence. */
  | { readonly kind: "silence"; readonly silentMs: number }
  | { readonly kind: "status"; readonly status: Status }
  | { readonly kind: "trouble"; readonly detail: string };

export type DecisionConsumerOptions = {
  readonly url: string;
  readonly vehicle: string;
  /** [32] bytes. */
  readonly key: Uint8Array;
  /**
   * Wall time, µs: decisions older than their validity, or from the future, are refused. Both machines
   * need the same time to within a fraction of 300 ms. "unchecked" is for watching replays, whose
   * decisions carry the time of the log.
   */
  readonly nowUs: (() => number) | "unchecked";
  readonly onEvent: (event: ConsumerEvent) => void;
  /**
   * Accept a new run of the service when its status says STARTING. Right for looking on, not for
   * driving, because status is not sealed; a driver calls `restart` after a human's word.
   */
  readonly followRestarts?: boolean;
  /** User, password, certificates; what the environment says unless given. */
  readonly access?: BrokerAccess;
  /** How soon a connection that is only half there is given up: after 1.5 times this; 5 unless given. */
  readonly keepaliveS?: number;
};

export type ConsumerCounts = {
  /** Delivered. */
  readonly decisions: number;
  /** Never delivered, by their counters; those that came too late are in `refused` as well. */
  readonly lost: number;
  readonly refused: number;
  readonly silences: number;
  readonly reconnects: number;
};

/**
 * The vehicle's side: takes decisions from the broker, verifies every seal, and says when to brake
 * because nothing valid comes. Connects again by itself after every loss.
 */
export class DecisionConsumer {
  readonly #options: DecisionConsumerOptions;
  readonly #client: MqttClient;
  readonly #reader: DecisionReader;
  readonly #counts = { decisions: 0, lost: 0, refused: 0, silences: 0, reconnects: 0 };
  #timer: NodeJS.Timeout | undefined;
  #last: { readonly decision: Decision; readonly arrivalMs: number } | undefined;
  #lastMs = performance.now();
  #closing = false;

  private constructor(client: MqttClient, options: DecisionConsumerOptions) {
    this.#client = client;
    this.#options = options;
    const { vehicle, key, nowUs, url } = options;
    const topic = topicOf(vehicle, "decision");
    this.#reader = new DecisionReader(topic, key, nowUs === "unchecked" ? undefined : nowUs);
    client.on("message", (from, payload, { retain }) => {
      if (from === topic) this.#onDecision(this.#reader.read(payload, retain));
      else this.#onStatus(payload, from);
    });
    const trouble = (detail: string) => this.#closing || this.#tell({ kind: "trouble", detail });
    client.on("error", (error) => trouble(`broker ${shownUrl(url)}: ${error.message}`));
    client.on("close", () => trouble(`broker ${shownUrl(url)} lost; trying again every second`));
    client.on("connect", () => {
      this.#counts.reconnects++;
      trouble(`broker ${shownUrl(url)} is back`);
    });
    this.#listenForSilence();
  }

  /** @throws WireError of connecting, WIRE_SUBSCRIBE, WIRE_VEHICLE_NAME */
  static async open(options: DecisionConsumerOptions): Promise<DecisionConsumer> {
    const { url, vehicle, access, keepaliveS } = options;
    const topics = [topicOf(vehicle, "decision"), topicOf(vehicle, "status")];
    const client = await connectBroker(url, {
      ...(access ? { access } : {}),
      ...(keepaliveS === undefined ? {} : { keepaliveS }),
    });
    const consumer = new DecisionConsumer(client, options);
    try {
      await subscribe(client, topics);
    } catch (error) {
      await consumer.close();
      throw error;
    }
    return consumer;
  }

  get counts(): ConsumerCounts {
    return { ...this.#counts };
  }

  /**
   * What may be driven by at this moment; undefined: brake (EMERGENCY_STOP). Right even where this
   * process was held up and no event could be told.
   */
  current(): Decision | undefined {
    if (!this.#last) return undefined;
    const { decision, arrivalMs } = this.#last;
    if (performance.now() - arrivalMs > decision.validMs) return undefined;
    const { nowUs } = this.#options;
    if (nowUs !== "unchecked" && nowUs() - decision.decidedUs > decision.validMs * 1000)
      return undefined;
    return decision;
  }

  /**
   * The service was started again: the next seal may have any epoch and counter. For a human's word or
   * for who looks on, since nothing sealed tells of a start (see `followRestarts`).
   */
  restart(): void {
    this.#reader.restart();
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    await this.#client.endAsync(true);
  }

  #onDecision(event: DecisionEvent): void {
    this.#counts.lost += event.lostCount;
    if (event.kind === "refused") {
      this.#counts.refused++;
      // A jump of the counter costs the message that shows it, too.
      if (event.lostCount > 0) this.#counts.lost++;
    } else {
      this.#counts.decisions++;
      this.#lastMs = performance.now();
      this.#last = { decision: event.decision, arrivalMs: this.#lastMs };
      this.#listenForSilence();
    }
    this.#tell(event);
  }

  #onStatus(payload: Uint8Array, topic: string): void {
    try {
      const status = decodeStatus(payload, topic);
      if (this.#options.followRestarts && status.state === "STARTING") this.restart();
      this.#tell({ kind: "status", status });
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#tell({ kind: "trouble", detail: error.message });
    }
  }

  #listenForSilence(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#counts.silences++;
      this.#tell({ kind: "silence", silentMs: performance.now() - this.#lastMs });
    }, SILENCE_MS);
  }

  #tell(event: ConsumerEvent): void {
    this.#options.onEvent(event);
  }
}
