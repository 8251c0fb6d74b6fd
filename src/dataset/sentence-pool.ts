import { drawMeaning } from "../expert/draw-meaning.ts";
import { makeSentence, type Sentence, type Split } from "../expert/sentences.ts";
import type { Random } from "../world/random.ts";

/** Cruise speeds of town, country and highway; they scale the speeds that are asked for. */
const CRUISES_MPS = [8.3, 11.1, 13.9, 16.7, 22.2, 27.8, 33.3] as const;

/** Sentences of one split with their meanings; the empty sentence comes first. */
export function makePool(size: number, split: Split, rng: Random): Sentence[] {
  const pool: Sentence[] = [{ text: "", meaning: { kind: "FOLLOW_ROAD" } }];
  while (pool.length < size)
    pool.push(makeSentence(drawMeaning(rng, rng.pick(CRUISES_MPS)), rng, split));
  return pool;
}
