import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Random } from "../world/random.ts";
import { CONTENTS_FILE, writeCard, writeContents } from "./card.ts";
import { appendSample, columnsOf } from "./columns.ts";
import { addSample, addWorld, emptyContents } from "./contents.ts";
import type { DatasetOptions } from "./options.ts";
import { ShardWriter } from "./shard-writer.ts";
import { type Pool, poolOf, worldsOf } from "./worlds.ts";

/** So many worlds in a row without a sample are a mistake. */
const BARREN_MAX = 200;

/**
 * Writes (or goes on writing) a dataset folder: card.json, sentences.json, shard-00000 …. A shard
 * is a pure function of (seed, split, kind, its index), so jobs and resumed runs give equal bytes.
 * @throws ConfigError DATASET_DIFFERS when the folder was begun with other options.
 */
export async function generateDataset(options: DatasetOptions): Promise<void> {
  const pool = poolOf(options);
  writeCard(options);
  writeFileSync(
    join(options.out, "sentences.json"),
    JSON.stringify(pool.all.map(({ text }) => text)),
  );
  const mine = Array.from({ length: options.shards }, (_, i) => i).filter(
    (i) => i % options.jobs === options.job,
  );
  const dirs = Array.from({ length: options.shards }, (_, i) =>
    join(options.out, `shard-${String(i).padStart(5, "0")}`),
  );
  const total = mine.length * options.samplesPerShard;
  let done = 0;
  for (const index of mine) {
    const dir = dirs[index]!;
    if (!existsSync(dir))
      await writeShard(dir, index, pool, options, (n) => options.onProgress(done + n, total));
    done += options.samplesPerShard;
    options.onProgress(done, total);
  }
  writeContents(options, dirs);
}

async function writeShard(
  dir: string,
  index: number,
  pool: Pool,
  options: DatasetOptions,
  onProgress: (samples: number) => void,
): Promise<void> {
  const { kind, samplesPerShard } = options;
  const writer = new ShardWriter(dir, columnsOf(kind, samplesPerShard));
  // Train and validation worlds come from disjoint halves of the seeds.
  const half = options.split === "val" ? 2 ** 31 : 0;
  const rng = new Random((half + options.seed * 1_000_003 + index) >>> 0);
  const worlds = worldsOf(rng, half, pool, options);
  const contents = emptyContents();
  let written = 0;
  let barren = 0;
  for (let world = 0; written < samplesPerShard; world++) {
    const { roads, samples } = worlds.next();
    const before = written;
    for await (const sample of samples) {
      if (written === samplesPerShard) break;
      appendSample(writer, sample, world);
      addSample(contents, roads, sample.sky, sample.labelled, (i) => pool.all[i]!.meaning.kind);
      written++;
    }
    if (written > before) addWorld(contents, roads);
    barren = written > before ? 0 : barren + 1;
    if (barren > BARREN_MAX)
      throw new Error(`${dir}: samples expected, found none in ${barren} ${roads} worlds in a row`);
    // Nothing else in here waits for anything, so without this no signal could stop the run.
    await setImmediate();
    onProgress(written);
  }
  writer.writeText(CONTENTS_FILE, JSON.stringify(contents));
  writer.finish();
}
