import type { PointCloud } from "../contract/observation.ts";
import type { RigCamera, RigLidar, Scene } from "../contract/scene.ts";
import { renderCamera } from "../render/camera.ts";
import { castLidar } from "../render/lidar.ts";

/** One sensor and the seed of its noise: all that its answer to a scene depends on. */
export type RenderTask =
  | { readonly kind: "camera"; readonly camera: RigCamera; readonly seed: number }
  | { readonly kind: "lidar"; readonly lidar: RigLidar; readonly seed: number };

/** rgb8 [H, W, 3] of a camera, points of a LiDAR in its own frame. */
export type Rendered =
  | { readonly kind: "camera"; readonly rgb: Uint8Array }
  | { readonly kind: "lidar"; readonly cloud: PointCloud };

/** Answers in the order of the tasks. */
export type Renderer = {
  render(scene: Scene, tasks: readonly RenderTask[]): Promise<Rendered[]>;
  close(): Promise<void>;
};

/** One task in this thread. */
export const renderTask = (scene: Scene, task: RenderTask): Rendered =>
  task.kind === "camera"
    ? { kind: "camera", rgb: renderCamera(scene, task.camera, task.seed) }
    : { kind: "lidar", cloud: castLidar(scene, task.lidar, task.seed) };

/** All in this thread, one after the other. */
export const renderInPlace: Renderer = {
  render: async (scene, tasks) => tasks.map((task) => renderTask(scene, task)),
  close: async () => {},
};
