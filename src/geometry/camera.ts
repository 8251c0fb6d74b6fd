import type { CameraIntrinsics } from "../contract/observation.ts";

/**
 * Projects a point in camera axes (z forward, x right, y down), m, to pixels.
 * Returns undefined behind the near plane (z < 0.1 m).
 */
export function projectPoint(
  k: CameraIntrinsics,
  x: number,
  y: number,
  z: number,
): { readonly uPx: number; readonly vPx: number } | undefined {
  if (z < 0.1) return undefined;
  return { uPx: k.cxPx + (k.fxPx * x) / z, vPx: k.cyPx + (k.fyPx * y) / z };
}

/**
 * Intrinsics after cutting the rectangle (leftPx, topPx, cutWidthPx, cutHeightPx) and resizing it
 * to (widthPx, heightPx). Pixel centres stay at integer coordinates.
 */
export function cropResizeIntrinsics(
  k: CameraIntrinsics,
  leftPx: number,
  topPx: number,
  cutWidthPx: number,
  cutHeightPx: number,
  widthPx: number,
  heightPx: number,
): CameraIntrinsics {
  const sx = widthPx / cutWidthPx;
  const sy = heightPx / cutHeightPx;
  return {
    widthPx,
    heightPx,
    fxPx: k.fxPx * sx,
    fyPx: k.fyPx * sy,
    cxPx: (k.cxPx - leftPx + 0.5) * sx - 0.5,
    cyPx: (k.cyPx - topPx + 0.5) * sy - 0.5,
  };
}
