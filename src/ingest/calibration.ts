import type { CameraIntrinsics } from "../contract/observation.ts";
import type { CalibrationMessage } from "./foxglove-decode.ts";

/** Share of the image width by which lens distortion may move a corner before it is a fault. */
const DISTORTION_MAX_RATIO = 0.02;

export type Calibration = {
  readonly intrinsics: CameraIntrinsics;
  /** Set where the lens bends the picture more than a pinhole may be trusted with. */
  readonly distortion?: string;
};

/** Pinhole intrinsics of a calibration message, or why it cannot be used. */
export function readCalibration(message: CalibrationMessage): Calibration | string {
  const { k, p, d, widthPx, heightPx } = message;
  // P is the camera of the rectified image; where it is absent the raw matrix K must do.
  const rectified = p.length === 12 && p[0]! > 0 && p[5]! > 0;
  const [fxPx, cxPx, fyPx, cyPx] = rectified ? [p[0], p[2], p[5], p[6]] : [k[0], k[2], k[4], k[5]];
  const all = [fxPx, fyPx, cxPx, cyPx, widthPx, heightPx];
  if (!all.every((v) => Number.isFinite(v)) || !(fxPx! > 0) || !(fyPx! > 0))
    return `finite focal lengths above 0 expected, found K [${k}] and P [${p}]`;
  if (!(widthPx > 0) || !(heightPx > 0))
    return `a picture size above 0 expected, found ${widthPx} × ${heightPx}`;
  const intrinsics = {
    widthPx,
    heightPx,
    fxPx: fxPx!,
    fyPx: fyPx!,
    cxPx: cxPx!,
    cyPx: cyPx!,
  };
  const ratio = rectified ? 0 : cornerShiftRatio(intrinsics, d);
  return ratio > DISTORTION_MAX_RATIO
    ? {
        intrinsics,
        distortion: `D [${d}] moves a corner by ${(ratio * 100).toFixed(1)} % of width`,
      }
    : { intrinsics };
}

/** Radial shift of the picture corner (k1, k2, k3 of plumb_bob) over the picture width. */
function cornerShiftRatio(k: CameraIntrinsics, d: readonly number[]): number {
  const x = Math.max(k.cxPx, k.widthPx - k.cxPx) / k.fxPx;
  const y = Math.max(k.cyPx, k.heightPx - k.cyPx) / k.fyPx;
  const r2 = x * x + y * y;
  const bend = r2 * ((d[0] ?? 0) + r2 * ((d[1] ?? 0) + r2 * (d[4] ?? 0)));
  return (Math.abs(bend) * Math.sqrt(r2) * k.fxPx) / k.widthPx;
}
