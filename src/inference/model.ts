import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BEV_CHANNELS, BEV_SPEC } from "../contract/bev.ts";
import { ModelError } from "../contract/errors.ts";
import { type ModelCard, ModelCardSchema } from "./card.ts";
import { Graph, type GraphSpec } from "./session.ts";

const SLOT_COUNT = 19;

/** Graph signatures that this code drives. */
function graphSpecs(card: ModelCard): { text: GraphSpec; bev: GraphSpec; planner: GraphSpec } {
  const { nx, ny } = card.bev_spec;
  const c = card.bev_channels.length;
  const { height, width, heights_m } = card.images;
  const v = Object.values(card.vocabulary).reduce((sum, [, count]) => sum + count, 0);
  const bevDims = [1, c, nx, ny];
  return {
    text: {
      inputs: [
        { name: "input_ids", type: "int64", dims: [1, -1] },
        { name: "attention_mask", type: "int64", dims: [1, -1] },
      ],
      outputs: [{ name: "states", type: "float32", dims: [1, -1, 384] }],
    },
    bev: {
      inputs: [
        {
          name: "pillars",
          type: "uint8",
          dims: [1, card.pillars.channels.length, card.pillars.nx, card.pillars.ny],
        },
        { name: "images", type: "uint8", dims: [-1, height, width, 3] },
        { name: "lift", type: "int32", dims: [heights_m.length, nx * ny] },
      ],
      outputs: [
        { name: "bev", type: "uint8", dims: bevDims },
        { name: "logits", type: "float32", dims: bevDims },
      ],
    },
    planner: {
      inputs: [
        { name: "bev", type: "uint8", dims: bevDims },
        { name: "text", type: "float32", dims: [1, -1, 384] },
        { name: "state", type: "int64", dims: [1, 8] },
        { name: "mask", type: "float32", dims: [SLOT_COUNT, v] },
        { name: "guess", type: "int64", dims: [1, SLOT_COUNT] },
      ],
      outputs: [
        { name: "tokens", type: "int64", dims: [1, SLOT_COUNT] },
        { name: "logits", type: "float32", dims: [1, SLOT_COUNT, v] },
      ],
    },
  };
}

/** A model folder, read, checked by hash and shape, ready to run. */
export type LoadedModel = {
  readonly dir: string;
  readonly card: ModelCard;
  /** sha256 over card and files. */
  readonly modelHash: string;
  readonly text: Graph;
  readonly bev: Graph;
  readonly planner: Graph;
  readonly tokenizerJson: unknown;
  readonly threads: number;
  close(): Promise<void>;
};

export type LoadModelOptions = {
  /** Intra-op threads per graph; time 1 and 2 on your machine (bench/threads.ts). */
  readonly threads: number;
};

/**
 * Reads `dir`/card.json and the files it names.
 * @throws ModelError MODEL_NOT_FOUND, MODEL_CARD, MODEL_HASH, MODEL_GRID, MODEL_SHAPE, MODEL_UNREADABLE
 */
export async function loadModel(dir: string, options: LoadModelOptions): Promise<LoadedModel> {
  const cardPath = join(dir, "card.json");
  const cardBytes = await readPart(cardPath);
  const card = parseCard(cardPath, cardBytes);
  checkGrid(cardPath, card);
  const part = async (name: keyof ModelCard["files"]) => {
    const path = join(dir, card.files[name].file);
    const bytes = await readPart(path);
    const found = createHash("sha256").update(bytes).digest("hex");
    if (found !== card.files[name].sha256)
      throw new ModelError(
        "MODEL_HASH",
        `${path}: sha256 ${card.files[name].sha256} expected by card.json, found ${found}`,
      );
    return { path, bytes };
  };
  const specs = graphSpecs(card);
  const tokenizer = await part("tokenizer");
  const tokenizerJson = parseTokenizer(tokenizer.path, tokenizer.bytes);
  const opened: Graph[] = [];
  const close = async () => {
    for (const graph of opened) await graph.close();
  };
  // A graph's file is let go once it is open: together they are as large as what they become.
  const open = async (name: "text" | "bev" | "planner") => {
    const { path, bytes } = await part(name);
    const { threads } = options;
    // A sentence is encoded once, when it is given.
    const graph = await Graph.open(path, bytes, specs[name], { threads, seldom: name === "text" });
    opened.push(graph);
    return graph;
  };
  try {
    const [text, bev, planner] = [await open("text"), await open("bev"), await open("planner")];
    const modelHash = createHash("sha256").update(cardBytes).digest("hex");
    const { threads } = options;
    return { dir, card, modelHash, text, bev, planner, tokenizerJson, threads, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function parseTokenizer(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ModelError("MODEL_UNREADABLE", `${path}: JSON expected: ${String(cause)}`, { cause });
  }
}

async function readPart(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ModelError(
      "MODEL_NOT_FOUND",
      `${path}: a file of a model folder expected, found none`,
      {
        cause,
      },
    );
  }
}

function parseCard(path: string, bytes: Uint8Array): ModelCard {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ModelError("MODEL_CARD", `${path}: JSON expected: ${String(cause)}`, { cause });
  }
  const parsed = ModelCardSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new ModelError("MODEL_CARD", `${path}: at ${issue.path.join(".")}: ${issue.message}`);
}

function checkGrid(path: string, card: ModelCard): void {
  const s = card.bev_spec;
  const found = [s.x_min_m, s.y_min_m, s.cell_m, s.nx, s.ny, ...card.bev_channels].join(" ");
  const b = BEV_SPEC;
  const expected = [b.xMinM, b.yMinM, b.cellM, b.nx, b.ny, ...BEV_CHANNELS].join(" ");
  if (found !== expected)
    throw new ModelError(
      "MODEL_GRID",
      `${path}: BEV grid "${expected}" expected, found "${found}"`,
    );
}
