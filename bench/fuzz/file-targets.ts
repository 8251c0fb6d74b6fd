import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BevInputBuilder } from "../../src/bev/bev-input.ts";
import { defaultModelDir } from "../../src/cli/package-root.ts";
import { loadModel } from "../../src/inference/model.ts";
import { aDrive, type DriveSpec } from "../../src/ingest/drive.fixture.ts";
import { openSource } from "../../src/ingest/source.ts";
import { loadConfig } from "../../src/service/config.ts";
import { mutateBytes, mutateJson } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";

const DRIVES: readonly DriveSpec[] = [
  { ticks: 3 },
  { ticks: 3, indexed: false },
  { ticks: 3, compression: "lz4", chunkBytes: 2000 },
  { ticks: 3, compression: "zstd", cameras: ["b_front"] },
];

export async function fileTargets(dir: string): Promise<FuzzTarget[]> {
  const drives: Uint8Array[] = [];
  for (const spec of DRIVES) drives.push(readFileSync(await aDrive(spec)));
  const drivePath = join(dir, "drive.mcap");
  const configPath = join(dir, "config.json");
  return [
    {
      name: "mcap file",
      share: 6000,
      corpus: drives,
      mutate: mutateBytes,
      run: (input) => {
        writeFileSync(drivePath, input);
        return readDrive(drivePath);
      },
    },
    {
      name: "config",
      share: 4000,
      corpus: [
        '{"cruiseSpeedMps":10,"threads":1,"lidars":true,"validMs":300}',
        '{"egoSpeedMps":5.5,"cameraCountMax":3,"decisionDelayMs":50,"accelMaxMps2":1,"speedMaxMps":20}',
      ].map((text) => new TextEncoder().encode(text)),
      mutate: mutateJson,
      run: async (input) => {
        writeFileSync(configPath, input);
        await loadConfig(configPath);
        return "ok";
      },
    },
    cardTarget(dir),
  ];
}

/** Reads a drive to its end and cuts its pictures and points, as the service does. */
async function readDrive(path: string): Promise<string> {
  const source = await openSource(path, { egoSpeedMps: 5 });
  const builder = new BevInputBuilder();
  const codes = new Set<string>();
  try {
    let ticks = 0;
    for await (const observation of source.observations()) {
      for (const fault of observation.faults) codes.add(fault.code);
      // Damaged stamps may make a long drive of a short one; the network input of each costs the same.
      if (++ticks <= 2)
        for (const fault of (await builder.build(observation)).faults) codes.add(fault.code);
    }
  } finally {
    await source.close();
  }
  codes.delete("CAMERA_INVALID"); // the pictures of this drive are none
  codes.delete("ALL_CAMERAS_MISSING");
  return [...codes].sort()[0] ?? "ok";
}

/** The card alone, without the files it names: a good one ends in MODEL_NOT_FOUND. */
function cardTarget(dir: string): FuzzTarget {
  const path = join(dir, "card.json");
  return {
    name: "model card",
    share: 4000,
    corpus: [readFileSync(join(defaultModelDir(), "card.json"))],
    mutate: mutateJson,
    run: async (input) => {
      writeFileSync(path, input);
      const model = await loadModel(dir, { threads: 1 });
      await model.close();
      return "ok";
    },
  };
}
