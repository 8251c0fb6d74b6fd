import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { generateDataset } from "./generate.ts";

const out = mkdtempSync(join(tmpdir(), "dataset-"));
afterEach(() => rmSync(out, { recursive: true, force: true }));

test("a timer or a signal can stop a dataset between two worlds, and it goes on where it was", async () => {
  const options = {
    out,
    kind: "truth",
    split: "train",
    mix: { OLD: 1, ROUNDABOUT: 1 },
    shards: 2,
    samplesPerShard: 48,
  } as const;
  const all = { ...options, seed: 5, job: 0, jobs: 1 };
  let stopped = false;
  const stopping = generateDataset({
    ...all,
    onProgress: (done) => {
      if (stopped) throw new Error("stopped");
      if (done >= 48) setTimeout(() => (stopped = true), 0);
    },
  });
  await expect(stopping).rejects.toThrow("stopped");
  expect(readdirSync(out)).toContain("shard-00000");
  expect(readdirSync(out)).not.toContain("shard-00001");
  await generateDataset({ ...all, onProgress: () => {} });
  expect(readdirSync(out).filter((name) => name.startsWith("shard"))).toEqual([
    "shard-00000",
    "shard-00001",
  ]);
});
