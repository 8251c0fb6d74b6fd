import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STATE_OFFSETS, STATE_VARIABLES } from "../tokens/state.ts";
import { generateDataset } from "./generate.ts";
import type { DatasetOptions } from "./options.ts";
import { VARIANTS } from "./sample.ts";
import type { Wheel } from "./wheel.ts";

const root = mkdtempSync(join(tmpdir(), "dataset-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SAMPLES = 20;
const SMALL = {
  ...({ kind: "truth", split: "train", mix: { OLD: 1, ROUNDABOUT: 1, MIXED: 1 } } as const),
  ...{ shards: 3, samplesPerShard: SAMPLES, seed: 5, perWorld: 6, job: 0, jobs: 1 },
};

const generate = (name: string, options: Partial<DatasetOptions> = {}): Promise<void> =>
  generateDataset({ ...SMALL, out: join(root, name), onProgress: () => {}, ...options });

/** Every file of a dataset. */
function filesOf(name: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(join(root, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(names.map((path) => [path.slice(join(root, name).length), readFileSync(path)]));
}

function expectEqual(name: string, other: string): void {
  const [a, b] = [filesOf(name), filesOf(other)];
  expect([...a.keys()]).toEqual([...b.keys()]);
  for (const [path, bytes] of a) expect(bytes.equals(b.get(path)!), path).toBe(true);
}

/** Stops in the middle of the second shard, as a kill would, and goes on. */
async function stopAndGoOn(name: string, options: Partial<DatasetOptions> = {}): Promise<void> {
  let stopped = false;
  const onProgress = (done: number): void => {
    if (stopped) throw new Error("stopped");
    // only a timer knows: a signal, too, comes between two worlds
    if (done > SAMPLES) setTimeout(() => (stopped = true), 0);
  };
  await expect(generate(name, { ...options, onProgress })).rejects.toThrow("stopped");
  const left = readdirSync(join(root, name)).filter((entry) => entry.startsWith("shard"));
  expect(left).toContain("shard-00000");
  expect(left).not.toContain("shard-00002");
  expect(left.some((entry) => entry.endsWith(".part"))).toBe(true);
  await generate(name, options);
}

describe("by the expert", () => {
  beforeAll(() => generate("at-once"));

  test("three shards hold what was asked for", () => {
    const files = filesOf("at-once");
    expect([...files.keys()].filter((path) => path.endsWith("bev.npy"))).toHaveLength(3);
    const shards = [...files].filter(([path]) => path.endsWith("target.npy"));
    expect(new Set(shards.map(([, bytes]) => bytes.toString("hex"))).size).toBe(3);
    const card = JSON.parse(files.get("/card.json")!.toString());
    expect(card.contents.samples).toBe(3 * SAMPLES);
    const kinds = Object.keys(card.contents.worlds);
    expect(kinds.some((kind) => kind !== "OLD")).toBe(true);
  });

  test("a dataset that was stopped and goes on has the same bytes", async () => {
    await stopAndGoOn("stopped");
    expectEqual("stopped", "at-once");
  });

  test("two jobs write the same bytes as one, whichever is first", async () => {
    await generate("jobs", { job: 1, jobs: 2 });
    await generate("jobs", { job: 0, jobs: 2 });
    expectEqual("jobs", "at-once");
  });
});

/** Somebody who steers by what is seen and by how long ago the world began: wrong without a reset. */
function aWheel(): Wheel {
  let views = 0;
  return {
    name: "aWheel",
    reset: () => {
      views = 0;
    },
    drive: async ({ bev, cruiseMps, scene }) => {
      const seen = bev.reduce((sum, value) => (sum + value) % 9973, 0);
      const curvatureInvm = (seen / 9973 - 0.5) * 0.004 + 0.0001 * Math.sin(views++);
      return { accelMps2: Math.min(1, cruiseMps - scene.ego.speedMps), curvatureInvm };
    },
  };
}

test("as many places stand as were asked for", async () => {
  const mix = { ROUNDABOUT: 1, MIXED: 1 };
  await generate("standing", { mix, standing: 1 });
  await generate("moving", { mix, standing: 0 });
  const speed = STATE_VARIABLES.findIndex(({ name }) => name === "speedMps");
  const stand = (name: string): number => {
    const shards = [...filesOf(name)].filter(([path]) => path.endsWith("state.npy"));
    const ids = shards.flatMap(([, bytes]) => {
      const from = 10 + bytes.readUInt16LE(8);
      const at = (row: number) => from + 4 * (row * STATE_VARIABLES.length + speed);
      return Array.from({ length: SAMPLES * VARIANTS }, (_, row) => bytes.readInt32LE(at(row)));
    });
    return ids.filter((id) => id === STATE_OFFSETS[speed]).length / ids.length;
  };
  // those who lend their places all stand, but ego drives on; who stands in traffic does so either way
  expect(stand("standing")).toBeGreaterThan(stand("moving") + 0.3);
  expect(JSON.parse(filesOf("standing").get("/card.json")!.toString()).standing).toBe(1);
});

describe("by somebody else", () => {
  const driven = (): Partial<DatasetOptions> => ({
    ...{ mix: { ROUNDABOUT: 1, MIXED: 1 }, samplesPerShard: 8, shards: 2 },
    wheel: { driver: aWheel(), share: 0.5 },
  });
  beforeAll(() => generate("driven", driven()));

  test("two jobs write the same bytes as one", async () => {
    await generate("driven-jobs", { ...driven(), job: 1, jobs: 2 });
    await generate("driven-jobs", { ...driven(), job: 0, jobs: 2 });
    expectEqual("driven-jobs", "driven");
  });

  test("the samples are others than the expert's", async () => {
    const { wheel: _, ...expert } = driven();
    await generate("undriven", expert);
    const of = (name: string) => filesOf(name).get("/shard-00000/bev.npy")!;
    expect(of("driven").equals(of("undriven"))).toBe(false);
  });
});
