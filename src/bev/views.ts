import type { CameraImage, CameraIntrinsics } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { cropResizeIntrinsics } from "../geometry/camera.ts";
import { invert } from "../geometry/se3.ts";

/** What the image network sees of one camera: 320 × 96 pixels around the horizon. */
export const VIEW_WIDTH_PX = 320;
export const VIEW_HEIGHT_PX = 96;

/** Height of the band in parts of its width; 96 / 320 would be 0.3, taller keeps signals in view. */
const BAND_ASPECT = 0.4;
/** Where the horizon lies in the band, from its top. */
const BAND_HORIZON_RATIO = 0.4;
/** The front centre crop: this part of the width, so a lamp at 40 m is 7 pixels instead of 2.5. */
const CROP_WIDTH_RATIO = 1 / 2.75;
const CROP_HORIZON_RATIO = 0.7;
/** A camera counts as looking forward within this angle, cos(30°). */
const FORWARD_COS_MIN = 0.866;

export type PixelRegion = {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
};

/** One picture for the image network, cut from image `imageIndex`. */
export type View = {
  readonly imageIndex: number;
  /** In source pixels; may lie partly outside the picture, which is filled black. */
  readonly region: PixelRegion;
  /** Of the 320 × 96 result. */
  readonly intrinsics: CameraIntrinsics;
  /** camera at its stamp <- ego at the observation's stamp. */
  readonly cameraFromEgo: Se3;
};

/** Band of each camera, then one magnified centre crop of the most forward camera. */
export function planViews(
  images: readonly Pick<CameraImage, "camera" | "egoFromCamera">[],
): View[] {
  const views: View[] = [];
  let front = -1;
  let frontCos = FORWARD_COS_MIN;
  for (const [imageIndex, image] of images.entries()) {
    const k = image.camera.intrinsics;
    const cameraFromEgo = invert(image.egoFromCamera);
    const width = k.widthPx;
    views.push(cut(imageIndex, k, cameraFromEgo, width, 0, BAND_HORIZON_RATIO));
    const forwardCos = image.egoFromCamera.r[2]!;
    if (forwardCos > frontCos) {
      frontCos = forwardCos;
      front = imageIndex;
    }
  }
  if (front >= 0) {
    const image = images[front]!;
    const k = image.camera.intrinsics;
    const cameraFromEgo = invert(image.egoFromCamera);
    const width = Math.round(k.widthPx * CROP_WIDTH_RATIO);
    const { r } = cameraFromEgo;
    // Column where straight ahead (ego +x) is seen.
    const centre = k.cxPx + (k.fxPx * r[0]!) / Math.max(r[6]!, 0.1);
    const left = Math.round(centre - width / 2);
    views.push(cut(front, k, cameraFromEgo, width, left, CROP_HORIZON_RATIO));
  }
  return views;
}

function cut(
  imageIndex: number,
  k: CameraIntrinsics,
  cameraFromEgo: Se3,
  widthPx: number,
  leftPx: number,
  horizonRatio: number,
): View {
  const heightPx = Math.round(widthPx * BAND_ASPECT);
  const topPx = Math.round(horizonRowPx(k, cameraFromEgo) - horizonRatio * heightPx);
  return {
    imageIndex,
    region: { leftPx, topPx, widthPx, heightPx },
    intrinsics: cropResizeIntrinsics(
      k,
      leftPx,
      topPx,
      widthPx,
      heightPx,
      VIEW_WIDTH_PX,
      VIEW_HEIGHT_PX,
    ),
    cameraFromEgo,
  };
}

/** Row of the horizon in the middle of the picture: where the optical axis' heading is seen. */
function horizonRowPx(k: CameraIntrinsics, cameraFromEgo: Se3): number {
  const { r } = cameraFromEgo;
  const headingX = r[6]!;
  const headingY = r[7]!;
  const n = Math.hypot(headingX, headingY);
  if (n < 0.2) return k.cyPx; // looks almost straight up or down: no horizon in view
  const y = (r[3]! * headingX + r[4]! * headingY) / n;
  return k.cyPx + (k.fyPx * y) / n;
}
