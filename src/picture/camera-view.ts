import type { CameraImage, Observation } from "../contract/observation.ts";
import { cropResizeIntrinsics } from "../geometry/camera.ts";
import { decodeImage, decodeRegion, encodedImageOf } from "../image/decode.ts";
import type { Canvas } from "./canvas.ts";
import { COLOURS, type Rgb, ramp } from "./colours.ts";
import { pixelFinder } from "./pixel-finder.ts";
import { drawText } from "./text.ts";

/** Points drawn for each camera; more would hide the picture. */
const POINTS_SHOWN = 450;
const RANGE_SHOWN_M = 60;

/** A place on the canvas. */
export type Box = {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
};

/** A camera and its decoded picture, which is also the paint of the points that it sees. */
export type DecodedCamera = {
  readonly image: CameraImage;
  /** [H, W, 3] rgb. */
  readonly rgb: Uint8Array;
};

/** The whole pinhole picture, or undefined where it cannot be decoded: a viewer must not fail. */
export async function decodeCamera(image: CameraImage): Promise<DecodedCamera | undefined> {
  const rgb = await decodeImage(encodedImageOf(image)).catch(() => undefined);
  return rgb === undefined ? undefined : { image, rgb };
}

/**
 * Draws one camera into `box` with LiDAR points coloured by range (red near, blue far). Without a
 * decoded picture it says what is wrong: "MISSING", or whatever `trouble` says.
 */
export async function drawCamera(
  canvas: Canvas,
  box: Box,
  name: string,
  camera: DecodedCamera | undefined,
  trouble: string,
  observation: Observation,
): Promise<void> {
  canvas.fillRect(box.leftPx, box.topPx, box.widthPx, box.heightPx, COLOURS.panel);
  if (camera === undefined) label(canvas, box, `${name}: ${trouble}`, COLOURS.critical);
  else {
    await drawThumbnail(canvas, box, camera);
    drawPoints(canvas, box, camera.image, observation);
    const ageMs = Math.round((observation.stampUs - camera.image.stampUs) / 1000);
    label(canvas, box, `${name} ${ageMs > 0 ? "-" : "+"}${Math.abs(ageMs)} ms`, COLOURS.text);
  }
  canvas.strokeRect(box.leftPx, box.topPx, box.widthPx, box.heightPx, COLOURS.frame);
}

async function drawThumbnail(canvas: Canvas, box: Box, { image, rgb }: DecodedCamera) {
  const { widthPx, heightPx } = image.camera.intrinsics;
  const source = { data: rgb, encoding: "rgb8", widthPx, heightPx } as const;
  const whole = { leftPx: 0, topPx: 0, widthPx, heightPx };
  const small = await decodeRegion(source, whole, box.widthPx, box.heightPx);
  canvas.blit(small, box.widthPx, box.heightPx, box.leftPx, box.topPx);
}

function drawPoints(canvas: Canvas, box: Box, image: CameraImage, observation: Observation): void {
  const full = image.camera.intrinsics;
  const { widthPx, heightPx } = box;
  const k = cropResizeIntrinsics(full, 0, 0, full.widthPx, full.heightPx, widthPx, heightPx);
  const find = pixelFinder(image, k);
  const pixels: number[] = [];
  const rangesM: number[] = [];
  for (const { xyz } of observation.sweeps)
    for (let i = 0; i + 2 < xyz.length; i += 3) {
      const pixel = find(xyz[i]!, xyz[i + 1]!, xyz[i + 2]!);
      if (pixel < 0) continue;
      pixels.push(pixel);
      rangesM.push(Math.hypot(xyz[i]!, xyz[i + 1]!));
    }
  const stride = Math.max(1, pixels.length / POINTS_SHOWN);
  for (let at = 0; at < pixels.length; at += stride) {
    const pixel = pixels[Math.floor(at)]!;
    const x = box.leftPx + Math.min(pixel % widthPx, widthPx - 2);
    const y = box.topPx + Math.min(Math.floor(pixel / widthPx), heightPx - 2);
    canvas.fillRect(x, y, 2, 2, ramp(rangesM[Math.floor(at)]! / RANGE_SHOWN_M));
  }
}

function label(canvas: Canvas, box: Box, text: string, colour: Rgb): void {
  canvas.fillRect(box.leftPx, box.topPx, box.widthPx, 13, COLOURS.background, 0.65);
  drawText(canvas, box.leftPx + 4, box.topPx + 3, text, colour);
}
