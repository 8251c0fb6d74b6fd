import type { TokenRange } from "../tokens/vocabulary.ts";

/**
 * Softmax over one slot's own range, before any mask.
 * @param logits [V] finite. @param token global id chosen.
 * @returns probability of the chosen token, and its lead over the best other one (negative when a
 * masked token would have been preferred).
 */
export function slotProbability(
  logits: Float32Array,
  range: TokenRange,
  token: number,
): { readonly prob: number; readonly margin: number } {
  const { first, count } = range;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = first; i < first + count; i++) max = Math.max(max, logits[i]!);
  let sum = 0;
  let other = 0;
  for (let i = first; i < first + count; i++) {
    const e = Math.exp(logits[i]! - max);
    sum += e;
    if (i !== token && e > other) other = e;
  }
  const prob = Math.exp(logits[token]! - max) / sum;
  return { prob, margin: prob - other / sum };
}

/** Softmax over a slot's own range: [count] probabilities. @param logits [V] finite. */
export function slotDistribution(logits: Float32Array, { first, count }: TokenRange): number[] {
  const row = Array.from(logits.subarray(first, first + count));
  const max = Math.max(...row);
  const weights = row.map((value) => Math.exp(value - max));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
