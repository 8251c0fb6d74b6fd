import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Observation } from "../contract/observation.ts";
import { aDrive } from "./drive.fixture.ts";
import { collect } from "./source.cases.ts";
import { openSource } from "./source.ts";
import { openDriveWriter } from "./write-mcap.ts";
import { writeObservation } from "./write-observation.ts";

const read = async (path: string): Promise<Observation[]> => {
  const source = await openSource(path);
  try {
    return await collect(source);
  } finally {
    await source.close();
  }
};

test("written observations read back as the same observations", async () => {
  const before = await read(await aDrive({ ticks: 10, noSweepAt: [4] }));
  const path = join(await mkdtemp(join(tmpdir(), "waywarden-")), "again.mcap");
  const writer = await openDriveWriter(path, { compression: "zstd" });
  for (const observation of before) await writeObservation(writer, observation);
  await writer.close();
  const after = await read(path);

  expect(after.map((o) => o.stampUs)).toEqual(before.map((o) => o.stampUs));
  expect(after[4]!.sweeps).toHaveLength(0);
  // Before the third tick less motion is known than in the original, whose first pose has no ego.
  for (const [i, o] of after.entries()) {
    if (i < 3) continue;
    const was = before[i]!;
    expect(o.ego!.speedMps).toBeCloseTo(was.ego!.speedMps, 6);
    expect(o.images.map((m) => [m.name, m.stampUs])).toEqual(
      was.images.map((m) => [m.name, m.stampUs]),
    );
    for (const [j, image] of o.images.entries()) {
      expect(image.data).toEqual(was.images[j]!.data);
      for (const axis of [0, 1, 2] as const)
        expect(image.egoFromCamera.t[axis]).toBeCloseTo(was.images[j]!.egoFromCamera.t[axis], 5);
    }
    for (const [j, sweep] of o.sweeps.entries()) {
      expect(sweep.egoFromLidar).toEqual(was.sweeps[j]!.egoFromLidar);
      for (const [k, v] of sweep.xyz.entries()) expect(v).toBeCloseTo(was.sweeps[j]!.xyz[k]!, 5);
    }
  }
});

test("a raw picture is refused: there is no encoder here", async () => {
  const [first] = await read(await aDrive());
  const path = join(await mkdtemp(join(tmpdir(), "waywarden-")), "raw.mcap");
  const writer = await openDriveWriter(path);
  const raw = {
    ...first!,
    images: first!.images.map((m) => ({ ...m, encoding: "rgb8" as const })),
  };
  await expect(writeObservation(writer, raw)).rejects.toThrow(/jpeg or png\) expected, found rgb8/);
  await writer.close();
});
