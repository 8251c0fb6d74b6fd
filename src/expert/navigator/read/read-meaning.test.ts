import { expect, test } from "vitest";
import { Random } from "../../../world/random.ts";
import { drawMeaning } from "../../draw-meaning.ts";
import { MEANING_KINDS } from "../../meaning.ts";
import { inWords } from "../../numbers.ts";
import { makeSentence } from "../../sentences.ts";
import { drawInstruction } from "../draw-instruction.ts";
import { NAV_KINDS, type NavMeaning } from "../nav-meaning.ts";
import { MANNERS, sayMeaning } from "../say.ts";
import { shapesNamed, splitPhrases } from "../split.ts";
import { type Reading, readMeaning } from "./read-meaning.ts";
import { STEP_OF, STEP_PHRASES } from "./steps.ts";

const SPLITS = [1, 2, 3].map(splitPhrases);

type Said = { readonly text: string; readonly meaning: NavMeaning };

/** What the navigator says of what it draws: all kinds and manners, words of training and held out. */
function spoken(count: number, typoProb: number, seed = 1): Said[] {
  const rng = new Random(seed);
  return Array.from({ length: count }, (_, i) =>
    sayMeaning(drawInstruction(rng, 16), rng, {
      words: rng.pick(SPLITS),
      split: i % 2 ? "train" : "val",
      manner: rng.pick(MANNERS),
      typoProb,
    }),
  );
}

/** The same of the first generator. */
function written(count: number, typoProb: number, seed = 2): Said[] {
  const rng = new Random(seed);
  return Array.from({ length: count }, (_, i) =>
    makeSentence(drawMeaning(rng, 16), rng, i % 2 ? "train" : "val", typoProb),
  );
}

const WAYS: readonly NavMeaning["kind"][] = [
  ...(["TURN", "BEAR", "ROUNDABOUT", "LEAVE_HIGHWAY", "ENTER_HIGHWAY"] as const),
];

/**
 * "Turn left in 100 m" is said of a turn that is so far off, and of a turn that is put off for so long: the
 * same words. They are read as the first, which has a shape of its own.
 */
const asWay = (meaning: NavMeaning): NavMeaning =>
  meaning.kind === "WHEN" && meaning.condition.kind === "DRIVEN" && WAYS.includes(meaning.step.kind)
    ? ({ ...meaning.step, inM: meaning.condition.metres } as NavMeaning)
    : meaning;

const isEqual = (a: unknown, b: unknown): boolean => {
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return a === b;
  const keys = Object.keys(a);
  const of = (o: object, key: string) => (o as Record<string, unknown>)[key];
  return (
    keys.length === Object.keys(b).length && keys.every((key) => isEqual(of(a, key), of(b, key)))
  );
};

type Sort = "EQUAL" | "SAME_WORDS" | "VALUE" | "KIND" | "ERROR";
function sortOf({ meaning }: Said, reading: Reading): Sort {
  if (!reading.ok) return "ERROR";
  if (isEqual(reading.meaning, meaning)) return "EQUAL";
  if (isEqual(reading.meaning, asWay(meaning))) return "SAME_WORDS";
  return reading.meaning.kind === meaning.kind ? "VALUE" : "KIND";
}

/** Texts of each sort. */
function sorted(all: readonly Said[]): Record<Sort, string[]> {
  const out: Record<Sort, string[]> = { EQUAL: [], SAME_WORDS: [], VALUE: [], KIND: [], ERROR: [] };
  for (const said of all) out[sortOf(said, readMeaning(said.text))].push(said.text);
  return out;
}

test("whatever the navigator says is read as what it meant, and nothing as something else", () => {
  const all = spoken(5000, 0);
  expect(new Set(all.map(({ meaning }) => meaning.kind))).toEqual(new Set(NAV_KINDS));
  const { EQUAL, SAME_WORDS, VALUE, KIND, ERROR } = sorted(all);
  expect({ VALUE, KIND, ERROR }).toEqual({ VALUE: [], KIND: [], ERROR: [] });
  expect(SAME_WORDS.length / all.length).toBeLessThan(0.002);
  expect(EQUAL.length / all.length).toBeGreaterThanOrEqual(0.998);
});

test("whatever the first generator writes is read as what it meant, always", () => {
  const all = written(3000, 0);
  expect(new Set(all.map(({ meaning }) => meaning.kind))).toEqual(new Set(MEANING_KINDS));
  expect(sorted(all).EQUAL.length).toBe(all.length);
});

test("with a slip in every sentence, 1 in 100 is not read, and hardly one is taken for another", () => {
  const all = [...spoken(4000, 1), ...written(2000, 1)];
  const { EQUAL, VALUE, KIND } = sorted(all);
  expect(EQUAL.length / all.length).toBeGreaterThan(0.99);
  // "2 km" without its k is 2 m
  expect(VALUE.length / all.length).toBeLessThan(0.001);
  expect(KIND.length / all.length).toBeLessThan(0.001);
});

