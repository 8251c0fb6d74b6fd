/** Small generated drives, written as logs with whatever a test breaks in them, and replayed. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Observation } from "../src/contract/observation.ts";
import type { Rig } from "../src/contract/scene.ts";
import { observeDrive } from "../src/dataset/drive.ts";
import { aSmallRig } from "../src/dataset/small-rig.fixture.ts";
import { invert, transformPointsInto } from "../src/geometry/se3.ts";
import { MODEL_DIR } from "../src/inference/model-folder.fixture.ts";
import { type DriveWriter, openDriveWriter } from "../src/ingest/write-mcap.ts";
import { loadConfig, type ServiceConfig } from "../src/service/config.ts";
import type { Tick } from "../src/service/pipeline.ts";
import { type ReplayRun, runReplay } from "../src/service/run-replay.ts";

export const aFolder = (): string => mkdtempSync(join(tmpdir(), "waywarden-e2e-"));

/** Observations of a generated drive; the small rig has one camera and 16 beams. */
export async function generateDrive(
  ticks: number,
  rig: Rig = aSmallRig(),
  seed = 5,
): Promise<Observation[]> {
  const drive = { seed, rig, text: "follow the road", meaning: { kind: "FOLLOW_ROAD" } } as const;
  const all: Observation[] = [];
  for await (const observation of observeDrive({ ...drive, durationS: ticks / 10 }))
    all.push(observation);
  return all;
}

export type LogSpec = {
  readonly calibrations?: boolean;
  readonly poses?: (tick: number) => boolean;
  readonly chunkBytes?: number;
  /** Writes more at the end. */
  readonly also?: (writer: DriveWriter, startUs: number) => Promise<void>;
};

/** Writes observations as a log, poses as map ← base_link; gives its path. */
export async function writeLog(
  observations: readonly Observation[],
  spec: LogSpec = {},
): Promise<string> {
  const path = join(aFolder(), "drive.mcap");
  const { chunkBytes } = spec;
  const writer = await openDriveWriter(path, chunkBytes === undefined ? {} : { chunkBytes });
  const startUs = observations[0]!.stampUs;
  const named = <T extends { readonly name: string }>(items: readonly T[]) =>
    new Map(items.map((item) => [item.name, item])).values();
  for (const { name, egoFromLidar } of named(observations.flatMap((o) => o.sweeps)))
    await writer.writeTransform("base_link", name, undefined, egoFromLidar, startUs);
  for (const { name, camera } of named(observations.flatMap((o) => o.images))) {
    const { mountEgoFromCamera, intrinsics } = camera;
    await writer.writeTransform("base_link", name, undefined, mountEgoFromCamera, startUs);
    if (spec.calibrations ?? true) await writer.writeCalibration(name, startUs, intrinsics);
  }
  for (const observation of observations) await writeTick(writer, observation, spec);
  await spec.also?.(writer, startUs);
  await writer.close();
  return path;
}

async function writeTick(writer: DriveWriter, observation: Observation, spec: LogSpec) {
  const { id, stampUs, ego, sweeps, images } = observation;
  if (ego?.odomFromEgo && (spec.poses?.(id) ?? true))
    await writer.writeTransform("map", "base_link", stampUs, ego.odomFromEgo);
  for (const sweep of sweeps) {
    const xyz = new Float32Array(sweep.xyz.length);
    transformPointsInto(invert(sweep.egoFromLidar), sweep.xyz, xyz);
    const cloud = { xyz, intensity: sweep.intensity };
    await writer.writeSweep(sweep.name, sweep.stampUs, cloud);
  }
  for (const { name, data, stampUs: at } of images)
    await writer.writeImage({ name, stampUs: at, encoding: "jpeg", data });
}

export type RunSpec = Partial<
  Pick<ReplayRun, "modelDir" | "broker" | "rate" | "startS" | "instruments">
> & {
  readonly config?: Partial<ServiceConfig>;
  readonly signal?: AbortSignal;
  readonly onTick?: (tick: Tick) => void;
};

/** The whole service over a log, as the command runs it. */
export async function replayLog(logPath: string, spec: RunSpec = {}) {
  const ticks: Tick[] = [];
  const said: string[] = [];
  const { config, onTick, ...changes } = spec;
  const summary = await runReplay({
    logPath,
    modelDir: MODEL_DIR,
    effective: await loadConfig(undefined, config),
    broker: "none",
    vehicle: "car",
    key: new Uint8Array(32).fill(7),
    rate: "max",
    text: "follow the road",
    software: "test",
    signal: new AbortController().signal,
    say: (text) => said.push(text),
    onTick: (tick) => {
      ticks.push(tick);
      onTick?.(tick);
    },
    ...changes,
  });
  return { summary, ticks, said };
}
