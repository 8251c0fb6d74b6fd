/**
 * How many truth samples does a second of CPU time give? `node dist/bench/dataset.bench.js [samples]`: three
 * shards of each kind of world into a temporary folder, on one thread, after a first shard that warms up (a
 * dataset has tens). A sample is a BevState with four labelled instructions. CPU time is counted, of all
 * threads, so a busy machine matters less, and Node runs as it does under the `dataset` command; the goal
 * is GOAL_PER_CPU_S of them for the usual mix.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { runAgainWith } from "../src/cli/run-again.ts";
import { generateDataset } from "../src/dataset/generate.ts";
import { DEFAULT_MIX, WORLD_KINDS, type WorldMix } from "../src/dataset/mix.ts";
import { DATASET_NODE_FLAGS } from "../src/dataset/node-flags.ts";
import { commitOf } from "./environment.ts";

const SAMPLES = Number(process.argv[2] ?? 1200);
const SHARDS = 3;
const GOAL_PER_CPU_S = 500;
const MIXES: readonly (readonly [string, WorldMix])[] = [
  ...WORLD_KINDS.map((kind) => [kind, { [kind]: 1 }] as const),
  ["default mix", DEFAULT_MIX],
];

const again = runAgainWith(DATASET_NODE_FLAGS);
if (again !== undefined) process.exit(await again);
const dir = mkdtempSync(join(tmpdir(), "waywarden-dataset-"));

/** CPU seconds of one dataset of so many shards. */
async function cpuOf(name: string, mix: WorldMix, seed: number, shards: number): Promise<number> {
  const begin = process.cpuUsage();
  await generateDataset({
    ...{ out: join(dir, `${name}-${seed}`), kind: "truth", split: "train", mix, seed },
    ...{ shards, samplesPerShard: SAMPLES, job: 0, jobs: 1, onProgress: () => {} },
  });
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

const results: { name: string; samplesPerCpuS: number }[] = [];
try {
  for (const [name, mix] of MIXES) {
    await cpuOf(name, mix, 1, 1);
    const samplesPerCpuS = Math.round((SHARDS * SAMPLES) / (await cpuOf(name, mix, 2, SHARDS)));
    results.push({ name, samplesPerCpuS });
    const share = Math.round((100 * samplesPerCpuS) / GOAL_PER_CPU_S);
    console.log(
      `${name.padEnd(12)} ${samplesPerCpuS} samples per second of CPU, ${share} % of the goal`,
    );
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
mkdirSync("bench/results", { recursive: true });
writeFileSync(
  "bench/results/dataset.json",
  `${JSON.stringify(
    {
      question: "truth samples per second of CPU time, by kind of world and for the usual mix",
      command: `node dist/bench/dataset.bench.js ${SAMPLES}`,
      goalPerCpuS: GOAL_PER_CPU_S,
      samples: SHARDS * SAMPLES,
      cpu: cpus()[0]?.model,
      load: loadavg(),
      node: process.version,
      commit: commitOf(process.cwd()),
      results,
    },
    null,
    2,
  )}\n`,
);
process.exit(0);
