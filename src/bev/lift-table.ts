import { BEV_SPEC } from "../contract/bev.ts";
import { cellXM, cellYM } from "../geometry/bev-index.ts";
import { VIEW_HEIGHT_PX, VIEW_WIDTH_PX, type View } from "./views.ts";

/** Heights above ground at which cells are looked up: road, bumper, roof, signal. */
export const LIFT_HEIGHTS_M = [0, 0.7, 1.5, 4.5] as const;
/** Stride of the image network's feature map. */
export const LIFT_STRIDE_PX = 8;
export const FEATURE_ROWS = VIEW_HEIGHT_PX / LIFT_STRIDE_PX;
export const FEATURE_COLUMNS = VIEW_WIDTH_PX / LIFT_STRIDE_PX;
export const FEATURES_PER_VIEW = FEATURE_ROWS * FEATURE_COLUMNS;
export const LIFT_CELLS = BEV_SPEC.nx * BEV_SPEC.ny;

const bestScale = new Float32Array(LIFT_CELLS);

/**
 * Fills the lookup table (height, cell) → feature: view · 480 + row · 40 + column, or
 * views.length · 480 where no view sees the point. Where several see it, the one with most pixels
 * per metre is taken. A pure function of calibration and ego motion, so rigs change without
 * retraining.
 * @param out [4, 8192] int32, overwritten.
 */
export function liftTableInto(views: readonly View[], out: Int32Array): void {
  out.fill(views.length * FEATURES_PER_VIEW);
  for (const [h, heightM] of LIFT_HEIGHTS_M.entries()) {
    bestScale.fill(0);
    const plane = out.subarray(h * LIFT_CELLS, (h + 1) * LIFT_CELLS);
    for (const [n, view] of views.entries()) liftView(view, n, heightM, plane);
  }
}

function liftView(view: View, n: number, heightM: number, plane: Int32Array): void {
  const { r, t } = view.cameraFromEgo;
  const { fxPx, fyPx, cxPx, cyPx } = view.intrinsics;
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = r as readonly number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const { nx, ny } = BEV_SPEC;
  for (let ix = 0; ix < nx; ix++) {
    const x = cellXM(BEV_SPEC, ix);
    const baseX = r0 * x + r2 * heightM + t[0];
    const baseY = r3 * x + r5 * heightM + t[1];
    const baseZ = r6 * x + r8 * heightM + t[2];
    for (let iy = 0; iy < ny; iy++) {
      const y = cellYM(BEV_SPEC, iy);
      const z = baseZ + r7 * y;
      if (z < 0.5) continue;
      const scale = fxPx / z;
      const cell = ix * ny + iy;
      if (scale <= bestScale[cell]!) continue;
      const u = cxPx + (fxPx * (baseX + r1 * y)) / z + 0.5;
      if (u < 0 || u >= VIEW_WIDTH_PX) continue;
      const v = cyPx + (fyPx * (baseY + r4 * y)) / z + 0.5;
      if (v < 0 || v >= VIEW_HEIGHT_PX) continue;
      bestScale[cell] = scale;
      plane[cell] =
        n * FEATURES_PER_VIEW +
        ((v / LIFT_STRIDE_PX) | 0) * FEATURE_COLUMNS +
        ((u / LIFT_STRIDE_PX) | 0);
    }
  }
}
