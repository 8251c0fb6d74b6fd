import { encodeFoxglove, foxgloveDescriptorSet } from "../ingest/foxglove-schemas.ts";
import { type McapSchema, McapSink } from "../ingest/mcap-sink.ts";
import { timestamp } from "../ingest/write-mcap.ts";
import { encodeDecision } from "../wire/decision-codec.ts";
import { encodeTickFigures } from "../wire/figures-codec.ts";
import { waywardenDescriptorSet } from "../wire/proto.ts";
import { ABOUT_METADATA, END_METADATA, RECORDING_TOPICS as TOPICS } from "./channels.ts";
import { pointsMessage } from "./points-message.ts";
import type { RecordedTick, RecordingEnd, RunAbout } from "./recorded-tick.ts";
import type { RecordingFile } from "./recording-file.ts";
import { SceneWriter } from "./scene-update.ts";
import {
  bevMessage,
  cameraMessages,
  type FoxgloveMessage,
  figuresOf,
  logMessages,
  transformsOf,
} from "./tick-messages.ts";

/** Some two to five ticks with pictures: what a killed process loses at most. */
const CHUNK_BYTES = 512 * 1024;

/**
 * Writes decisions and what shows them as MCAP. Never throws for what the disk does: when writing
 * fails the recording is ended as well as space permits, and every later decision is counted.
 */
export class RecordingWriter {
  readonly #file: RecordingFile;
  readonly #scene = new SceneWriter();
  readonly #foxglove = foxgloveDescriptorSet();
  readonly #waywarden = waywardenDescriptorSet();
  readonly #onEnd: (text: string) => void;
  #sink: McapSink | undefined;
  #firstUs: number | undefined;
  #lastUs = 0;
  #text: string | undefined;
  #decisionCount = 0;
  #unrecordedCount = 0;
  #picturesDroppedCount = 0;
  #reason = "writing never began";

  /** `onEnd` hears at once where and why the recording ended early. */
  constructor(file: RecordingFile, onEnd: (text: string) => void) {
    this.#file = file;
    this.#onEnd = onEnd;
  }

