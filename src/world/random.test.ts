import { expect, test } from "vitest";
import { Random } from "./random.ts";

const draw = (seed: number) => {
  const rng = new Random(seed);
  return Array.from({ length: 50 }, () => rng.nextUint());
};

test("the same seed gives the same numbers, another seed others", () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test("the first numbers of seed 1 are pinned, so that data sets can be made again", () => {
  const rng = new Random(1);
  expect([rng.nextUint(), rng.nextUint(), rng.nextUint()]).toMatchInlineSnapshot(`
    [
      2308299391,
      1950625580,
      354034397,
    ]
  `);
});

test("seeds beyond 32 bits differ from their low part", () => {
  expect(new Random(5 + 2 ** 32).nextUint()).not.toBe(new Random(5).nextUint());
});

test("draws are uniform and within their bounds", () => {
  const rng = new Random(3);
  let sum = 0;
  const seen = new Set<number>();
  for (let i = 0; i < 20_000; i++) {
    const x = rng.range(2, 4);
    expect(x >= 2 && x < 4).toBe(true);
    sum += x;
    seen.add(rng.int(1, 6));
  }
  expect(sum / 20_000).toBeCloseTo(3, 1);
  expect([...seen].sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("weights are shares, and an empty pick is an error", () => {
  const rng = new Random(9);
  let heavy = 0;
  for (let i = 0; i < 10_000; i++) if (rng.weighted({ heavy: 3, light: 1 }) === "heavy") heavy++;
  expect(heavy / 10_000).toBeCloseTo(0.75, 1);
  expect(() => rng.pick([])).toThrow(/expected, found 0/);
});

test("a fork goes its own way", () => {
  const rng = new Random(4);
  const fork = rng.fork();
  const next = new Random(4);
  next.fork();
  expect(rng.nextUint()).toBe(next.nextUint());
  expect(fork.nextUint()).not.toBe(rng.nextUint());
});
