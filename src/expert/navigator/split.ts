import { Random } from "../../world/random.ts";
import { SHAPES, VAL_ONLY_WORDS } from "../sentence-shapes.ts";
import { expandShape, type Split } from "../sentences.ts";
import { WAY_PHRASES } from "./phrases-way.ts";
import { WISH_PHRASES } from "./phrases-wish.ts";
import { SLOT_WORDS } from "./spoken.ts";

export type PhraseName = keyof typeof SHAPES | keyof typeof WAY_PHRASES | keyof typeof WISH_PHRASES;

export const PHRASE_NAMES = [
  ...Object.keys(SHAPES),
  ...Object.keys(WAY_PHRASES),
  ...Object.keys(WISH_PHRASES),
] as readonly PhraseName[];

/** Shapes of each phrase in each split, grouped by the phrase they come from; no group is empty. */
export type PhraseSplit = {
  readonly shapes: Readonly<Record<PhraseName, Readonly<Record<Split, readonly string[][]>>>>;
  /** Lower case; they occur in no training sentence. */
  readonly heldOutWords: ReadonlySet<string>;
};

/** Phrases of each name that are held out whole. */
const HELD_OUT_RATIO = 0.2;
/** Words that are held out beside those that always are. */
const HELD_OUT_WORDS = 14;
/** What training keeps of each name's shapes at least. */
const KEPT_RATIO = 0.55;
const KEPT_MIN = 2;
/** Words that fill slots or hold sentences together are never held out. */
const NEVER_HELD = new Set([
  ..."and then you we left right exit turn green red lane speed".split(" "),
  ...SLOT_WORDS,
]);

/** Words of a text in lower case; slots are none. */
export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/\{[^}]*\}/g, " ")
    .split(/[^a-z'-]+/)
    .filter((word) => word !== "");

const openPhrases = (name: PhraseName): readonly string[] =>
  name in SHAPES
    ? SHAPES[name as keyof typeof SHAPES].train
    : { ...WAY_PHRASES, ...WISH_PHRASES }[name as keyof typeof WAY_PHRASES];

/** Held out in every split: what the first generator holds out. */
const closedPhrases = (name: PhraseName): readonly string[] =>
  name in SHAPES ? SHAPES[name as keyof typeof SHAPES].val : [];

/** Every plain shape of a name, held out or not. */
export const shapesNamed = (name: PhraseName): string[] =>
  [...openPhrases(name), ...closedPhrases(name)].flatMap(expandShape);

/**
 * Draws which phrases and words are held out for validation. A word is held out only where every name
 * keeps more than half of its shapes without it. The same seed gives the same split.
 */
export function splitPhrases(seed: number): PhraseSplit {
  const rng = new Random(seed);
  const train = new Map<PhraseName, string[][]>();
  const val = new Map<PhraseName, string[][]>();
  for (const name of PHRASE_NAMES) {
    const open = shuffled(rng, openPhrases(name));
    const held = Math.max(1, Math.round(HELD_OUT_RATIO * open.length));
    val.set(name, [...open.slice(0, held), ...closedPhrases(name)].map(expandShape));
    train.set(name, open.slice(held).map(expandShape));
  }
  const heldOutWords = drawWords(rng, train);
  const shapes = {} as Record<PhraseName, Record<Split, string[][]>>;
  for (const name of PHRASE_NAMES) {
    const groups = train.get(name)!;
    const isHeld = (shape: string) => wordsOf(shape).some((word) => heldOutWords.has(word));
    const kept = groups.map((group) => group.filter((shape) => !isHeld(shape)));
    const trained = new Set(kept.flat());
    const others = [...val.get(name)!, ...groups.map((group) => group.filter(isHeld))];
    shapes[name] = {
      train: notEmpty(kept),
      val: notEmpty(others.map((group) => group.filter((shape) => !trained.has(shape)))),
    };
  }
  return { shapes, heldOutWords };
}

const notEmpty = (groups: readonly string[][]): string[][] =>
  groups.filter((group) => group.length > 0);

function shuffled<T>(rng: Random, items: readonly T[]): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = rng.int(0, i);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

function drawWords(rng: Random, train: ReadonlyMap<PhraseName, string[][]>): Set<string> {
  const held = new Set<string>(VAL_ONLY_WORDS);
  const shapes = [...train.values()].map((groups) => groups.flat().map(wordsOf));
  const keeps = (words: ReadonlySet<string>) =>
    shapes.every((all) => {
      const kept = all.filter((shape) => !shape.some((word) => words.has(word))).length;
      return kept >= Math.max(KEPT_MIN, KEPT_RATIO * all.length);
    });
  const candidates = shuffled(rng, [...new Set(shapes.flat(2))].sort());
  for (const word of candidates) {
    if (held.size >= VAL_ONLY_WORDS.length + HELD_OUT_WORDS) break;
    if (NEVER_HELD.has(word) || word.length < 3) continue;
    const more = new Set(held).add(word);
    if (keeps(more)) held.add(word);
  }
  return held;
}