  async start(about: RunAbout): Promise<void> {
    await this.#guarded(async () => {
      this.#sink = await McapSink.open(this.#file, { compression: "lz4", chunkBytes: CHUNK_BYTES });
      const { source, hashes, periodUs, ...rest } = about;
      await this.#sink.writeMetadata(ABOUT_METADATA, {
        ...rest,
        source: source.name,
        source_path: source.path,
        log_hash: hashes.log,
        model_hash: hashes.model,
        config_hash: hashes.config,
        period_us: String(periodUs),
      });
    });
  }

  /** `withPictures` false: they were left out because writing was behind. */
  async add(tick: RecordedTick, withPictures: boolean): Promise<void> {
    if (!this.#sink) {
      this.#unrecordedCount++;
      return;
    }
    this.#firstUs ??= tick.observation.stampUs;
    this.#lastUs = tick.observation.stampUs;
    this.#decisionCount++;
    if (!withPictures) this.#picturesDroppedCount++;
    await this.#guarded(() => this.#write(tick, withPictures));
  }

  /** Ticks that never came here. */
  noteUnrecorded(count: number): void {
    this.#unrecordedCount += count;
  }

  /** Ends the recording, if it has not ended yet; answers what it holds. */
  async end(reason: string): Promise<RecordingEnd> {
    if (this.#sink) await this.#guarded(() => this.#finish(reason));
    return this.#state();
  }

  #state(): RecordingEnd {
    return {
      reason: this.#reason,
      decisionCount: this.#decisionCount,
      picturesDroppedCount: this.#picturesDroppedCount,
      decisionsDroppedCount: this.#unrecordedCount,
    };
  }

  async #write(tick: RecordedTick, withPictures: boolean): Promise<void> {
    const { decision, sealed, observation } = tick;
    await this.#proto(TOPICS.decision, "Decision", tick, encodeDecision(decision));
    if (sealed) await this.#proto(TOPICS.sealed, "Sealed", tick, sealed);
    const figures = encodeTickFigures(figuresOf(tick, this.#firstUs ?? observation.stampUs));
    await this.#proto(TOPICS.figures, "TickFigures", tick, figures);
    for (const line of logMessages(tick, this.#text)) await this.#show(TOPICS.log, line, tick);
    this.#text = observation.route.text;
    await this.#show(TOPICS.transforms, transformsOf(tick), tick);
    const fields = this.#scene.update(tick);
    await this.#show(TOPICS.scene, { schema: "foxglove.SceneUpdate", fields }, tick);
    if (!withPictures) return;
    for (const { image, calibration } of await cameraMessages(tick)) {
      await this.#show(TOPICS.calibration, calibration, tick);
      await this.#show(TOPICS.camera, image, tick);
    }
    await this.#show(TOPICS.bev, await bevMessage(tick), tick);
    const points = pointsMessage(tick);
    if (points) await this.#show(TOPICS.points, points, tick);
  }

  #proto(topic: string, name: string, tick: RecordedTick, data: Uint8Array): Promise<void> {
    const schema = { name: `waywarden.v1.${name}`, encoding: "protobuf", data: this.#waywarden };
    return this.#put(topic, schema, tick, data);
  }

  #show(topic: string, { schema, fields }: FoxgloveMessage, tick: RecordedTick): Promise<void> {
    const described = { name: schema, encoding: "protobuf", data: this.#foxglove };
    return this.#put(topic, described, tick, encodeFoxglove(schema, fields));
  }

  async #put(topic: string, schema: McapSchema, tick: RecordedTick, data: Uint8Array) {
    const { observationStampUs, decidedUs } = tick.decision;
    await this.#sink?.write(topic, schema, observationStampUs, data, decidedUs);
  }

  /** Runs one step; when the file has failed meanwhile, what can be written of an end is written. */
  async #guarded(step: () => Promise<void>): Promise<void> {
    try {
      await step();
      const { trouble } = this.#file;
      if (!trouble || !this.#sink) return;
      const reason = `writing stopped: ${trouble.message}`;
      this.#onEnd(`the recording ends at ${this.#endS()} s: ${reason}; decisions go on`);
      await this.#finish(reason);
    } catch (error) {
      if (!this.#file.trouble) throw error;
      // Not even the reserve sufficed: no index, but every chunk before is whole.
      const why = this.#file.trouble.message;
      if (this.#sink) this.#onEnd(`the recording ends without an index: ${why}; decisions go on`);
      this.#reason = `writing stopped without an index: ${why}`;
      this.#sink = undefined;
      await this.#file.close().catch(() => undefined);
    }
  }

  #endS = (): string => ((this.#lastUs - (this.#firstUs ?? this.#lastUs)) / 1e6).toFixed(1);

  async #finish(reason: string): Promise<void> {
    const sink = this.#sink!;
    this.#reason = reason;
    const { decisionCount, picturesDroppedCount, decisionsDroppedCount } = this.#state();
    const complete = reason === "complete";
    const log = {
      timestamp: timestamp(this.#lastUs),
      level: complete ? 2 : 4,
      name: "recording",
      message: `recording ends at ${this.#endS()} s with ${decisionCount} decisions: ${reason}`,
    };
    const schema = { name: "foxglove.Log", encoding: "protobuf", data: this.#foxglove };
    const data = encodeFoxglove("foxglove.Log", log);
    await sink.write(TOPICS.log, schema, this.#lastUs, data);
    await sink.writeMetadata(END_METADATA, {
      reason,
      decision_count: String(decisionCount),
      pictures_dropped_count: String(picturesDroppedCount),
      decisions_dropped_count: String(decisionsDroppedCount),
    });
    await sink.close();
    this.#sink = undefined;
  }
}
