import { describe, expect, test } from "vitest";
import { cropResizeIntrinsics } from "../geometry/camera.ts";
import { decodeImage, decodeRegion, decodeRegions, type EncodedImage } from "./decode.ts";
import { encodeJpeg, encodePng } from "./encode.ts";
import { ImageError } from "./image-error.ts";

const WIDTH = 96;
const HEIGHT = 64;

/** Smooth ramps: red grows with x, green with y, blue is constant. */
function aRamp(widthPx = WIDTH, heightPx = HEIGHT): Uint8Array {
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      const at = (y * widthPx + x) * 3;
      rgb[at] = Math.round((x / (widthPx - 1)) * 240);
      rgb[at + 1] = Math.round((y / (heightPx - 1)) * 240);
      rgb[at + 2] = 100;
    }
  return rgb;
}

const aRawImage = (rgb = aRamp()): EncodedImage => ({
  data: rgb,
  encoding: "rgb8",
  widthPx: WIDTH,
  heightPx: HEIGHT,
});

async function aJpegImage(quality = 95): Promise<EncodedImage> {
  const data = await encodeJpeg(aRamp(), WIDTH, HEIGHT, quality);
  return { data, encoding: "jpeg", widthPx: WIDTH, heightPx: HEIGHT };
}

const pixel = (rgb: Uint8Array, widthPx: number, x: number, y: number) =>
  Array.from(rgb.subarray((y * widthPx + x) * 3, (y * widthPx + x) * 3 + 3));

const worstDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ImageError);
  return (error as ImageError).code;
}

describe("decodeImage", () => {
  test("a PNG comes back as the same bytes", async () => {
    const data = await encodePng(aRamp(), WIDTH, HEIGHT);
    const rgb = await decodeImage({ data, encoding: "png", widthPx: WIDTH, heightPx: HEIGHT });
    expect(worstDifference(rgb, aRamp())).toBe(0);
  });

  test("a JPEG comes back close to its source", async () => {
    expect(worstDifference(await decodeImage(await aJpegImage()), aRamp())).toBeLessThanOrEqual(8);
  });

  test("the same JPEG decodes to the same bytes every time", async () => {
    const image = await aJpegImage(60);
    expect(await decodeImage(image)).toEqual(await decodeImage(image));
  });

  test("zero bytes are an error that says so", async () => {
    for (const encoding of ["jpeg", "png", "rgb8"] as const) {
      const image = { data: new Uint8Array(0), encoding, widthPx: 8, heightPx: 8 };
      expect(await codeOf(decodeImage(image))).toBe("IMAGE_EMPTY");
    }
  });

  test("a JPEG cut short anywhere is an error, never a grey picture", async () => {
    const image = await aJpegImage();
    for (const kept of [2, 0.1, 0.5, 0.9, 0.99].map((share) =>
      share > 1 ? share : Math.floor(image.data.length * share),
    )) {
      const cut = { ...image, data: image.data.subarray(0, kept) };
      expect(await codeOf(decodeImage(cut)), `${kept} bytes kept`).toBe("IMAGE_UNDECODABLE");
    }
  });

  test("a PNG cut short is an error", async () => {
    const data = await encodePng(aRamp(), WIDTH, HEIGHT);
    const image = { encoding: "png", widthPx: WIDTH, heightPx: HEIGHT } as const;
    const cut = { ...image, data: data.subarray(0, Math.floor(data.length / 2)) };
    expect(await codeOf(decodeImage(cut))).toBe("IMAGE_UNDECODABLE");
  });

  test("damage inside a JPEG is an error", async () => {
    const image = await aJpegImage();
    const data = image.data.slice();
    data.fill(0xff, Math.floor(data.length * 0.6), Math.floor(data.length * 0.7));
    expect(await codeOf(decodeImage({ ...image, data }))).toBe("IMAGE_UNDECODABLE");
  });

  test("a size other than the calibration's is an error that names both", async () => {
    const image = { ...(await aJpegImage()), widthPx: 97 };
    await expect(decodeImage(image)).rejects.toThrow(/97 × 64 px expected, found jpeg of 96 × 64/);
    expect(await codeOf(decodeImage(image))).toBe("IMAGE_SIZE_MISMATCH");
  });

  test("a PNG under the name of a JPEG is an error", async () => {
    const image = { ...(await aJpegImage()), encoding: "png" } as const;
    expect(await codeOf(decodeImage(image))).toBe("IMAGE_SIZE_MISMATCH");
  });

  test("rgb8 bytes that do not fill the claimed size are an error", async () => {
    const image = aRawImage(aRamp().subarray(3));
    expect(await codeOf(decodeImage(image))).toBe("IMAGE_SIZE_MISMATCH");
  });

  test("sizes that are no whole pixels are refused", async () => {
    for (const widthPx of [0, -4, 1.5, Number.NaN, 1e9])
      expect(await codeOf(decodeImage({ ...aRawImage(), widthPx }))).toBe("IMAGE_SIZE_MISMATCH");
  });
});

