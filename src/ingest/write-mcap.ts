import { type FileHandle, open } from "node:fs/promises";
import { SourceError } from "../contract/errors.ts";
import type { CameraIntrinsics, PointCloud } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { toQuaternion } from "../geometry/se3.ts";
import { encodeFoxglove, foxgloveDescriptorSet, type WrittenSchema } from "./foxglove-schemas.ts";
import { fileOutput, McapSink, type McapSinkOptions } from "./mcap-sink.ts";

/** Layout of packPoints, as foxglove.PointCloud says it. */
export const packedPointFields = {
  point_stride: 16,
  fields: ["x", "y", "z", "intensity"].map((name, i) => ({ name, offset: i * 4, type: 7 })),
} as const;

export type DriveWriterOptions = McapSinkOptions;

export type WrittenImage = {
  readonly name: string;
  readonly stampUs: number;
  readonly encoding: "jpeg" | "png";
  readonly data: Uint8Array;
};

/**
 * Writes a drive as MCAP with Foxglove protobuf schemas. The frame of a sensor has the name of
 * the sensor. Await each call before the next.
 */
export interface DriveWriter {
  writeImage(image: WrittenImage): Promise<void>;
  writeCalibration(camera: string, stampUs: number, intrinsics: CameraIntrinsics): Promise<void>;
  /** Points in the frame of the LiDAR, or in `frameId`. */
  writeSweep(lidar: string, stampUs: number, cloud: PointCloud, frameId?: string): Promise<void>;
  /** parentFromChild at a stamp; `stampUs` undefined writes it without one: it always holds. */
  writeTransform(
    parent: string,
    child: string,
    stampUs: number | undefined,
    parentFromChild: Se3,
    logUs?: number,
  ): Promise<void>;
  /** Any message of the written schemas; field names in snake_case. */
  writeMessage(
    topic: string,
    schema: WrittenSchema,
    logUs: number,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** Raw bytes under any schema name and encoding. */
  writeBytes(
    topic: string,
    schema: string,
    logUs: number,
    data: Uint8Array,
    encoding?: string,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Opens `path` for writing; an existing file is replaced. */
export async function openDriveWriter(
  path: string,
  options: DriveWriterOptions = {},
): Promise<DriveWriter> {
  let file: FileHandle;
  try {
    file = await open(path, "w");
  } catch (cause) {
    const message = `${path}: a file that can be written expected, found none`;
    throw new SourceError("SOURCE_NOT_WRITABLE", message, { cause });
  }
  return driveWriter(await McapSink.open(fileOutput(file), options));
}

/** google.protobuf.Timestamp. */
export const timestamp = (stampUs: number) => ({
  seconds: Math.floor(stampUs / 1e6),
  nanos: (stampUs % 1e6) * 1000,
});
/** foxglove.Vector3. */
export const vector = (t: readonly [number, number, number]) => ({ x: t[0], y: t[1], z: t[2] });
/** foxglove.Quaternion. */
export function quaternion(r: readonly number[]) {
  const [x, y, z, w] = toQuaternion(r);
  return { x, y, z, w };
}

/** x, y, z, intensity as float32, 16 bytes a point. */
export function packPoints({ xyz, intensity }: PointCloud): Uint8Array {
  const out = new Float32Array(intensity.length * 4);
  for (let i = 0; i < intensity.length; i++) {
    out[i * 4] = xyz[i * 3]!;
    out[i * 4 + 1] = xyz[i * 3 + 1]!;
    out[i * 4 + 2] = xyz[i * 3 + 2]!;
    out[i * 4 + 3] = intensity[i]!;
  }
  return new Uint8Array(out.buffer);
}

function driveWriter(sink: McapSink): DriveWriter {
  const descriptorSet = foxgloveDescriptorSet();
  const writeBytes: DriveWriter["writeBytes"] = (
    topic,
    schema,
    logUs,
    data,
    encoding = "protobuf",
  ) => sink.write(topic, { name: schema, encoding, data: descriptorSet }, logUs, data);
  const writeMessage: DriveWriter["writeMessage"] = (topic, schema, logUs, fields) =>
    writeBytes(topic, schema, logUs, encodeFoxglove(schema, fields));

  return {
    writeBytes,
    writeMessage,
    writeImage: ({ name, stampUs, encoding, data }) =>
      writeMessage(`/${name}/image`, "foxglove.CompressedImage", stampUs, {
        timestamp: timestamp(stampUs),
        frame_id: name,
        format: encoding,
        data,
      }),
    writeCalibration: (camera, stampUs, { widthPx, heightPx, fxPx, fyPx, cxPx, cyPx }) =>
      writeMessage(`/${camera}/camera_info`, "foxglove.CameraCalibration", stampUs, {
        timestamp: timestamp(stampUs),
        frame_id: camera,
        width: widthPx,
        height: heightPx,
        distortion_model: "plumb_bob",
        D: [0, 0, 0, 0, 0],
        K: [fxPx, 0, cxPx, 0, fyPx, cyPx, 0, 0, 1],
        R: [1, 0, 0, 0, 1, 0, 0, 0, 1],
        P: [fxPx, 0, cxPx, 0, 0, fyPx, cyPx, 0, 0, 0, 1, 0],
      }),
    writeSweep: (lidar, stampUs, cloud, frameId = lidar) =>
      writeMessage(`/${lidar}/points`, "foxglove.PointCloud", stampUs, {
        timestamp: timestamp(stampUs),
        frame_id: frameId,
        pose: { position: {}, orientation: { w: 1 } },
        ...packedPointFields,
        data: packPoints(cloud),
      }),
    writeTransform: (parent, child, stampUs, parentFromChild, logUs) =>
      writeMessage("/tf", "foxglove.FrameTransform", logUs ?? stampUs ?? 0, {
        ...(stampUs === undefined ? {} : { timestamp: timestamp(stampUs) }),
        parent_frame_id: parent,
        child_frame_id: child,
        translation: vector(parentFromChild.t),
        rotation: quaternion(parentFromChild.r),
      }),
    close: () => sink.close(),
  };
}
