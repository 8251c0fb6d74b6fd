import type { JunctionLook, Step } from "../../expert/navigator/nav-meaning.ts";
import type { Random } from "../../world/random.ts";
import type { PoolSentence } from "../sentence-pool.ts";
import { wayStep } from "./way.ts";

/** Spoken distances are off by as much: so many metres, and this share. */
const OFF_M = 8;
const OFF_RATIO = 0.15;
/** Without a distance, what is meant lies no farther off, m. */
const SOON_M = 110;
const TRIES = 40;

/** What decides the way in a step, without distance and look. */
export function wayKey(step: Step): string {
  switch (step.kind) {
    case "TURN":
      return `TURN ${step.way}`;
    case "BEAR":
      return `BEAR ${step.side}`;
    case "ROUNDABOUT":
      return `ROUNDABOUT ${step.exit}`;
    default:
      return step.kind;
  }
}

/** Sentences of a pool by what they ask for. */
export class WordIndex {
  readonly pool: readonly PoolSentence[];
  readonly #ways = new Map<string, number[]>();
  readonly #wishes: number[] = [];

  constructor(pool: readonly PoolSentence[]) {
    this.pool = pool;
    for (const [i, { meaning }] of pool.entries()) {
      const step = wayStep(meaning);
      if (step !== undefined) {
        const key = wayKey(step);
        const known = this.#ways.get(key);
        if (known === undefined) this.#ways.set(key, [i]);
        else known.push(i);
      } else this.#wishes.push(i);
    }
  }

  /** A sentence that leaves the way open. */
  wish(rng: Random): number {
    return rng.pick(this.#wishes);
  }

  /**
   * A sentence for a way, said `saidM` before the place; undefined where no sentence tells it so.
   * `looks` is what may be said of the place.
   */
  way(rng: Random, key: string, saidM: number, looks: readonly JunctionLook[]): number | undefined {
    const all = this.#ways.get(key);
    if (all === undefined) return undefined;
    for (let k = 0; k < TRIES; k++) {
      const index = rng.pick(all);
      const step = wayStep(this.pool[index]!.meaning)!;
      if ("at" in step && step.at !== undefined && !looks.includes(step.at)) continue;
      const inM = "inM" in step ? step.inM : undefined;
      const fits =
        inM === undefined
          ? saidM < SOON_M
          : Math.abs(inM - saidM) < Math.max(OFF_M, OFF_RATIO * inM);
      if (fits) return index;
    }
    return undefined;
  }
}
