import { describe, expect, test } from "vitest";
import type { CameraIntrinsics, Lens, LensModel } from "../contract/observation.ts";
import { prepareLens, rayOfPixel } from "../geometry/lens.ts";
import { decodeImage, decodeRegions, type EncodedImage } from "./decode.ts";

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const WIDTH = 64;
const HEIGHT = 48;

const pinholeOf = (fPx: number, cxPx = 31.5, cyPx = 23.5, scale = 1): CameraIntrinsics => ({
  ...{ widthPx: WIDTH * scale, heightPx: HEIGHT * scale, fxPx: fPx, fyPx: fPx, cxPx, cyPx },
});

/** Colours that grow evenly with column and row, so that a wrong place shows as a wrong value. */
function aSlope(): Uint8Array {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0, i = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++, i += 3) rgb.set([x * 3 + y, x + y * 4, 255 - x * 2 - y], i);
  return rgb;
}

const anImage = (rgb: Uint8Array, lens: Lens, pinhole: CameraIntrinsics): EncodedImage => ({
  ...{ data: rgb, encoding: "rgb8", rectification: { lens, pinhole } },
  ...{ widthPx: lens.intrinsics.widthPx, heightPx: lens.intrinsics.heightPx },
});

const pixel = (rgb: Uint8Array, widthPx: number, x: number, y: number): number[] =>
  Array.from(rgb.subarray((y * widthPx + x) * 3, (y * widthPx + x) * 3 + 3));

/**
 * OpenCV 5.0.0 over the same picture: `initUndistortRectifyMap(K, D, R, P, (64, 48), CV_32FC1)`
 * (`fisheye.` for equidistant) and `remap(…, INTER_LINEAR)`, read at a few pixels.
 */
const GOLDEN = [
  {
    lens: {
      model: "plumb_bob",
      coefficients: [-0.28, 0.09, 0.0012, -0.0007, -0.012],
      intrinsics: { ...pinholeOf(40, 31, 24), fyPx: 41 },
      cameraFromLens: [
        0.9995500337489875, 0, 0.02999550020249566, 0, 1, 0, -0.02999550020249566, 0,
        0.9995500337489875,
      ],
    },
    pinhole: pinholeOf(36),
    pixels: [
      [32, 24, [116, 129, 170]],
      [10, 8, [35, 43, 229]],
      [50, 12, [158, 97, 146]],
      [20, 40, [96, 184, 177]],
      [55, 35, [193, 194, 114]],
      [31, 5, [92, 47, 192]],
      [0, 0, [11, 15, 246]],
    ],
  },
  {
    lens: {
      model: "equidistant",
      coefficients: [0.035, -0.012, 0.0041, -0.0007],
      intrinsics: pinholeOf(20),
      cameraFromLens: IDENTITY,
    },
    pinhole: pinholeOf(18.5),
    pixels: [
      [32, 24, [120, 128, 167]],
      [10, 8, [59, 63, 212]],
      [50, 12, [154, 103, 148]],
      [20, 40, [103, 171, 174]],
      [55, 35, [179, 178, 125]],
      [31, 5, [101, 61, 185]],
    ],
  },
] as const;

describe("pictures of OpenCV", () => {
  test.each(GOLDEN)("$lens.model", async ({ lens, pinhole, pixels }) => {
    const out = await decodeImage(anImage(aSlope(), lens, pinhole));
    for (const [x, y, expected] of pixels)
      for (const [channel, value] of pixel(out, WIDTH, x, y).entries())
        expect(Math.abs(value - expected[channel]!), `${x} ${y}`).toBeLessThanOrEqual(1);
  });
});

