import { describe, expect, test } from "vitest";
import type { LaneGraph } from "../../contract/lane-graph.ts";
import { Random } from "../../world/random.ts";
import { junctionGraph, straightGraph } from "../../world/testing/graphs.ts";
import { drawFor, drawInstruction } from "./draw-instruction.ts";
import { excuseFor } from "./excuse.ts";
import { NAV_KINDS, type NavMeaning, NOTICES, type Step } from "./nav-meaning.ts";
import { MANNERS, type NavSentence, nameOf, sayMeaning, type Voice } from "./say.ts";
import { splitPhrases, wordsOf } from "./split.ts";
import { aTrace } from "./trace.fixture.ts";
import type { DriveTrace } from "./trace.ts";

const words = splitPhrases(1);
const plain = (more: Partial<Voice> = {}): Voice => ({
  words,
  split: "train",
  manner: "PLAIN",
  typoProb: 0,
  ...more,
});

/** Sentences of all kinds, manners and meanings. */
function many(count: number, more: Partial<Voice> = {}, seed = 1): NavSentence[] {
  const rng = new Random(seed);
  return Array.from({ length: count }, () =>
    sayMeaning(drawInstruction(rng, 16), rng, plain({ manner: rng.pick(MANNERS), ...more })),
  );
}

test("no held-out word and no held-out shape is said in training, whatever the seed", () => {
  for (const seed of [1, 2, 3]) {
    const split = splitPhrases(seed);
    const val = new Set(Object.values(split.shapes).flatMap((shapes) => shapes.val.flat()));
    for (const { text, shapes } of many(600, { words: split, typoProb: 0.2 }, seed)) {
      expect(
        wordsOf(text).filter((word) => split.heldOutWords.has(word)),
        text,
      ).toEqual([]);
      expect(
        shapes.filter((shape) => val.has(shape)),
        text,
      ).toEqual([]);
    }
  }
});

test("validation says held-out shapes only", () => {
  const train = new Set(Object.values(words.shapes).flatMap((shapes) => shapes.train.flat()));
  for (const { shapes } of many(500, { split: "val" }))
    expect(shapes.filter((shape) => train.has(shape))).toEqual([]);
});

test("every kind and every notice is said, without holes, in at most 40 words", () => {
  const kinds = new Set<string>();
  const notices = new Set<string>();
  for (const split of ["train", "val"] as const)
    for (const { text, meaning } of many(1500, { split })) {
      kinds.add(meaning.kind);
      if (meaning.kind === "NOTICE") notices.add(meaning.what);
      expect(text).not.toMatch(/[{}[\]|]|undefined|NaN|null/);
      expect(text.length).toBeGreaterThan(1);
      expect(text.split(" ").length, text).toBeLessThanOrEqual(40);
    }
  expect([...kinds].sort()).toEqual([...NAV_KINDS].sort());
  expect([...notices].sort()).toEqual([...NOTICES].sort());
});

test("the same seed says the same", () => {
  expect(many(100)).toEqual(many(100));
  expect(many(100)).not.toEqual(many(100, {}, 2));
});

test("terse is shorter than plain, chatty longer", () => {
  const mean = (manner: Voice["manner"]) => {
    const all = many(600, { manner });
    return all.reduce((sum, { text }) => sum + text.length, 0) / all.length;
  };
  expect(mean("TERSE")).toBeLessThan(0.85 * mean("PLAIN"));
  expect(mean("CHATTY")).toBeGreaterThan(1.2 * mean("PLAIN"));
});

test("slips change one letter and not the meaning", () => {
  const clean = many(300);
  const slipped = many(300, { typoProb: 1 });
  const changed = slipped.filter(({ text }) => !clean.some((other) => other.text === text));
  expect(changed.length).toBeGreaterThan(150);
  for (const [i, { meaning }] of slipped.entries()) expect(meaning.kind, String(i)).toBeDefined();
});

