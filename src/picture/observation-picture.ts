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
  leftPx: LEFT_WIDTH_PX + 2 * MARGIN_PX,
  topPx: MARGIN_PX,
  pxPerM: PX_PER_M,
  xMinM: BEV_SPEC.xMinM,
  xMaxM: BEV_SPEC.xMinM + BEV_SPEC.nx * BEV_SPEC.cellM,
  yMaxM: -BEV_SPEC.yMinM,
};
const WIDTH_PX = VIEW.leftPx + viewWidthPx(VIEW) + MARGIN_PX;
const HEIGHT_PX = VIEW.topPx + viewHeightPx(VIEW) + LEGEND_HEIGHT_PX + MARGIN_PX;

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
  const { observation, bev, obstacles, decision } = picture;
  const canvas = new Canvas(WIDTH_PX, HEIGHT_PX, COLOURS.background);
  const cameras = (await Promise.all(observation.images.map(decodeCamera))).filter(
    (camera) => camera !== undefined,
  );
  const panelTopPx = await drawCameras(canvas, observation, cameras);
  drawTextPanel(canvas, panelBox(panelTopPx), observation, decision);

  canvas.fillRect(VIEW.leftPx, VIEW.topPx, viewWidthPx(VIEW), viewHeightPx(VIEW), [6, 7, 9]);
  if (bev !== undefined) drawBevState(canvas, VIEW, bev);
  drawScale(canvas, VIEW);
  drawPointLayer(canvas, VIEW, observation.sweeps, cameras);
  if (obstacles !== undefined) drawObstacles(canvas, VIEW, obstacles);
  if (decision !== undefined) {
    const speedMps = decision.egoSpeedMps ?? observation.ego?.speedMps ?? 0;
    drawPath(canvas, VIEW, decision.trajectory, speedMps, MODE_COLOURS[decision.mode]);
  }
  drawEgo(canvas, VIEW);
  drawLegend(canvas, VIEW.leftPx, VIEW.topPx + viewHeightPx(VIEW) + 4);
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
