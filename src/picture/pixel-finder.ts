import type { CameraImage, CameraIntrinsics } from "../contract/observation.ts";
import { invert } from "../geometry/se3.ts";

/** Nearer points have no pixel, as in geometry/camera.ts. */
const NEAR_M = 0.1;

/**
 * Where one camera sees ego points: (x, y, z) in m → row · widthPx + column of the nearest pixel, or
 * −1 where it does not. Written out flat, since a picture asks it for every point and camera.
 * @param k intrinsics of the picture to look up, which may be a resized one.
 */
export function pixelFinder(
  image: CameraImage,
  k: CameraIntrinsics,
): (x: number, y: number, z: number) => number {
  const { r, t } = invert(image.egoFromCamera);
  const [r0 = 0, r1 = 0, r2 = 0, r3 = 0, r4 = 0, r5 = 0, r6 = 0, r7 = 0, r8 = 0] = r;
  const [t0, t1, t2] = t;
  const { fxPx, fyPx, cxPx, cyPx, widthPx, heightPx } = k;
  return (x, y, z) => {
    const depth = r6 * x + r7 * y + r8 * z + t2;
    if (!(depth >= NEAR_M)) return -1;
    const u = Math.round(cxPx + (fxPx * (r0 * x + r1 * y + r2 * z + t0)) / depth);
    const v = Math.round(cyPx + (fyPx * (r3 * x + r4 * y + r5 * z + t1)) / depth);
    return u >= 0 && u < widthPx && v >= 0 && v < heightPx ? v * widthPx + u : -1;
  };
}