describe("the meaning is what was said", () => {
  const said = (meaning: NavMeaning, seed: number) =>
    sayMeaning(meaning, new Random(seed), plain({ split: seed % 2 ? "train" : "val" }));
  const METRES: Readonly<Record<string, number>> = { m: 1, km: 1000, yards: 0.9144, feet: 0.3048 };

  test("distances in metres, kilometres, yards and feet", () => {
    const units = new Set<string>();
    for (let seed = 0; seed < 300; seed++) {
      const { text, meaning } = said({ kind: "LEAVE_HIGHWAY", inM: 20 + 7 * seed }, seed);
      const found = /([\d.]+) (km|m|met|kilom|yards|feet)/.exec(text);
      if (found === null || meaning.kind !== "LEAVE_HIGHWAY") continue;
      const unit = found[2] === "met" ? "m" : found[2] === "kilom" ? "km" : found[2]!;
      units.add(unit);
      expect(meaning.inM, text).toBeCloseTo(Number(found[1]) * METRES[unit]!, 5);
      expect(Math.abs(meaning.inM! - (20 + 7 * seed))).toBeLessThan(0.2 * (20 + 7 * seed) + 5);
    }
    expect([...units].sort()).toEqual(["feet", "km", "m", "yards"]);
  });

  test("five faster without a unit are km/h", () => {
    let bare = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { text, meaning } = said({ kind: "CHANGE_SPEED", deltaMps: 5 / 3.6 }, seed);
      if (!/\b(5|five) (faster|quicker)$/i.test(text) || meaning.kind !== "CHANGE_SPEED") continue;
      bare++;
      expect(meaning.deltaMps).toBeCloseTo(5 / 3.6);
    }
    expect(bare).toBeGreaterThan(0);
  });

  test("sides, exits and signs of a change", () => {
    const steps: readonly Step[] = [
      { kind: "TURN", way: "LEFT", inM: 80 },
      { kind: "BEAR", side: "LEFT" },
      { kind: "OVERTAKE", side: "LEFT" },
      { kind: "GO_TO", aheadM: 30, leftM: 4 },
    ];
    for (let seed = 0; seed < 60; seed++) {
      for (const step of steps) {
        const { text } = said(step, seed);
        expect(text).toMatch(/\bleft\b/i);
        expect(text).not.toMatch(/\bright\b/i);
      }
      expect(said({ kind: "ROUNDABOUT", exit: 3 }, seed).text).toMatch(/third|3rd/i);
      expect(said({ kind: "CHANGE_GAP", deltaM: -6 }, seed).meaning).toEqual({
        kind: "CHANGE_GAP",
        deltaM: -6,
      });
    }
    expect(nameOf({ kind: "CHANGE_GAP", deltaS: 1 })).toBe("WIDER");
    expect(nameOf({ kind: "CHANGE_GAP", deltaS: -1 })).toBe("CLOSER");
  });

  test("a sequence says its steps in order", () => {
    const steps: [Step, Step] = [
      { kind: "TURN", way: "LEFT" },
      { kind: "TURN", way: "RIGHT" },
    ];
    for (let seed = 0; seed < 40; seed++) {
      const text = said({ kind: "SEQUENCE", steps }, seed).text.toLowerCase();
      expect(text.search(/\bleft\b/)).toBeLessThan(text.search(/\bright\b/));
    }
  });
});

test("instructions are drawn that fit a place, and ones that must be refused there", () => {
  const graph = straightGraph({ laneCount: 2, speedLimitMps: 20 });
  const trace = aTrace(graph, 0, () => ({
    xM: 0,
    yM: 0,
    limitMps: 20,
    leftIsFree: true,
    rightIsFree: true,
  }));
  const rng = new Random(4);
  const wrong = new Set<string>();
  for (let i = 0; i < 300; i++) {
    expect(excuseFor(drawFor(rng, 16, "RIGHT", trace, graph), trace, graph)).toBeUndefined();
    const step = drawFor(rng, 20, "WRONG", trace, graph);
    expect(excuseFor(step, trace, graph)?.must).toBe(true);
    wrong.add(step.kind);
  }
  for (const kind of [
    "TURN",
    "CHANGE_LANE",
    "SET_SPEED",
    "KEEP_GAP",
    "ILLEGAL",
    "NONSENSE",
    "ROUNDABOUT",
  ])
    expect([...wrong]).toContain(kind);
});

test("where a junction or somebody to overtake is ahead, ways are asked for often", () => {
  const graph = junctionGraph({ control: "LIGHTS", armM: 200 });
  const into = graph.lanes.find(
    ({ junctionId, successors }) => !junctionId && successors.length > 1,
  )!;
  const sM = into.lengthM - 120;
  const i = into.sM.findIndex((s) => s >= sM);
  const pose = { xM: into.xM[i]!, yM: into.yM[i]!, yawRad: into.yawRad[i]! };
  const lead = { id: 4, kind: "CAR" as const, aheadM: 25, leftM: 0, speedMps: 6 };
  const before = aTrace(graph, 0, () => ({ ...pose, limitMps: 14 }));
  const share = (trace: DriveTrace, on: LaneGraph, kind: Step["kind"]) => {
    const rng = new Random(9);
    const drawn = Array.from({ length: 200 }, () => drawFor(rng, 14, "RIGHT", trace, on));
    for (const step of drawn) expect(excuseFor(step, trace, on)).toBeUndefined();
    return drawn.filter((step) => step.kind === kind).length / drawn.length;
  };
  expect(share(before, graph, "TURN")).toBeGreaterThan(0.3);
  const road = straightGraph({ laneCount: 2, speedLimitMps: 20 });
  const right = { xM: 0, yM: -3.5, limitMps: 20, leftIsFree: true, others: [lead] };
  expect(
    share(
      aTrace(road, 0, () => right),
      road,
      "OVERTAKE",
    ),
  ).toBeGreaterThan(0.3);
});
