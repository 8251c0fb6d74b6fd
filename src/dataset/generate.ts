import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { LIFT_CELLS, LIFT_HEIGHTS_M, LIFT_STRIDE_PX } from "../bev/lift-table.ts";
import { PILLAR_CHANNELS, PILLAR_SPEC } from "../bev/pillar-spec.ts";
import { VIEW_HEIGHT_PX, VIEW_WIDTH_PX } from "../bev/views.ts";
import { BEV_CHANNELS, BEV_SPEC } from "../contract/bev.ts";
import { ConfigError } from "../contract/errors.ts";
import type { Rig } from "../contract/scene.ts";
import type { Sentence } from "../expert/sentences.ts";
import { randomRig } from "../render/rigs.ts";
import {
  STATE_OFFSETS,
  STATE_VARIABLES,
  STATE_VOCABULARY_SIZE,
  stateMissingId,
} from "../tokens/state.ts";
import { SLOTS, TOKEN_RANGES } from "../tokens/vocabulary.ts";
import { Random } from "../world/random.ts";
import { bandCamera } from "./band-camera.ts";
import { LAMP_SLOTS } from "./lamp-labels.ts";
import { type Sample, sampleWorld, VARIANTS, VIEW_SLOTS } from "./samples.ts";
import { makePool } from "./sentence-pool.ts";
import { type Column, ShardWriter } from "./shard-writer.ts";

export type DatasetKind = "truth" | "rendered";
export type DatasetOptions = {
  readonly out: string;
  readonly kind: DatasetKind;
  readonly split: "train" | "val";
  readonly shards: number;
  readonly samplesPerShard: number;
  readonly seed: number;
  /** This process writes shards with index ≡ job modulo jobs. */
  readonly job: number;
  readonly jobs: number;
  readonly onProgress: (doneSamples: number, totalSamples: number) => void;
};

const POOL_SIZE = { train: 6000, val: 1500 } as const;
/** Samples of one world: many where they are cheap, few where each costs a rendering. */
const PLAN = {
  truth: { durationS: 30, perWorld: 24 },
  rendered: { durationS: 16, perWorld: 4 },
} as const;

/**
 * Writes (or goes on writing) a dataset folder: card.json, sentences.json, shard-00000 …. A shard
 * is a pure function of (seed, split, kind, its index), so jobs and resumed runs give equal bytes.
 * @throws ConfigError DATASET_DIFFERS when the folder was begun with other options.
 */
export async function generateDataset(options: DatasetOptions): Promise<void> {
  const pool = makePool(POOL_SIZE[options.split], options.split, new Random(options.seed * 7 + 1));
  writeHead(options, pool);
  const mine = Array.from({ length: options.shards }, (_, i) => i).filter(
    (i) => i % options.jobs === options.job,
  );
  const total = mine.length * options.samplesPerShard;
  let done = 0;
  for (const index of mine) {
    const dir = join(options.out, `shard-${String(index).padStart(5, "0")}`);
    if (!existsSync(dir))
      await writeShard(dir, index, pool, options, (n) => options.onProgress(done + n, total));
    done += options.samplesPerShard;
    options.onProgress(done, total);
  }
}

function writeHead(options: DatasetOptions, pool: readonly Sentence[]): void {
  mkdirSync(options.out, { recursive: true });
  const card = JSON.stringify(cardOf(options), null, 2);
  const path = join(options.out, "card.json");
  if (existsSync(path) && readFileSync(path, "utf8") !== card)
    throw new ConfigError(
      "DATASET_DIFFERS",
      `${path}: a dataset begun with the same options expected; found another card (choose another --out)`,
    );
  writeFileSync(path, card);
  writeFileSync(join(options.out, "sentences.json"), JSON.stringify(pool.map((s) => s.text)));
}

function cardOf(options: DatasetOptions) {
  const { kind, split, shards, samplesPerShard, seed } = options;
  const s = BEV_SPEC;
  return {
    kind,
    split,
    shards,
    samples_per_shard: samplesPerShard,
    seed,
    variants: VARIANTS,
    bev_spec: { x_min_m: s.xMinM, y_min_m: s.yMinM, cell_m: s.cellM, nx: s.nx, ny: s.ny },
    bev_channels: BEV_CHANNELS,
    pillars: {
      channels: PILLAR_CHANNELS,
      nx: PILLAR_SPEC.nx,
      ny: PILLAR_SPEC.ny,
      cell_m: PILLAR_SPEC.cellM,
    },
    images: {
      height: VIEW_HEIGHT_PX,
      width: VIEW_WIDTH_PX,
      stride: LIFT_STRIDE_PX,
      heights_m: LIFT_HEIGHTS_M,
      slots: VIEW_SLOTS,
    },
    text_tokens_max: 32,
    vocabulary: Object.fromEntries(
      Object.entries(TOKEN_RANGES).map(([k, { first, count }]) => [k, [first, count]]),
    ),
    slots: SLOTS,
    state_vars: STATE_VARIABLES.map((v, i) => ({
      name: v.name,
      first: STATE_OFFSETS[i],
      count: v.size,
      missing: stateMissingId(i),
    })),
    state_vocabulary_size: STATE_VOCABULARY_SIZE,
  };
}

