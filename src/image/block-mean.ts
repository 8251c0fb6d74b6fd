/**
 * The usual cut, 960 × 384 to 320 × 96: each output pixel is the mean of a block of whole pixels, 3
 * across and 4 down. Integer sums with a table for the division, to the same bytes as weights, in
 * half the time.
 */

export const BLOCK_ROWS = 4;
export const BLOCK_COLUMNS = 3;
const BLOCK_PX = BLOCK_ROWS * BLOCK_COLUMNS;
/** Every second byte of a word, so that four of them add up in 16 bits each. */
const EVEN_BYTES = 0x00ff00ff;
/** A mean that ends in exactly one half; which way it goes is left to the weights. */
const TIE = -1;

/** Sum of a block → its mean, rounded. */
const MEAN_OF_SUM = Int16Array.from({ length: BLOCK_PX * 255 + 1 }, (_, sum) =>
  sum % BLOCK_PX === BLOCK_PX / 2 ? TIE : Math.round(sum / BLOCK_PX),
);

/** Sums of four rows, byte by byte. */
let sums = new Uint16Array(0);

/** The picture in words of four bytes, where rows of blocks can be read in whole words. */
export function wordsOf(
  rgb: Uint8Array,
  widthPx: number,
  firstColumn: number,
  outWidthPx: number,
): Int32Array | undefined {
  const bytes =
    rgb.byteOffset | (widthPx * 3) | (firstColumn * 3) | (outWidthPx * BLOCK_COLUMNS * 3);
  return bytes % 4 === 0 ? new Int32Array(rgb.buffer, rgb.byteOffset, rgb.length >> 2) : undefined;
}

/**
 * Writes one output row, [outWidthPx, 3] rgb.
 * @param fromWord where the first of the four source rows starts; each is `rowWords` long.
 * @param weight of one pixel, as the general way multiplies it.
 */
export function meanOfBlocksInto(
  words: Int32Array,
  fromWord: number,
  rowWords: number,
  weight: number,
  out: Uint8Array,
): void {
  const bytes = out.length * BLOCK_COLUMNS;
  if (sums.length < bytes) sums = new Uint16Array(bytes);
  sumFourRows(words, fromWord, rowWords, bytes / 4);
  const s = sums;
  for (let o = 0, k = 0; o < out.length; o += 3, k += BLOCK_COLUMNS * 3) {
    const r = MEAN_OF_SUM[s[k]! + s[k + 3]! + s[k + 6]!]!;
    const g = MEAN_OF_SUM[s[k + 1]! + s[k + 4]! + s[k + 7]!]!;
    const b = MEAN_OF_SUM[s[k + 2]! + s[k + 5]! + s[k + 8]!]!;
    out[o] = r === TIE ? weighed(k, weight) : r;
    out[o + 1] = g === TIE ? weighed(k + 1, weight) : g;
    out[o + 2] = b === TIE ? weighed(k + 2, weight) : b;
  }
}

const weighed = (k: number, weight: number): number =>
  weight * sums[k]! + weight * sums[k + 3]! + weight * sums[k + 6]! + 0.5;

function sumFourRows(words: Int32Array, fromWord: number, rowWords: number, count: number): void {
  const s = sums;
  for (let k = 0, i0 = fromWord; k < 4 * count; k += 4, i0++) {
    const i1 = i0 + rowWords;
    const i2 = i1 + rowWords;
    const a = words[i0]!;
    const b = words[i1]!;
    const c = words[i2]!;
    const d = words[i2 + rowWords]!;
    const even = (a & EVEN_BYTES) + (b & EVEN_BYTES) + (c & EVEN_BYTES) + (d & EVEN_BYTES);
    const odd =
      ((a >>> 8) & EVEN_BYTES) +
      ((b >>> 8) & EVEN_BYTES) +
      ((c >>> 8) & EVEN_BYTES) +
      ((d >>> 8) & EVEN_BYTES);
    s[k] = even;
    s[k + 1] = odd;
    s[k + 2] = even >>> 16;
    s[k + 3] = odd >>> 16;
  }
}
