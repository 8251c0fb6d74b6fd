import { type CameraImage, RAW_ENCODINGS, type RawEncoding } from "../contract/observation.ts";
import { ImageError } from "./image-error.ts";
import { decodeJpegInto, jpegFrameOf } from "./jpeg.ts";
import { loadSharp } from "./libvips.ts";
import { hasWholePairs, rawBytes, rgbOfRaw } from "./raw-pixels.ts";
import { type Rectification, rectifyRowsInto } from "./rectify.ts";
import { type Region, resampleInto } from "./resample.ts";
import { ScratchBuffers } from "./scratch.ts";

export { ImageError } from "./image-error.ts";
export type { Region } from "./resample.ts";

/** One picture with the size that its calibration claims. */
export type EncodedImage = {
  readonly data: Uint8Array;
  readonly encoding: CameraImage["encoding"];
  /** Of the picture as delivered. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Where given, what comes out is the pinhole picture, in its own size. */
  readonly rectification?: Rectification;
};

/** The picture of a camera, with what its calibration says about it. */
export function encodedImageOf({ data, encoding, camera }: CameraImage): EncodedImage {
  const { intrinsics: pinhole, lens } = camera;
  const { widthPx, heightPx } = lens?.intrinsics ?? pinhole;
  const image = { data, encoding, widthPx, heightPx };
  return lens ? { ...image, rectification: { lens, pinhole } } : image;
}

/** A rectangle of a picture and the size to bring it to. */
export type RegionRequest = Region & {
  readonly outWidthPx: number;
  readonly outHeightPx: number;
};

/** No camera has more; larger claims are refused before memory is taken. */
const PIXELS_MAX = 8192 * 8192;

/**
 * Decodes a whole picture to [heightPx, widthPx, 3] rgb. Throws ImageError where the bytes are
 * empty, broken, cut short, or of another size than claimed. rgb8 may return a view of `data`.
 */
export async function decodeImage(image: EncodedImage): Promise<Uint8Array> {
  const rgb = await decodePixels(image, (bytes) => new Uint8Array(bytes));
  return straighten(rgb, image, 0, image.rectification?.pinhole.heightPx ?? 0);
}

/** The pinhole picture, of which rows fromRow … endRow − 1 are made; `rgb` itself without a lens. */
function straighten(
  rgb: Uint8Array,
  { rectification }: EncodedImage,
  fromRow: number,
  endRow: number,
): Uint8Array {
  if (!rectification) return rgb;
  const { widthPx, heightPx } = rectification.pinhole;
  if (!isSize(widthPx) || !isSize(heightPx) || widthPx * heightPx > PIXELS_MAX)
    throw new ImageError(
      "IMAGE_SIZE_MISMATCH",
      `a pinhole picture of whole sizes ≥ 1 px expected, found ${widthPx} × ${heightPx}`,
    );
  const out = new Uint8Array(widthPx * heightPx * 3);
  rectifyRowsInto(rgb, rectification, fromRow, Math.min(endRow, heightPx), out);
  return out;
}

/** The picture as delivered; a JPEG in memory that `lend` gives for it. */
async function decodePixels(
  image: EncodedImage,
  lend: (bytes: number) => Uint8Array,
): Promise<Uint8Array> {
  const { data, encoding, widthPx, heightPx } = image;
  const claim = `${encoding} picture of ${widthPx} × ${heightPx} px`;
  const pixels = widthPx * heightPx;
  if (!isSize(widthPx) || !isSize(heightPx) || pixels > PIXELS_MAX)
    throw new ImageError("IMAGE_SIZE_MISMATCH", `whole sizes ≥ 1 px expected, found ${claim}`);
  if (data.length === 0) throw new ImageError("IMAGE_EMPTY", `${claim} expected, found 0 bytes`);
  if (isRaw(encoding)) {
    const expected = rawBytes(encoding, widthPx, heightPx);
    if (data.length !== expected || !hasWholePairs(encoding, widthPx, heightPx))
      throw new ImageError(
        "IMAGE_SIZE_MISMATCH",
        `${claim} expected with ${expected} bytes in whole pairs, found ${data.length}`,
      );
    return rgbOfRaw(data, encoding, widthPx);
  }
  const frame = jpegFrameOf(data);
  if (frame && frame.components <= JPEG_COMPONENTS_MAX) {
    checkFound(image, claim, { format: "jpeg", width: frame.widthPx, height: frame.heightPx });
    const out = lend(pixels * 3);
    await decodeJpegInto(data, out).catch((cause: unknown) => {
      throw undecodable(data, claim, cause);
    });
    return out;
  }
  const { pixelsRgb, info } = await decodeFile(data, claim);
  checkFound(image, claim, info);
  return pixelsRgb;
}

/** libjpeg-turbo makes no rgb of CMYK; libvips does. */
const JPEG_COMPONENTS_MAX = 3;

