import type { Canvas, Polygon } from "./canvas.ts";
import { COLOURS, type Rgb } from "./colours.ts";
import { drawText } from "./text.ts";

/** Places the ground plane of ego on a canvas of its own: x forward is up, y left is left. */
export type TopView = {
  readonly pxPerM: number;
  readonly xMinM: number;
  readonly xMaxM: number;
  readonly yMaxM: number;
};

export const viewXPx = (view: TopView, yM: number): number => (view.yMaxM - yM) * view.pxPerM;
export const viewYPx = (view: TopView, xM: number): number => (view.xMaxM - xM) * view.pxPerM;

/** Ego ground points → canvas points. */
export const viewPolygon = (
  view: TopView,
  pointsM: readonly (readonly [number, number])[],
): Polygon => pointsM.map(([xM, yM]) => [viewXPx(view, yM), viewYPx(view, xM)]);

export const viewWidthPx = (view: TopView): number => 2 * view.yMaxM * view.pxPerM;
export const viewHeightPx = (view: TopView): number => (view.xMaxM - view.xMinM) * view.pxPerM;

/** true where the ground point lies inside the view. */
export const inView = (view: TopView, xM: number, yM: number): boolean =>
  xM > view.xMinM && xM < view.xMaxM && Math.abs(yM) < view.yMaxM;

/** Arrow of a velocity, one second long, from an ego point. */
export function drawArrow(
  canvas: Canvas,
  view: TopView,
  xM: number,
  yM: number,
  vxMps: number,
  vyMps: number,
  colour: Rgb,
  thicknessPx = 1,
): void {
  if (!inView(view, xM, yM)) return;
  const from = [viewXPx(view, yM), viewYPx(view, xM)] as const;
  const to = [viewXPx(view, yM + vyMps), viewYPx(view, xM + vxMps)] as const;
  const back = Math.atan2(from[1] - to[1], from[0] - to[0]);
  canvas.line(...from, ...to, colour, thicknessPx);
  for (const side of [-0.5, 0.5]) {
    const tip = [to[0] + 6 * Math.cos(back + side), to[1] + 6 * Math.sin(back + side)] as const;
    canvas.line(...to, ...tip, colour, thicknessPx);
  }
}

/** Marks every 10 m ahead and behind, named every 20 m, and the line of the rear axle. */
export function drawScale(canvas: Canvas, view: TopView): void {
  const start = Math.ceil(view.xMinM / 10) * 10;
  for (let xM = start; xM < view.xMaxM; xM += 10) {
    const y = viewYPx(view, xM);
    canvas.fillRect(0, y, viewWidthPx(view), 1, COLOURS.frame, xM === 0 ? 0.6 : 0.25);
    if (xM % 20 === 0) drawText(canvas, 3, y + 3, `${xM} m`, COLOURS.quiet);
  }
}
