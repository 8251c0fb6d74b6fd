import type { Decision, Mode } from "../contract/decision.ts";
import type { WireError } from "../contract/errors.ts";
import type { FaultCode } from "../contract/fault.ts";
import type { Route } from "../contract/observation.ts";
import type { SceneRefusal, SceneState } from "../contract/scene-exchange.ts";
import type { BrokerAccess } from "../wire/broker-access.ts";
import { encodeDecision } from "../wire/decision-codec.ts";
import { EmbeddedBroker, MQTT_PORT } from "../wire/embedded-broker.ts";
import { type LinkCounts, MqttLink } from "../wire/mqtt-link.ts";
import type { MarkedObservation } from "../wire/observation-codec.ts";
import { encodeSceneRefusal } from "../wire/scene-refusal-codec.ts";
import { Sealer } from "../wire/seal.ts";
import {
  encodeHealth,
  encodeStatus,
  type ServiceState,
  type Status,
} from "../wire/status-codec.ts";
import { topicOf } from "../wire/topics.ts";
import { monotonicMs, wallNowUs } from "./clock.ts";
import type { OverrideDesk } from "./override-desk.ts";

const HEALTH_PERIOD_MS = 1000;
const NO_COUNTS: LinkCounts = {
  published: 0,
  dropped: 0,
  reconnects: 0,
  instructions: 0,
  instructionsRefused: 0,
};

export type PublisherOptions = {
  /** "none", "embedded" or a broker URL. */
  readonly broker: string;
  /** User, password, certificates; what the environment says unless given. */
  readonly access?: BrokerAccess;
  readonly vehicle: string;
  /** [32] bytes. */
  readonly key: Uint8Array;
  /** [8] bytes. */
  readonly epoch: Uint8Array;
  readonly about: Pick<Status, "modelHash" | "configHash" | "software" | "sourceName">;
  readonly onInstruction?: (route: Route) => void;
  readonly onObservation?: (received: MarkedObservation | WireError) => void;
  /** Where somebody else publishes the decisions: how many got through. */
  readonly decisionCounts?: () => Pick<LinkCounts, "published" | "dropped">;
  /** Gets what comes on the override topic, and its state goes into the status. */
  readonly override?: OverrideDesk;
  /** Where Scenes of a simulator are driven: gets what comes on their topic; `state` goes into the status. */
  readonly scene?: {
    readonly state: SceneState;
    receive(payload: Uint8Array, retained: boolean): void;
  };
  /** One line for a person. */
  readonly onEvent?: (text: string) => void;
  readonly keepaliveS?: number;
  /** Port of the embedded broker. */
  readonly port?: number;
};

/** Seals every decision and hands it to the broker, if any; owns status and heartbeat. */
export class Publisher {
  readonly url: string | undefined;
  readonly #options: PublisherOptions;
  readonly #broker: EmbeddedBroker | undefined;
  readonly #sealer: Sealer;
  readonly #faults = new Map<FaultCode, number>();
  #link: MqttLink | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0;
  #decisionCount = 0;
  #lastMode: Mode | undefined;
  #lastAgeMs = 0;

  private constructor(
    options: PublisherOptions,
    broker: EmbeddedBroker | undefined,
    url: string | undefined,
  ) {
    this.#options = options;
    this.#broker = broker;
    this.url = url;
    const { vehicle, key, epoch } = options;
    this.#sealer = new Sealer({ topic: topicOf(vehicle, "decision"), key, epoch });
  }

  /** @throws WireError when the broker cannot be started or reached. */
  static async open(options: PublisherOptions): Promise<Publisher> {
    const { broker: choice, onEvent } = options;
    if (choice === "none") return new Publisher(options, undefined, undefined);
    const broker =
      choice === "embedded" ? await EmbeddedBroker.start(options.port ?? MQTT_PORT) : undefined;
    if (broker?.takenPort !== undefined)
      onEvent?.(`port ${broker.takenPort} is taken by another program; using ${broker.port}`);
    const publisher = new Publisher(options, broker, broker?.url ?? choice);
    try {
      await publisher.#connect(broker?.url ?? choice);
    } catch (error) {
      await broker?.close();
      throw error;
    }
    return publisher;
  }

