import { planViews } from "../bev/views.ts";
import type { RigCamera } from "../contract/scene.ts";
import { cropCamera } from "../render/rigs.ts";

/**
 * Only the band of a camera that the bev network looks at, `frontWidthPx` wide where a centre crop is
 * magnified out of it and `sideWidthPx` elsewhere. Calibration says so, so nothing else changes.
 */
export function bandCamera(
  camera: RigCamera,
  frontWidthPx: number,
  sideWidthPx: number,
): RigCamera {
  const { intrinsics, egoFromCamera } = camera;
  const views = planViews([
    { camera: { intrinsics, mountEgoFromCamera: egoFromCamera }, egoFromCamera },
  ]);
  const { leftPx, topPx, widthPx, heightPx } = views[0]!.region;
  const outWidthPx = views.length > 1 ? frontWidthPx : sideWidthPx;
  const outHeightPx = Math.round((outWidthPx * heightPx) / widthPx);
  return cropCamera(camera, leftPx, topPx, widthPx, heightPx, outWidthPx, outHeightPx);
}