function columnsOf(kind: DatasetKind, rows: number): Column[] {
  const column = (name: string, type: Column["type"], itemShape: number[]): Column => ({
    name,
    type,
    rows,
    itemShape,
  });
  const { nx, ny } = BEV_SPEC;
  const truth = [
    column("bev", "uint8", [BEV_CHANNELS.length, nx, ny]),
    column("text", "int32", [VARIANTS]),
    column("state", "int32", [VARIANTS, STATE_VARIABLES.length]),
    column("target", "int16", [VARIANTS, SLOTS.length]),
    column("world", "int32", []),
  ];
  if (kind === "truth") return truth;
  const p = PILLAR_SPEC;
  return [
    ...truth,
    column("pillars", "uint8", [PILLAR_CHANNELS.length, p.nx, p.ny]),
    column("images", "uint8", [VIEW_SLOTS, VIEW_HEIGHT_PX, VIEW_WIDTH_PX, 3]),
    column("lift", "int16", [LIFT_HEIGHTS_M.length, LIFT_CELLS]),
    column("lamps", "int16", [LAMP_SLOTS, 2]),
  ];
}

async function writeShard(
  dir: string,
  index: number,
  pool: readonly Sentence[],
  options: DatasetOptions,
  onProgress: (samples: number) => void,
): Promise<void> {
  const { kind, samplesPerShard } = options;
  const { durationS, perWorld } = PLAN[kind];
  const writer = new ShardWriter(dir, columnsOf(kind, samplesPerShard));
  // Train and validation worlds come from disjoint halves of the seeds.
  const half = options.split === "val" ? 2 ** 31 : 0;
  const rng = new Random((half + options.seed * 1_000_003 + index) >>> 0);
  let written = 0;
  for (let world = 0; written < samplesPerShard; world++) {
    const worldSeed = half + (rng.nextUint() >>> 1);
    const ticks = drawTicks(rng, Math.round(durationS * 10), perWorld);
    const rig = kind === "rendered" ? { rig: drawRig(rng) } : {};
    for await (const sample of sampleWorld(worldSeed, rng, { durationS, ticks, pool, ...rig })) {
      if (written === samplesPerShard) break;
      appendSample(writer, sample, world);
      written++;
    }
    // Nothing else in here waits for anything, so without this no signal could stop the run.
    await setImmediate();
    onProgress(written);
  }
  writer.finish();
}

/** One tick in each of `count` equal stretches, so that samples of a world lie apart. */
function drawTicks(rng: Random, ticks: number, count: number): Set<number> {
  const stretch = ticks / count;
  return new Set(Array.from({ length: count }, (_, i) => Math.floor((i + rng.next()) * stretch)));
}

/** Rendered picture width: the front camera is magnified for its centre crop, others are not. */
const FRONT_WIDTH_PX = 704;
const SIDE_WIDTH_PX = VIEW_WIDTH_PX;

/** At most as many cameras as there are picture slots beside the crop of the front camera, their bands. */
function drawRig(rng: Random): Rig {
  const rig = randomRig(rng.nextUint());
  const cameras = [...rig.cameras];
  while (cameras.length > VIEW_SLOTS - 1) cameras.splice(rng.int(0, cameras.length - 1), 1);
  return { ...rig, cameras: cameras.map((c) => bandCamera(c, FRONT_WIDTH_PX, SIDE_WIDTH_PX)) };
}

function appendSample(writer: ShardWriter, sample: Sample, world: number): void {
  writer.append("bev", sample.bev);
  writer.append("text", sample.text);
  writer.append("state", sample.state);
  writer.append("target", sample.target);
  writer.append("world", Int32Array.of(world));
  if (!sample.sensors) return;
  writer.append("pillars", sample.sensors.pillars);
  writer.append("images", sample.sensors.images);
  writer.append("lift", Int16Array.from(sample.sensors.lift));
  writer.append("lamps", sample.sensors.lamps);
}
