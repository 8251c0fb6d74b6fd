import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ModelError } from "../contract/errors.ts";
import { checkVocabulary } from "../planner/check-vocabulary.ts";
import { VOCABULARY_SIZE } from "../tokens/vocabulary.ts";
import { loadModel } from "./model.ts";
import { aModelFolder, MODEL_DIR, readCard } from "./model-folder.fixture.ts";
import { tinyPlanner } from "./tiny-onnx.fixture.ts";

const SLOW_MS = 120_000;
const OPTIONS = { threads: 1 };

async function failureOf(dir: string): Promise<ModelError> {
  const error = await loadModel(dir, OPTIONS).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(ModelError);
  return error as ModelError;
}
const partOf = (name: "bev" | "planner"): Uint8Array =>
  readFileSync(join(MODEL_DIR, readCard().files[name].file));

describe("a model folder that fits", { timeout: SLOW_MS }, () => {
  test("loads, and its hash is that of its card", async () => {
    const model = await loadModel(MODEL_DIR, OPTIONS);
    expect(model.modelHash).toMatch(/^[0-9a-f]{64}$/);
    expect(model.card).toEqual(readCard());
    await model.close();
    const renamed = await loadModel(
      aModelFolder({ card: (card) => ({ ...card, name: "other" }) }),
      OPTIONS,
    );
    expect(renamed.modelHash).not.toBe(model.modelHash);
    await renamed.close();
  });
});

describe("a model folder that does not fit is refused", { timeout: SLOW_MS }, () => {
  test("no folder: the card is expected by its path", async () => {
    const error = await failureOf("/nowhere/model");
    expect(error.code).toBe("MODEL_NOT_FOUND");
    expect(error.message).toMatch(/^\/nowhere\/model\/card\.json: .*expected, found none$/);
  });

  test("a file that the card names is missing", async () => {
    const dir = aModelFolder();
    rmSync(join(dir, readCard().files.bev.file));
    const error = await failureOf(dir);
    expect(error.code).toBe("MODEL_NOT_FOUND");
    expect(error.message).toContain(join(dir, "bev.onnx"));
  });

  test("one changed bit of a graph: both hashes and the file are named", async () => {
    const bytes = Uint8Array.from(partOf("planner"));
    bytes[bytes.length >> 1]! ^= 1;
    const expected = readCard().files.planner.sha256;
    const dir = aModelFolder({
      files: { planner: bytes },
      card: (card) => ({
        ...card,
        files: { ...card.files, planner: { ...card.files.planner, sha256: expected } },
      }),
    });
    const error = await failureOf(dir);
    expect(error.code).toBe("MODEL_HASH");
    expect(error.message).toMatch(
      new RegExp(`planner\\.onnx: sha256 ${expected} expected by card.json, found [0-9a-f]{64}$`),
    );
  });

  test("bev and planner in each other's place: the tensor that does not fit is named", async () => {
    const dir = aModelFolder({ files: { bev: partOf("planner"), planner: partOf("bev") } });
    const error = await failureOf(dir);
    expect(error.code).toBe("MODEL_SHAPE");
    expect(error.message).toMatch(
      /bev\.onnx: input "pillars" uint8\[1,6,256,128\] expected, found only: bev, text, state/,
    );
  });

  test("a planner of a smaller vocabulary: expected and found shape are named", async () => {
    const files = { planner: tinyPlanner(VOCABULARY_SIZE - 1, "finite") };
    const error = await failureOf(aModelFolder({ files }));
    expect(error.code).toBe("MODEL_SHAPE");
    expect(error.message).toMatch(
      /planner\.onnx: input "mask" float32\[19,210\] expected, found float32\[19,209\]$/,
    );
  });

  test("bytes that are no graph, with a hash that fits", async () => {
    const files = { bev: new TextEncoder().encode("not a graph") };
    const error = await failureOf(aModelFolder({ files }));
    expect(error.code).toBe("MODEL_UNREADABLE");
    expect(error.message).toMatch(/bev\.onnx: an ONNX graph expected: /);
  });

  test("a tokenizer that is no JSON, with a hash that fits", async () => {
    const files = { tokenizer: new TextEncoder().encode("{") };
    const error = await failureOf(aModelFolder({ files }));
    expect(error.code).toBe("MODEL_UNREADABLE");
    expect(error.message).toMatch(/tokenizer\.json: JSON expected: SyntaxError/);
  });
});

describe("a card that does not fit is refused before any graph is read", () => {
  const withCard = (change: (card: ReturnType<typeof readCard>) => unknown) =>
    failureOf(aModelFolder({ card: change }));

  test("no JSON", async () => {
    const dir = aModelFolder();
    rmSync(join(dir, "card.json"));
    writeFileSync(join(dir, "card.json"), "{");
    const error = await failureOf(dir);
    expect(error.code).toBe("MODEL_CARD");
    expect(error.message).toMatch(/card\.json: JSON expected: SyntaxError/);
  });

  test.each<[string, (card: ReturnType<typeof readCard>) => unknown, RegExp]>([
    [
      "a missing entry",
      ({ slots: _, ...card }) => card,
      /at slots: .*expected array, received undefined/,
    ],
    [
      "an entry of another type",
      (card) => ({ ...card, bev_spec: { ...card.bev_spec, nx: "128" } }),
      /at bev_spec\.nx: .*expected (int|number), received string/,
    ],
    [
      "a hash that is none",
      (card) => ({ ...card, files: { ...card.files, text: { file: "text.onnx", sha256: "0" } } }),
      /at files\.text\.sha256: /,
    ],
    ["a misspelt entry", (card) => ({ ...card, bevSpec: 1 }), /Unrecognized key: "bevSpec"/],
  ])("%s is told with its path", async (_name, change, message) => {
    const error = await withCard(change);
    expect(error.code).toBe("MODEL_CARD");
    expect(error.message).toMatch(message);
  });

  test("another BEV grid: both grids are told", async () => {
    const error = await withCard((card) => ({
      ...card,
      bev_spec: { ...card.bev_spec, cell_m: 0.5 },
    }));
    expect(error.code).toBe("MODEL_GRID");
    expect(error.message).toMatch(
      /card\.json: BEV grid "-32 -32 1 128 64 .*" expected, found "-32 -32 0\.5 128 64 /,
    );
  });

  test("BEV channels in another order are another grid", async () => {
    const error = await withCard((card) => ({
      ...card,
      bev_channels: [...card.bev_channels].reverse(),
    }));
    expect(error.code).toBe("MODEL_GRID");
  });
});

describe("vocabulary", () => {
  const check =
    (change: (card: ReturnType<typeof readCard>) => ReturnType<typeof readCard>) => () =>
      checkVocabulary({ dir: "model", card: change(readCard()) });

  test("the model that ships speaks this code's vocabulary", () => {
    expect(check((card) => card)).not.toThrow();
  });

  test.each<[string, (card: ReturnType<typeof readCard>) => ReturnType<typeof readCard>]>([
    ["one token more", (c) => ({ ...c, vocabulary: { ...c.vocabulary, GAP: [125, 47] } })],
    ["slots in another order", (c) => ({ ...c, slots: [...c.slots].reverse() })],
    ["other state bins", (c) => ({ ...c, state_vocabulary_size: c.state_vocabulary_size + 1 })],
  ])("%s is refused", (_name, change) => {
    expect(check(change)).toThrow(
      expect.objectContaining({
        code: "MODEL_VOCABULARY",
        message: expect.stringMatching(/^model\/card\.json: vocabulary .* expected, found /),
      }),
    );
  });
});
