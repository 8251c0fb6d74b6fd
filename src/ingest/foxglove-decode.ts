import protobuf from "protobufjs";
import "protobufjs/ext/descriptor.js";
import { SourceError } from "../contract/errors.ts";
import type { RawEncoding } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { fromQuaternion, IDENTITY } from "../geometry/se3.ts";
import type { LogChannel } from "./mcap-log.ts";
import type { PictureSize } from "./picture-size.ts";
import type { PointLayout } from "./point-cloud-loader.ts";

export type ImageMessage = {
  readonly stampUs: number;
  readonly frameId: string;
  readonly format: string;
  /** Borrowed from the message. */
  readonly data: Uint8Array;
  /** true where the topic says that the lens has been taken out already. */
  readonly isRectified: boolean;
  /** Where the message says it; files say it in their header. */
  readonly size?: PictureSize;
};
export type CloudMessage = {
  readonly stampUs: number;
  readonly frameId: string;
  /** frame <- points of the cloud. */
  readonly frameFromCloud: Se3;
  readonly layout: PointLayout;
  /** Packed points, borrowed from the message. */
  readonly data: Uint8Array;
};
export type CalibrationMessage = {
  readonly frameId: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** [3, 3] and [3, 4] row-major, px; [] where absent. */
  readonly k: readonly number[];
  readonly p: readonly number[];
  /** [3, 3] row-major. */
  readonly r: readonly number[];
  /** Name of the distortion model and its coefficients. */
  readonly model: string;
  readonly d: readonly number[];
};
export type TransformMessage = {
  /** Absent: holds at all times. */
  readonly stampUs?: number;
  readonly parentFrameId: string;
  readonly childFrameId: string;
  readonly parentFromChild: Se3;
};
export type FixMessage = {
  readonly stampUs?: number;
  readonly latitudeRad: number;
  readonly longitudeRad: number;
};

type Fields = { readonly [name: string]: unknown };

/** Decodes the messages of one channel by the descriptor that the log carries. */
export type ChannelDecoder = (data: Uint8Array) => Fields;

/** Builds the decoder; a schema without a needed field is a SourceError that names topic and field. */
export function decoderOf(channel: LogChannel, needed: readonly string[]): ChannelDecoder {
  let type: protobuf.Type;
  try {
    type = protobuf.Root.fromDescriptor(channel.schemaData).lookupType(channel.schemaName);
  } catch (cause) {
    throw new SourceError(
      "SOURCE_SCHEMA",
      `topic ${channel.topic}: a FileDescriptorSet with ${channel.schemaName} expected, ` +
        `found ${channel.schemaData.length} bytes that do not hold it`,
      { cause },
    );
  }
  for (const name of needed)
    if (!(name in type.fields))
      throw new SourceError(
        "SOURCE_SCHEMA",
        `topic ${channel.topic}: field ${name} of ${channel.schemaName} expected, ` +
          `found ${Object.keys(type.fields).join(", ")}`,
      );
  return (data) => type.decode(data) as unknown as Fields;
}

/** Fields without which a message of each schema says nothing. */
export const NEEDED_FIELDS = {
  image: ["timestamp", "frameId", "data", "format"],
  rawImage: ["timestamp", "frameId", "data", "width", "height", "encoding", "step"],
  cloud: ["timestamp", "frameId", "pointStride", "fields", "data"],
  calibration: ["frameId", "width", "height", "K"],
  transform: [],
  pose: ["timestamp", "frameId", "pose"],
  fix: ["latitude", "longitude"],
} as const;

/** A message that is well-formed protobuf and still unusable. */
export class MessageError extends Error {}

const isFields = (v: unknown): v is Fields => typeof v === "object" && v !== null;
const num = (v: unknown): number => {
  if (typeof v === "number") return v;
  if (typeof v === "bigint") return Number(v);
  // protobufjs gives 64-bit integers as Long where that package is installed.
  if (isFields(v) && typeof v.toNumber === "function") return (v.toNumber as () => number)();
  return Number.NaN;
};
const text = (v: unknown): string => (typeof v === "string" ? v : "");
const numbers = (v: unknown): number[] => (Array.isArray(v) ? v.map(num) : []);

/** Integer microseconds of a google.protobuf.Timestamp; undefined where absent or zero. */
export function stampOf(timestamp: unknown): number | undefined {
  if (!isFields(timestamp)) return undefined;
  const us = num(timestamp.seconds) * 1e6 + Math.floor(num(timestamp.nanos) / 1000);
  return Number.isSafeInteger(us) && us > 0 ? us : undefined;
}

function neededStamp(fields: Fields): number {
  const stampUs = stampOf(fields.timestamp);
  if (stampUs === undefined) throw new MessageError("a timestamp expected, found none");
  return stampUs;
}

function bytes(v: unknown): Uint8Array {
  if (v instanceof Uint8Array) return v;
  // An absent bytes field reads as an empty plain array.
  if (Array.isArray(v) && v.length === 0) return new Uint8Array(0);
  throw new MessageError("data bytes expected, found none");
}

function se3Of(translation: unknown, rotation: unknown): Se3 {
  const t = isFields(translation) ? translation : {};
  const xyz: [number, number, number] = [num(t.x ?? 0), num(t.y ?? 0), num(t.z ?? 0)];
  if (!isFields(rotation)) throw new MessageError("a rotation expected, found none");
  const q: [number, number, number, number] = [
    num(rotation.x ?? 0),
    num(rotation.y ?? 0),
    num(rotation.z ?? 0),
    num(rotation.w ?? 0),
  ];
  const lengthOk = Math.abs(Math.hypot(...q) - 1) < 0.05;
  if (!xyz.every(Number.isFinite) || !lengthOk)
    throw new MessageError(
      `a finite translation and a unit quaternion expected, found [${xyz}] and [${q}]`,
    );
  return fromQuaternion(q, xyz);
}

