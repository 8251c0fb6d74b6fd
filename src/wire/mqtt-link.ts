import type { IPublishPacket, MqttClient } from "mqtt";
import { WireError } from "../contract/errors.ts";
import type { Route } from "../contract/observation.ts";
import type { BrokerAccess } from "./broker-access.ts";
import { connectBroker, shownUrl, subscribe } from "./broker-connection.ts";
import type { MarkedObservation } from "./observation-codec.ts";
import { readInstruction } from "./read-instruction.ts";
import { readObservation } from "./read-observation.ts";
import { publishOptions, TOPICS, topicOf, type UsedTopic } from "./topics.ts";

/** Decisions on their way that the broker has not acknowledged. */
const IN_FLIGHT_MAX = 16;
/** How long a decision may wait for its turn before it is dropped and counted. */
const STALL_MS = 1000;
const CLOSE_MS = 2000;
/** Rendering blocks the loop for as long as it takes; nobody drives live meanwhile, and a lost Scene is not sent again. */
const SCENE_KEEPALIVE_S = 60;

export type MqttLinkOptions = {
  readonly url: string;
  readonly vehicle: string;
  /** Status that the broker publishes when this process vanishes. */
  readonly lastWill: Uint8Array;
  readonly onInstruction?: (route: Route) => void;
  /** Live driving: subscribes to observations; one that cannot be used comes as its error. */
  readonly onObservation?: (received: MarkedObservation | WireError) => void;
  /** Every message of the scene topic; without it nobody listens there. */
  readonly onScene?: (payload: Uint8Array, retained: boolean) => void;
  /** Every message of the override topic; without it nobody listens there. */
  readonly onOverride?: (payload: Uint8Array, retained: boolean) => void;
  /** One line for a person: an instruction refused, the broker lost, found again. */
  readonly onEvent?: (text: string) => void;
  readonly connectTimeoutMs?: number;
  readonly keepaliveS?: number;
  /** User, password, certificates; what the environment says unless given. */
  readonly access?: BrokerAccess;
};

export type LinkCounts = {
  readonly published: number;
  readonly dropped: number;
  readonly reconnects: number;
  readonly instructions: number;
  readonly instructionsRefused: number;
};

/**
 * The service's side of the broker: decisions out (QoS 1, never retained), status retained with last
 * will, health, instructions in. Losing the broker costs messages, never the loop.
 */
