import type { Look } from "./camera-look.ts";
import type { Canvas } from "./canvas.ts";
import { GROUND, type GroundRaster, groundCell } from "./ground-raster.ts";
import { headlightAt } from "./headlamp.ts";
import { type LampLight, lampAt } from "./lamp-light.ts";
import { NOISE, noiseAt, smoothNoise } from "./noise.ts";
import type { PreparedScene } from "./prepare.ts";
import { SHADE, type ShadeRaster } from "./shade-raster.ts";

/** Beyond this the ground is skyline, m. */
const FAR_M = 450;

/**
 * Paints sky and ground of the whole canvas; the first thing painted. One ray serves each
 * samples × samples square: the ground takes several samples along its own strip where needed.
 */
export function paintBackdrop(
  canvas: Canvas,
  samples: number,
  prepared: PreparedScene,
  ground: GroundRaster,
  shade: ShadeRaster,
  look: Look,
  lamps: LampLight | undefined,
): void {
  const { widthPx, heightPx, intrinsics: k, rgb, inverseDepth, egoR: r, egoT } = canvas;
  const [tx, ty, tz] = egoT;
  const { ego } = prepared.scene;
  const ce = Math.cos(ego.yawRad);
  const se = Math.sin(ego.yawRad);
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = r as unknown as [
    ...[number, number, number],
    ...[number, number, number],
    ...[number, number, number],
  ];
  const sunUp = 0.25 + 0.75 * look.sun[2];
  const lit = 1 - look.sunShare + look.sunShare * sunUp;
  const mats = look.ground.flatMap((c) => [c[0] * lit, c[1] * lit, c[2] * lit]);
  const white = look.white.map((v) => v * lit);
  const yellow = look.yellow.map((v) => v * lit);
  const middle = (samples - 1) / 2;
  for (let v = 0; v < heightPx; v += samples) {
    const Y = (v + middle - k.cyPx) / k.fyPx;
    const Yn = (v + middle + samples / 2 - k.cyPx) / k.fyPx;
    for (let u = 0; u < widthPx; u += samples) {
      const X = (u + middle - k.cxPx) / k.fxPx;
      const at = v * widthPx + u;
      const dx = r0 * X + r1 * Y + r2;
      const dy = r3 * X + r4 * Y + r5;
      const dz = r6 * X + r7 * Y + r8;
      const t = dz < 0 ? -tz / dz : Infinity;
      if (t > FAR_M) {
        inverseDepth[at] = 0;
        skyInto(rgb, 3 * at, dx * ce - dy * se, dx * se + dy * ce, dz, look);
        continue;
      }
      inverseDepth[at] = 1 / t;
      // Half a pixel further down: how long a strip of ground this pixel covers.
      const dzn = r6 * X + r7 * Yn + r8;
      const stepM = dzn < 0 ? Math.abs(t + tz / dzn) * 2 : 1;
      const count = stepM > 0.9 ? 3 : stepM > 0.25 ? 2 : 1;
      let cr = 0;
      let cg = 0;
      let cb = 0;
      for (let i = 0; i < count; i++) {
        const f = t + ((i + 0.5) / count - 0.5) * stepM;
        const x = tx + f * dx;
        const y = ty + f * dy;
        const mx = x * ce - y * se + ego.xM;
        const my = x * se + y * ce + ego.yM;
        const cell = groundCell(x, y);
        const m = ground.material[cell]!;
        const fade = Math.min(1, 12 / f);
        const nf = NOISE[((my * 23) & 255) * 256 + ((mx * 23) & 255)]! * fade;
        const nc = f < 14 ? smoothNoise(mx * 3.1, my * 3.1 + 91) : noiseAt(mx * 3.1, my * 3.1 + 91);
        let gain = 1 + look.fine[m]! * nf + look.coarse[m]! * nc;
        if (look.cracks > 0 && m !== 0) {
          const crack = Math.abs(smoothNoise(mx * 1.7 + 57, my * 1.7 + 31));
          if (crack < 0.025) gain *= 1 - look.cracks * fade * (1 - crack / 0.025);
        }
        if (gain < 0.15) gain = 0.15;
        let pr = mats[3 * m]! * gain;
        let pg = mats[3 * m + 1]! * gain;
        let pb = mats[3 * m + 2]! * gain;
        const paint = bilinear(ground.paint, x, y);
        const gold = bilinear(ground.yellow, x, y);
        if (paint > 0 || gold > 0) {
          const worn = 1 - look.wear * Math.max(0, 0.35 + 0.9 * nf + 0.5 * nc);
          const a = paint * Math.max(0.15, Math.min(1, worn));
          pr += (white[0]! - pr) * a;
          pg += (white[1]! - pg) * a;
          pb += (white[2]! - pb) * a;
          const c = gold * Math.max(0.15, Math.min(1, worn));
          pr += (yellow[0]! - pr) * c;
          pg += (yellow[1]! - pg) * c;
          pb += (yellow[2]! - pb) * c;
        }
        let dark = 1 - shadeAt(shade, x, y);
        if (lamps) {
          // In shares of the light that this point gets when the picture is developed.
          const light = look.level + headlightAt(look, x, y, 0);
          dark += lampAt(lamps.white, x, y) / light;
          pr *= 1 + lampAt(lamps.red, x, y) / light / dark;
        }
        cr += pr * dark;
        cg += pg * dark;
        cb += pb * dark;
      }
      rgb[3 * at] = cr / count;
      rgb[3 * at + 1] = cg / count;
      rgb[3 * at + 2] = cb / count;
    }
    if (samples > 1) repeatRow(canvas, v, samples);
  }
}

