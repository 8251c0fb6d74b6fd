import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Graph } from "../inference/session.ts";
import { TextEncoder32 } from "./text.ts";

const DIR = join(import.meta.dirname, "../../models/waywarden-s");
let encoder: TextEncoder32;

beforeAll(async () => {
  const path = join(DIR, "text.onnx");
  const graph = await Graph.open(
    path,
    readFileSync(path),
    {
      inputs: [
        { name: "input_ids", type: "int64", dims: [1, -1] },
        { name: "attention_mask", type: "int64", dims: [1, -1] },
      ],
      outputs: [{ name: "states", type: "float32", dims: [1, -1, 384] }],
    },
    { threads: 1 },
  );
  encoder = new TextEncoder32(JSON.parse(readFileSync(join(DIR, "tokenizer.json"), "utf8")), graph);
});

// Ids printed by the Python package tokenizers 0.23 from the same tokenizer.json.
const GOLDEN: readonly (readonly [string, readonly number[]])[] = [
  ["", [101, 102]],
  ["follow the road", [101, 3582, 1996, 2346, 102]],
  ["Change to the LEFT lane, please!", [101, 2689, 2000, 1996, 2187, 4644, 1010, 3531, 999, 102]],
  [
    "drive at 37.5 km/h — ok?",
    [101, 3298, 2012, 4261, 1012, 1019, 2463, 1013, 1044, 1517, 7929, 1029, 102],
  ],
  ["  keep two seconds  gap", [101, 2562, 2048, 3823, 6578, 102]],
];

test.each(GOLDEN)("word pieces of %j equal those of the reference tokenizer", (text, ids) => {
  expect(encoder.tokenize(text).ids).toEqual(ids);
});

test("more than 32 word pieces are cut, and it is said", () => {
  const { ids, truncated } = encoder.tokenize("turn left then right ".repeat(20));
  expect(ids.length).toBe(32);
  expect(ids.at(-1)).toBe(102);
  expect(truncated).toBe(true);
});

test("'left, then right' and 'right, then left' differ in their per-token states", async () => {
  const a = await encoder.encode("change lane left, then right", 0);
  const b = await encoder.encode("change lane right, then left", 0);
  if (!a.ok || !b.ok) throw new Error("text graph failed");
  let difference = 0;
  for (let i = 0; i < a.value.states.length; i++)
    difference = Math.max(difference, Math.abs(a.value.states[i]! - b.value.states[i]!));
  expect(difference).toBeGreaterThan(0.5);
});

test("there is a state for each token and none for padding, and sentences are cached", async () => {
  const first = await encoder.encode("stop", 0);
  if (!first.ok) throw new Error("text graph failed");
  expect(first.value.tokenCount).toBe(3);
  expect(first.value.states).toHaveLength(3 * 384);
  const again = await encoder.encode("stop", 0);
  expect(again.ok && again.value).toBe(first.value);
});
