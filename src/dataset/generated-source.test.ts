import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { collect, describeSource, digestOf } from "../ingest/source.cases.ts";
import { openSource } from "../ingest/source.ts";
import type { DriveOptions } from "./drive.ts";
import { GeneratedSource } from "./generated-source.ts";
import { aSmallRig } from "./small-rig.fixture.ts";
import { writeDrive } from "./write-drive.ts";

const DRIVE: DriveOptions = {
  seed: 5,
  durationS: 0.6,
  rig: aSmallRig(),
  text: "keep going",
  meaning: { kind: "FOLLOW_ROAD" },
};

describeSource("generated", async () => new GeneratedSource(DRIVE));

test("the same drive is generated to the byte, another seed is another drive", async () => {
  const digest = async (options: DriveOptions) =>
    digestOf(await collect(new GeneratedSource(options)));
  expect(await digest(DRIVE)).toBe(await digest(DRIVE));
  expect(await digest({ ...DRIVE, seed: 6 })).not.toBe(await digest(DRIVE));
});

test("a written drive reads back with the same pictures, points and poses", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "waywarden-drive-")), "drive.mcap");
  await writeDrive(path, DRIVE);
  const direct = await collect(new GeneratedSource(DRIVE));
  const source = await openSource(path, { text: DRIVE.text });
  const read = await collect(source);
  await source.close();
  expect(read.length).toBe(direct.length);
  const [a, b] = [direct.at(-1)!, read.at(-1)!];
  expect(b.stampUs).toBe(a.stampUs);
  expect(b.images.map((image) => image.name).sort()).toEqual(
    a.images.map((image) => image.name).sort(),
  );
  for (const image of b.images) {
    const same = a.images.find((other) => other.name === image.name)!;
    expect(Buffer.from(image.data).equals(Buffer.from(same.data))).toBe(true);
  }
  const [pa, pb] = [a.sweeps[0]!.xyz, b.sweeps[0]!.xyz];
  expect(pb.length).toBe(pa.length);
  for (let i = 0; i < pa.length; i += 997) expect(pb[i]).toBeCloseTo(pa[i]!, 3);
  expect(b.ego!.derived).toBe(true);
  expect(b.ego!.speedMps).toBeCloseTo(a.ego!.speedMps, -0.5);
});
