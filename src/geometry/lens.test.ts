import { describe, expect, test } from "vitest";
import type { CameraIntrinsics, Lens, LensModel } from "../contract/observation.ts";
import { bendInto, prepareLens, rayOfPixel } from "./lens.ts";
import { IDENTITY } from "./se3.ts";

const PINHOLE: CameraIntrinsics = {
  ...{ widthPx: 1280, heightPx: 720, fxPx: 620, fyPx: 615, cxPx: 655.25, cyPx: 361.5 },
};
const FISHEYE: CameraIntrinsics = {
  ...{ widthPx: 1280, heightPx: 800, fxPx: 330, fyPx: 331, cxPx: 640.5, cyPx: 400.25 },
};

const aLens = (
  model: LensModel,
  coefficients: readonly number[],
  intrinsics = model === "equidistant" ? FISHEYE : PINHOLE,
): Lens => ({ model, coefficients, intrinsics, cameraFromLens: IDENTITY.r });

const PLUMB_BOB = aLens("plumb_bob", [-0.28, 0.09, 0.0012, -0.0007, -0.012]);
const RATIONAL = aLens(
  "rational_polynomial",
  [0.42, 0.031, 0.0004, -0.0003, 0.0021, 0.77, 0.12, 0.009],
);
const EQUIDISTANT = aLens("equidistant", [0.035, -0.012, 0.0041, -0.0007]);

/**
 * OpenCV 5.0.0: `cv2.projectPoints(rays, zeros, zeros, K, D)`, and `cv2.fisheye.projectPoints` for
 * equidistant, with K and D as above.
 */
const RAYS = [
  [0, 0, 1],
  [0.3, -0.2, 1],
  [-0.55, 0.31, 1],
  [0.8, 0.45, 1],
  [-0.9, -0.5, 1],
  [0.05, 0.6, 1],
] as const;
const WIDE_RAYS = [
  [0.001, 0, 1],
  [0.3, -0.2, 1],
  [1.2, 0.4, 1],
  [-1.7, 0.2, 1],
  [0, -2.5, 1],
  [4, 3, 1],
] as const;
const GOLDEN = [
  [
    PLUMB_BOB,
    RAYS,
    [
      [655.25, 361.5],
      [834.533782296, 242.999999772],
      [347.00212203675557, 534.036034637632],
      [1061.984499971, 589.2688720982344],
      [213.918731136, 119.32904904],
      [683.3375483046875, 697.9726298203125],
    ],
  ],
  [
    RATIONAL,
    RAYS,
    [
      [655.25, 361.5],
      [833.2275440238396, 243.8211625003641],
      [353.5879134315896, 530.2131350414295],
      [1047.7508508480428, 580.7959214938425],
      [233.2834836375555, 129.33409856370668],
      [682.8723612929117, 691.1869537769172],
    ],
  ],
  [
    EQUIDISTANT,
    WIDE_RAYS,
    [
      [640.8299999015501, 400.25],
      [735.8989263059393, 336.4579906923921],
      [929.1645477968417, 496.7630962835905],
      [289.3637447659371, 441.68532994027623],
      [640.5, -7.26533859776805],
      [1018.2979838008935, 684.4571196320358],
    ],
  ],
] as const;

const pixelOf = (lens: Lens, [x, y, z]: readonly [number, number, number]) => {
  const out = new Float64Array(2);
  return bendInto(prepareLens(lens), x, y, z, out) ? out : undefined;
};

describe("pixels of OpenCV", () => {
  test.each(GOLDEN)("$model", (lens, rays, pixels) => {
    for (const [i, ray] of rays.entries()) {
      const found = pixelOf(lens, ray)!;
      expect(found[0]).toBeCloseTo(pixels[i]![0]!, 9);
      expect(found[1]).toBeCloseTo(pixels[i]![1]!, 9);
    }
  });
});

describe("the inverse", () => {
  test.each([PLUMB_BOB, RATIONAL, EQUIDISTANT])("finds the ray of every pixel: $model", (lens) => {
    const prepared = prepareLens(lens);
    const out = new Float64Array(2);
    let seen = 0;
    for (let v = 0; v < lens.intrinsics.heightPx; v += 40)
      for (let u = 0; u < lens.intrinsics.widthPx; u += 40) {
        const ray = rayOfPixel(prepared, u, v);
        if (!ray) continue;
        seen++;
        expect(Math.hypot(...ray)).toBeCloseTo(1, 12);
        expect(bendInto(prepared, ...ray, out)).toBe(true);
        expect(Math.hypot(out[0]! - u, out[1]! - v), `${u} ${v}`).toBeLessThan(1e-5);
      }
    expect(seen).toBeGreaterThan(560);
  });

  test("beyond the rim of a fisheye there is no ray", () => {
    const narrow = aLens("equidistant", [-0.3, 0, 0, 0]);
    const { limit } = prepareLens(narrow);
    expect(limit).toBeCloseTo(Math.sqrt(1 / 0.9), 2);
    const rimPx = 330 * limit * (1 - 0.3 * limit * limit);
    expect(rayOfPixel(prepareLens(narrow), 640.5 + rimPx - 2, 400.25)).toBeDefined();
    expect(rayOfPixel(prepareLens(narrow), 640.5 + rimPx + 2, 400.25)).toBeUndefined();
  });
});

describe("where the polynomial folds back", () => {
  // r (1 − 0.4 r²) grows up to r = √(1 / 1.2) only.
  const folding = aLens("plumb_bob", [-0.4, 0, 0, 0, 0]);

  test("the limit is the top of the radius", () => {
    expect(prepareLens(folding).limit).toBeCloseTo(Math.sqrt(1 / 1.2), 1);
  });

  test("rays behind it have no pixel, although the formula would give one inside the picture", () => {
    expect(pixelOf(folding, [0.9, 0, 1])).toBeDefined();
    expect(pixelOf(folding, [1.4, 0, 1])).toBeUndefined();
  });

  test("rays from behind have none in a pinhole model, and have one in a wide fisheye", () => {
    expect(pixelOf(PLUMB_BOB, [0.1, 0, -1])).toBeUndefined();
    const plain = aLens("equidistant", [0, 0, 0, 0]);
    expect(pixelOf(plain, [1, 0, -0.1])![0]).toBeCloseTo(640.5 + 330 * Math.atan2(1, -0.1), 9);
  });

  test("a rational model ends where its divisor vanishes", () => {
    const pole = aLens("rational_polynomial", [0, 0, 0, 0, 0, -1, 0, 0]);
    expect(prepareLens(pole).limit).toBeLessThan(1);
    expect(pixelOf(pole, [1.2, 0, 1])).toBeUndefined();
  });
});

test("no distortion is the pinhole camera", () => {
  const plain = aLens("plumb_bob", [0, 0, 0, 0, 0]);
  expect(Array.from(pixelOf(plain, [0.5, 0.25, 2])!)).toEqual([655.25 + 155, 361.5 + 76.875]);
});
