import { VIEW_WIDTH_PX } from "../bev/views.ts";
import type { Rig } from "../contract/scene.ts";
import { randomRig } from "../render/rigs.ts";
import type { Random } from "../world/random.ts";
import { bandCamera } from "./band-camera.ts";
import { VIEW_SLOTS } from "./sample.ts";

/** Rendered picture width: the front camera is magnified for its centre crop, others are not. */
const FRONT_WIDTH_PX = 704;
const SIDE_WIDTH_PX = VIEW_WIDTH_PX;

/**
 * At most as many cameras as there are picture slots beside the crop of the front camera. Only the
 * band that the network will see is rendered; calibration says so, so nothing else changes.
 */
export function drawRig(rng: Random): Rig {
  const rig = randomRig(rng.nextUint());
  const cameras = [...rig.cameras];
  while (cameras.length > VIEW_SLOTS - 1) cameras.splice(rng.int(0, cameras.length - 1), 1);
  return {
    ...rig,
    cameras: cameras.map((camera) => bandCamera(camera, FRONT_WIDTH_PX, SIDE_WIDTH_PX)),
  };
}
