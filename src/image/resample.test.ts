import { expect, test } from "vitest";
import { type Region, resampleInto } from "./resample.ts";

const WIDTH = 240;
const HEIGHT = 160;

/** Noise, so that every sum and every tie of a block comes up; `offset` bytes into its buffer. */
function aNoise(offset: number): Uint8Array {
  const rgb = new Uint8Array(new ArrayBuffer(WIDTH * HEIGHT * 3 + 4), offset, WIDTH * HEIGHT * 3);
  let state = 7;
  for (let i = 0; i < rgb.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    rgb[i] = state >>> 24;
  }
  return rgb;
}

function resampled(rgb: Uint8Array, region: Region, outWidthPx: number, outHeightPx: number) {
  const out = new Uint8Array(outWidthPx * outHeightPx * 3).fill(7);
  resampleInto(rgb, WIDTH, HEIGHT, region, outWidthPx, outHeightPx, out);
  return out;
}

/** The mean over the area of each output pixel, by the definition; outside the picture is black. */
function meansOf(rgb: Uint8Array, r: Region, outWidthPx: number, outHeightPx: number): number[] {
  const [sx, sy] = [r.widthPx / outWidthPx, r.heightPx / outHeightPx];
  const share = (p: number, from: number, to: number) =>
    Math.max(0, Math.min(to, p + 1) - Math.max(from, p)) / (to - from);
  return Array.from({ length: outWidthPx * outHeightPx * 3 }, (_, o) => {
    const x0 = r.leftPx + (Math.floor(o / 3) % outWidthPx) * sx;
    const y0 = r.topPx + Math.floor(o / 3 / outWidthPx) * sy;
    let sum = 0;
    for (let y = Math.max(0, Math.floor(y0)); y < Math.min(HEIGHT, y0 + sy); y++)
      for (let x = Math.max(0, Math.floor(x0)); x < Math.min(WIDTH, x0 + sx); x++)
        sum += share(x, x0, x0 + sx) * share(y, y0, y0 + sy) * rgb[(y * WIDTH + x) * 3 + (o % 3)]!;
    return sum;
  });
}

const BLOCKS: Region = { leftPx: 0, topPx: 21, widthPx: 240, heightPx: 96 };

test("whole blocks of 3 × 4 give the bytes that weights give", () => {
  // Words of four bytes cannot be read from an odd address.
  for (const [region, width, height] of [
    [BLOCKS, 80, 24],
    [{ ...BLOCKS, leftPx: 12, widthPx: 120 }, 40, 24],
    [{ ...BLOCKS, topPx: 100 }, 80, 24],
    [{ ...BLOCKS, topPx: -10 }, 80, 24],
  ] as const)
    expect(resampled(aNoise(0), region, width, height), JSON.stringify(region)).toEqual(
      resampled(aNoise(1), region, width, height),
    );
});

test("each pixel is the mean of the area below it, black outside the picture", () => {
  for (const [region, width, height] of [
    [BLOCKS, 80, 24],
    [{ leftPx: 30.5, topPx: 11.25, widthPx: 87, heightPx: 35 }, 80, 24],
    [{ leftPx: -9, topPx: 130, widthPx: 260, heightPx: 104 }, 40, 12],
    [{ leftPx: 3, topPx: 2, widthPx: 200, heightPx: 150 }, 20, 15],
  ] as const) {
    const expected = meansOf(aNoise(0), region, width, height);
    const found = resampled(aNoise(0), region, width, height);
    for (const [i, mean] of expected.entries())
      expect(Math.abs(found[i]! - mean), `${JSON.stringify(region)} at ${i}`).toBeLessThan(0.501);
  }
});
