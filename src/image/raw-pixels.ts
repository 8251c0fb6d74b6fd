import type { RawEncoding } from "../contract/observation.ts";

/** Bytes of a raw picture: whole pixels, rows without padding. */
export function rawBytes(encoding: RawEncoding, widthPx: number, heightPx: number): number {
  const pixels = widthPx * heightPx;
  switch (encoding) {
    case "mono8":
      return pixels;
    case "rgb8":
    case "bgr8":
      return pixels * 3;
    case "yuyv":
    case "uyvy":
      return pixels * 2;
    case "nv12":
      return pixels * 1.5;
  }
}

/** Formats that share colour between neighbours need whole pairs. */
export const hasWholePairs = (encoding: RawEncoding, widthPx: number, heightPx: number): boolean =>
  encoding === "nv12"
    ? widthPx % 2 === 0 && heightPx % 2 === 0
    : (encoding !== "yuyv" && encoding !== "uyvy") || widthPx % 2 === 0;

/** [heightPx, widthPx, 3] rgb of a raw picture; rgb8 is given back as it is. */
export function rgbOfRaw(data: Uint8Array, encoding: RawEncoding, widthPx: number): Uint8Array {
  switch (encoding) {
    case "rgb8":
      return data;
    case "bgr8": {
      const rgb = new Uint8Array(data.length);
      for (let i = 0; i < data.length; i += 3) {
        rgb[i] = data[i + 2]!;
        rgb[i + 1] = data[i + 1]!;
        rgb[i + 2] = data[i]!;
      }
      return rgb;
    }
    case "mono8": {
      const rgb = new Uint8Array(data.length * 3);
      for (let i = 0, o = 0; i < data.length; i++, o += 3) rgb.fill(data[i]!, o, o + 3);
      return rgb;
    }
    case "yuyv":
      return rgbOfPairs(data, 0, 1, 3);
    case "uyvy":
      return rgbOfPairs(data, 1, 0, 2);
    case "nv12":
      return rgbOfNv12(data, widthPx);
  }
}

/** Four bytes for two pixels; y0 is the place of the first brightness, the second lies two behind. */
function rgbOfPairs(data: Uint8Array, y0: number, uAt: number, vAt: number): Uint8Array {
  const rgb = new Uint8Array((data.length / 2) * 3);
  for (let i = 0, o = 0; i < data.length; i += 4, o += 6) {
    const u = data[i + uAt]!;
    const v = data[i + vAt]!;
    putRgb(data[i + y0]!, u, v, rgb, o);
    putRgb(data[i + y0 + 2]!, u, v, rgb, o + 3);
  }
  return rgb;
}

/** All brightness first, then one pair of u and v for each 2 × 2 pixels. */
function rgbOfNv12(data: Uint8Array, widthPx: number): Uint8Array {
  const pixels = data.length / 1.5;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0, row = 0; i < pixels; row++)
    for (let x = 0; x < widthPx; x++, i++) {
      const uv = pixels + (row >> 1) * widthPx + (x & ~1);
      putRgb(data[i]!, data[uv]!, data[uv + 1]!, rgb, i * 3);
    }
  return rgb;
}

/** ITU-R BT.601 with limited range, as OpenCV has it: integers of 20 bits after the point. */
function putRgb(y: number, u: number, v: number, out: Uint8Array, at: number): void {
  const base = Math.max(0, y - 16) * 1_220_542 + 524_288;
  const du = u - 128;
  const dv = v - 128;
  out[at] = clamp((base + 1_673_527 * dv) >> 20);
  out[at + 1] = clamp((base - 852_492 * dv - 409_993 * du) >> 20);
  out[at + 2] = clamp((base + 2_116_026 * du) >> 20);
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);
