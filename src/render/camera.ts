import type { RigCamera, Scene } from "../contract/scene.ts";
import { sprayOf } from "./air.ts";
import { paintBackdrop } from "./camera-ground.ts";
import { lookOf } from "./camera-look.ts";
import { canvasView } from "./canvas.ts";
import { develop } from "./develop.ts";
import type { Glow } from "./glow.ts";
import { groundRasterView } from "./ground-raster.ts";
import { lampLightView } from "./lamp-light.ts";
import { pictureThroughLens } from "./lens-picture.ts";
import { paintObject } from "./paint-objects.ts";
import { aimView, newView } from "./paint-solid.ts";
import { paintBlock, paintKerb, paintSignal, paintStopSign } from "./paint-surroundings.ts";
import { prepareScene } from "./prepare.ts";
import { shadeRasterView } from "./shade-raster.ts";
import { mirrorInWater } from "./wet.ts";

export type RenderOptions = {
  /** Rays per pixel in each direction, 1 or more; unless said otherwise 2 for small pictures. */
  readonly samples?: number;
  /** true: no darker corners, so that pictures can be put together. */
  readonly evenLight?: boolean;
};

/** Pictures up to this many pixels get 2 × 2 rays a pixel. */
const SMALL_PX = 64_000;
/** Indicators blink this often, Hz, and shine for this share of the time. */
const BLINK_HZ = 1.5;
const BLINK_SHARE = 0.6;

/**
 * The picture of one camera: rgb8 [H, W, 3], through its lens where it has one. Colours and optics follow scene.textureSeed and the
 * camera's name, so a drive looks alike throughout; `seed` is for the sensor noise alone.
 */
export function renderCamera(
  scene: Scene,
  camera: RigCamera,
  seed: number,
  options: RenderOptions = {},
): Uint8Array {
  if (camera.lens)
    return pictureThroughLens(camera, camera.lens, (face) =>
      renderCamera(scene, face, seed, { ...options, evenLight: true }),
    );
  const { widthPx, heightPx } = camera.intrinsics;
  const samples = options.samples ?? (widthPx * heightPx <= SMALL_PX ? 2 : 1);
  const prepared = prepareScene(scene);
  const own = lookOf(scene, camera.name);
  const look = options.evenLight ? { ...own, vignette: 0 } : own;
  const canvas = canvasView(camera, samples);
  const egoYaw = scene.ego.yawRad;
  const ground = groundRasterView(prepared);
  const lamps = lampLightView(prepared, look);
  paintBackdrop(canvas, samples, prepared, ground, shadeRasterView(prepared, look), look, lamps);
  const view = newView(canvas, look, lamps);
  const glows: Glow[] = [];
  for (const k of prepared.kerbs) paintKerb(view, k, egoYaw, look.seed);
  for (const b of prepared.blocks) {
    aimView(view, b, egoYaw);
    paintBlock(view, b, glows);
  }
  for (const o of prepared.objects) {
    aimView(view, o, egoYaw);
    const phase = (scene.stampUs * 1e-6 * BLINK_HZ + o.object.id * 0.37) % 1;
    paintObject(view, o.object, phase < BLINK_SHARE, glows);
  }
  for (const g of prepared.signals) paintSignal(view, g, egoYaw, glows);
  for (const s of prepared.signs) paintStopSign(view, s, egoYaw);
  if (look.wet > 0.05) mirrorInWater(canvas, samples, prepared, ground, look);
  const veils = sprayOf(prepared, canvas, look);
  return develop(canvas, look, samples, { glows, veils, egoYawRad: egoYaw }, seed);
}
