import { CAR, type Trajectory } from "../contract/maneuver.ts";
import type { Obstacle, ObstacleField } from "../contract/obstacle.ts";
import type { Canvas } from "./canvas.ts";
import { COLOURS, type Rgb } from "./colours.ts";
import { pathShapeOf } from "./path-shape.ts";
import { charWidthPx, drawText } from "./text.ts";
import { drawArrow, inView, type TopView, viewPolygon, viewXPx, viewYPx } from "./top-view.ts";

/** Rear axle, front, sides of our own vehicle. */
export function drawEgo(canvas: Canvas, view: TopView): void {
  const front = CAR.frontOverhangFromRearAxleM;
  const back = front - CAR.lengthM;
  const side = CAR.widthM / 2;
  const box = viewPolygon(view, [
    [front, side],
    [front, -side],
    [back, -side],
    [back, side],
  ]);
  const nose = viewPolygon(view, [
    [front, 0],
    [front - 1.2, side],
    [front - 1.2, -side],
  ]);
  canvas.fillPolygon(box, COLOURS.ego, 0.35);
  canvas.fillPolygon(nose, COLOURS.ego, 0.8);
  canvas.strokePolygon(box, COLOURS.ego);
}

/** Hulls; tracked ones with speed and an arrow one second long, fading while unseen. */
export function drawObstacles(canvas: Canvas, view: TopView, field: ObstacleField): void {
  for (const obstacle of field.obstacles) drawObstacle(canvas, view, obstacle);
}

function drawObstacle(canvas: Canvas, view: TopView, obstacle: Obstacle): void {
  const { xM, yM, vxMps, vyMps, tracked, hull, unseenUs } = obstacle;
  if (!inView(view, xM, yM)) return;
  const colour = tracked ? COLOURS.tracked : COLOURS.untracked;
  const outline = viewPolygon(view, hull);
  if (unseenUs === 0) canvas.fillPolygon(outline, colour, 0.25);
  canvas.strokePolygon(outline, colour);
  const speedMps = Math.hypot(vxMps, vyMps);
  if (!tracked || speedMps < 0.5) return;
  drawArrow(canvas, view, xM, yM, vxMps, vyMps, colour, 2);
  const label = speedMps.toFixed(1);
  const left = viewXPx(view, yM) + 8;
  const top = viewYPx(view, xM) - 4;
  canvas.fillRect(left - 1, top - 1, label.length * charWidthPx(1) + 1, 10, COLOURS.unseen, 0.7);
  drawText(canvas, left, top, label, COLOURS.text);
}

/** The path of the rear axle with a dot for each 0.5 s, and the corridor that it sweeps. */
export function drawPath(
  canvas: Canvas,
  view: TopView,
  trajectory: Trajectory,
  speedMps: number,
  colour: Rgb,
): void {
  const { centre, left, right } = pathShapeOf(trajectory, speedMps);
  const corridor = viewPolygon(view, [...left, ...[...right].reverse()]);
  canvas.fillPolygon(corridor, colour, 0.2);
  canvas.strokePolygon(corridor, colour);
  const line = viewPolygon(view, centre);
  for (let i = 0; i + 1 < line.length; i++) canvas.line(...line[i]!, ...line[i + 1]!, colour, 2);
  for (const [i, xM] of trajectory.xM.entries())
    canvas.fillRect(
      Math.round(viewXPx(view, trajectory.yM[i]!)) - 2,
      Math.round(viewYPx(view, xM)) - 2,
      5,
      5,
      colour,
    );
}
