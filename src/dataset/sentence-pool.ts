import { drawMeaning } from "../expert/draw-meaning.ts";
import { drawInstruction } from "../expert/navigator/draw-instruction.ts";
import type { NavMeaning } from "../expert/navigator/nav-meaning.ts";
import { MANNERS, sayMeaning, type Voice } from "../expert/navigator/say.ts";
import { splitPhrases } from "../expert/navigator/split.ts";
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

/** A sentence of the navigator's or the first generator's. */
export type PoolSentence = { readonly text: string; readonly meaning: NavMeaning };

/** Which phrases and words of the navigator are held out for validation, in every dataset alike. */
const PHRASE_SEED = 1;
/** Ways to go are said far more often than their share of all instructions: they have most forms. */
const WAY_PROB = 0.45;

/** `size` sentences of the navigator; training and validation share no held-out word or shape. */
export function makeNavigatorPool(size: number, split: Split, rng: Random): PoolSentence[] {
  const words = splitPhrases(PHRASE_SEED);
  const pool: PoolSentence[] = [];
  while (pool.length < size) {
    const meaning = rng.chance(WAY_PROB)
      ? drawWay(rng)
      : drawInstruction(rng, rng.pick(CRUISES_MPS));
    const manner = rng.pick(MANNERS);
    const voice: Voice = { words, split, manner, typoProb: 0.06 };
    const { text, meaning: said } = sayMeaning(meaning, rng, voice);
    pool.push({ text, meaning: said });
  }
  return pool;
}

/** Ways as a navigator tells them, most of them soon. */
function drawWay(rng: Random): NavMeaning {
  for (;;) {
    const meaning = drawInstruction(rng, rng.pick(CRUISES_MPS));
    switch (meaning.kind) {
      case "TURN":
      case "ROUNDABOUT":
      case "BEAR":
      case "LEAVE_HIGHWAY":
      case "ENTER_HIGHWAY":
        return "inM" in meaning && rng.chance(0.5)
          ? { ...meaning, inM: rng.range(15, 130) }
          : meaning;
    }
  }
}