type Found = { readonly format: string; readonly width: number; readonly height: number };

function checkFound({ encoding, widthPx, heightPx }: EncodedImage, claim: string, info: Found) {
  if (info.format === encoding && info.width === widthPx && info.height === heightPx) return;
  const found = `${info.format} of ${info.width} × ${info.height} px`;
  throw new ImageError("IMAGE_SIZE_MISMATCH", `${claim} expected, found ${found}`);
}

/**
 * The decoder's own words stay in `cause`: libvips shares their buffer between concurrent decodes,
 * so they differ from run to run, and this message reaches the compared bytes of a decision.
 */
const undecodable = (data: Uint8Array, claim: string, cause: unknown): ImageError =>
  new ImageError(
    "IMAGE_UNDECODABLE",
    `${claim} expected, found ${data.length} bytes that do not decode`,
    { cause },
  );

/**
 * Decodes once and returns each region as [outHeightPx, outWidthPx, 3] rgb; black outside the
 * picture. The whole picture is decoded although a cut or a shrink-on-load could skip a part: it
 * costs 0.2–0.9 ms at 960 × 540 and finds damage anywhere in the file.
 */
export async function decodeRegions(
  image: EncodedImage,
  regions: readonly RegionRequest[],
): Promise<Uint8Array[]> {
  for (const region of regions) checkRegion(region);
  // Resampling may touch one row more on each side.
  const fromRow = Math.max(0, Math.floor(Math.min(...regions.map((r) => r.topPx))) - 1);
  const endRow = Math.ceil(Math.max(...regions.map((r) => r.topPx + r.heightPx))) + 1;
  let lent: Uint8Array | undefined;
  const lend = (bytes: number): Uint8Array => {
    lent = SCRATCH.take(bytes);
    return lent;
  };
  try {
    const rgb = straighten(await decodePixels(image, lend), image, fromRow, endRow);
    const { widthPx, heightPx } = image.rectification?.pinhole ?? image;
    return regions.map((region) => {
      const out = new Uint8Array(region.outWidthPx * region.outHeightPx * 3);
      const { outWidthPx, outHeightPx } = region;
      resampleInto(rgb, widthPx, heightPx, region, outWidthPx, outHeightPx, out);
      return out;
    });
  } finally {
    if (lent) SCRATCH.give(lent);
  }
}

const SCRATCH = new ScratchBuffers();

/** One region of `decodeRegions`. */
export async function decodeRegion(
  image: EncodedImage,
  region: Region,
  outWidthPx: number,
  outHeightPx: number,
): Promise<Uint8Array> {
  const [out] = await decodeRegions(image, [{ ...region, outWidthPx, outHeightPx }]);
  return out!;
}

type DecodedFile = { readonly pixelsRgb: Uint8Array; readonly info: Found };

/** `failOn: "warning"`: a picture that libjpeg had to guess at is no measurement. */
async function decodeFile(data: Uint8Array, claim: string): Promise<DecodedFile> {
  const sharp = await loadSharp();
  try {
    const options = { failOn: "warning", limitInputPixels: PIXELS_MAX } as const;
    const picture = sharp(data, options).toColourspace("srgb").removeAlpha();
    const raw = await picture.raw().toBuffer({ resolveWithObject: true });
    if (raw.info.channels !== 3) throw new Error(`3 channels expected, found ${raw.info.channels}`);
    const { width, height } = raw.info;
    return { pixelsRgb: raw.data, info: { format: formatOf(data), width, height } };
  } catch (cause) {
    throw undecodable(data, claim, cause);
  }
}

/** By the first bytes; asking the decoder would open the file a second time. */
function formatOf(data: Uint8Array): string {
  if (data[0] === 0xff && data[1] === 0xd8) return "jpeg";
  return data[0] === 0x89 && data[1] === 0x50 ? "png" : "picture of another format";
}

const isRaw = (encoding: CameraImage["encoding"]): encoding is RawEncoding =>
  (RAW_ENCODINGS as readonly string[]).includes(encoding);
const isSize = (px: number): boolean => Number.isInteger(px) && px >= 1;

function checkRegion(region: RegionRequest): void {
  const { leftPx, topPx, widthPx, heightPx, outWidthPx, outHeightPx } = region;
  const finite = [leftPx, topPx, widthPx, heightPx].every(Number.isFinite);
  const sizes = widthPx > 0 && heightPx > 0 && isSize(outWidthPx) && isSize(outHeightPx);
  if (finite && sizes && outWidthPx * outHeightPx <= PIXELS_MAX) return;
  throw new ImageError(
    "IMAGE_REGION_INVALID",
    "finite corner, size > 0 px and whole output size expected, found " +
      `${widthPx} × ${heightPx} at (${leftPx}, ${topPx}) to ${outWidthPx} × ${outHeightPx}`,
  );
}
