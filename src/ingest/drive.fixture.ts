import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CameraIntrinsics, PointCloud } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { BODY_FROM_OPTICAL, compose, fromYawPitchRoll } from "../geometry/se3.ts";
import { type DriveWriter, type DriveWriterOptions, openDriveWriter } from "./write-mcap.ts";

export const START_US = 1_700_000_000_000_000;
export const PERIOD_US = 100_000;
export const INTRINSICS: CameraIntrinsics = {
  widthPx: 64,
  heightPx: 36,
  fxPx: 50,
  fyPx: 50,
  cxPx: 31.5,
  cyPx: 17.5,
};
/** Not a picture, but as opaque as one to ingest. */
export const JPEG_BYTES = Uint8Array.of(0xff, 0xd8, 1, 2, 3, 0xff, 0xd9);

export const mountAt = (yawRad: number, x: number, y: number, z: number): Se3 =>
  compose(fromYawPitchRoll(yawRad, 0, 0, [x, y, z]), BODY_FROM_OPTICAL);

export const LIDAR_MOUNT = fromYawPitchRoll(0, 0, 0, [1, 0, 1.8]);
/** Name → mounting and stamp relative to the LiDAR. Alphabetical order is not front first. */
export const CAMERAS: Readonly<Record<string, { readonly mount: Se3; readonly offsetUs: number }>> =
  {
    a_back: { mount: mountAt(Math.PI, -1, 0, 1.5), offsetUs: 10_000 },
    b_front: { mount: mountAt(0, 1.5, 0, 1.5), offsetUs: -50_000 },
  };

/** `count` points in a row ahead, m, LiDAR axes. */
export function aCloud(count = 4): PointCloud {
  const xyz = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) xyz.set([10 + i, i * 0.5, -1], i * 3);
  return { xyz, intensity: new Float32Array(count).fill(0.5) };
}

export type DriveSpec = DriveWriterOptions & {
  readonly ticks?: number;
  readonly speedMps?: number;
  readonly cameras?: readonly string[];
  readonly lidar?: boolean;
  readonly poses?: boolean;
  readonly calibrations?: boolean;
  /** Ticks without sweep, or without pose. */
  readonly noSweepAt?: readonly number[];
  readonly noPoseAt?: readonly number[];
  /** Writes more, before the drive is closed. */
  readonly also?: (writer: DriveWriter) => Promise<void>;
};

/** Writes a straight drive along map x and gives the path of the log. */
export async function aDrive(spec: DriveSpec = {}): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "waywarden-")), "drive.mcap");
  const writer = await openDriveWriter(path, spec);
  const cameras = spec.cameras ?? Object.keys(CAMERAS);
  const speedMps = spec.speedMps ?? 10;
  const lidar = spec.lidar ?? true;
  for (let tick = 0; tick < (spec.ticks ?? 8); tick++) {
    const stampUs = START_US + tick * PERIOD_US;
    if (tick === 0) await writeMounts(writer, cameras, stampUs - PERIOD_US);
    for (const name of cameras) {
      const at = stampUs + CAMERAS[name]!.offsetUs;
      if (spec.calibrations ?? true) await writer.writeCalibration(name, at, INTRINSICS);
      await writer.writeImage({ name, stampUs: at, encoding: "jpeg", data: JPEG_BYTES });
    }
    if (lidar && !spec.noSweepAt?.includes(tick))
      await writer.writeSweep("lidar", stampUs, aCloud());
    if ((spec.poses ?? true) && !spec.noPoseAt?.includes(tick)) {
      const xM = (speedMps * tick * PERIOD_US) / 1e6;
      const pose = fromYawPitchRoll(0, 0, 0, [xM, 0, 0]);
      await writer.writeTransform("map", "base_link", stampUs, pose);
    }
  }
  await spec.also?.(writer);
  await writer.close();
  return path;
}

async function writeMounts(writer: DriveWriter, cameras: readonly string[], logUs: number) {
  await writer.writeTransform("base_link", "lidar", undefined, LIDAR_MOUNT, logUs);
  for (const name of cameras)
    await writer.writeTransform("base_link", name, undefined, CAMERAS[name]!.mount, logUs);
}
