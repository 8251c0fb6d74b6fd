import { ImageError } from "./image-error.ts";
import { loadSharp } from "./libvips.ts";

/** [heightPx, widthPx, 3] rgb → PNG bytes. */
export async function encodePng(
  rgb: Uint8Array,
  widthPx: number,
  heightPx: number,
): Promise<Uint8Array> {
  const picture = await rawPicture(rgb, widthPx, heightPx);
  return picture.png({ compressionLevel: 6 }).toBuffer();
}

/** [heightPx, widthPx, 3] rgb → baseline JPEG bytes with 4:2:0 chroma, quality 1…100. */
export async function encodeJpeg(
  rgb: Uint8Array,
  widthPx: number,
  heightPx: number,
  quality: number,
): Promise<Uint8Array> {
  const picture = await rawPicture(rgb, widthPx, heightPx);
  return picture.jpeg({ quality }).toBuffer();
}

async function rawPicture(rgb: Uint8Array, widthPx: number, heightPx: number) {
  if (rgb.length !== widthPx * heightPx * 3 || rgb.length === 0)
    throw new ImageError(
      "IMAGE_SIZE_MISMATCH",
      `${widthPx} × ${heightPx} × 3 = ${widthPx * heightPx * 3} bytes > 0 expected, found ${rgb.length}`,
    );
  const sharp = await loadSharp();
  return sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } });
}

/** An SVG drawing at the size that it names → PNG bytes. */
export async function encodeSvgAsPng(svg: string): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return sharp(Buffer.from(svg), { unlimited: true }).png({ compressionLevel: 6 }).toBuffer();
}
