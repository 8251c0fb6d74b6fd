import { expect, test } from "vitest";
import { VAL_ONLY_WORDS } from "../sentence-shapes.ts";
import { PHRASE_NAMES, splitPhrases, wordsOf } from "./split.ts";

const SEEDS = [1, 2, 3, 99, 12345];

test("every phrase has shapes in both splits, and no shape is in both", () => {
  for (const seed of SEEDS) {
    const { shapes } = splitPhrases(seed);
    const trained = new Set(PHRASE_NAMES.flatMap((name) => shapes[name].train.flat()));
    for (const name of PHRASE_NAMES) {
      expect(shapes[name].train.flat().length, name).toBeGreaterThanOrEqual(2);
      expect(shapes[name].val.flat().length, name).toBeGreaterThanOrEqual(1);
      expect(shapes[name].val.flat().filter((shape) => trained.has(shape))).toEqual([]);
    }
  }
});

test("held-out words occur in validation and in no training shape", () => {
  for (const seed of SEEDS) {
    const { shapes, heldOutWords } = splitPhrases(seed);
    const wordsIn = (split: "train" | "val") =>
      new Set(PHRASE_NAMES.flatMap((name) => shapes[name][split].flat().flatMap(wordsOf)));
    const [train, val] = [wordsIn("train"), wordsIn("val")];
    expect(heldOutWords.size).toBe(VAL_ONLY_WORDS.length + 14);
    for (const word of heldOutWords) {
      expect(train.has(word), word).toBe(false);
      expect(val.has(word), word).toBe(true);
    }
  }
});

test("a seed names one split; another seed holds out other words", () => {
  expect(splitPhrases(5)).toEqual(splitPhrases(5));
  expect(splitPhrases(5).heldOutWords).not.toEqual(splitPhrases(6).heldOutWords);
});

test("no shape stands for two meanings", () => {
  const { shapes } = splitPhrases(1);
  const seen = new Map<string, string>();
  for (const name of PHRASE_NAMES)
    for (const shape of [...shapes[name].train.flat(), ...shapes[name].val.flat()]) {
      const before = seen.get(shape.toLowerCase());
      expect(before === undefined || before === name, `${shape}: ${before} and ${name}`).toBe(true);
      seen.set(shape.toLowerCase(), name);
    }
  expect(seen.size).toBeGreaterThan(900);
});