describe("a scene seen through a lens comes out as a pinhole camera sees it", () => {
  const SCALE = 5;
  const CASES: readonly (readonly [LensModel, readonly number[], number])[] = [
    ["plumb_bob", [-0.28, 0.09, 0.0012, -0.0007, -0.012], 180],
    ["rational_polynomial", [0.42, 0.031, 0.0004, -0.0003, 0.0021, 0.77, 0.12, 0.009], 180],
    ["equidistant", [0.035, -0.012, 0.0041, -0.0007], 110],
  ];
  /** Brightness of the scene in a direction; smooth, and different everywhere. */
  const scene = (a: number, b: number) => 127 + 60 * Math.sin(3 * a + 0.5) + 60 * Math.cos(4 * b);

  test.each(CASES)("%s", async (model, coefficients, focalPx) => {
    const intrinsics = pinholeOf(focalPx, 160.25, 119, SCALE);
    const lens: Lens = { model, coefficients, intrinsics, cameraFromLens: IDENTITY };
    const prepared = prepareLens(lens);
    const taken = new Uint8Array(intrinsics.widthPx * intrinsics.heightPx * 3);
    for (let v = 0, i = 0; v < intrinsics.heightPx; v++)
      for (let u = 0; u < intrinsics.widthPx; u++, i += 3) {
        const ray = rayOfPixel(prepared, u, v);
        if (ray && ray[2] > 0.05) taken.fill(scene(ray[0] / ray[2], ray[1] / ray[2]), i, i + 3);
      }
    const pinhole = pinholeOf(190, 159.5, 119.5, SCALE);
    const out = await decodeImage(anImage(taken, lens, pinhole));
    let compared = 0;
    for (let v = 0; v < pinhole.heightPx; v += 3)
      for (let u = 0; u < pinhole.widthPx; u += 3) {
        const found = pixel(out, pinhole.widthPx, u, v)[0]!;
        if (found === 0) continue; // the lens sees less than the pinhole camera there
        compared++;
        const expected = scene((u - 159.5) / 190, (v - 119.5) / 190);
        expect(Math.abs(found - expected), `${u} ${v}`).toBeLessThan(4);
      }
    expect(compared).toBeGreaterThan(8000);
  });
});

describe("where the lens shows nothing", () => {
  const white = new Uint8Array(WIDTH * HEIGHT * 3).fill(255);
  const folding: Lens = {
    ...{ model: "plumb_bob", coefficients: [-0.4, 0, 0, 0, 0], intrinsics: pinholeOf(40) },
    cameraFromLens: IDENTITY,
  };

  test("the picture is black, never a second image of what lies inside", async () => {
    // Slopes beyond 0.91 fold back into the picture by the formula alone.
    const out = await decodeImage(anImage(white, folding, pinholeOf(20)));
    expect(pixel(out, WIDTH, 31, 23)).toEqual([255, 255, 255]);
    expect(pixel(out, WIDTH, 0, 23)).toEqual([0, 0, 0]);
    expect(pixel(out, WIDTH, 63, 0)).toEqual([0, 0, 0]);
    expect(new Set(out)).toEqual(new Set([0, 255]));
  });

  test("a lens that shows next to nothing is an error that says so", async () => {
    const turned = { ...folding, cameraFromLens: [-1, 0, 0, 0, 1, 0, 0, 0, -1] };
    await expect(decodeImage(anImage(white, turned, pinholeOf(20)))).rejects.toThrow(
      /shows at least 5 % of its pinhole picture expected, found plumb_bob/,
    );
  });
});

test("regions are the same whether one or all rows of the pinhole picture are made", async () => {
  const { lens, pinhole } = GOLDEN[0];
  const image = anImage(aSlope(), lens, pinhole);
  const region = {
    leftPx: 8,
    topPx: 10,
    widthPx: 48,
    heightPx: 20,
    outWidthPx: 24,
    outHeightPx: 10,
  };
  const beyond = { ...region, topPx: -9, leftPx: 30 };
  const whole = await decodeImage(image);
  const plain = { data: whole, encoding: "rgb8", widthPx: WIDTH, heightPx: HEIGHT } as const;
  expect(await decodeRegions(image, [region])).toEqual(await decodeRegions(plain, [region]));
  expect(await decodeRegions(image, [region, beyond])).toEqual(
    await decodeRegions(plain, [region, beyond]),
  );
});

test("no distortion and the same pinhole is the picture itself, to the byte", async () => {
  const lens: Lens = {
    ...{ model: "plumb_bob", coefficients: [0, 0, 0, 0, 0], intrinsics: pinholeOf(40) },
    cameraFromLens: IDENTITY,
  };
  expect(await decodeImage(anImage(aSlope(), lens, pinholeOf(40)))).toEqual(aSlope());
});
