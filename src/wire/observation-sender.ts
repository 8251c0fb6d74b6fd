import type { MqttClient } from "mqtt";
import { type ConnectOptions, connectBroker } from "./broker-connection.ts";
import { publishOptions, topicOf } from "./topics.ts";

/** Messages that the socket has not taken; more are left out, because they would come too late. */
const UNSENT_MAX = 3;

/** A client that publishes observations (QoS 0, not retained), as sensors of a vehicle would. */
export class ObservationSender {
  readonly #client: MqttClient;
  readonly #topic: string;
  #unsent = 0;
  #sent = 0;
  #leftOut = 0;

  private constructor(client: MqttClient, topic: string) {
    this.#client = client;
    this.#topic = topic;
  }

  /** @throws WireError WIRE_BROKER_URL, WIRE_BROKER_UNREACHABLE, WIRE_VEHICLE_NAME */
  static async connect(
    url: string,
    vehicle: string,
    options: ConnectOptions = {},
  ): Promise<ObservationSender> {
    const topic = topicOf(vehicle, "observation");
    return new ObservationSender(await connectBroker(url, options), topic);
  }

  get counts(): { readonly sent: number; readonly leftOut: number } {
    return { sent: this.#sent, leftOut: this.#leftOut };
  }

  send(observation: Uint8Array): void {
    if (!this.#client.connected || this.#unsent >= UNSENT_MAX) {
      this.#leftOut++;
      return;
    }
    this.#unsent++;
    const { buffer, byteOffset, byteLength } = observation;
    const payload = Buffer.from(buffer, byteOffset, byteLength);
    this.#client.publish(this.#topic, payload, publishOptions("observation"), () => {
      this.#unsent--;
      this.#sent++;
    });
  }

  async close(): Promise<void> {
    await this.#client.endAsync(!this.#client.connected);
  }
}
