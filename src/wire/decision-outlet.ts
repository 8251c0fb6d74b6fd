import type { MqttClient } from "mqtt";
import type { BrokerAccess } from "./broker-access.ts";
import { connectBroker } from "./broker-connection.ts";
import { publishOptions, topicOf } from "./topics.ts";

/** Decisions on their way that the broker has not acknowledged; more are dropped at once. */
const IN_FLIGHT_MAX = 16;
const CLOSE_MS = 2000;

export type OutletCounts = { readonly published: number; readonly dropped: number };

/** A connection that does nothing but publish decisions: QoS 1, never retained, never waiting. */
export class DecisionOutlet {
  readonly #client: MqttClient;
  readonly #topic: string;
  readonly #counts = { published: 0, dropped: 0 };
  #inFlight = 0;
  #idle: (() => void) | undefined;

  private constructor(client: MqttClient, topic: string) {
    this.#client = client;
    this.#topic = topic;
  }

  /** @throws WireError WIRE_BROKER_URL, WIRE_BROKER_UNREACHABLE, WIRE_VEHICLE_NAME */
  static async connect(
    url: string,
    vehicle: string,
    access?: BrokerAccess,
  ): Promise<DecisionOutlet> {
    const topic = topicOf(vehicle, "decision");
    return new DecisionOutlet(await connectBroker(url, access ? { access } : {}), topic);
  }

  get counts(): OutletCounts {
    return { ...this.#counts };
  }

  send(sealed: Uint8Array): void {
    if (!this.#client.connected || this.#inFlight >= IN_FLIGHT_MAX) {
      this.#counts.dropped++;
      return;
    }
    this.#inFlight++;
    this.#client.publish(this.#topic, Buffer.from(sealed), publishOptions("decision"), (error) => {
      this.#inFlight--;
      if (error) this.#counts.dropped++;
      else this.#counts.published++;
      if (this.#inFlight === 0) this.#idle?.();
    });
  }

  /** Waits, with a limit, for what is on its way. */
  async close(): Promise<void> {
    if (this.#inFlight > 0 && this.#client.connected)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_MS);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    await this.#client.endAsync(this.#inFlight > 0 || !this.#client.connected);
  }
}