export class MqttLink {
  readonly #client: MqttClient;
  readonly #options: MqttLinkOptions;
  readonly #counts = {
    published: 0,
    dropped: 0,
    reconnects: 0,
    instructions: 0,
    instructionsRefused: 0,
  };
  readonly #waiting = new Set<() => void>();
  #inFlight = 0;
  #stalled = false;
  #refusalTold = false;
  #closing = false;
  #status: Uint8Array | undefined;

  private constructor(client: MqttClient, options: MqttLinkOptions) {
    this.#client = client;
    this.#options = options;
    client.on("connect", () => this.#onReconnect());
    client.on("close", () => {
      if (!this.#closing)
        this.#say(`broker ${shownUrl(options.url)} lost; trying again every second`);
    });
    client.on("error", (error) => this.#say(`broker ${shownUrl(options.url)}: ${error.message}`));
    client.on("message", (topic, payload, packet) => this.#onMessage(topic, payload, packet));
  }

  /** @throws WireError WIRE_BROKER_URL, WIRE_BROKER_UNREACHABLE, WIRE_SUBSCRIBE, WIRE_VEHICLE_NAME */
  static async connect(options: MqttLinkOptions): Promise<MqttLink> {
    const heard: UsedTopic[] = ["instruction"];
    if (options.onOverride) heard.push("override");
    if (options.onObservation) heard.push("observation");
    if (options.onScene) heard.push("scene");
    const keepaliveS = options.keepaliveS ?? (options.onScene ? SCENE_KEEPALIVE_S : undefined);
    const client = await connectBroker(options.url, {
      ...(options.connectTimeoutMs ? { timeoutMs: options.connectTimeoutMs } : {}),
      ...(options.access ? { access: options.access } : {}),
      ...(keepaliveS === undefined ? {} : { keepaliveS }),
      will: {
        topic: topicOf(options.vehicle, "status"),
        payload: Buffer.from(options.lastWill),
        ...publishOptions("status"),
      },
    });
    const link = new MqttLink(client, options);
    for (const kind of heard)
      await subscribe(client, [topicOf(options.vehicle, kind)], TOPICS[kind].qos);
    return link;
  }

  get counts(): LinkCounts {
    return { ...this.#counts };
  }

  /** Retained; sent again after every reconnect, because the last will has overwritten it. */
  publishStatus(status: Uint8Array): void {
    this.#status = status;
    this.#publish("status", status);
  }

  publishHealth(health: Uint8Array): void {
    this.#publish("health", health);
  }

  /** The answer to a Scene that gets no decision; the client sends it as soon as it can. */
  publishRefusal(refusal: Uint8Array): void {
    this.#publish("refusal", refusal);
  }

  /** Waits for a free place, at most STALL_MS; answers whether the decision was handed to the broker. */
  async publishDecision(sealed: Uint8Array): Promise<boolean> {
    if (this.#inFlight >= IN_FLIGHT_MAX && !this.#stalled) await this.#freePlace();
    if (!this.#client.connected || this.#inFlight >= IN_FLIGHT_MAX) {
      this.#counts.dropped++;
      return false;
    }
    this.#inFlight++;
    const topic = topicOf(this.#options.vehicle, "decision");
    this.#client.publish(topic, Buffer.from(sealed), publishOptions("decision"), (error) => {
      this.#inFlight--;
      this.#stalled = false;
      if (error) this.#onNotPublished(topic, error);
      else this.#counts.published++;
      for (const wake of this.#waiting) wake();
    });
    return true;
  }

  /** Waits, with a limit, until the broker has acknowledged every decision. */
  async flush(): Promise<void> {
    const deadlineMs = performance.now() + CLOSE_MS;
    while (this.#inFlight > 0 && this.#client.connected && performance.now() < deadlineMs)
      await this.#anyAcknowledged(deadlineMs - performance.now());
  }

  /** Sends what is on its way, then the final status; gives up on a broker that no longer answers. */
  async close(finalStatus: Uint8Array): Promise<void> {
    this.#closing = true;
    await this.flush();
    this.#counts.dropped += this.#inFlight;
    this.#inFlight = 0;
    if (this.#client.connected) this.publishStatus(finalStatus);
    const gentle = this.#client.endAsync(!this.#client.connected).then(() => true);
    if (!(await Promise.race([gentle, after(CLOSE_MS)]))) await this.#client.endAsync(true);
  }

  async #freePlace(): Promise<void> {
    const deadlineMs = performance.now() + STALL_MS;
    while (this.#inFlight >= IN_FLIGHT_MAX && performance.now() < deadlineMs)
      await this.#anyAcknowledged(deadlineMs - performance.now());
    this.#stalled = this.#inFlight >= IN_FLIGHT_MAX;
    if (this.#stalled)
      this.#say(
        `broker ${shownUrl(this.#options.url)} does not acknowledge; decisions are dropped`,
      );
  }

  #anyAcknowledged(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, limitMs));
      this.#waiting.add(wake);
    });
  }

  #publish(kind: UsedTopic, bytes: Uint8Array): void {
    if (!this.#client.connected) return;
    const topic = topicOf(this.#options.vehicle, kind);
    this.#client.publish(topic, Buffer.from(bytes), publishOptions(kind), (error) => {
      if (error && !this.#closing) this.#say(`${topic}: not published: ${error.message}`);
    });
  }

  /** A refusal (MQTT 5) is told once, not ten times a second. */
  #onNotPublished(topic: string, error: Error): void {
    this.#counts.dropped++;
    if (!this.#client.connected || this.#refusalTold) return;
    this.#refusalTold = true;
    this.#say(`${topic}: not published: ${error.message}`);
  }

  #onReconnect(): void {
    this.#counts.reconnects++;
    this.#refusalTold = false;
    this.#say(`broker ${shownUrl(this.#options.url)} is back`);
    if (this.#status) this.publishStatus(this.#status);
  }

  #onMessage(topic: string, payload: Uint8Array, packet: IPublishPacket): void {
    const { vehicle, onObservation, onOverride, onScene } = this.#options;
    if (onScene && topic === topicOf(vehicle, "scene")) {
      onScene(payload, packet.retain);
      return;
    }
    if (onOverride && topic === topicOf(vehicle, "override")) {
      onOverride(payload, packet.retain);
      return;
    }
    if (onObservation && topic === topicOf(vehicle, "observation")) {
      onObservation(observationIn(topic, payload, packet.retain));
      return;
    }
    try {
      const route = readInstruction(topic, payload, packet.retain);
      this.#counts.instructions++;
      this.#options.onInstruction?.(route);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#counts.instructionsRefused++;
      this.#say(`instruction refused: ${error.message}`);
    }
  }

  #say(text: string): void {
    this.#options.onEvent?.(text);
  }
}

function observationIn(
  topic: string,
  payload: Uint8Array,
  retained: boolean,
): MarkedObservation | WireError {
  try {
    return readObservation(topic, payload, retained);
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
}

const after = (ms: number): Promise<false> =>
  new Promise((resolve) => setTimeout(resolve, ms, false).unref());