test("every shape of every phrase is read as a sentence of its own phrase", () => {
  const slots = {
    ...({ side: "RIGHT", speed: 50 / 3.6, delta: 10 / 3.6, gap: { metres: 30 } } as const),
    ...({ dist: 120, look: "LIGHTS", nth: 3, ahead: 40, aside: 3 } as const),
  };
  const words: Readonly<Record<string, string>> = {
    ...{ side: "right", speed: "50 km/h", delta: "10 km/h", gap: "30 metres", dist: "120 m" },
    ...{ look: "the lights", nth: "third", ahead: "40 m", aside: "3 m" },
  };
  for (const name of STEP_PHRASES)
    for (const shape of shapesNamed(name)) {
      const text = shape.replace(/\{(\w+)\}/g, (_, slot: string) => words[slot]!);
      expect(text).not.toContain("undefined");
      // a shape binds what its meaning reads
      const meaning = STEP_OF[name](slots as unknown as Parameters<(typeof STEP_OF)["TURN"]>[0]);
      expect(readMeaning(text), `${name}: ${text}`).toEqual({ ok: true, meaning, slips: 0 });
    }
});

test("numbers are read in digits and in words, with every unit", () => {
  for (let value = 1; value < 200; value++)
    for (const said of [inWords(value), inWords(value).replace(" and", ""), `${value}`])
      expect(readMeaning(`drive at ${said} km/h`), said).toMatchObject({
        meaning: { kind: "SET_SPEED", mps: value / 3.6 },
      });
  const metres = (text: string) => readMeaning(`in ${text} take the exit`);
  for (const [text, inM] of [
    ["half a kilometre", 500],
    ["1.5 km", 1500],
    ["one kilometre", 1000],
    ["100 yards", 91.44],
    ["300 feet", 91.44],
    ["80m", 80],
  ] as const)
    expect(metres(text), text).toMatchObject({ meaning: { inM: expect.closeTo(inM, 9) } });
  for (const text of ["0 m", "-5 m", "1,5 m", "1e3 m", "two car lengths", "two hundred m", "m"])
    expect(metres(text), text).toMatchObject({ ok: false, code: "WORDS_UNKNOWN" });
});

test.each([
  ["Turn LEFT at the next junction.", { kind: "TURN", way: "LEFT", at: "CROSSING" }],
  ["in 100 m, turn left", { kind: "TURN", way: "LEFT", inM: 100 }],
  ["ok, please pull over now, thanks!", { kind: "PULL_OVER" }],
  ["keep two and a half seconds distance", { kind: "KEEP_GAP", seconds: 2.5 }],
  ["go 5 faster", { kind: "CHANGE_SPEED", deltaMps: 5 / 3.6 }],
  ["don’t stop at the red light", { kind: "ILLEGAL", what: "RUN_LIGHT" }],
  ["", { kind: "FOLLOW_ROAD" }],
  [
    "turn right, then stop",
    { kind: "SEQUENCE", steps: [{ kind: "TURN", way: "RIGHT" }, { kind: "STOP" }] },
  ],
])("%s", (text, meaning) => expect(readMeaning(text)).toEqual({ ok: true, meaning, slips: 0 }));

test("one slip of a letter is forgiven, and two are not", () => {
  expect(readMeaning("trun left at the lights")).toMatchObject({
    slips: 1,
    meaning: { at: "LIGHTS" },
  });
  expect(readMeaning("trun lfet at the lights")).toMatchObject({ code: "WORDS_UNKNOWN" });
  expect(readMeaning("turn light")).toMatchObject({ code: "WORDS_UNKNOWN" });
});

test("words that mean two things alike are refused with both", () => {
  const reading = readMeaning("do sixt km/h");
  expect(reading).toMatchObject({ ok: false, code: "WORDS_AMBIGUOUS" });
  expect(!reading.ok && reading.detail).toMatch(/found "do sixt km\/h".*1\.66.* and .*16\.66/);
});

test("unknown words are refused with the sentences that are most like them", () => {
  const reading = readMeaning("turn left at next junction");
  expect(reading).toMatchObject({ ok: false, code: "WORDS_UNKNOWN" });
  expect(!reading.ok && reading.detail).toMatch(
    /expected, such as "turn left at the next junction", ".+", ".+"; found "turn left at next junction"$/,
  );
  expect(readMeaning("dance for me")).toMatchObject({
    detail: expect.stringMatching(/found "dance for me" \(not in the language: dance\)$/),
  });
  const long = readMeaning("turn left and then ".repeat(500));
  expect(!long.ok && long.detail.length).toBeLessThan(600);
});