describe("decodeRegions", () => {
  test("a cut without scaling is an exact copy", async () => {
    const region = { leftPx: 10, topPx: 20, widthPx: 30, heightPx: 12 };
    const out = await decodeRegion(aRawImage(), region, 30, 12);
    for (const [x, y] of [
      [0, 0],
      [29, 0],
      [0, 11],
      [29, 11],
      [15, 6],
    ] as const)
      expect(pixel(out, 30, x, y)).toEqual(pixel(aRamp(), WIDTH, x + 10, y + 20));
  });

  test("shrinking averages the area below each pixel", async () => {
    const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
    rgb.set([90, 30, 9], 0);
    rgb.set([0, 30, 0], 3);
    const region = { leftPx: 0, topPx: 0, widthPx: WIDTH, heightPx: HEIGHT };
    const out = await decodeRegion(aRawImage(rgb), region, WIDTH / 2, HEIGHT);
    expect(pixel(out, WIDTH / 2, 0, 0)).toEqual([45, 30, 5]);
  });

  test("what lies outside the picture is black, on all four sides", async () => {
    const white = new Uint8Array(WIDTH * HEIGHT * 3).fill(255);
    const region = { leftPx: -8, topPx: -4, widthPx: WIDTH + 16, heightPx: HEIGHT + 8 };
    const out = await decodeRegion(aRawImage(white), region, WIDTH + 16, HEIGHT + 8);
    const at = (x: number, y: number) => pixel(out, WIDTH + 16, x, y)[0];
    expect([at(7, 30), at(8, 30), at(8 + WIDTH - 1, 30), at(8 + WIDTH, 30)]).toEqual([
      0, 255, 255, 0,
    ]);
    expect([at(50, 3), at(50, 4), at(50, 4 + HEIGHT - 1), at(50, 4 + HEIGHT)]).toEqual([
      0, 255, 255, 0,
    ]);
  });

  test("a region wholly outside is black, shrunk or enlarged", async () => {
    const white = new Uint8Array(WIDTH * HEIGHT * 3).fill(255);
    for (const leftPx of [-500, 500])
      for (const outPx of [10, 80]) {
        const region = { leftPx, topPx: 0, widthPx: 40, heightPx: 40 };
        const out = await decodeRegion(aRawImage(white), region, outPx, outPx);
        expect(Math.max(...out)).toBe(0);
      }
  });

  test("enlarging keeps a constant picture constant up to its border", async () => {
    const grey = new Uint8Array(WIDTH * HEIGHT * 3).fill(77);
    const region = { leftPx: 0, topPx: 0, widthPx: WIDTH, heightPx: HEIGHT };
    const out = await decodeRegion(aRawImage(grey), region, WIDTH * 3, HEIGHT * 2);
    expect([Math.min(...out), Math.max(...out)]).toEqual([77, 77]);
  });

  test("a spot moves to where cropResizeIntrinsics says", async () => {
    const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
    rgb.set([255, 255, 255], (41 * WIDTH + 62) * 3);
    const region = { leftPx: 13.5, topPx: 7, widthPx: 81, heightPx: 54 };
    const out = await decodeRegion(aRawImage(rgb), region, 27, 18);
    const spot = { widthPx: WIDTH, heightPx: HEIGHT, fxPx: 1, fyPx: 1, cxPx: 62, cyPx: 41 };
    const moved = cropResizeIntrinsics(spot, 13.5, 7, 81, 54, 27, 18);
    let [sum, sumX, sumY] = [0, 0, 0];
    for (let y = 0; y < 18; y++)
      for (let x = 0; x < 27; x++) {
        const value = pixel(out, 27, x, y)[0]!;
        sum += value;
        sumX += value * x;
        sumY += value * y;
      }
    expect(sum).toBeGreaterThan(0);
    expect(Math.abs(sumX / sum - moved.cxPx)).toBeLessThan(0.5);
    expect(Math.abs(sumY / sum - moved.cyPx)).toBeLessThan(0.5);
  });

  test("several regions of one picture equal the same regions one by one", async () => {
    const image = await aJpegImage(70);
    const band = {
      leftPx: 0,
      topPx: 16,
      widthPx: 96,
      heightPx: 32,
      outWidthPx: 32,
      outHeightPx: 11,
    };
    const crop = {
      leftPx: 32,
      topPx: 21,
      widthPx: 32,
      heightPx: 21,
      outWidthPx: 32,
      outHeightPx: 21,
    };
    const both = await decodeRegions(image, [band, crop]);
    expect(both[0]).toEqual(await decodeRegion(image, band, 32, 11));
    expect(both[1]).toEqual(await decodeRegion(image, crop, 32, 21));
  });

  test("an impossible region is refused before any work", async () => {
    const good = { leftPx: 0, topPx: 0, widthPx: 8, heightPx: 8, outWidthPx: 8, outHeightPx: 8 };
    for (const wrong of [
      { leftPx: Number.NaN },
      { widthPx: 0 },
      { heightPx: -1 },
      { outWidthPx: 1.5 },
      { outHeightPx: 0 },
      { topPx: Number.POSITIVE_INFINITY },
    ])
      expect(await codeOf(decodeRegions(aRawImage(), [{ ...good, ...wrong }]))).toBe(
        "IMAGE_REGION_INVALID",
      );
  });
});

test("encoding bytes that do not fill the size is an error", async () => {
  await expect(encodePng(new Uint8Array(10), 2, 2)).rejects.toThrow(
    /12 bytes > 0 expected, found 10/,
  );
  await expect(encodeJpeg(new Uint8Array(0), 0, 0, 90)).rejects.toThrow(ImageError);
});
