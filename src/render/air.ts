import type { Look } from "./camera-look.ts";
import type { Canvas } from "./canvas.ts";
import type { Glow } from "./glow.ts";
import type { PreparedScene } from "./prepare.ts";
import { makeRng, mixSeed } from "./rng.ts";

/** Vehicles faster than this throw up water, m/s. */
export const SPRAY_MPS = 6;
/** Streaks in a picture of 352 × 128 in a downpour. */
const STREAKS = 420;
const REFERENCE_PX = 352 * 128;

/** A cloud of droplets: its centre in camera axes, m, its radius, m, and how much it hides, 0…1. */
export type Veil = {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly radiusM: number;
  readonly share: number;
};

/** Spray behind the vehicles that drive on a wet road. */
export function sprayOf(prepared: PreparedScene, canvas: Canvas, look: Look): Veil[] {
  if (look.wet < 0.25) return [];
  const { camR: c, camT: t } = canvas;
  const out: Veil[] = [];
  for (const o of prepared.objects) {
    const { kind, lengthM, widthM, speedMps } = o.object;
    if (kind === "PEDESTRIAN" || kind === "STATIC" || speedMps < SPRAY_MPS) continue;
    const strength = look.wet * Math.min(1, (speedMps - SPRAY_MPS) / 20) * Math.min(1, widthM / 2);
    for (let i = 0; i < 4; i++) {
      const back = -lengthM / 2 - 0.4 - i * (0.5 + speedMps / 20);
      const x = o.x + back * o.cos;
      const y = o.y + back * o.sin;
      const z = 0.5 + 0.15 * i;
      out.push({
        x: c[0]! * x + c[1]! * y + c[2]! * z + t[0]!,
        y: c[3]! * x + c[4]! * y + c[5]! * z + t[1]!,
        z: c[6]! * x + c[7]! * y + c[8]! * z + t[2]!,
        radiusM: (0.45 + 0.2 * i) * widthM,
        share: strength * (0.55 - 0.1 * i),
      });
    }
  }
  return out;
}

/** Mixes the colour of the mist into the picture [h, w, 3] where veils hang in front of it. */
export function addVeils(
  out: Float32Array,
  w: number,
  h: number,
  samples: number,
  canvas: Canvas,
  veils: readonly Veil[],
  mist: readonly [number, number, number],
): void {
  const k = canvas.intrinsics;
  for (const g of veils) {
    if (g.z < 1.5) continue;
    const cu = (k.cxPx + (k.fxPx * g.x) / g.z + 0.5) / samples - 0.5;
    const cv = (k.cyPx + (k.fyPx * g.y) / g.z + 0.5) / samples - 0.5;
    const sigma = Math.max(0.8, ((k.fxPx / samples) * g.radiusM * 0.6) / g.z);
    const reach = Math.min(80, sigma * 2.4);
    for (let y = Math.max(0, Math.ceil(cv - reach)); y <= Math.min(h - 1, cv + reach); y++)
      for (let x = Math.max(0, Math.ceil(cu - reach)); x <= Math.min(w - 1, cu + reach); x++) {
        if (canvas.inverseDepth[y * samples * canvas.widthPx + x * samples]! > 1 / (g.z - 0.3))
          continue;
        const d2 = ((x - cu) ** 2 + (y - cv) ** 2) / (sigma * sigma);
        const a = g.share * Math.exp(-0.5 * d2);
        const at = 3 * (y * w + x);
        for (let c = 0; c < 3; c++) out[at + c] = out[at + c]! * (1 - a) + mist[c]! * a;
      }
  }
}

/** Drops that fall through the picture while it is exposed: thin bright streaks, more in heavier rain. */
export function addStreaks(
  out: Float32Array,
  w: number,
  h: number,
  look: Look,
  mist: readonly [number, number, number],
  seed: number,
): void {
  if (look.rain <= 0) return;
  const rng = makeRng(mixSeed(seed, 0x4a11));
  const slant = ((look.seed & 255) / 255 - 0.5) * 0.5;
  const count = Math.round((STREAKS * look.rain ** 0.7 * (w * h)) / REFERENCE_PX);
  const unit = h / 128;
  for (let i = 0; i < count; i++) {
    const near = rng() ** 3;
    const length = unit * (3 + 16 * near);
    const alpha = 0.1 + 0.22 * rng();
    const u = rng() * w;
    const v = rng() * (h + length) - length;
    // Drops ahead of a moving car fly outwards.
    const lean = slant + (0.35 * (u - w / 2)) / w;
    for (let s = 0; s < length; s++) {
      const x = Math.floor(u + lean * s);
      const y = Math.floor(v + s);
      if (x < 0 || y < 0 || x >= w || y >= h) continue;
      const at = 3 * (y * w + x);
      const a = alpha * Math.sin((Math.PI * (s + 0.5)) / length);
      for (let c = 0; c < 3; c++) out[at + c] = out[at + c]! * (1 - a) + mist[c]! * 1.35 * a;
    }
  }
}

/** The lamps again as a wet road mirrors them: as far below the ground as they are above it. */
export function mirrorGlows(canvas: Canvas, look: Look, glows: readonly Glow[]): Glow[] {
  if (look.wet < 0.2) return [];
  const { camR: c, egoR: r, egoT: t } = canvas;
  return glows.map((g) => {
    const up = r[6]! * g.x + r[7]! * g.y + r[8]! * g.z + t[2];
    const k = 0.45 * look.wet;
    return {
      x: g.x - 2 * up * c[2]!,
      y: g.y - 2 * up * c[5]!,
      z: g.z - 2 * up * c[8]!,
      ...{
        radiusM: g.radiusM * 0.9,
        spread: "MIRROR" as const,
        r: g.r * k,
        g: g.g * k,
        b: g.b * k,
      },
    };
  });
}
