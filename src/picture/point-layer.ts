import type { Sweep } from "../contract/observation.ts";
import type { DecodedCamera } from "./camera-view.ts";
import type { Canvas } from "./canvas.ts";
import { COLOURS, type Rgb, ramp } from "./colours.ts";
import { pixelFinder } from "./pixel-finder.ts";
import { inView, type TopView, viewXPx, viewYPx } from "./top-view.ts";

/** Heights between which points change their colour, m above ground. */
const LOW_M = 0.3;
const HIGH_M = 4;

/**
 * Draws LiDAR points from above. Points that a camera sees take the camera's colour, brightened;
 * the others are dim on the ground and coloured by height above it.
 */
export function drawPointLayer(
  canvas: Canvas,
  view: TopView,
  sweeps: readonly Sweep[],
  cameras: readonly DecodedCamera[],
): void {
  const painters = cameras.map(painterOf);
  for (const { xyz } of sweeps)
    for (let i = 0; i + 2 < xyz.length; i += 3) {
      const [x, y, z] = [xyz[i]!, xyz[i + 1]!, xyz[i + 2]!];
      if (!inView(view, x, y)) continue;
      let colour: Rgb | undefined;
      for (const painter of painters) colour ??= painter(x, y, z);
      const alpha = z < LOW_M ? 0.35 : 0.9;
      colour ??= z < LOW_M ? COLOURS.quiet : ramp(1 - (z - LOW_M) / (HIGH_M - LOW_M));
      canvas.setPixel(viewXPx(view, y), viewYPx(view, x), colour, alpha);
    }
}

/** Colour of an ego point in one camera, or undefined where the camera does not see it. */
function painterOf({ image, rgb }: DecodedCamera) {
  const find = pixelFinder(image, image.camera.intrinsics);
  return (x: number, y: number, z: number): Rgb | undefined => {
    const pixel = find(x, y, z);
    if (pixel < 0) return undefined;
    const at = pixel * 3;
    return [brighter(rgb[at]!), brighter(rgb[at + 1]!), brighter(rgb[at + 2]!)];
  };
}

const brighter = (value: number): number => Math.min(255, 50 + value * 1.2);
