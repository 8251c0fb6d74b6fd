import type { WorldMix } from "./mix.ts";

export type DatasetKind = "truth" | "rendered";
export type DatasetOptions = {
  readonly out: string;
  readonly kind: DatasetKind;
  readonly split: "train" | "val";
  readonly mix: WorldMix;
  readonly shards: number;
  readonly samplesPerShard: number;
  readonly seed: number;
  /** This process writes shards with index ≡ job modulo jobs. */
  readonly job: number;
  readonly jobs: number;
  readonly onProgress: (doneSamples: number, totalSamples: number) => void;
};
