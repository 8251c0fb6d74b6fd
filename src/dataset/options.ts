import type { WorldMix } from "./mix.ts";
import type { Wheel } from "./wheel.ts";

export type DatasetKind = "truth" | "rendered";
export type DatasetOptions = {
  readonly out: string;
  readonly kind: DatasetKind;
  readonly split: "train" | "val";
  readonly mix: WorldMix;
  readonly shards: number;
  readonly samplesPerShard: number;
  readonly seed: number;
  /** Samples of one world, about; as many as is usual for the kind unless said. */
  readonly perWorld?: number;
  /** Share of the worlds that begin at standstill, and of the lent places that stand; as is usual unless said. */
  readonly standing?: number;
  /** This process writes shards with index ≡ job modulo jobs. */
  readonly job: number;
  readonly jobs: number;
  /** Who drives a share of the worlds on random roads instead of the expert, who still labels them. */
  readonly wheel?: { readonly driver: Wheel; readonly share: number };
  readonly onProgress: (doneSamples: number, totalSamples: number) => void;
};
