import { expect, test } from "vitest";
import { Random } from "../world/random.ts";
import { drawMeaning } from "./draw-meaning.ts";
import { MEANING_KINDS, type Meaning } from "./meaning.ts";
import { inWords, speakMetres, speakSeconds, speakSpeed } from "./numbers.ts";
import { VAL_ONLY_WORDS } from "./sentence-shapes.ts";
import { expandShape, makeSentence, shapesOf } from "./sentences.ts";

test("a shape expands to every choice, tidied", () => {
  expect(expandShape("[please|] go [left|right] [now|]").sort()).toEqual(
    [
      "please go left now",
      "please go left",
      "please go right now",
      "please go right",
      "go left now",
      "go left",
      "go right now",
      "go right",
    ].sort(),
  );
});

test("there are at least 300 shapes and no held-out shape is trained on", () => {
  const train = new Set(shapesOf("train"));
  const val = shapesOf("val");
  expect(train.size).toBeGreaterThanOrEqual(300);
  expect(val.length).toBeGreaterThanOrEqual(45);
  expect(val.filter((shape) => train.has(shape))).toEqual([]);
});

test("held-out words occur in held-out shapes and in no other", () => {
  const words = (split: "train" | "val") =>
    new Set(shapesOf(split).flatMap((s) => s.toLowerCase().split(/[^a-z']+/)));
  for (const word of VAL_ONLY_WORDS) {
    expect(words("val").has(word), word).toBe(true);
    expect(words("train").has(word), word).toBe(false);
  }
});

test("no shape stands for two meanings", () => {
  const names = [
    "FOLLOW_ROAD",
    "CHANGE_LANE",
    "SET_SPEED",
    "FASTER",
    "SLOWER",
    "GAP_METRES",
    "STOP",
    "PULL_OVER",
    "RUN_LIGHT",
    "TURN_AROUND",
    "SIDEWALK",
    "NONSENSE",
  ] as const;
  const seen = new Map<string, string>();
  for (const name of names)
    for (const shape of [...shapesOf("train", name), ...shapesOf("val", name)]) {
      expect(seen.get(shape), shape).toBeUndefined();
      seen.set(shape, name);
    }
});

test("every kind of meaning is written in both splits, without holes", () => {
  const rng = new Random(5);
  const kinds = new Set<string>();
  for (let i = 0; i < 3000; i++) {
    const { text, meaning } = makeSentence(drawMeaning(rng, 14), rng, i % 2 ? "train" : "val");
    kinds.add(meaning.kind);
    expect(text).not.toMatch(/[{}[\]|]|undefined|NaN/);
    if (meaning.kind !== "FOLLOW_ROAD") expect(text.length).toBeGreaterThan(1);
  }
  expect([...kinds].sort()).toEqual([...MEANING_KINDS].sort());
});

test("the meaning holds the number that was said, and the side", () => {
  const rng = new Random(6);
  for (let i = 0; i < 500; i++) {
    const said = makeSentence({ kind: "SET_SPEED", mps: 3 + (i % 30) }, rng, "train");
    const found = /([\d.]+) ?(km\/h|kmh|kilom|kph|m\/s|met|mph|miles)/i.exec(said.text);
    if (found === null || said.meaning.kind !== "SET_SPEED") continue;
    const unit = found[2]!.toLowerCase();
    const per = unit.startsWith("k") ? 3.6 : unit === "mph" || unit === "miles" ? 2.236936 : 1;
    expect(said.meaning.mps).toBeCloseTo(Number(found[1]) / per, 5);
  }
  for (const side of ["LEFT", "RIGHT"] as const)
    for (const split of ["train", "val"] as const) {
      const opposite = side === "LEFT" ? /\bright\b/i : /\bleft\b/i;
      for (let i = 0; i < 50; i++)
        expect(makeSentence({ kind: "CHANGE_LANE", side }, rng, split).text).not.toMatch(opposite);
    }
});

test("spoken values stay near what was meant", () => {
  const rng = new Random(7);
  for (let i = 0; i < 500; i++) {
    const mps = 1 + (i % 35);
    expect(Math.abs(speakSpeed(rng, mps).si - mps)).toBeLessThan(1.2);
    expect(Math.abs(speakMetres(rng, 4 + i / 8).si - (4 + i / 8))).toBeLessThanOrEqual(2.51);
    expect(Math.abs(speakSeconds(rng, 0.5 + i / 150).si - (0.5 + i / 150))).toBeLessThanOrEqual(
      0.26,
    );
  }
});

test("numbers in words", () => {
  expect([0, 7, 13, 20, 45, 100, 130].map(inWords)).toEqual([
    "zero",
    "seven",
    "thirteen",
    "twenty",
    "forty-five",
    "one hundred",
    "one hundred and thirty",
  ]);
  expect(() => inWords(2.5)).toThrow(/found 2.5/);
});

test("the same seed writes the same sentence", () => {
  const meaning: Meaning = { kind: "KEEP_GAP", seconds: 2 };
  expect(makeSentence(meaning, new Random(1), "train")).toEqual(
    makeSentence(meaning, new Random(1), "train"),
  );
});