/** Copies each ray of row v to its whole samples × samples square. */
function repeatRow({ widthPx, rgb, inverseDepth }: Canvas, v: number, samples: number): void {
  const from = v * widthPx;
  for (let u = 0; u < widthPx; u += samples)
    for (let i = 1; i < samples; i++) {
      const a = from + u;
      rgb[3 * (a + i)] = rgb[3 * a]!;
      rgb[3 * (a + i) + 1] = rgb[3 * a + 1]!;
      rgb[3 * (a + i) + 2] = rgb[3 * a + 2]!;
      inverseDepth[a + i] = inverseDepth[a]!;
    }
  for (let i = 1; i < samples; i++) {
    rgb.copyWithin(3 * (from + i * widthPx), 3 * from, 3 * (from + widthPx));
    inverseDepth.copyWithin(from + i * widthPx, from, from + widthPx);
  }
}

/** Plane of GROUND at (x, y), 0..1, smooth between cells. */
function bilinear(plane: Uint8Array, x: number, y: number): number {
  const gx = (x - GROUND.xMinM) * 8 - 0.5;
  const gy = (y - GROUND.yMinM) * 8 - 0.5;
  if (!(gx > 0 && gy > 0 && gx < GROUND.nx - 1 && gy < GROUND.ny - 1))
    return plane[groundCell(x, y)]! / 255;
  const ix = gx | 0;
  const iy = gy | 0;
  const at = ix * GROUND.ny + iy;
  const a = plane[at]!;
  const b = plane[at + 1]!;
  const c = plane[at + GROUND.ny]!;
  const d = plane[at + GROUND.ny + 1]!;
  if ((a | b | c | d) === 0) return 0;
  const fx = gx - ix;
  const fy = gy - iy;
  const low = a + (b - a) * fy;
  return (low + (c + (d - c) * fy - low) * fx) / 255;
}

function shadeAt(shade: ShadeRaster, x: number, y: number): number {
  const ix = ((x - SHADE.xMinM) * 4) | 0;
  const iy = ((y - SHADE.yMinM) * 4) | 0;
  if (ix < 0 || iy < 0 || ix >= SHADE.nx || iy >= SHADE.ny) return 0;
  return shade[ix * SHADE.ny + iy]! / 255;
}

/** Sky along a direction of the map frame; a far skyline above the horizon. */
function skyInto(
  rgb: Float32Array,
  at: number,
  dx: number,
  dy: number,
  dz: number,
  look: Look,
): void {
  const flat = Math.sqrt(dx * dx + dy * dy);
  const up = dz / flat;
  const azimuth = Math.atan2(dy, dx);
  const a = (azimuth / (2 * Math.PI)) * 256 + 256;
  const rough = look.skylineRough;
  const edge =
    look.skylineRad *
    (0.55 +
      0.45 * NOISE[(look.seed & 255) * 256 + ((a * 3) & 255)]! +
      0.2 * NOISE[((look.seed >> 8) & 255) * 256 + ((a * rough) & 255)]!);
  if (up < edge) {
    const m = 0.8 + 0.3 * NOISE[((up * 900) & 255) * 256 + ((a * 9) & 255)]!;
    rgb[at] = look.skyline[0] * m + 0.35 * look.horizon[0] * 0.5;
    rgb[at + 1] = look.skyline[1] * m + 0.35 * look.horizon[1] * 0.5;
    rgb[at + 2] = look.skyline[2] * m + 0.35 * look.horizon[2] * 0.5;
    return;
  }
  const h = Math.min(1, Math.max(0, up * 1.6));
  const mix = Math.sqrt(h);
  let cloud = 0;
  if (look.clouds > 0) {
    const s = 60 / (0.12 + Math.max(0, up));
    const n =
      NOISE[((((dy / flat) * s + (look.seed & 1023)) & 255) << 8) | (((dx / flat) * s) & 255)]!;
    cloud = look.clouds * Math.max(0, Math.min(1, n * 1.4 + 0.25)) * Math.min(1, up * 8);
  }
  for (let i = 0; i < 3; i++) {
    const c = look.horizon[i]! + (look.zenith[i]! - look.horizon[i]!) * mix;
    rgb[at + i] = c + (look.horizon[i]! * 1.1 - c) * cloud;
  }
}
