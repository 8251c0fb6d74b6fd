import { BEV_SPEC, type BevState } from "../contract/bev.ts";
import type { Decision } from "../contract/decision.ts";
import type { Observation } from "../contract/observation.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { encodePng } from "../image/encode.ts";
import { drawBevState } from "./bev-layer.ts";
import { type Box, type DecodedCamera, decodeCamera, drawCamera } from "./camera-view.ts";
import { Canvas } from "./canvas.ts";
import { COLOURS, MODE_COLOURS } from "./colours.ts";
import { drawLegend } from "./legend.ts";
import { drawPointLayer } from "./point-layer.ts";
import { drawEgo, drawObstacles, drawPath } from "./scene-layer.ts";
import { drawTextPanel } from "./text-panel.ts";
import { drawScale, type TopView, viewHeightPx, viewWidthPx } from "./top-view.ts";

const LEFT_WIDTH_PX = 640;
const MARGIN_PX = 8;
const CAMERAS_SHOWN = 6;
const PX_PER_M = 8;
const LEGEND_HEIGHT_PX = 16;

const VIEW: TopView = {
  pxPerM: PX_PER_M,
  xMinM: BEV_SPEC.xMinM,
  xMaxM: BEV_SPEC.xMinM + BEV_SPEC.nx * BEV_SPEC.cellM,
  yMaxM: -BEV_SPEC.yMinM,
};
const VIEW_LEFT_PX = LEFT_WIDTH_PX + 2 * MARGIN_PX;
const WIDTH_PX = VIEW_LEFT_PX + viewWidthPx(VIEW) + MARGIN_PX;
const HEIGHT_PX = viewHeightPx(VIEW) + LEGEND_HEIGHT_PX + 2 * MARGIN_PX;

/** What a picture shows; everything but the observation may be absent. */
export type ObservationPicture = {
  readonly observation: Observation;
  readonly bev?: BevState | undefined;
  readonly obstacles?: ObstacleField | undefined;
  readonly decision?: Decision | undefined;
};

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

  const above = drawFromAbove(picture, cameras);
  canvas.blit(above.rgb, above.widthPx, above.heightPx, VIEW_LEFT_PX, MARGIN_PX);
  drawLegend(canvas, VIEW_LEFT_PX, MARGIN_PX + above.heightPx + 4);
  return encodePng(canvas.rgb, canvas.widthPx, canvas.heightPx);
}

function drawFromAbove(
  { observation, bev, obstacles, decision }: ObservationPicture,
  cameras: readonly DecodedCamera[],
): Canvas {
  const canvas = new Canvas(viewWidthPx(VIEW), viewHeightPx(VIEW), COLOURS.unseen);
  if (bev !== undefined) drawBevState(canvas, VIEW, bev);
  drawScale(canvas, VIEW);
  drawPointLayer(canvas, VIEW, observation.sweeps, cameras);
  if (obstacles !== undefined) drawObstacles(canvas, VIEW, obstacles);
  if (decision !== undefined) {
    const speedMps = decision.egoSpeedMps ?? observation.ego?.speedMps ?? 0;
    drawPath(canvas, VIEW, decision.trajectory, speedMps, MODE_COLOURS[decision.mode]);
  }
  drawEgo(canvas, VIEW);
  return canvas;
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
