import { BLOCK_COLUMNS, BLOCK_ROWS, meanOfBlocksInto, wordsOf } from "./block-mean.ts";

/**
 * Cut and resize in plain arithmetic: the same bytes on every CPU, the geometry of
 * `cropResizeIntrinsics`, and black where the rectangle leaves the picture.
 */

/** A rectangle of the source picture; pixel i covers [i, i + 1). It may leave the picture. */
export type Region = {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
};

/**
 * Weights of one axis: output i is the sum over taps start[i] … start[i] + count[i] − 1, whose
 * weights lie at weights[i · stride]. Taps outside the picture are left out, which makes them black.
 */
type Taps = {
  readonly start: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
  readonly stride: number;
};

/** Shrinking averages the area below each output pixel; enlarging interpolates linearly. */
function tapsOf(originPx: number, spanPx: number, sizePx: number, outPx: number): Taps {
  const scale = spanPx / outPx;
  const stride = scale > 1 ? Math.ceil(scale) + 1 : 2;
  const start = new Int32Array(outPx);
  const count = new Int32Array(outPx);
  const weights = new Float64Array(outPx * stride);
  for (let i = 0; i < outPx; i++) {
    const from = originPx + i * scale;
    if (scale > 1) areaTaps(from, originPx + (i + 1) * scale, scale, sizePx, i);
    else linearTaps(from + scale / 2, sizePx, i);
  }
  return { start, count, weights, stride };

  function areaTaps(from: number, to: number, footprint: number, size: number, i: number): void {
    const first = Math.max(0, Math.floor(from));
    const end = Math.min(size, Math.ceil(to));
    start[i] = first;
    count[i] = Math.max(0, Math.min(end - first, stride));
    for (let k = 0; k < count[i]!; k++) {
      const p = first + k;
      weights[i * stride + k] = (Math.min(to, p + 1) - Math.max(from, p)) / footprint;
    }
  }

  function linearTaps(centre: number, size: number, i: number): void {
    if (centre < 0 || centre > size) return;
    const at = Math.min(Math.max(centre - 0.5, 0), size - 1);
    const first = Math.min(Math.floor(at), Math.max(0, size - 2));
    start[i] = first;
    count[i] = Math.min(2, size);
    weights[i * stride] = 1 - (at - first);
    weights[i * stride + 1] = at - first;
  }
}

/**
 * Writes `region` of `rgb` ([heightPx, widthPx, 3]) to `out` as [outHeightPx, outWidthPx, 3].
 * Rows are summed first, so the inner loop runs over contiguous memory.
 */
export function resampleInto(
  rgb: Uint8Array,
  widthPx: number,
  heightPx: number,
  region: Region,
  outWidthPx: number,
  outHeightPx: number,
  out: Uint8Array,
): void {
  const across = tapsOf(region.leftPx, region.widthPx, widthPx, outWidthPx);
  const down = tapsOf(region.topPx, region.heightPx, heightPx, outHeightPx);
  const firstColumn = Math.max(0, Math.min(widthPx, Math.floor(region.leftPx) - 1));
  const endColumn = Math.min(widthPx, Math.ceil(region.leftPx + region.widthPx) + 1);
  const row = rowOf(Math.max(0, endColumn - firstColumn) * 3);
  const blocks = columnBlocks(across)
    ? wordsOf(rgb, widthPx, across.start[0]!, outWidthPx)
    : undefined;
  for (let y = 0; y < outHeightPx; y++) {
    const line = out.subarray(y * outWidthPx * 3, (y + 1) * outWidthPx * 3);
    if (blocks && isPlainMean(down, y, BLOCK_ROWS)) {
      const from = (down.start[y]! * widthPx + across.start[0]!) * 3;
      const weight = down.weights[y * down.stride]! * across.weights[0]!;
      meanOfBlocksInto(blocks, from / 4, (widthPx * 3) / 4, weight, line);
      continue;
    }
    const taps = down.count[y]!;
    if (taps === 0) row.fill(0);
    for (let k = 0; k < taps; k += ROWS_AT_ONCE)
      addRows(rgb, widthPx, firstColumn, down, y, k, row);
    writeRow(row, across, firstColumn, line);
  }
}

/** Memory that is kept between pictures. */
let kept = new Float32Array(0);

function rowOf(length: number): Float32Array {
  if (kept.length < length) kept = new Float32Array(length);
  return kept.subarray(0, length);
}

/** Whole source pixels of equal weight: is output i the plain mean of `count` of them? */
function isPlainMean(taps: Taps, i: number, count: number): boolean {
  if (taps.count[i] !== count) return false;
  const first = i * taps.stride;
  const weight = taps.weights[first]!;
  for (let k = 1; k < count; k++) if (taps.weights[first + k] !== weight) return false;
  return true;
}

/** Are all columns plain means, of one weight, and side by side? */
function columnBlocks(across: Taps): boolean {
  const { start, count, weights, stride } = across;
  for (let x = 0; x < count.length; x++) {
    if (!isPlainMean(across, x, BLOCK_COLUMNS) || weights[x * stride] !== weights[0]) return false;
    if (start[x] !== start[0]! + x * BLOCK_COLUMNS) return false;
  }
  return true;
}

const ROWS_AT_ONCE = 4;

/**
 * Adds up to four weighted source rows, from tap k of output row y, in one pass over `row`; the
 * first ones (k = 0) replace what it held.
 */
function addRows(
  rgb: Uint8Array,
  widthPx: number,
  firstColumn: number,
  down: Taps,
  y: number,
  k: number,
  row: Float32Array,
): void {
  const last = down.count[y]! - 1;
  // Taps behind the last one repeat it with weight 0.
  const baseOf = (tap: number) =>
    ((down.start[y]! + Math.min(tap, last)) * widthPx + firstColumn) * 3;
  const weightOf = (tap: number) => (tap > last ? 0 : down.weights[y * down.stride + tap]!);
  const [b0, b1, b2, b3] = [baseOf(k), baseOf(k + 1), baseOf(k + 2), baseOf(k + 3)];
  const [w0, w1, w2, w3] = [weightOf(k), weightOf(k + 1), weightOf(k + 2), weightOf(k + 3)];
  if (k > 0)
    for (let i = 0; i < row.length; i++)
      row[i]! += w0 * rgb[b0 + i]! + w1 * rgb[b1 + i]! + w2 * rgb[b2 + i]! + w3 * rgb[b3 + i]!;
  else if (last < 3)
    for (let i = 0; i < row.length; i++)
      row[i] = w0 * rgb[b0 + i]! + w1 * rgb[b1 + i]! + w2 * rgb[b2 + i]!;
  else
    for (let i = 0; i < row.length; i++)
      row[i] = w0 * rgb[b0 + i]! + w1 * rgb[b1 + i]! + w2 * rgb[b2 + i]! + w3 * rgb[b3 + i]!;
}

/** Sums the columns of one row and rounds half up. */
function writeRow(row: Float32Array, across: Taps, firstColumn: number, out: Uint8Array): void {
  const { start, count, weights, stride } = across;
  for (let x = 0, o = 0; o < out.length; x++, o += 3) {
    let r = 0;
    let g = 0;
    let b = 0;
    let at = (start[x]! - firstColumn) * 3;
    const first = x * stride;
    const end = first + count[x]!;
    for (let w = first; w < end; w++, at += 3) {
      const weight = weights[w]!;
      r += weight * row[at]!;
      g += weight * row[at + 1]!;
      b += weight * row[at + 2]!;
    }
    out[o] = r + 0.5;
    out[o + 1] = g + 0.5;
    out[o + 2] = b + 0.5;
  }
}
