import type { Observation } from "../contract/observation.ts";
import type { Rig } from "../contract/scene.ts";
import type { MeaningKind } from "../expert/meaning.ts";
import { invert, transformPointsInto } from "../geometry/se3.ts";
import { type DriveWriter, openDriveWriter } from "../ingest/write-mcap.ts";
import { demoRig, evenElevations, scaleCamera } from "../render/rigs.ts";
import { type DriveOptions, observeDrive } from "./drive.ts";

/** Fixed frame that poses are written in, and the frame of the vehicle. */
const FIXED_FRAME = "map";
const EGO_FRAME = "base_link";

/** Writes a generated drive as MCAP, in the layout of a recorded one. Same options, same bytes. */
export async function writeDrive(
  path: string,
  options: DriveOptions,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> {
  const writer = await openDriveWriter(path, { compression: "zstd" });
  const total = Math.round(options.durationS * 10);
  try {
    for await (const observation of observeDrive(options)) {
      if (observation.id === 0) await writeCalibration(writer, observation);
      await writeTick(writer, observation);
      onProgress(observation.id + 1, total);
    }
  } finally {
    await writer.close();
  }
}

async function writeCalibration(writer: DriveWriter, first: Observation): Promise<void> {
  for (const sweep of first.sweeps)
    await writer.writeTransform(
      EGO_FRAME,
      sweep.name,
      undefined,
      sweep.egoFromLidar,
      first.stampUs,
    );
  for (const { name, camera } of first.images) {
    await writer.writeTransform(
      EGO_FRAME,
      name,
      undefined,
      camera.mountEgoFromCamera,
      first.stampUs,
    );
    await writer.writeCalibration(name, first.stampUs, camera.intrinsics);
  }
}

async function writeTick(writer: DriveWriter, observation: Observation): Promise<void> {
  const pose = observation.ego?.odomFromEgo;
  if (pose) await writer.writeTransform(FIXED_FRAME, EGO_FRAME, observation.stampUs, pose);
  for (const sweep of observation.sweeps) {
    const xyz = new Float32Array(sweep.xyz.length);
    transformPointsInto(invert(sweep.egoFromLidar), sweep.xyz, xyz);
    const cloud = { xyz, intensity: sweep.intensity };
    await writer.writeSweep(sweep.name, sweep.stampUs, cloud);
  }
  for (const { name, stampUs, encoding, data } of observation.images)
    if (encoding === "jpeg" || encoding === "png")
      await writer.writeImage({ name, stampUs, encoding, data });
}

export type DemoDriveOptions = {
  readonly seed: number;
  readonly durationS: number;
  readonly onProgress?: (done: number, total: number) => void;
};

/** The drive that `waywarden demo` shows: a queue in town that moves off, by three cameras. */
export async function writeDemoDrive(path: string, options: DemoDriveOptions): Promise<void> {
  const kind: MeaningKind = "FOLLOW_ROAD";
  const drive: DriveOptions = {
    seed: options.seed,
    durationS: options.durationS,
    rig: smallRig(),
    text: "follow the road",
    meaning: { kind },
  };
  await writeDrive(path, drive, options.onProgress);
}

/** The demo rig with smaller pictures and half the beams: a third of the time and of the bytes. */
function smallRig(): Rig {
  const rig = demoRig();
  const beamCount = 32;
  const elevationsRad = evenElevations(beamCount, -0.42, 0.17);
  return {
    name: "demo-small",
    cameras: rig.cameras.map((camera) => scaleCamera(camera, 640, 360)),
    lidars: rig.lidars.map((l) => ({ ...l, beamCount, elevationsRad, azimuthCount: 1024 })),
  };
}
