import {
  BEV_CHANNELS,
  type BevChannel,
  type BevState,
  VELOCITY_STEPS_PER_MPS,
  VELOCITY_ZERO,
} from "../contract/bev.ts";
import { bevIndex, cellXM, cellYM } from "../geometry/bev-index.ts";
import type { Canvas } from "./canvas.ts";
import { COLOURS, type Rgb } from "./colours.ts";
import { drawArrow, type TopView, viewXPx, viewYPx } from "./top-view.ts";

/** Probabilities below this are noise to the eye. */
const SHOWN_PROB = 0.15;
/** Arrows start where a mover is more likely than not and moves. */
const ARROW_PROB = 0.5;
const ARROW_SPEED_MPS = 0.75;

/** Reads a cell's channel as 0…1. */
type CellProb = (channel: BevChannel) => number;

/** Paints BevState from the ground up: seen, drivable, marks, stop lines, then what stands there. */
export function drawBevState(canvas: Canvas, view: TopView, bev: BevState): void {
  const { spec, data } = bev;
  const sizePx = spec.cellM * view.pxPerM;
  for (let ix = 0; ix < spec.nx; ix++)
    for (let iy = 0; iy < spec.ny; iy++) {
      const at: CellProb = (channel) =>
        data[bevIndex(spec, BEV_CHANNELS.indexOf(channel), ix, iy)]! / 255;
      const x = viewXPx(view, cellYM(spec, iy)) - sizePx / 2;
      const y = viewYPx(view, cellXM(spec, ix)) - sizePx / 2;
      for (const [colour, alpha] of layersOf(at))
        canvas.fillRect(x, y, sizePx, sizePx, colour, alpha);
    }
  drawVelocities(canvas, view, bev);
}

/** Colours of one cell with their weights, lowest first. */
function* layersOf(at: CellProb): Generator<readonly [Rgb, number]> {
  yield [COLOURS.seen, at("visible")];
  const oncoming = at("lane_direction") < 0.25;
  yield* shown(oncoming ? COLOURS.oncoming : COLOURS.drivable, at("drivable"));
  yield* shown(COLOURS.laneMark, at("lane_mark") * 0.85);
  const mustStop = at("signal_stop") >= at("signal_go");
  yield* shown(mustStop ? COLOURS.stopMust : COLOURS.stopFree, at("stop_line"));
  yield* shown(COLOURS.static, at("static"));
  yield* shown(COLOURS.vehicle, at("vehicle"));
  yield* shown(COLOURS.vulnerable, at("vulnerable"));
}

function* shown(colour: Rgb, prob: number): Generator<readonly [Rgb, number]> {
  if (prob >= SHOWN_PROB) yield [colour, prob];
}

/** One arrow for every second cell of moving things. */
function drawVelocities(canvas: Canvas, view: TopView, bev: BevState): void {
  const { spec, data } = bev;
  const value = (channel: BevChannel, ix: number, iy: number) =>
    data[bevIndex(spec, BEV_CHANNELS.indexOf(channel), ix, iy)]!;
  for (let ix = 0; ix < spec.nx; ix += 2)
    for (let iy = 0; iy < spec.ny; iy += 2) {
      const mover = Math.max(value("vehicle", ix, iy), value("vulnerable", ix, iy)) / 255;
      const vxMps = (value("vx", ix, iy) - VELOCITY_ZERO) / VELOCITY_STEPS_PER_MPS;
      const vyMps = (value("vy", ix, iy) - VELOCITY_ZERO) / VELOCITY_STEPS_PER_MPS;
      if (mover < ARROW_PROB || Math.hypot(vxMps, vyMps) < ARROW_SPEED_MPS) continue;
      drawArrow(canvas, view, cellXM(spec, ix), cellYM(spec, iy), vxMps, vyMps, COLOURS.arrow);
    }
}
