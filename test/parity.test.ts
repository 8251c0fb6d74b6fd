/**
 * The network that was trained is the network that drives: stored outputs of PyTorch against
 * onnxruntime in Node, for the same inputs.
 *
 * Tolerances: planner tokens equal and logits within 1e-4. Bev logits within 1e-4 as well up to a
 * magnitude of 10, beyond it within 1e-3: there float32 itself steps by 1e-6, a sum over thousands
 * of products is reordered by the two runtimes, and a probability no longer moves (sigmoid(10) is
 * 1 − 5e-5). BevState bytes may differ by one step where a value falls on a rounding edge.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bevTensors } from "../src/bev/perception.ts";
import { BEV_SPEC } from "../src/contract/bev.ts";
import { type LoadedModel, loadModel } from "../src/inference/model.ts";
import { MODEL_DIR } from "../src/inference/model-folder.fixture.ts";
import type { Graph, NamedTensor } from "../src/inference/session.ts";
import { buildMask } from "../src/tokens/mask.ts";
import { TextEncoder32 } from "../src/tokens/text.ts";
import { SLOTS, TOKEN_RANGES, VOCABULARY_SIZE } from "../src/tokens/vocabulary.ts";
import { addUp, type ParityFile, readParityFile } from "./parity-file.fixture.ts";

const SLOW_MS = 120_000;
const FILE = join(import.meta.dirname, "fixtures/parity/parity.bin");
const present = existsSync(FILE);
if (!present) console.warn(`skipped: no ${FILE}; training/export_parity.py writes it`);

const PLANNER_CASES_MIN = 50;
const SAMPLE_STEP = 97;
const TOLERANCE = 1e-4;
/**
 * Vector units add floats in another order. Where that tips an int8 rounding, the cells around it move
 * by about one step; on the CPU that wrote the fixture none does.
 */
const ROUNDED_SHARE_MAX = 0.01;
const INT8_STEP = 0.5;
const INT8_STEP_BYTES = 8;
const LARGE_LOGIT = 10;
const LARGE_TOLERANCE = 1e-3;

type Outputs = Readonly<Record<string, unknown>>;
async function outputsOf(graph: Graph, inputs: Record<string, NamedTensor>): Promise<Outputs> {
  const run = await graph.run(inputs, 0);
  if (!run.ok) throw new Error(`${run.fault.code}: ${run.fault.detail}`);
  return run.value;
}

/** Largest difference, and where. */
function worst(found: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(found.length).toBe(expected.length);
  let most = { by: 0, at: 0, expected: 0 };
  for (let i = 0; i < found.length; i++) {
    const by = Math.abs(found[i]! - expected[i]!);
    if (by > most.by) most = { by, at: i, expected: expected[i]! };
  }
  return most;
}

const everyNth = (values: Float32Array | Uint8Array) =>
  Array.from(
    { length: Math.ceil(values.length / SAMPLE_STEP) },
    (_, i) => values[i * SAMPLE_STEP]!,
  );

describe.skipIf(!present)("PyTorch and onnxruntime agree", { timeout: SLOW_MS }, () => {
  let file: ParityFile;
  let model: LoadedModel;
  beforeAll(async () => {
    file = readParityFile(FILE);
    model = await loadModel(MODEL_DIR, { threads: 1 });
  }, SLOW_MS);
  afterAll(() => model.close());

  test("the stored outputs are those of this model", () => {
    for (const part of ["planner", "bev", "text"] as const)
      expect(file[`${part}_sha256`], `${part} of ${MODEL_DIR}`).toBe(model.card.files[part].sha256);
    expect(file.planner.length).toBeGreaterThanOrEqual(PLANNER_CASES_MIN);
    expect(file.bev.length).toBeGreaterThan(0);
  });

  test("the tokenizer gives the same word pieces", () => {
    const encoder = new TextEncoder32(model.tokenizerJson, model.text);
    for (const { sentence, input_ids } of file.planner)
      expect(encoder.tokenize(sentence).ids, sentence).toEqual(input_ids);
  });

  test("planner: equal tokens, and logits within 1e-4", async () => {
    const encoder = new TextEncoder32(model.tokenizerJson, model.text);
    const mask = buildMask({ speedLimitMps: undefined, junctionAhead: true });
    const { nx, ny } = BEV_SPEC;
    for (const [i, stored] of file.planner.entries()) {
      const what = `case ${i}: "${stored.sentence}"`;
      const text = await encoder.encode(stored.sentence, 0);
      if (!text.ok) throw new Error(text.fault.detail);
      const bev = addUp(file.bytes(stored.bev), ny);
      const found = await outputsOf(model.planner, {
        bev: { type: "uint8", data: bev, dims: [1, bev.length / (nx * ny), nx, ny] },
        text: { type: "float32", data: text.value.states, dims: [1, text.value.tokenCount, 384] },
        state: { type: "int64", data: BigInt64Array.from(stored.state, BigInt), dims: [1, 8] },
        mask: { type: "float32", data: mask, dims: [SLOTS.length, VOCABULARY_SIZE] },
        guess: { type: "int64", data: new BigInt64Array(SLOTS.length), dims: [1, SLOTS.length] },
      });
      expect(Array.from(found.tokens as BigInt64Array, Number), what).toEqual(stored.tokens);
      const logits = found.logits as Float32Array;
      const inKind = SLOTS.flatMap((kind, slot) => {
        const { first, count } = TOKEN_RANGES[kind];
        const row = slot * VOCABULARY_SIZE + first;
        return Array.from(logits.subarray(row, row + count));
      });
      const off = worst(inKind, file.floats(stored.logits));
      expect(off.by, `${what}, logit ${off.at}`).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  test("bev: logits within 1e-4, large ones within 1e-3, but for a few that int8 rounds the other way", async () => {
    let farOff = 0;
    let total = 0;
    for (const [i, stored] of file.bev.entries()) {
      const input = {
        pillars: file.bytes(stored.pillars),
        images: addUp(file.bytes(stored.images)),
        lift: addUp(file.ints(stored.lift)),
      };
      const tensors = bevTensors(input);
      expect(tensors.images.dims[0]).toBe(stored.views);
      const found = await outputsOf(model.bev, tensors);
      const logits = everyNth(found.logits as Float32Array);
      const expected = file.floats(stored.logits_sample);
      for (const [at, value] of expected.entries()) {
        const limit = Math.abs(value) > LARGE_LOGIT ? LARGE_TOLERANCE : TOLERANCE;
        const off = Math.abs(logits[at]! - value);
        expect(off, `case ${i}, logit ${value}`).toBeLessThan(INT8_STEP);
        if (!(off <= limit)) farOff++;
        total++;
      }
      const bytes = everyNth(found.bev as Uint8Array);
      expect(worst(bytes, file.bytes(stored.bev_sample)).by, `case ${i}`).toBeLessThanOrEqual(
        farOff === 0 ? 1 : INT8_STEP_BYTES,
      );
    }
    expect(farOff / total).toBeLessThanOrEqual(ROUNDED_SHARE_MAX);
  });
});
