import { describe, expect, test } from "vitest";
import { RAW_ENCODINGS, type RawEncoding } from "../contract/observation.ts";
import { decodeImage } from "./decode.ts";
import { encodeJpeg, encodePng } from "./encode.ts";
import { loadSharp } from "./libvips.ts";

const sharp = await loadSharp();

const decode = async (
  encoding: RawEncoding,
  data: readonly number[],
  widthPx: number,
  heightPx: number,
) => Array.from(await decodeImage({ data: Uint8Array.from(data), encoding, widthPx, heightPx }));

/**
 * OpenCV 5.0.0: `cvtColor(…, COLOR_YUV2RGB_YUY2)`, `COLOR_YUV2RGB_UYVY` of the same bytes, and
 * `COLOR_YUV2RGB_NV12`.
 */
const PAIRS = [16, 128, 235, 128, 81, 90, 81, 240, 145, 54, 145, 34, 0, 255, 255, 0];
const NV12 = [16, 235, 81, 145, 0, 255, 100, 41, 90, 240, 54, 34];

describe("pixels of OpenCV", () => {
  test("yuyv", async () => {
    expect(await decode("yuyv", PAIRS, 4, 2)).toEqual([
      ...[0, 0, 0, 255, 255, 255, 254, 0, 0, 254, 0, 0],
      ...[0, 255, 1, 0, 255, 1, 0, 54, 255, 74, 255, 255],
    ]);
  });

  test("uyvy", async () => {
    expect(await decode("uyvy", PAIRS, 4, 2)).toEqual([
      ...[255, 87, 0, 255, 87, 0, 11, 143, 0, 186, 255, 166],
      ...[71, 24, 79, 48, 0, 55, 255, 225, 20, 203, 0, 0],
    ]);
  });

  test("nv12", async () => {
    expect(await decode("nv12", NV12, 4, 2)).toEqual([
      ...[179, 0, 0, 255, 179, 178, 0, 181, 0, 0, 255, 1],
      ...[179, 0, 0, 255, 202, 202, 0, 203, 0, 0, 134, 0],
    ]);
  });
});

test("mono8 is grey, bgr8 turns round, rgb8 stays", async () => {
  expect(await decode("mono8", [7, 200], 2, 1)).toEqual([7, 7, 7, 200, 200, 200]);
  expect(await decode("bgr8", [1, 2, 3, 4, 5, 6], 2, 1)).toEqual([3, 2, 1, 6, 5, 4]);
  expect(await decode("rgb8", [1, 2, 3, 4, 5, 6], 2, 1)).toEqual([1, 2, 3, 4, 5, 6]);
});

test.each(RAW_ENCODINGS)("%s that does not fill its size is an error", async (encoding) => {
  for (const length of [1, 13, 4000])
    await expect(decode(encoding, new Array(length).fill(1), 4, 2)).rejects.toThrow(
      /4 × 2 px expected with \d+ bytes in whole pairs, found/,
    );
});

test("an odd width cannot be a picture of pairs", async () => {
  await expect(decode("yuyv", new Array(18).fill(1), 3, 3)).rejects.toThrow(/in whole pairs/);
  await expect(decode("nv12", new Array(18).fill(1), 4, 3)).rejects.toThrow(/in whole pairs/);
});

test.each(["jpeg", "png"] as const)(
  "a grey %s comes out as three equal channels",
  async (encoding) => {
    const grey = new Uint8Array(16 * 8 * 3).fill(90);
    const encode = encoding === "jpeg" ? encodeJpeg(grey, 16, 8, 90) : encodePng(grey, 16, 8);
    const single = sharp(await encode).toColourspace("b-w");
    const data = await (encoding === "jpeg" ? single.jpeg() : single.png()).toBuffer();
    expect((await sharp(data).metadata()).channels).toBe(1);
    const rgb = await decodeImage({ data, encoding, widthPx: 16, heightPx: 8 });
    expect(rgb).toHaveLength(16 * 8 * 3);
    expect(Math.max(...rgb) - Math.min(...rgb)).toBe(0);
    expect(Math.abs(rgb[0]! - 90)).toBeLessThan(3);
  },
);
