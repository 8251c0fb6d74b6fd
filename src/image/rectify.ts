import type { CameraIntrinsics, Lens } from "../contract/observation.ts";
import { bendInto, prepareLens } from "../geometry/lens.ts";
import { ImageError } from "./image-error.ts";

/** The lens that a picture went through and the pinhole picture to make of it. */
export type Rectification = { readonly lens: Lens; readonly pinhole: CameraIntrinsics };

/** For each pixel of the pinhole picture: where it is in the picture as delivered. */
type RectifyMap = {
  /** Pixel up and left of the place, as an offset into rgb bytes; −1 where the lens shows nothing. */
  readonly offsets: Int32Array;
  /** How far right and down of it, in 32nds of a pixel: 64 · down + right. */
  readonly fractions: Uint16Array;
};

/** As fine as OpenCV's remap; integers, so the bytes are the same on every machine. */
const PARTS = 32;
/** A lens that shows less of its pinhole picture than this is no description of a camera. */
const SHOWN_MIN_RATIO = 0.05;
/** More calibrations than cameras on a vehicle: one that changes at run time must not pile up. */
const MAPS_MAX = 12;

const maps = new Map<string, RectifyMap>();

/** Made once for each calibration; 6 bytes a pixel. */
function mapOf(rectification: Rectification): RectifyMap {
  const key = JSON.stringify(rectification);
  const map = maps.get(key) ?? makeMap(rectification);
  maps.delete(key);
  maps.set(key, map);
  if (maps.size > MAPS_MAX) maps.delete(maps.keys().next().value!);
  return map;
}

function makeMap({ lens, pinhole }: Rectification): RectifyMap {
  const { widthPx, heightPx } = pinhole;
  const prepared = prepareLens(lens);
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = lens.cameraFromLens as unknown as readonly [
    ...[number, number, number, number, number, number, number, number, number],
  ];
  const [sourceWidth, sourceHeight] = [lens.intrinsics.widthPx, lens.intrinsics.heightPx];
  const offsets = new Int32Array(widthPx * heightPx).fill(-1);
  const fractions = new Uint16Array(widthPx * heightPx);
  const at = new Float64Array(2);
  let shown = 0;
  for (let v = 0, i = 0; v < heightPx; v++) {
    const y = (v - pinhole.cyPx) / pinhole.fyPx;
    for (let u = 0; u < widthPx; u++, i++) {
      const x = (u - pinhole.cxPx) / pinhole.fxPx;
      // Rows of cameraFromLens are columns of its inverse.
      const seen = bendInto(
        prepared,
        r0 * x + r3 * y + r6,
        r1 * x + r4 * y + r7,
        r2 * x + r5 * y + r8,
        at,
      );
      if (!seen) continue;
      const right = Math.round(at[0]! * PARTS);
      const down = Math.round(at[1]! * PARTS);
      if (right < 0 || down < 0) continue;
      if (right > (sourceWidth - 1) * PARTS || down > (sourceHeight - 1) * PARTS) continue;
      // The last column and row are reached from the one before, so that four pixels always exist.
      const column = Math.min(Math.floor(right / PARTS), Math.max(0, sourceWidth - 2));
      const row = Math.min(Math.floor(down / PARTS), Math.max(0, sourceHeight - 2));
      offsets[i] = (row * sourceWidth + column) * 3;
      fractions[i] = (down - row * PARTS) * 64 + (right - column * PARTS);
      shown++;
    }
  }
  if (shown < SHOWN_MIN_RATIO * offsets.length || sourceWidth < 2 || sourceHeight < 2)
    throw new ImageError(
      "IMAGE_LENS_INVALID",
      `a lens that shows at least ${SHOWN_MIN_RATIO * 100} % of its pinhole picture expected, ` +
        `found ${lens.model} [${lens.coefficients}] that shows ${shown} of ${offsets.length} px`,
    );
  return { offsets, fractions };
}

/**
 * Rows fromRow … endRow − 1 of the pinhole picture of `rgb` ([H, W, 3], as delivered), into `out`
 * ([heightPx, widthPx, 3] of the pinhole). Black where the lens shows nothing.
 */
export function rectifyRowsInto(
  rgb: Uint8Array,
  rectification: Rectification,
  fromRow: number,
  endRow: number,
  out: Uint8Array,
): void {
  const { offsets, fractions } = mapOf(rectification);
  const { widthPx } = rectification.pinhole;
  const below = rectification.lens.intrinsics.widthPx * 3;
  for (let i = fromRow * widthPx, o = i * 3; i < endRow * widthPx; i++, o += 3) {
    const p = offsets[i]!;
    if (p < 0) {
      out[o] = 0;
      out[o + 1] = 0;
      out[o + 2] = 0;
      continue;
    }
    const right = fractions[i]! & 63;
    const down = fractions[i]! >> 6;
    const w3 = right * down;
    const w2 = PARTS * down - w3;
    const w1 = PARTS * right - w3;
    const w0 = PARTS * PARTS - PARTS * down - w1;
    const q = p + below;
    out[o] = (w0 * rgb[p]! + w1 * rgb[p + 3]! + w2 * rgb[q]! + w3 * rgb[q + 3]! + 512) >> 10;
    out[o + 1] =
      (w0 * rgb[p + 1]! + w1 * rgb[p + 4]! + w2 * rgb[q + 1]! + w3 * rgb[q + 4]! + 512) >> 10;
    out[o + 2] =
      (w0 * rgb[p + 2]! + w1 * rgb[p + 5]! + w2 * rgb[q + 2]! + w3 * rgb[q + 5]! + 512) >> 10;
  }
}
