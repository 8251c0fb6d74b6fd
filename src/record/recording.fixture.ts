import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Decision } from "../contract/decision.ts";
import type { Obstacle } from "../contract/obstacle.ts";
import { encodePng } from "../image/encode.ts";
import { aDecision, anObservation } from "../wire/fixtures.cases.ts";
import type { RecordedTick, RunAbout } from "./recorded-tick.ts";
import { openRecordingFile, type RawFile } from "./recording-file.ts";
import { RecordingWriter } from "./recording-writer.ts";

export const ABOUT: RunAbout = {
  command: "replay",
  software: "waywarden test",
  vehicle: "car",
  source: { name: "drive.mcap", path: "/logs/drive.mcap" },
  hashes: { log: "11", model: "22", config: "33" },
  config: "{}",
  periodUs: 100_000,
};

export const START_US = 1_700_000_000_000_000;

export const anObstacle = (changes: Partial<Obstacle> = {}): Obstacle => ({
  id: 4,
  xM: 12,
  yM: 1,
  zMinM: 0.2,
  zMaxM: 1.7,
  lengthM: 4,
  widthM: 1.8,
  yawRad: 0.1,
  vxMps: 4,
  vyMps: 0,
  tracked: true,
  ageUs: 900_000,
  unseenUs: 0,
  sigmaM: 0.1,
  pointCount: 90,
  hull: [
    [10, 0],
    [14, 0],
    [12, 2],
  ],
  ...changes,
});

const picture = encodePng(new Uint8Array(8 * 4 * 3).fill(90), 8, 4);

/** Tick i of a run at 10 Hz. */
export async function aTick(
  id: number,
  changes: Partial<Decision> = {},
  obstacles: readonly Obstacle[] = [anObstacle()],
): Promise<RecordedTick> {
  const stampUs = START_US + id * 100_000;
  const base = anObservation({ id, stampUs });
  const data = await picture;
  return {
    observation: {
      ...base,
      images: base.images.map((image) => ({ ...image, stampUs, encoding: "png", data })),
      sweeps: [],
    },
    decision: aDecision({
      id,
      observationId: id,
      observationStampUs: stampUs,
      decidedUs: stampUs + 50_000,
      ...changes,
    }),
    sealed: Uint8Array.of(1, 2, 3, id & 255),
    ageMs: 12.5,
    obstacles: {
      stampUs,
      obstacles,
      untrackedXyz: new Float32Array(0),
      freeSightM: new Float32Array(360),
      carried: false,
    },
  };
}

export const aRecordingPath = (name = "run.mcap"): string =>
  join(mkdtempSync(join(tmpdir(), "waywarden-record-")), name);

/** Writes the ticks as a recording that ended well; gives its path. */
export async function aRecording(
  ticks: readonly RecordedTick[],
  about: Partial<RunAbout> = {},
): Promise<string> {
  const path = aRecordingPath();
  const writer = new RecordingWriter(await openRecordingFile(path, false), () => undefined);
  await writer.start({ ...ABOUT, ...about });
  for (const tick of ticks) await writer.add(tick, true);
  await writer.end("complete");
  return path;
}

/** A file on a disk with `spaceBytes` left, of which a reserve takes some. */
export function aSmallDisk(spaceBytes: number) {
  let content = Buffer.alloc(0);
  const disk = { spaceBytes, closed: 0 };
  const raw: RawFile = {
    write: async (data, at) => {
      const fits = Math.min(data.length, disk.spaceBytes - at);
      if (fits <= 0) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
      content = Buffer.concat([content.subarray(0, at), data.subarray(0, fits)]);
      return fits;
    },
    truncate: async (at) => {
      content = content.subarray(0, at);
    },
    close: async () => {
      disk.closed++;
    },
  };
  return { raw, disk, content: () => content };
}
