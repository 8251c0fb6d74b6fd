import type { LaneGraph } from "../contract/lane-graph.ts";
import type { Sentence } from "../expert/sentences.ts";
import { type RoadKind, randomGraph } from "../world/make-roads/make-roads.ts";
import { Random } from "../world/random.ts";
import { drawRig } from "./draw-rig.ts";
import { drawWorldKind, type WorldKind } from "./mix.ts";
import type { DatasetOptions } from "./options.ts";
import { paceOf } from "./pace.ts";
import { sampleRoads } from "./roads/sample-roads.ts";
import { WordIndex } from "./roads/word-index.ts";
import type { Sample } from "./sample.ts";
import { sampleWorld } from "./samples.ts";
import { makeNavigatorPool, makePool, type PoolSentence } from "./sentence-pool.ts";

const POOL_SIZE = { train: 6000, val: 1500 } as const;
/** Sentences of the navigator beside them, where worlds have roads to choose from. */
const NAVIGATOR_SIZE = { train: 8000, val: 2500 } as const;
/** Making roads costs as much as a hundred ticks of driving on them. */
const WORLDS_PER_GRAPH = 4;

/** Sentences of a dataset: those of the first generator come first. */
export type Pool = {
  readonly all: readonly PoolSentence[];
  readonly old: readonly Sentence[];
  readonly words: WordIndex;
};

export function poolOf({ split, seed, mix }: DatasetOptions): Pool {
  const old = makePool(POOL_SIZE[split], split, new Random(seed * 7 + 1));
  const hasRoads = Object.entries(mix).some(([kind, weight]) => kind !== "OLD" && weight > 0);
  const more = hasRoads
    ? makeNavigatorPool(NAVIGATOR_SIZE[split], split, new Random(seed * 7 + 2))
    : [];
  const all = [...old, ...more];
  const words = new WordIndex(all);
  return { all, old, words };
}

/** Draws worlds one after the other; some share their roads. */
export function worldsOf(rng: Random, half: number, pool: Pool, options: DatasetOptions) {
  const { durationS, moments, oldMoments, ...pace } = paceOf(
    options.kind,
    options.perWorld,
    options.wheel?.share !== 1,
  );
  let roads: { readonly kind: RoadKind; readonly graph: LaneGraph } | undefined;
  const isMixed = options.mix.OLD !== undefined && Object.keys(options.mix).length > 1;
  let left = 0;
  return {
    next(): { readonly roads: WorldKind; readonly samples: AsyncGenerator<Sample> } {
      if (left === 0) {
        const kind = drawWorldKind(options.mix, rng);
        left = WORLDS_PER_GRAPH;
        roads =
          kind === "OLD"
            ? undefined
            : { kind, graph: randomGraph(kind, half + (rng.nextUint() >>> 1)) };
      }
      left--;
      const seed = half + (rng.nextUint() >>> 1);
      const count = roads === undefined && isMixed ? oldMoments : moments;
      const ticks = drawTicks(rng, Math.round(durationS * 10), count);
      const common = {
        durationS,
        ticks,
        ...(options.kind === "rendered" ? { rig: drawRig(rng) } : {}),
        ...(options.wheel === undefined ? {} : { wheel: options.wheel }),
        ...(options.standing === undefined ? {} : { standing: options.standing }),
      };
      return roads === undefined
        ? { roads: "OLD", samples: sampleWorld(seed, rng, { ...common, pool: pool.old }) }
        : {
            roads: roads.kind,
            samples: sampleRoads(seed, rng, { ...common, ...roads, ...pace, words: pool.words }),
          };
    },
  };
}

/** One tick in each of `count` equal stretches, so that samples of a world lie apart. */
function drawTicks(rng: Random, ticks: number, count: number): Set<number> {
  const stretch = ticks / count;
  return new Set(Array.from({ length: count }, (_, i) => Math.floor((i + rng.next()) * stretch)));
}
