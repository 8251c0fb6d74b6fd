import type { Rgb } from "./colours.ts";

/** Corner points, px; may be fractional and outside the canvas. */
export type Polygon = readonly (readonly [number, number])[];

/** A picture that can be drawn on; everything outside it is cut off. */
export class Canvas {
  readonly widthPx: number;
  readonly heightPx: number;
  /** [heightPx, widthPx, 3] rgb. */
  readonly rgb: Uint8Array;

  constructor(widthPx: number, heightPx: number, background: Rgb) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.rgb = new Uint8Array(widthPx * heightPx * 3);
    this.fillRect(0, 0, widthPx, heightPx, background);
  }

  /** Mixes `colour` over one pixel; `alpha` 1 covers it. */
  setPixel(x: number, y: number, colour: Rgb, alpha = 1): void {
    const ix = Math.floor(x);
    const iy = Math.floor(y);
    if (!(ix >= 0 && ix < this.widthPx && iy >= 0 && iy < this.heightPx)) return;
    const at = (iy * this.widthPx + ix) * 3;
    for (let c = 0; c < 3; c++)
      this.rgb[at + c] = this.rgb[at + c]! * (1 - alpha) + colour[c]! * alpha + 0.5;
  }

  fillRect(x: number, y: number, widthPx: number, heightPx: number, colour: Rgb, alpha = 1): void {
    const endX = Math.min(this.widthPx, Math.floor(x + widthPx));
    const endY = Math.min(this.heightPx, Math.floor(y + heightPx));
    for (let iy = Math.max(0, Math.floor(y)); iy < endY; iy++)
      for (let ix = Math.max(0, Math.floor(x)); ix < endX; ix++)
        this.setPixel(ix, iy, colour, alpha);
  }

  /** A frame of one pixel just inside the rectangle. */
  strokeRect(x: number, y: number, widthPx: number, heightPx: number, colour: Rgb): void {
    this.fillRect(x, y, widthPx, 1, colour);
    this.fillRect(x, y + heightPx - 1, widthPx, 1, colour);
    this.fillRect(x, y, 1, heightPx, colour);
    this.fillRect(x + widthPx - 1, y, 1, heightPx, colour);
  }

  /** A line of square dots `thicknessPx` wide. */
  line(x0: number, y0: number, x1: number, y1: number, colour: Rgb, thicknessPx = 1): void {
    const steps = Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1));
    if (!(steps < 1e5)) return; // a point at infinity has no picture
    const half = (thicknessPx - 1) / 2;
    for (let i = 0; i <= steps; i++) {
      const x = x0 + ((x1 - x0) * i) / steps;
      const y = y0 + ((y1 - y0) * i) / steps;
      if (thicknessPx === 1) this.setPixel(x, y, colour);
      else
        this.fillRect(Math.round(x - half), Math.round(y - half), thicknessPx, thicknessPx, colour);
    }
  }

  /** Closed outline. */
  strokePolygon(points: Polygon, colour: Rgb, thicknessPx = 1): void {
    for (const [i, [x, y]] of points.entries()) {
      const [nextX, nextY] = points[(i + 1) % points.length]!;
      this.line(x, y, nextX, nextY, colour, thicknessPx);
    }
  }

  /** Fills by the even-odd rule, pixel centres at half coordinates. */
  fillPolygon(points: Polygon, colour: Rgb, alpha = 1): void {
    const ys = points.map((point) => point[1]);
    if (points.length < 3 || !ys.every(Number.isFinite)) return;
    const from = Math.max(0, Math.floor(Math.min(...ys)));
    const to = Math.min(this.heightPx - 1, Math.ceil(Math.max(...ys)));
    for (let iy = from; iy <= to; iy++) {
      const crossings = crossingsOf(points, iy + 0.5);
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        const start = Math.max(0, Math.ceil(crossings[k]! - 0.5));
        const end = Math.min(this.widthPx - 1, Math.floor(crossings[k + 1]! - 0.5));
        for (let ix = start; ix <= end; ix++) this.setPixel(ix, iy, colour, alpha);
      }
    }
  }

  /** Copies [heightPx, widthPx, 3] rgb to (x, y). */
  blit(rgb: Uint8Array, widthPx: number, heightPx: number, x: number, y: number): void {
    for (let iy = 0; iy < heightPx; iy++)
      for (let ix = 0; ix < widthPx; ix++) {
        const at = (iy * widthPx + ix) * 3;
        this.setPixel(x + ix, y + iy, [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!]);
      }
  }
}

/** Where the outline crosses the horizontal line `y`, from left to right. */
function crossingsOf(points: Polygon, y: number): number[] {
  const found: number[] = [];
  for (const [i, [x0, y0]] of points.entries()) {
    const [x1, y1] = points[(i + 1) % points.length]!;
    if (y0 <= y !== y1 <= y) found.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
  }
  return found.sort((a, b) => a - b);
}