const poseOf = (pose: unknown): Se3 =>
  isFields(pose) ? se3Of(pose.position, pose.orientation) : IDENTITY;

/** `image_rect`, `image_rect_color`, `image_rect_compressed`. */
const RECTIFIED_TOPIC = /(^|[/_-])rect(ified)?([/_-]|$)/i;
export const isRectifiedTopic = (topic: string): boolean => RECTIFIED_TOPIC.test(topic);

export const imageOf = (fields: Fields, topic: string): ImageMessage => ({
  isRectified: isRectifiedTopic(topic),
  stampUs: neededStamp(fields),
  frameId: text(fields.frameId),
  format: text(fields.format).toLowerCase(),
  data: bytes(fields.data),
});

/** Names of raw formats in logs → ours. */
const RAW_NAMES: Readonly<Record<string, RawEncoding>> = {
  ...{ rgb8: "rgb8", bgr8: "bgr8", mono8: "mono8", "8uc1": "mono8", nv12: "nv12" },
  ...{ yuyv: "yuyv", yuv422_yuy2: "yuyv", uyvy: "uyvy", yuv422: "uyvy" },
};
/** Of one row; nv12 has half as many rows again. */
const BYTES_A_PIXEL = { rgb8: 3, bgr8: 3, mono8: 1, yuyv: 2, uyvy: 2, nv12: 1 } as const;

/** A RawImage with its rows packed; an unknown format is passed on by name. */
export function rawImageOf(fields: Fields, topic: string): ImageMessage {
  const [widthPx, heightPx, step] = [num(fields.width), num(fields.height), num(fields.step)];
  const name = text(fields.encoding).toLowerCase();
  const encoding = RAW_NAMES[name];
  const base = {
    stampUs: neededStamp(fields),
    frameId: text(fields.frameId),
    isRectified: isRectifiedTopic(topic),
    format: encoding ?? name,
    size: { widthPx, heightPx },
  };
  const data = bytes(fields.data);
  const rowBytes = encoding ? widthPx * BYTES_A_PIXEL[encoding] : step;
  if (step === rowBytes || step === 0) return { ...base, data };
  const rows = encoding === "nv12" ? heightPx * 1.5 : heightPx;
  if (step < rowBytes || data.length < step * (rows - 1) + rowBytes)
    throw new MessageError(
      `${rows} rows of at least ${rowBytes} bytes expected, ` +
        `found ${data.length} bytes in steps of ${step}`,
    );
  const packed = new Uint8Array(rowBytes * rows);
  for (let y = 0; y < rows; y++)
    packed.set(data.subarray(y * step, y * step + rowBytes), y * rowBytes);
  return { ...base, data: packed };
}

export const cloudOf = (fields: Fields): CloudMessage => ({
  stampUs: neededStamp(fields),
  frameId: text(fields.frameId),
  frameFromCloud: poseOf(fields.pose),
  layout: {
    pointStrideBytes: num(fields.pointStride),
    fields: (Array.isArray(fields.fields) ? fields.fields : []).map((f: Fields) => ({
      name: text(f.name),
      offsetBytes: num(f.offset),
      type: num(f.type),
    })),
  },
  data: bytes(fields.data),
});

export const calibrationOf = (fields: Fields): CalibrationMessage => ({
  frameId: text(fields.frameId),
  widthPx: num(fields.width),
  heightPx: num(fields.height),
  k: numbers(fields.K),
  p: numbers(fields.P),
  r: numbers(fields.R),
  model: text(fields.distortionModel),
  d: numbers(fields.D),
});

/** One FrameTransform, or all of a FrameTransforms. */
export function transformsOf(fields: Fields): TransformMessage[] {
  if (Array.isArray(fields.transforms))
    return fields.transforms.flatMap((f: Fields) => transformsOf(f));
  const stampUs = stampOf(fields.timestamp);
  const parentFrameId = text(fields.parentFrameId);
  const childFrameId = text(fields.childFrameId);
  if (parentFrameId === "" || childFrameId === "" || parentFrameId === childFrameId)
    throw new MessageError(
      `two different frame names expected, found "${parentFrameId}" and "${childFrameId}"`,
    );
  return [
    {
      ...(stampUs === undefined ? {} : { stampUs }),
      parentFrameId,
      childFrameId,
      parentFromChild: se3Of(fields.translation, fields.rotation),
    },
  ];
}

/** A pose of `childFrameId` given as PoseInFrame. */
export const poseTransformOf = (fields: Fields, childFrameId: string): TransformMessage => ({
  stampUs: neededStamp(fields),
  parentFrameId: text(fields.frameId),
  childFrameId,
  parentFromChild: poseOf(fields.pose),
});

export function fixOf(fields: Fields): FixMessage {
  const stampUs = stampOf(fields.timestamp);
  const rad = Math.PI / 180;
  const latitudeRad = num(fields.latitude) * rad;
  const longitudeRad = num(fields.longitude) * rad;
  if (!Number.isFinite(latitudeRad) || !Number.isFinite(longitudeRad))
    throw new MessageError("a finite latitude and longitude expected, found NaN");
  return { ...(stampUs === undefined ? {} : { stampUs }), latitudeRad, longitudeRad };
}
