import type { Canvas } from "./canvas.ts";
import { COLOURS, type Rgb } from "./colours.ts";
import { charWidthPx, drawText } from "./text.ts";

const ENTRIES: readonly (readonly [string, Rgb])[] = [
  ["vehicle", COLOURS.vehicle],
  ["person", COLOURS.vulnerable],
  ["static", COLOURS.static],
  ["road", COLOURS.drivable],
  ["oncoming", COLOURS.oncoming],
  ["stop", COLOURS.stopMust],
  ["go", COLOURS.stopFree],
  ["track", COLOURS.tracked],
  ["new", COLOURS.untracked],
];

/** One line that names the colours of the view from above. */
export function drawLegend(canvas: Canvas, leftPx: number, topPx: number): void {
  let x = leftPx;
  for (const [name, colour] of ENTRIES) {
    canvas.fillRect(x, topPx, 8, 8, colour);
    drawText(canvas, x + 11, topPx, name, COLOURS.quiet);
    x += 11 + charWidthPx(1) * (name.length + 1);
  }
}
