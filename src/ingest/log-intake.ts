import type { Fault } from "../contract/fault.ts";
import type { BuildContext, SensorItem } from "./build-observation.ts";
import { type Calibration, readCalibration } from "./calibration.ts";
import { EgoTrack } from "./ego-track.ts";
import {
  type ChannelDecoder,
  calibrationOf,
  cloudOf,
  decoderOf,
  fixOf,
  imageOf,
  NEEDED_FIELDS,
  poseTransformOf,
  rawImageOf,
  type TransformMessage,
  transformsOf,
} from "./foxglove-decode.ts";
import type { LogChannel, LogMessage } from "./mcap-log.ts";
import type { SourceInfo, SourceOptions } from "./source.ts";
import { TfTree } from "./tf-tree.ts";
import { type LogTopics, RAW_IMAGE_SCHEMA, type Role } from "./topics.ts";

type Port = {
  readonly topic: string;
  readonly role: Role;
  readonly sensor: string | undefined;
  readonly isRawImage: boolean;
  readonly decode: ChannelDecoder;
};

export type Sensed = { readonly name: string; readonly item: SensorItem };

/** Takes the messages of a log apart: motion and calibration are kept, sensor data handed on. */
export class LogIntake {
  readonly #ports = new Map<number, Port>();
  readonly #tf: TfTree;
  readonly #track: EgoTrack;
  readonly #calibrations = new Map<string, Calibration>();
  readonly #frames = new Map<string, string>();
  readonly #options: SourceOptions;
  #egoInTree = false;
  #faults: Fault[] = [];

  constructor(topics: LogTopics, options: SourceOptions) {
    this.#options = options;
    this.#tf = new TfTree(options.egoFrame ?? "base_link");
    this.#track = new EgoTrack(this.#tf, options.egoSpeedMps);
    for (const { name, channel } of topics.images) this.#open(channel, "image", name);
    for (const { name, channel } of topics.clouds) this.#open(channel, "cloud", name);
    for (const { channel, camera } of topics.calibrations)
      this.#open(channel, "calibration", camera);
    for (const { channel, role } of topics.motion) this.#open(channel, role);
  }

  #open(channel: LogChannel, role: Role, sensor?: string): void {
    const isRawImage = channel.schemaName === RAW_IMAGE_SCHEMA;
    const decode = decoderOf(channel, NEEDED_FIELDS[isRawImage ? "rawImage" : role]);
    this.#ports.set(channel.id, { topic: channel.topic, role, sensor, isRawImage, decode });
  }

  /** Takes one message; gives back sensor data. A broken message becomes MESSAGE_INVALID. */
  take(message: LogMessage): Sensed | undefined {
    const port = this.#ports.get(message.channelId);
    if (!port) return undefined;
    try {
      return this.#dispatch(port, message);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const detail = `topic ${port.topic}, message of ${message.data.length} bytes recorded at ${message.logTimeUs} µs: ${why}`;
      const source = port.sensor ?? port.topic;
      this.#faults.push({ code: "MESSAGE_INVALID", detail, stampUs: message.logTimeUs, source });
      return undefined;
    }
  }

  #dispatch(
    { role, topic, sensor, isRawImage, decode }: Port,
    { data, logTimeUs }: LogMessage,
  ): Sensed | undefined {
    const fields = decode(data);
    switch (role) {
      case "image":
        return {
          name: sensor!,
          item: { kind: "camera", message: (isRawImage ? rawImageOf : imageOf)(fields, topic) },
        };
      case "cloud":
        return { name: sensor!, item: { kind: "lidar", message: cloudOf(fields) } };
      case "calibration": {
        const message = calibrationOf(fields);
        const calibration = readCalibration(message);
        if (typeof calibration === "string") throw new Error(calibration);
        this.#calibrations.set(sensor ?? message.frameId, calibration);
        if (sensor !== undefined) this.#frames.set(sensor, message.frameId);
        return undefined;
      }
      case "transform":
        for (const t of transformsOf(fields)) this.#addTransform(t);
        return undefined;
      case "pose":
        // A transform tree knows ego better than a lone pose topic.
        if (!this.#egoInTree) this.#add(poseTransformOf(fields, this.#tf.egoFrame));
        return undefined;
      case "fix": {
        const fix = fixOf(fields);
        this.#track.addFix(fix, fix.stampUs ?? logTimeUs);
        return undefined;
      }
    }
  }

  #addTransform(transform: TransformMessage): void {
    if (transform.childFrameId === this.#tf.egoFrame) this.#egoInTree = true;
    this.#add(transform);
  }

  #add({ parentFrameId, childFrameId, stampUs, parentFromChild }: TransformMessage): void {
    this.#tf.add(parentFrameId, childFrameId, stampUs, parentFromChild);
  }

  /** true once a camera has its calibration and mounting. */
  knows(camera: string): boolean {
    return this.#calibrations.has(camera) && Number.isFinite(this.offFrontRad(camera));
  }

  /** Angle between the optical axis and x of ego, in steps of 0.1 rad; Infinity where unknown. */
  offFrontRad(camera: string): number {
    const frame = this.#frames.get(camera) ?? camera;
    const always = Number.MAX_SAFE_INTEGER;
    const mount = this.#tf.lookup(this.#tf.egoFrame, frame, 0, always);
    if (!mount) return Number.POSITIVE_INFINITY;
    return Math.round(Math.abs(Math.atan2(mount.r[5]!, mount.r[2]!)) * 10) / 10;
  }

  /** Channels that look like sensors and cannot be read. */
  reject(reasons: readonly string[], stampUs: number): void {
    for (const detail of reasons) this.#faults.push({ code: "MESSAGE_INVALID", detail, stampUs });
  }

  /** Faults since the last call. */
  takeFaults(): readonly Fault[] {
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }

  context(info: SourceInfo, toleranceUs: number): Omit<BuildContext, "route"> {
    return {
      tf: this.#tf,
      track: this.#track,
      calibrations: this.#calibrations,
      cameras: info.cameras,
      lidars: info.lidars,
      lidarOriginsM: this.#options.lidarOriginsM ?? {},
      periodUs: info.periodUs,
      toleranceUs,
    };
  }
}
