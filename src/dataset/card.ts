import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LIFT_HEIGHTS_M, LIFT_STRIDE_PX } from "../bev/lift-table.ts";
import { PILLAR_CHANNELS, PILLAR_SPEC } from "../bev/pillar-spec.ts";
import { VIEW_HEIGHT_PX, VIEW_WIDTH_PX } from "../bev/views.ts";
import { BEV_CHANNELS, BEV_SPEC } from "../contract/bev.ts";
import { ConfigError } from "../contract/errors.ts";
import {
  STATE_OFFSETS,
  STATE_VARIABLES,
  STATE_VOCABULARY_SIZE,
  stateMissingId,
} from "../tokens/state.ts";
import { SLOTS, TOKEN_RANGES } from "../tokens/vocabulary.ts";
import { SKY_SHARES } from "../world/sky.ts";
import { type Contents, sumContents } from "./contents.ts";
import type { DatasetOptions } from "./options.ts";
import { VARIANTS, VIEW_SLOTS } from "./sample.ts";

/** What was asked for; written before the first shard. @throws ConfigError DATASET_DIFFERS */
export function writeCard(options: DatasetOptions): void {
  mkdirSync(options.out, { recursive: true });
  const card = cardOf(options);
  const path = join(options.out, "card.json");
  if (!existsSync(path)) {
    replaceFile(path, JSON.stringify(card, null, 2), options.job);
    return;
  }
  const { contents: _, ...found } = JSON.parse(readFileSync(path, "utf8"));
  if (JSON.stringify(found) !== JSON.stringify(card))
    throw new ConfigError(
      "DATASET_DIFFERS",
      `${path}: a dataset begun with the same options expected; found another card (choose another --out)`,
    );
}

/** Adds what the shards hold to the card, once all of them are there. */
export function writeContents(options: DatasetOptions, shardDirs: readonly string[]): void {
  if (!shardDirs.every((dir) => existsSync(dir))) return;
  const all = shardDirs.map(
    (dir): Contents => JSON.parse(readFileSync(join(dir, CONTENTS_FILE), "utf8")),
  );
  const card = { ...cardOf(options), contents: sumContents(all) };
  replaceFile(join(options.out, "card.json"), JSON.stringify(card, null, 2), options.job);
}

/** Contents of one shard, beside its arrays. */
export const CONTENTS_FILE = "contents.json";

/** Two processes that write the same bytes at once do no harm. */
function replaceFile(path: string, text: string, job: number): void {
  writeFileSync(`${path}.${job}.part`, text);
  renameSync(`${path}.${job}.part`, path);
}

function cardOf(options: DatasetOptions) {
  const { kind, split, shards, samplesPerShard, seed, mix, wheel, perWorld, standing } = options;
  const s = BEV_SPEC;
  return {
    kind,
    split,
    shards,
    samples_per_shard: samplesPerShard,
    seed,
    ...(perWorld === undefined ? {} : { per_world: perWorld }),
    ...(standing === undefined ? {} : { standing }),
    mix,
    sky_shares: SKY_SHARES,
    driver: wheel === undefined ? "expert" : { model: wheel.driver.name, share: wheel.share },
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
