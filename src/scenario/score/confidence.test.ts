import { expect, test } from "vitest";
import { meanOf, shareOf } from "./confidence.ts";

// Oracle: Wilson intervals as printed by R's binom.confint(method = "wilson").
test.each([
  [0, 10, 0, 0.2775],
  [10, 10, 0.7225, 1],
  [5, 10, 0.2366, 0.7634],
  [196, 200, 0.9497, 0.9922],
])("Wilson: %d of %d lies within %d…%d", (hits, tries, low, high) => {
  const share = shareOf(hits, tries)!;
  expect(share.low).toBeCloseTo(low, 3);
  expect(share.high).toBeCloseTo(high, 3);
});

test("nothing tried has no share, and no values no mean", () => {
  expect(shareOf(0, 0)).toBeUndefined();
  expect(meanOf([])).toBeUndefined();
});

test("a bootstrap is the same for the same seed and near the normal interval", () => {
  const values = Array.from({ length: 100 }, (_, i) => i % 10);
  const mean = meanOf(values)!;
  expect(meanOf(values)).toEqual(mean);
  expect(mean.value).toBeCloseTo(4.5, 9);
  const half = (1.96 * Math.sqrt(8.25)) / 10;
  expect(mean.low).toBeCloseTo(4.5 - half, 0);
  expect(Math.abs(mean.high - (4.5 + half))).toBeLessThan(0.1);
});

test("equal values have an interval of no width", () => {
  expect(meanOf([3, 3, 3])).toEqual({ value: 3, low: 3, high: 3, count: 3 });
});
