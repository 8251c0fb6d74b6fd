import { BEV_SPEC, type BevState } from "../contract/bev.ts";
import type { Decision } from "../contract/decision.ts";
import type { Observation } from "../contract/observation.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { drawBevState } from "./bev-layer.ts";
import type { DecodedCamera } from "./camera-view.ts";
import { Canvas } from "./canvas.ts";
import { COLOURS, MODE_COLOURS } from "./colours.ts";
import { drawPointLayer } from "./point-layer.ts";
import { drawEgo, drawObstacles, drawPath } from "./scene-layer.ts";
import { drawScale, type TopView, viewHeightPx, viewWidthPx } from "./top-view.ts";

/** What a picture shows; everything but the observation may be absent. */
export type ObservationPicture = {
  readonly observation: Observation;
  readonly bev?: BevState | undefined;
  readonly obstacles?: ObstacleField | undefined;
  readonly decision?: Decision | undefined;
};

/** The ground of BevState, so many pixels a metre. */
export const viewAt = (pxPerM: number): TopView => ({
  pxPerM,
  xMinM: BEV_SPEC.xMinM,
  xMaxM: BEV_SPEC.xMinM + BEV_SPEC.nx * BEV_SPEC.cellM,
  yMaxM: -BEV_SPEC.yMinM,
});

/** The world from above, x forward is up: BevState, points, obstacles, path and ego. */
export function drawFromAbove(
  view: TopView,
  { observation, bev, obstacles, decision }: ObservationPicture,
  cameras: readonly DecodedCamera[] = [],
): Canvas {
  const canvas = new Canvas(viewWidthPx(view), viewHeightPx(view), COLOURS.unseen);
  if (bev !== undefined) drawBevState(canvas, view, bev);
  drawScale(canvas, view);
  drawPointLayer(canvas, view, observation.sweeps, cameras);
  if (obstacles !== undefined) drawObstacles(canvas, view, obstacles);
  if (decision !== undefined) {
    const speedMps = decision.egoSpeedMps ?? observation.ego?.speedMps ?? 0;
    drawPath(canvas, view, decision.trajectory, speedMps, MODE_COLOURS[decision.mode]);
  }
  drawEgo(canvas, view);
  return canvas;
}