  get counts(): LinkCounts {
    return { ...(this.#link?.counts ?? NO_COUNTS), ...this.#options.decisionCounts?.() };
  }

  /** The sealed bytes of a decision; each call moves the counter. @throws WireError */
  seal(decision: Decision): Uint8Array {
    return this.#sealer.seal(encodeDecision(decision), decision.decidedUs, decision.validMs);
  }

  /** Answers whether the broker was there to take it. */
  async publish(sealed: Uint8Array, decision: Decision, readMs: number): Promise<boolean> {
    this.note(decision, readMs);
    const taken = await this.#link?.publishDecision(sealed);
    this.#lastAgeMs = monotonicMs() - readMs;
    return taken ?? false;
  }

  /** Counts a decision for heartbeat and status; for one that somebody else publishes. */
  note(decision: Decision, readMs: number): void {
    this.#decisionCount++;
    this.#lastMode = decision.mode;
    for (const { code } of decision.faults)
      this.#faults.set(code, (this.#faults.get(code) ?? 0) + 1);
    this.#options.override?.noteDecision(decision);
    this.#lastAgeMs = monotonicMs() - readMs;
  }

  refuse(refusal: SceneRefusal): void {
    this.#link?.publishRefusal(encodeSceneRefusal(refusal));
  }

  /** Says the state again, because part of it has changed. */
  restate(): void {
    this.#link?.publishStatus(this.#status("ONLINE"));
  }

  /** Waits, with a limit, until every decision is acknowledged. */
  async flush(): Promise<void> {
    await this.#link?.flush();
  }

  /** Says OFFLINE and ends; a broker that no longer answers is left after a limit. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#options.override) this.#options.override.onChange = undefined;
    await this.#link?.close(this.#status("OFFLINE"));
    await this.#broker?.close();
  }

  async #connect(url: string): Promise<void> {
    const { vehicle, access, onInstruction, onObservation, override, scene, onEvent, keepaliveS } =
      this.#options;
    this.#link = await MqttLink.connect({
      url,
      vehicle,
      ...(access ? { access } : {}),
      ...(keepaliveS === undefined ? {} : { keepaliveS }),
      lastWill: this.#status("OFFLINE"),
      ...(onInstruction ? { onInstruction } : {}),
      ...(onObservation ? { onObservation } : {}),
      ...(override ? { onOverride: (bytes, old) => override.receive(bytes, old) } : {}),
      ...(scene ? { onScene: (bytes, old) => scene.receive(bytes, old) } : {}),
      ...(onEvent ? { onEvent } : {}),
    });
    this.#link.publishStatus(this.#status("STARTING"));
    this.#link.publishStatus(this.#status("ONLINE"));
    if (override) override.onChange = () => this.restate();
    let dueMs = monotonicMs() + HEALTH_PERIOD_MS;
    this.#timer = setInterval(() => {
      this.#beat(monotonicMs() - dueMs);
      dueMs = monotonicMs() + HEALTH_PERIOD_MS;
    }, HEALTH_PERIOD_MS);
  }

  #status(state: ServiceState): Uint8Array {
    const { vehicle, epoch, about, override, scene } = this.#options;
    const epochHex = Buffer.from(epoch).toString("hex");
    return encodeStatus({
      ...{ state, vehicle, epochHex, ...about },
      ...(override ? { override: override.status } : {}),
      ...(scene ? { scene: scene.state } : {}),
    });
  }

  #beat(lateMs: number): void {
    const override = this.#options.override;
    override?.refresh();
    const { published, dropped, reconnects, instructions, instructionsRefused } = this.counts;
    this.#link?.publishHealth(
      encodeHealth({
        sequence: this.#sequence++,
        wallUs: wallNowUs(),
        ...(this.#lastMode ? { mode: this.#lastMode } : {}),
        decisionCount: this.#decisionCount,
        publishedCount: published,
        droppedCount: dropped,
        decisionAgeMs: this.#lastAgeMs,
        eventLoopLagMs: Math.max(0, lateMs),
        rssBytes: process.memoryUsage.rss(),
        reconnectCount: reconnects,
        instructionCount: instructions,
        instructionRefusedCount: instructionsRefused,
        faults: [...this.#faults].map(([code, count]) => ({ code, count })),
        overrideCount: override?.status.acceptedCount ?? 0,
        overrideRefusals: override?.status.refusals ?? [],
      }),
    );
  }
}
