import type { Look } from "./camera-look.ts";
import type { Canvas } from "./canvas.ts";
import { ASPHALT, type GroundRaster, groundCell, OUTSIDE, SIDEWALK } from "./ground-raster.ts";
import { noiseAt, smoothNoise } from "./noise.ts";
import type { PreparedScene } from "./prepare.ts";

/** Light that water gives back when looked at from above (Schlick, refractive index 1.33). */
const WATER_F0 = 0.02;
/** A film of water follows the stones below it: share of a still puddle's mirror. */
const FILM = 0.4;
/** Ground further away than this is left as it is, m. */
const FAR_M = 160;

/**
 * Mirrors sky and bodies in the wet ground, after all of them have been painted. Each column is walked
 * downwards: ground shows what stands above the last body's foot, as far below it as it is above.
 */
export function mirrorInWater(
  canvas: Canvas,
  samples: number,
  prepared: PreparedScene,
  ground: GroundRaster,
  look: Look,
): void {
  const { widthPx, heightPx, intrinsics: k, rgb, inverseDepth, egoR: r, egoT } = canvas;
  const { ego } = prepared.scene;
  const ce = Math.cos(ego.yawRad);
  const se = Math.sin(ego.yawRad);
  const middle = (samples - 1) / 2;
  const colour = [0, 0, 0];
  for (let u = 0; u < widthPx; u += samples) {
    const X = (u + middle - k.cxPx) / k.fxPx;
    // Row of the horizon in this column and of the last body's lowest pixel.
    const upX = r[6]! * X + r[8]!;
    const horizonV = k.cyPx - (k.fyPx * upX) / r[7]!;
    let footV = horizonV;
    for (let v = 0; v < heightPx; v += samples) {
      const at = v * widthPx + u;
      const Y = (v + middle - k.cyPx) / k.fyPx;
      const dz = upX + r[7]! * Y;
      const iz = inverseDepth[at]!;
      if (dz >= 0) continue;
      const flat = -dz / egoT[2];
      if (iz > flat * 1.0001) {
        footV = v + samples;
        continue;
      }
      if (iz < 1 / FAR_M) continue;
      const dx = r[0]! * X + r[1]! * Y + r[2]!;
      const dy = r[3]! * X + r[4]! * Y + r[5]!;
      const x = egoT[0] + dx / iz;
      const y = egoT[1] + dy / iz;
      const material = ground.material[groundCell(x, y)]!;
      const holds = material === OUTSIDE ? 0.12 : material === SIDEWALK ? 0.7 : 1;
      const mx = x * ce - y * se + ego.xM;
      const my = x * se + y * ce + ego.yM;
      const puddle = Math.min(
        1,
        Math.max(0, smoothNoise(mx * 0.9, my * 0.9) * 2 + look.wet - 0.75),
      );
      const slope = -dz / Math.sqrt(dx * dx + dy * dy + dz * dz);
      const fresnel = WATER_F0 + (1 - WATER_F0) * (1 - slope) ** 5;
      const calm = material === ASPHALT ? FILM + (1 - FILM) * puddle : FILM;
      const share = Math.min(0.85, look.wet * holds * calm * (fresnel * 1.5 + 0.03));
      const ripple = noiseAt(mx * 60, my * 60) * 0.25 * (v - footV);
      mirroredInto(colour, canvas, samples, u, v, footV, horizonV, ripple);
      for (let j = 0; j < samples; j++)
        for (let i = 0; i < samples; i++) {
          const to = at + j * widthPx + i;
          if (inverseDepth[to] !== iz) continue;
          for (let c = 0; c < 3; c++)
            rgb[3 * to + c] = rgb[3 * to + c]! * (1 - share) + colour[c]! * share;
        }
    }
  }
}

/** What the water at (u, v) shows: the body above the foot line, or the sky where the body ends. */
function mirroredInto(
  out: number[],
  { widthPx, rgb, inverseDepth }: Canvas,
  samples: number,
  u: number,
  v: number,
  footV: number,
  horizonV: number,
  ripple: number,
): void {
  const clampV = (row: number) => Math.max(0, Math.floor(row / samples) * samples);
  const foot = inverseDepth[clampV(footV - samples) * widthPx + u]!;
  const spread = samples + 0.12 * (v - footV);
  out.fill(0);
  for (let tap = -1; tap <= 1; tap++) {
    const shift = ripple + tap * spread;
    let at = clampV(Math.min(footV - 1, 2 * footV - v + shift)) * widthPx + u;
    if (inverseDepth[at]! < foot * 0.7)
      at = clampV(Math.min(horizonV - 1, 2 * horizonV - v + shift)) * widthPx + u;
    for (let c = 0; c < 3; c++) out[c] = out[c]! + rgb[3 * at + c]! / 3;
  }
}
