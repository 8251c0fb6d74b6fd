import { describe, expect, test } from "vitest";
import { CutInWatch, gapBrakeMps2, isOpening } from "./s18-cut-in.ts";

describe("S18 cutting in", () => {
  test("a gap opens when the other is more than 0.5 m/s faster", () => {
    expect(isOpening(10, 10.6)).toBe(true);
    expect(isOpening(10, 10.5)).toBe(false);
    expect(isOpening(10, -5)).toBe(false);
  });

  test("no needless braking below −2 m/s² while the gap opens", () => {
    expect(gapBrakeMps2(10, 12)).toBe(2);
    expect(gapBrakeMps2(10, 9)).toBe(4);
  });

  test("the exemption lasts 3 s without a pause and begins anew after one", () => {
    const watch = new CutInWatch();
    expect(watch.exempts(false, 0)).toBe(true);
    expect(watch.exempts(true, 1_000_000)).toBe(true);
    expect(watch.exempts(true, 4_000_000)).toBe(true);
    expect(watch.exempts(true, 4_000_001)).toBe(false);
    expect(watch.exempts(false, 4_100_000)).toBe(true);
    expect(watch.exempts(true, 4_200_000)).toBe(true);
    expect(watch.exempts(true, 7_200_001)).toBe(false);
  });
});
