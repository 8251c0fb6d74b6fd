import { type KeyObject, randomInt } from "node:crypto";
import type { MqttClient } from "mqtt";
import { WireError } from "../contract/errors.ts";
import type { OverrideKind, OverrideStatus } from "../contract/override.ts";
import { connectBroker, shownUrl, subscribe } from "./broker-connection.ts";
import { encodeOverride } from "./override-codec.ts";
import { decodeStatus, type Status } from "./status-codec.ts";
import { publishOptions, topicOf } from "./topics.ts";

/** Sent again, with a new counter or nonce, while no confirmation comes. */
const AGAIN_MS = 1000;
/** After the confirmation: how long to wait for the decision that obeys. */
const REACTION_MS = 1000;
const TIMEOUT_MS = 10_000;
/** `randomInt` draws from at most 2^48; no number is ever drawn twice in practice. */
const COUNTER_DRAW_END = 2 ** 48 - 1;

export type SendOverrideOptions = {
  readonly url: string;
  readonly vehicle: string;
  readonly privateKey: KeyObject;
  readonly timeoutMs?: number;
};

export type OverrideConfirmation = {
  /** From sending to the service's word that it was accepted. */
  readonly confirmedMs: number;
  /** The service's state after it, a decision later where one came. */
  readonly status: OverrideStatus;
};

/**
 * Sends STOP or RELEASE until the service confirms it in its status. STOP asks nothing first;
 * RELEASE answers the nonce of the newest status.
 * @throws WireError WIRE_OVERRIDE_UNCONFIRMED, WIRE_OVERRIDE_UNHEARD, WIRE_OVERRIDE_NOT_STOPPED, and
 * those of connecting
 */
export async function sendOverride(
  kind: OverrideKind,
  options: SendOverrideOptions,
): Promise<OverrideConfirmation> {
  const { url, vehicle, timeoutMs = TIMEOUT_MS } = options;
  const statusTopic = topicOf(vehicle, "status");
  const client = await connectBroker(url);
  try {
    return await new Promise<OverrideConfirmation>((resolve, reject) => {
      const exchange = new Exchange(kind, options, client, resolve, reject);
      client.on("message", (topic, payload) => {
        if (topic === statusTopic) exchange.onStatus(payload);
      });
      setTimeout(() => exchange.giveUp(timeoutMs), timeoutMs).unref();
      setInterval(() => exchange.sendAgain(), AGAIN_MS).unref();
      exchange.start();
      subscribe(client, [statusTopic]).catch(reject);
    });
  } finally {
    await client.endAsync(true);
  }
}

/** One STOP or RELEASE on its way, with every counter it was sent under. */
class Exchange {
  readonly #kind: OverrideKind;
  readonly #options: SendOverrideOptions;
  readonly #client: MqttClient;
  readonly #resolve: (confirmation: OverrideConfirmation) => void;
  readonly #reject: (error: Error) => void;
  readonly #counters = new Set<number>();
  #nonce: Uint8Array = new Uint8Array(0);
  #sentMs = 0;
  #confirmedMs: number | undefined;
  #done = false;

  constructor(
    kind: OverrideKind,
    options: SendOverrideOptions,
    client: MqttClient,
    resolve: (confirmation: OverrideConfirmation) => void,
    reject: (error: Error) => void,
  ) {
    this.#kind = kind;
    this.#options = options;
    this.#client = client;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    this.#sentMs = performance.now();
    if (this.#kind === "STOP") this.#send();
  }

  sendAgain(): void {
    if (this.#done || this.#confirmedMs !== undefined) return;
    if (this.#kind === "STOP" || this.#nonce.length > 0) this.#send();
  }

  onStatus(payload: Uint8Array): void {
    const { url, vehicle } = this.#options;
    const status = readStatus(payload);
    if (this.#done || !status || status.state === "OFFLINE") return;
    const { override } = status;
    const where = `${vehicle} on ${shownUrl(url)}`;
    if (!override)
      this.#fail("WIRE_OVERRIDE_UNHEARD", `${where}: a service that hears overrides expected`);
    else if (override.lastCounter !== undefined && this.#counters.has(override.lastCounter))
      this.#onConfirmed(override);
    else if (this.#kind === "RELEASE" && this.#confirmedMs === undefined) {
      if (!override.stopped)
        this.#fail("WIRE_OVERRIDE_NOT_STOPPED", `${where}: a stop to release expected, found none`);
      this.#nonce = override.nonce;
      this.sendAgain();
    }
  }

  giveUp(timeoutMs: number): void {
    const { url, vehicle } = this.#options;
    const sent =
      this.#counters.size > 0 ? `${this.#counters.size} sent, none confirmed` : "no status";
    this.#fail(
      "WIRE_OVERRIDE_UNCONFIRMED",
      `${vehicle} on ${shownUrl(url)}: a confirmation of ${this.#kind} within ${timeoutMs / 1000} s expected, found ${sent}; ` +
        "is the service running, and is this its key?",
    );
  }

  /** Done when a decision has followed: a STOP is obeyed, a RELEASE in force. */
  #onConfirmed(status: OverrideStatus): void {
    this.#confirmedMs ??= performance.now() - this.#sentMs;
    const confirmation = { confirmedMs: this.#confirmedMs, status };
    const obeyed =
      this.#kind === "STOP" ? status.reactionMs !== undefined : status.stopped === false;
    if (obeyed) this.#finish(() => this.#resolve(confirmation));
    else setTimeout(() => this.#finish(() => this.#resolve(confirmation)), REACTION_MS).unref();
  }

  #send(): void {
    const { vehicle, privateKey } = this.#options;
    const topic = topicOf(vehicle, "override");
    const counter = randomInt(COUNTER_DRAW_END);
    this.#counters.add(counter);
    const bytes = encodeOverride(
      topic,
      { kind: this.#kind, counter, nonce: this.#nonce },
      privateKey,
    );
    this.#client.publish(topic, Buffer.from(bytes), publishOptions("override"));
  }

  #fail(code: string, message: string): void {
    this.#finish(() => this.#reject(new WireError(code, message)));
  }

  #finish(settle: () => void): void {
    if (this.#done) return;
    this.#done = true;
    settle();
  }
}

/** Of a message on the status topic, which is not sealed and may hold anything. */
function readStatus(payload: Uint8Array): Status | undefined {
  try {
    return decodeStatus(payload);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
