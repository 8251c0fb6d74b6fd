import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { Observation } from "../contract/observation.ts";
import { collect } from "./source.cases.ts";
import { openSource, type SourceOptions } from "./source.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SHARED = resolve(ROOT, process.env.WAYWARDEN_SHARED ?? "../shared");
const LOGS = resolve(SHARED, "data/logs");
const present = existsSync(LOGS);
if (!present) console.log(`skipped: recorded logs are not at ${LOGS} (set WAYWARDEN_SHARED)`);

async function observe(name: string, options?: SourceOptions): Promise<Observation[]> {
  const source = await openSource(resolve(LOGS, name), options);
  try {
    return await collect(source);
  } finally {
    await source.close();
  }
}
const speeds = (all: readonly Observation[]) => all.map((o) => o.ego?.speedMps);
const countOf = (all: readonly Observation[], code: string) =>
  all.flatMap((o) => o.faults).filter((f) => f.code === code).length;

describe.skipIf(!present)("recorded logs", () => {
  test("pandaset-002 gives 80 observations, 4 of them without LiDAR, all with six cameras", async () => {
    const all = await observe("pandaset-002.mcap");
    expect(all).toHaveLength(80);
    const without = all.filter((o) => o.sweeps.length === 0).map((o) => o.id);
    expect(without).toEqual([56, 57, 58, 71]);
    expect(countOf(all, "LIDAR_MISSING")).toBe(4);
    expect(all.every((o) => o.images.length === 6)).toBe(true);
    expect(all[0]!.expectedCameras[0]).toBe("cam_front");
    expect(all[0]!.sweeps[0]!.intensity.length).toBeGreaterThan(100_000);
    expect(countOf(all, "EGO_MISSING")).toBe(1);

    const speed = speeds(all);
    expect(speed[0]).toBeUndefined();
    expect(Math.max(...speed.slice(1, 25).map((v) => v!))).toBeLessThan(0.5);
    expect(speed[40]).toBeGreaterThan(1.8);
    expect(speed[79]).toBeCloseTo(5.6, 1);
    expect(Math.abs(all[79]!.ego!.yawRateRadps)).toBeLessThan(0.02);
  });

  test("sweeps are in ego axes: the road just ahead lies at height 0", async () => {
    const all = await observe("pandaset-002.mcap", { cameras: 0 });
    expect(all).toHaveLength(80);
    for (const { sweeps } of all)
      for (const { xyz } of sweeps) {
        // The road just ahead lies at the height of ego's own ground.
        const ground: number[] = [];
        for (let i = 0; i < xyz.length; i += 3)
          if (xyz[i]! > 4 && xyz[i]! < 8 && Math.abs(xyz[i + 1]!) < 1.5) ground.push(xyz[i + 2]!);
        ground.sort((a, b) => a - b);
        if (ground.length > 50)
          expect(Math.abs(ground[Math.floor(ground.length / 4)]!)).toBeLessThan(0.6);
      }
  });

  test("dgp-scene-01 stands: 3 observations with three cameras", async () => {
    const all = await observe("dgp-scene-01.mcap");
    expect(all.map((o) => o.images.length)).toEqual([3, 3, 3]);
    expect(all.map((o) => o.sweeps.length)).toEqual([1, 1, 1]);
    expect(speeds(all)).toEqual([undefined, 0, 0]);
  });

  test("dgp-scene-02 drives 12.7 m/s: 3 observations with six cameras", async () => {
    const all = await observe("dgp-scene-02.mcap");
    expect(all.map((o) => o.images.length)).toEqual([6, 6, 6]);
    expect(speeds(all)[2]).toBeCloseTo(12.66, 1);
    const [front] = all[2]!.images;
    const back = front!.egoFromCamera.t[0] - front!.camera.mountEgoFromCamera.t[0];
    expect(back).toBeCloseTo(((front!.stampUs - all[2]!.stampUs) / 1e6) * 12.66, 1);
  });

  test("a log of other schemas is refused and its topics are listed", async () => {
    const folder = resolve(SHARED, "data/ros2-mcap");
    const { readdir } = await import("node:fs/promises");
    const files = (await readdir(folder)).filter((f) => f.endsWith(".mcap"));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files)
      await expect(openSource(resolve(folder, file)), file).rejects.toThrow(/expected, found/);
  });
});
