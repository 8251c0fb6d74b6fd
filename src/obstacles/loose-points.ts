import type { Cluster } from "./cluster.ts";
import { type PlanarPose, toEgo, toOdom } from "./ego-motion.ts";
import { UNTRACKED_RANGE_M } from "./limits.ts";

/** Obstacle points that belong to no tracked obstacle, in memory that is kept. */
export class LoosePoints {
  /** [N, 3] m, ego. */
  #xyz = new Float32Array(0);
  /** 3 N. */
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  /** Takes the points of `clusters` within UNTRACKED_RANGE_M; indices in `order`, `xyz` [M, 3]. */
  take(clusters: readonly Cluster[], order: Int32Array, xyz: Float32Array): void {
    let count = 0;
    for (const cluster of clusters) count += cluster.to - cluster.from;
    if (this.#xyz.length < count * 3) this.#xyz = new Float32Array(4 * count);
    const out = this.#xyz;
    let at = 0;
    for (const { from, to } of clusters)
      for (let i = from; i < to; i++) {
        const p = order[i]! * 3;
        const x = xyz[p]!;
        const y = xyz[p + 1]!;
        if (x * x + y * y > UNTRACKED_RANGE_M * UNTRACKED_RANGE_M) continue;
        out[at++] = x;
        out[at++] = y;
        out[at++] = xyz[p + 2]!;
      }
    this.#length = at;
  }

  /** Points that stand still, as seen from where ego is now. */
  move(before: PlanarPose, now: PlanarPose): void {
    const xyz = this.#xyz;
    for (let i = 0; i < this.#length; i += 3) {
      const [odomX, odomY] = toOdom(before, xyz[i]!, xyz[i + 1]!);
      const [x, y] = toEgo(now, odomX, odomY);
      xyz[i] = x;
      xyz[i + 1] = y;
    }
  }

  /** [N, 3] m, ego; new memory of just that size. */
  copy(): Float32Array {
    return this.#xyz.slice(0, this.#length);
  }
}
