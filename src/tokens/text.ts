import { Tokenizer } from "@huggingface/tokenizers";
import { bad, type Checked, ok } from "../contract/fault.ts";
import type { Graph } from "../inference/session.ts";
import { TEXT_TOKENS_MAX } from "./vocabulary.ts";

const STATE_WIDTH = 384;
const CACHE_SIZE = 64;

/** Per-token states of one sentence. */
export type TextStates = {
  /** [tokenCount, 384]. */
  readonly states: Float32Array;
  /** 2…32: [CLS], word pieces, [SEP]. */
  readonly tokenCount: number;
  /** true when the sentence had more than 32 tokens and its end was left out. */
  readonly truncated: boolean;
};

/** Sentence → per-token states of the frozen sentence model, cached per sentence. */
export class TextEncoder32 {
  readonly #tokenizer: Tokenizer;
  readonly #graph: Graph;
  readonly #cache = new Map<string, TextStates>();

  constructor(tokenizerJson: unknown, graph: Graph) {
    this.#tokenizer = new Tokenizer(tokenizerJson as object, {});
    this.#graph = graph;
  }

  /** Token ids with [CLS] and [SEP], at most 32; the last one stays [SEP]. */
  tokenize(text: string): { readonly ids: number[]; readonly truncated: boolean } {
    const { ids } = this.#tokenizer.encode(text);
    if (ids.length <= TEXT_TOKENS_MAX) return { ids, truncated: false };
    return { ids: [...ids.slice(0, TEXT_TOKENS_MAX - 1), ids.at(-1)!], truncated: true };
  }

  async encode(text: string, stampUs: number): Promise<Checked<TextStates>> {
    const cached = this.#cache.get(text);
    if (cached) return ok(cached);
    const { ids, truncated } = this.tokenize(text);
    const dims = [1, ids.length];
    const run = await this.#graph.run(
      {
        input_ids: { type: "int64", data: BigInt64Array.from(ids, BigInt), dims },
        attention_mask: {
          type: "int64",
          data: new BigInt64Array(ids.length).fill(1n),
          dims,
        },
      },
      stampUs,
    );
    if (!run.ok) return run;
    const states = run.value.states as Float32Array;
    if (states.length !== ids.length * STATE_WIDTH)
      return bad({
        code: "MODEL_OUTPUT_SHAPE",
        detail: `text states: ${ids.length}·${STATE_WIDTH} numbers expected, found ${states.length}`,
        stampUs,
      });
    const value = { states, tokenCount: ids.length, truncated };
    if (this.#cache.size >= CACHE_SIZE) this.#cache.delete(this.#cache.keys().next().value!);
    this.#cache.set(text, value);
    return ok(value);
  }
}
