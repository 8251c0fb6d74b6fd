import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { collect, describeSource } from "./source.cases.ts";
import { openSource } from "./source.ts";

const FOLDER = resolve(import.meta.dirname, "../../test/fixtures/zstd-drive");
const open = () => openSource(resolve(FOLDER, "input.mcap"));

describeSource("MCAP, compressed zstd chunks", open);

test("a drive in compressed zstd chunks reads as written", async () => {
  const expected: unknown = JSON.parse(await readFile(resolve(FOLDER, "expected.json"), "utf8"));
  const source = await open();
  const all = await collect(source);
  await source.close();
  expect({
    observations: all.length,
    withoutLidar: all.filter((o) => o.sweeps.length === 0).map((o) => o.id),
    cameras: source.info.cameras,
    points: all[0]!.sweeps[0]!.intensity.length,
    speedMps: Math.round(all.at(-1)!.ego!.speedMps * 1000) / 1000,
  }).toEqual(expected);
});
