import { beforeAll, expect, test } from "vitest";
import { decodeSlots } from "../../tokens/slots.ts";
import { SLOTS, TOKEN_RANGES } from "../../tokens/vocabulary.ts";
import { randomGraph } from "../../world/make-roads/make-roads.ts";
import { Random } from "../../world/random.ts";
import { type Sample, VARIANTS } from "../sample.ts";
import { makeNavigatorPool } from "../sentence-pool.ts";
import { sampleRoads } from "./sample-roads.ts";
import { WordIndex } from "./word-index.ts";

const GRAPH = randomGraph("JUNCTION", 3);
const WORDS = new WordIndex([
  { text: "", meaning: { kind: "FOLLOW_ROAD" } },
  ...makeNavigatorPool(1500, "train", new Random(1)),
]);

async function samplesOf(seed: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const options = {
    ...({ kind: "JUNCTION", graph: GRAPH, words: WORDS, durationS: 6 } as const),
    ...{ ticks: new Set([4, 24, 44]), stepTicks: 2, eyes: 4 },
  };
  for await (const sample of sampleRoads(seed, new Random(seed), options)) samples.push(sample);
  return samples;
}

const bytesOf = (samples: readonly Sample[]): Buffer =>
  Buffer.concat(
    samples.flatMap(({ bev, text, state, target }) =>
      [bev, text, state, target].map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)),
    ),
  );

const bySeed = new Map<number, Sample[]>();
let all: Sample[] = [];
beforeAll(async () => {
  for (const seed of [1, 2, 3]) bySeed.set(seed, await samplesOf(seed));
  all = [...bySeed.values()].flat();
});

test("every variant of every driver's place decodes to a legal maneuver", () => {
  expect(all.length).toBeGreaterThan(12);
  for (const { target } of all)
    for (let k = 0; k < VARIANTS; k++) {
      const slots = [...target.subarray(k * SLOTS.length, (k + 1) * SLOTS.length)];
      const tokens = slots.map((index, slot) => TOKEN_RANGES[SLOTS[slot]!].first + index);
      expect(() => decodeSlots(tokens)).not.toThrow();
    }
});

test("in a junction the label turns to the side that the words told", () => {
  let turns = 0;
  for (const { index, label } of all.flatMap(({ labelled }) => labelled)) {
    const { meaning } = WORDS.pool[index]!;
    const { lateral } = label.maneuver;
    if (meaning.kind !== "TURN" || label.answer !== "ACCEPTED") continue;
    if (!lateral.startsWith("TURN_") && lateral !== "GO_STRAIGHT") continue;
    turns++;
    expect(lateral).toBe(meaning.way === "STRAIGHT" ? "GO_STRAIGHT" : `TURN_${meaning.way}`);
  }
  expect(turns).toBeGreaterThan(3);
});

test("the same seed gives the same samples to the byte", async () => {
  const again = await samplesOf(2);
  expect(bytesOf(again).equals(bytesOf(bySeed.get(2)!))).toBe(true);
});
