import { expect, test } from "vitest";
import { slotDistribution, slotProbability } from "./slot-probability.ts";

test("probability counts only the slot's own range", () => {
  const logits = Float32Array.from([50, Math.log(3), Math.log(1), 50]);
  const found = slotProbability(logits, { first: 1, count: 2 }, 1);
  expect(found.prob).toBeCloseTo(0.75, 6);
  expect(found.margin).toBeCloseTo(0.5, 6);
});

test("the margin is negative when the mask overruled the network's choice", () => {
  const logits = Float32Array.from([2, 0]);
  expect(slotProbability(logits, { first: 0, count: 2 }, 1).margin).toBeLessThan(0);
});

test("equal logits have no margin", () => {
  expect(slotProbability(new Float32Array(5), { first: 0, count: 5 }, 3).margin).toBe(0);
});

test("a distribution over the slot's own range has sum 1 and agrees with the single probability", () => {
  const logits = new Float32Array([9, 1, 2, 3, -9]);
  const probs = slotDistribution(logits, { first: 1, count: 3 });
  expect(probs.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  expect(probs[2]).toBeCloseTo(slotProbability(logits, { first: 1, count: 3 }, 3).prob, 9);
});
