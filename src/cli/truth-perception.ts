import type { PerceptionResult } from "../bev/perception.ts";
import { BEV_SPEC } from "../contract/bev.ts";
import type { Observation } from "../contract/observation.ts";
import type { Scene } from "../contract/scene.ts";
import { rasterizeBev } from "../render/bev-truth.ts";
import type { Rooms } from "../service/pipeline.ts";

/** Stands in `BevState.lidars` where truth and no sensor fed it. */
export const TRUTH_SOURCE = "truth";

/**
 * In the place of the bev network: BevState from the truth of the scene last shown, the same that shards
 * are labelled with. An ablation; whoever is scored never gets it.
 */
export class TruthPerception {
  #shown: Scene | undefined;

  /** The scene that the next observation was made of. */
  show(scene: Scene): void {
    this.#shown = scene;
  }

  /** @throws Error where the scene shown is of another instant than the observation. */
  async perceive({ stampUs }: Observation): Promise<PerceptionResult> {
    const scene = this.#shown;
    if (scene?.stampUs !== stampUs)
      throw new Error(
        `truth of the observation at ${stampUs} µs expected, found ${scene === undefined ? "none" : `that of ${scene.stampUs} µs`}`,
      );
    const startMs = performance.now();
    const data = rasterizeBev(scene);
    const bev = { spec: BEV_SPEC, data, stampUs, cameras: [], lidars: [TRUTH_SOURCE] };
    return {
      bev,
      faults: [],
      timing: { decodeMs: 0, pillarsMs: 0, bevMs: performance.now() - startMs },
    };
  }

  reset(): void {
    this.#shown = undefined;
  }
}

/** The same rooms with truth in the place of perception. */
export const withTruth = (rooms: Rooms, truth: TruthPerception): Rooms => ({
  ...rooms,
  perception: truth,
});
