import { describe, expect, test } from "vitest";
import { readCalibration } from "./calibration.ts";

const K = [500, 0, 320, 0, 510, 240, 0, 0, 1];
const base = { frameId: "cam", widthPx: 640, heightPx: 480, k: K, p: [], d: [] };

describe("readCalibration", () => {
  test("takes P of the rectified picture where it is given, else K", () => {
    const p = [400, 0, 300, 0, 0, 410, 200, 0, 0, 0, 1, 0];
    expect(readCalibration({ ...base, p })).toMatchObject({
      intrinsics: { fxPx: 400, fyPx: 410, cxPx: 300, cyPx: 200 },
    });
    expect(readCalibration({ ...base, p: p.map(() => 0) })).toEqual({
      intrinsics: { widthPx: 640, heightPx: 480, fxPx: 500, fyPx: 510, cxPx: 320, cyPx: 240 },
    });
  });

  test("says so where the lens bends a corner by more than 2 % of the width", () => {
    expect(readCalibration({ ...base, d: [-0.3, 0.1, 0, 0, 0] })).toHaveProperty("distortion");
    expect(readCalibration({ ...base, d: [-0.01, 0, 0, 0, 0] })).not.toHaveProperty("distortion");
  });

  test("an unusable matrix or size is text that says expected and found", () => {
    for (const bad of [
      { ...base, k: [] },
      { ...base, k: K.with(0, 0) },
      { ...base, k: K.with(2, Number.NaN) },
      { ...base, widthPx: 0 },
    ])
      expect(readCalibration(bad)).toMatch(/expected, found/);
  });
});
