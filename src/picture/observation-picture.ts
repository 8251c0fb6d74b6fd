import type { Observation } from "../contract/observation.ts";
import { encodePng } from "../image/encode.ts";
import { type Box, type DecodedCamera, decodeCamera, drawCamera } from "./camera-view.ts";
import { Canvas } from "./canvas.ts";
import { COLOURS } from "./colours.ts";
import { drawFromAbove, type ObservationPicture, viewAt } from "./from-above.ts";
import { drawLegend } from "./legend.ts";
import { drawTextPanel } from "./text-panel.ts";
import { viewHeightPx, viewWidthPx } from "./top-view.ts";

export type { ObservationPicture } from "./from-above.ts";

const LEFT_WIDTH_PX = 640;
const MARGIN_PX = 8;
const CAMERAS_SHOWN = 6;
const PX_PER_M = 8;
const LEGEND_HEIGHT_PX = 16;

const VIEW = viewAt(PX_PER_M);
const VIEW_LEFT_PX = LEFT_WIDTH_PX + 2 * MARGIN_PX;
const WIDTH_PX = VIEW_LEFT_PX + viewWidthPx(VIEW) + MARGIN_PX;
const HEIGHT_PX = viewHeightPx(VIEW) + LEGEND_HEIGHT_PX + 2 * MARGIN_PX;

/**
 * Draws one tick as PNG bytes: cameras with LiDAR points and the decision in words on the left, the
 * world from above on the right (x forward is up). Missing or broken inputs are shown as such.
 */
export async function renderObservationPicture(picture: ObservationPicture): Promise<Uint8Array> {
  const { observation, decision } = picture;
  const canvas = new Canvas(WIDTH_PX, HEIGHT_PX, COLOURS.background);
  const cameras = (await Promise.all(observation.images.map(decodeCamera))).filter(
    (camera) => camera !== undefined,
  );
  const panelTopPx = await drawCameras(canvas, observation, cameras);
  drawTextPanel(canvas, panelBox(panelTopPx), observation, decision);

  const above = drawFromAbove(VIEW, picture, cameras);
  canvas.blit(above.rgb, above.widthPx, above.heightPx, VIEW_LEFT_PX, MARGIN_PX);
  drawLegend(canvas, VIEW_LEFT_PX, MARGIN_PX + above.heightPx + 4);
  return encodePng(canvas.rgb, canvas.widthPx, canvas.heightPx);
}

const panelBox = (topPx: number): Box => ({
  leftPx: MARGIN_PX,
  topPx,
  widthPx: LEFT_WIDTH_PX,
  heightPx: HEIGHT_PX - topPx - MARGIN_PX,
});

/** Draws up to six cameras in two columns (one alone takes the width); answers where they end. */
async function drawCameras(
  canvas: Canvas,
  observation: Observation,
  cameras: readonly DecodedCamera[],
): Promise<number> {
  const present = observation.images.map((image) => image.name);
  const names = [...new Set([...observation.expectedCameras, ...present])].slice(0, CAMERAS_SHOWN);
  const columns = names.length === 1 ? 1 : 2;
  const widthPx = (LEFT_WIDTH_PX - MARGIN_PX * (columns - 1)) / columns;
  const size = observation.images[0]?.camera.intrinsics ?? { widthPx: 16, heightPx: 9 };
  const heightPx = Math.min(400, Math.round((widthPx * size.heightPx) / size.widthPx));
  for (const [i, name] of names.entries()) {
    const leftPx = MARGIN_PX + (i % columns) * (widthPx + MARGIN_PX);
    const topPx = MARGIN_PX + Math.floor(i / columns) * (heightPx + MARGIN_PX);
    const camera = cameras.find((one) => one.image.name === name);
    const trouble = present.includes(name) ? "CANNOT BE DECODED" : "MISSING";
    const box = { leftPx, topPx, widthPx, heightPx };
    await drawCamera(canvas, box, name, camera, trouble, observation);
  }
  return MARGIN_PX + Math.ceil(names.length / columns) * (heightPx + MARGIN_PX);
}
