import type { CameraIntrinsics } from "../contract/observation.ts";
import type { RigCamera } from "../contract/scene.ts";
import { invert } from "../geometry/se3.ts";

/** A picture being painted: linear light and inverse depth per pixel. */
export type Canvas = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly intrinsics: CameraIntrinsics;
  /** [9] rotation and [3] m of ego <- camera and of camera <- ego. */
  readonly egoR: readonly number[];
  readonly egoT: readonly [number, number, number];
  readonly camR: readonly number[];
  readonly camT: readonly [number, number, number];
  /** [H, W, 3] linear light. */
  readonly rgb: Float32Array;
  /** [H, W] 1/z, 1/m; 0 is the sky. */
  readonly inverseDepth: Float32Array;
};

let rgbPool = new Float32Array(0);
let depthPool = new Float32Array(0);

/** Borrowed canvas at `samples` × `samples` per pixel: valid until the next call. */
export function canvasView(camera: RigCamera, samples: number): Canvas {
  const k = camera.intrinsics;
  const widthPx = k.widthPx * samples;
  const heightPx = k.heightPx * samples;
  const n = widthPx * heightPx;
  if (depthPool.length < n) {
    rgbPool = new Float32Array(n * 3);
    depthPool = new Float32Array(n);
  }
  const camFromEgo = invert(camera.egoFromCamera);
  return {
    widthPx,
    heightPx,
    intrinsics: {
      ...{ widthPx, heightPx, fxPx: k.fxPx * samples, fyPx: k.fyPx * samples },
      cxPx: (k.cxPx + 0.5) * samples - 0.5,
      cyPx: (k.cyPx + 0.5) * samples - 0.5,
    },
    egoR: camera.egoFromCamera.r,
    egoT: camera.egoFromCamera.t,
    camR: camFromEgo.r,
    camT: camFromEgo.t,
    rgb: rgbPool.subarray(0, n * 3),
    inverseDepth: depthPool.subarray(0, n),
  };
}
