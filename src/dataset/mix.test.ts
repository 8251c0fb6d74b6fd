import { expect, test } from "vitest";
import { Random } from "../world/random.ts";
import { drawWorldKind, parseMix, type WorldKind } from "./mix.ts";

test("a mix names kinds and weights, in either case", () => {
  expect(parseMix("highway=2, OLD=0.5")).toEqual({ HIGHWAY: 2, OLD: 0.5 });
});

test.each(["TOWN=1", "RURAL", "RURAL=", "RURAL=-1", "RURAL=x", "RURAL=1=2", ""])(
  "%j is no mix",
  (text) => {
    expect(() => parseMix(text)).toThrow(/KIND=WEIGHT/);
  },
);

test("a mix of nothing is refused", () => {
  expect(() => parseMix("RURAL=0")).toThrow(/above 0/);
});

test("kinds are drawn by their weights", () => {
  const rng = new Random(1);
  const counts = new Map<WorldKind, number>();
  for (let i = 0; i < 3000; i++) {
    const kind = drawWorldKind({ RURAL: 2, OLD: 1, HIGHWAY: 0 }, rng);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(["OLD", "RURAL"]);
  expect(counts.get("RURAL")! / 3000).toBeCloseTo(2 / 3, 1);
});
