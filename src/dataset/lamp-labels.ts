import { FEATURE_COLUMNS, FEATURES_PER_VIEW, LIFT_STRIDE_PX } from "../bev/lift-table.ts";
import { VIEW_HEIGHT_PX, VIEW_WIDTH_PX, type View } from "../bev/views.ts";
import type { Scene } from "../contract/scene.ts";
import { transformPoint } from "../geometry/se3.ts";
import { type PlacedSignal, prepareScene } from "../render/prepare.ts";

/** Lamps that are told per sample at most. */
export const LAMP_SLOTS = 16;
const NO_LAMP = -1;
const LAMP_STOP = 1;
const LAMP_GO = 2;
/** A housing of three lamps, the red one on top: distance of their centres, m. */
const LAMP_STEP_M = 0.37;
const LAMP_DIAMETER_M = 0.32;
/** What is smaller than this in a view cannot be told apart, px. */
const LAMP_MIN_PX = 1.2;
/** A housing is seen from its front within this angle, cos(70°). */
const FACING_COS_MIN = 0.34;

/**
 * Where the lit lamps are in the pictures: what picture features are trained to say by themselves.
 * What stands in front of a lamp is not looked at.
 * @returns [16, 2]: index of the feature as in the lift table, 1 = stop or 2 = go; −1 in rows unused.
 */
export function lampLabels(scene: Scene, views: readonly View[]): Int16Array {
  const out = new Int16Array(2 * LAMP_SLOTS).fill(NO_LAMP);
  let count = 0;
  for (const signal of prepareScene(scene).signals) {
    if (signal.state === "OFF") continue;
    for (const [n, view] of views.entries()) {
      const feature = featureOf(signal, view);
      if (feature === undefined || count === LAMP_SLOTS) continue;
      out[2 * count] = n * FEATURES_PER_VIEW + feature;
      out[2 * count + 1] = signal.state === "GREEN" ? LAMP_GO : LAMP_STOP;
      count++;
    }
  }
  return out;
}

/** Row · 40 + column of the feature that sees the lit lamp, if any does. */
function featureOf(signal: PlacedSignal, view: View): number | undefined {
  const up = signal.state === "RED" ? 1 : signal.state === "GREEN" ? -1 : 0;
  const lamp = [signal.x, signal.y, signal.z + up * LAMP_STEP_M] as const;
  const [x, y, z] = transformPoint(view.cameraFromEgo, lamp);
  const { fxPx, fyPx, cxPx, cyPx } = view.intrinsics;
  if (z < 1 || (fxPx * LAMP_DIAMETER_M) / z < LAMP_MIN_PX) return undefined;
  const distance = Math.hypot(signal.x, signal.y);
  const facing = -(signal.x * signal.cos + signal.y * signal.sin) / distance;
  if (!(facing > FACING_COS_MIN)) return undefined;
  const u = cxPx + (fxPx * x) / z + 0.5;
  const v = cyPx + (fyPx * y) / z + 0.5;
  if (u < 0 || u >= VIEW_WIDTH_PX || v < 0 || v >= VIEW_HEIGHT_PX) return undefined;
  return ((v / LIFT_STRIDE_PX) | 0) * FEATURE_COLUMNS + ((u / LIFT_STRIDE_PX) | 0);
}
