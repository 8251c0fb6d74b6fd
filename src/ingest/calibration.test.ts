import { describe, expect, test } from "vitest";
import { readCalibration } from "./calibration.ts";

const K = [500, 0, 320, 0, 510, 240, 0, 0, 1];
const P = [400, 0, 300, 0, 0, 410, 200, 0, 0, 0, 1, 0];
const OF_K = { widthPx: 640, heightPx: 480, fxPx: 500, fyPx: 510, cxPx: 320, cyPx: 240 };
const base = {
  ...{ frameId: "cam", widthPx: 640, heightPx: 480, k: K, p: [], r: [] },
  ...{ model: "plumb_bob", d: [] },
};
const BARREL = [-0.3, 0.1, 0.001, 0, 0];

describe("readCalibration", () => {
  test("takes P of the rectified picture where it is given, else K", () => {
    expect(readCalibration({ ...base, p: P })).toEqual({
      intrinsics: { widthPx: 640, heightPx: 480, fxPx: 400, fyPx: 410, cxPx: 300, cyPx: 200 },
    });
    expect(readCalibration({ ...base, p: P.map(() => 0) })).toEqual({ intrinsics: OF_K });
  });

  test("a lens without distortion is none, whatever the model is called", () => {
    for (const model of ["plumb_bob", "", "something"])
      expect(readCalibration({ ...base, model, d: [0, 0, 0, 0, 0] })).not.toHaveProperty("lens");
  });

  test("D, K and R are the lens; P is the pinhole picture", () => {
    const r = [0.8, 0, 0.6, 0, 1, 0, -0.6, 0, 0.8];
    expect(readCalibration({ ...base, p: P, r, d: BARREL })).toEqual({
      intrinsics: { widthPx: 640, heightPx: 480, fxPx: 400, fyPx: 410, cxPx: 300, cyPx: 200 },
      lens: { model: "plumb_bob", coefficients: BARREL, intrinsics: OF_K, cameraFromLens: r },
    });
  });

  test("names and lengths that logs use", () => {
    const lens = (model: string, d: readonly number[]) =>
      readCalibration({ ...base, model, d }) as { lens: object };
    const fish = [0.01, 0.002, 0, 0];
    expect(lens("equidistant", fish).lens).toMatchObject({ model: "equidistant" });
    expect(lens("kannala_brandt", fish).lens).toMatchObject({ model: "equidistant" });
    expect(lens("fisheye", fish).lens).toMatchObject({ model: "equidistant" });
    expect(lens("plumb_bob", [-0.3, 0.1, 0, 0]).lens).toMatchObject({
      coefficients: [-0.3, 0.1, 0, 0, 0],
    });
    expect(
      lens("rational_polynomial", [0.4, 0.03, 0, 0, 0.002, 0.7, 0.1, 0.01]).lens,
    ).toMatchObject({ model: "rational_polynomial" });
  });

  test("a wide fisheye without P becomes a flat picture of at most 120 degrees", () => {
    const wide = { ...base, k: [200, 0, 319.5, 0, 200, 239.5, 0, 0, 1], model: "equidistant" };
    const calibration = readCalibration({ ...wide, d: [0.01, 0, 0, 0] });
    if (typeof calibration === "string") throw new Error(calibration);
    const { intrinsics } = calibration;
    expect(intrinsics.fxPx).toBeCloseTo(320 / Math.tan(Math.PI / 3), 6);
    expect([intrinsics.widthPx, intrinsics.cxPx, intrinsics.cyPx]).toEqual([640, 319.5, 239.5]);
    const narrow = { ...wide, k: [600, 0, 319.5, 0, 600, 239.5, 0, 0, 1] };
    const found = readCalibration({ ...narrow, d: [0.01, 0, 0, 0] });
    const fxPx = typeof found === "string" ? 0 : found.intrinsics.fxPx;
    expect(Math.atan(320 / fxPx)).toBeCloseTo(319.5 / 600, 1);
  });

  test("a lens that makes no sense is text that says expected and found", () => {
    for (const wrong of [
      { d: BARREL, model: "thin_prism" },
      { d: [0.1, 0.2], model: "plumb_bob" },
      { d: [...BARREL, 0, 0.1] },
      { d: [0.1, Number.NaN, 0, 0, 0] },
      { d: BARREL, r: [2, 0, 0, 0, 2, 0, 0, 0, 2] },
      { d: BARREL, r: [-1, 0, 0, 0, 1, 0, 0, 0, 1] },
      { d: [-40, 0, 0, 0, 0] },
      { d: BARREL, p: P, k: [] },
    ])
      expect(readCalibration({ ...base, ...wrong }), `${wrong.d}`).toMatchObject({
        lens: expect.stringMatching(/expected, found/),
      });
  });

  test("an unusable matrix or size is text that says expected and found", () => {
    for (const bad of [
      { ...base, k: [] },
      { ...base, k: K.with(0, 0) },
      { ...base, k: K.with(2, Number.NaN) },
      { ...base, k: K.with(2, 5000) },
      { ...base, widthPx: 0 },
    ])
      expect(readCalibration(bad)).toMatch(/expected, found/);
  });
});
