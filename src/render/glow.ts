import type { Canvas } from "./canvas.ts";
import type { View } from "./paint-solid.ts";

/** A lit lamp: where it is in camera axes, m, its radius, m, and its linear colour. */
export type Glow = {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly radiusM: number;
  /**
   * HALO: light spread by mist and lens. MIRROR: seen in a wet road; it lies below the ground, which
   * does not hide it, and is drawn out. Absent: the lamp itself.
   */
  readonly spread?: "HALO" | "MIRROR";
  readonly r: number;
  readonly g: number;
  readonly b: number;
};

/** A mirrored lamp is this many times as tall as wide, and shows on ground from this share of its depth. */
const MIRRORED_TALL = 5;
const MIRRORED_FROM = 0.3;
/** Spread light wider than this has lost its edge anyway, 1 sigma, px. */
const SPREAD_MAX_PX = 15;

/** A lamp at (x, y, z) of the view's body. */
export function glowAt(
  { r, t }: View,
  x: number,
  y: number,
  z: number,
  radiusM: number,
  rgb: readonly [number, number, number],
): Glow {
  return {
    x: r[0]! * x + r[1]! * y + r[2]! * z + t[0]!,
    y: r[3]! * x + r[4]! * y + r[5]! * z + t[1]!,
    z: r[6]! * x + r[7]! * y + r[8]! * z + t[2]!,
    ...{ radiusM, r: rgb[0], g: rgb[1], b: rgb[2] },
  };
}

/**
 * Adds the light of lamps that are in sight to the shrunken picture [h, w, 3]; the canvas has
 * `samples` × `samples` pixels for each of its own.
 */
export function addGlows(
  out: Float32Array,
  w: number,
  h: number,
  samples: number,
  canvas: Canvas,
  glows: readonly Glow[],
): void {
  const k = canvas.intrinsics;
  for (const g of glows) {
    if (g.z < 0.5) continue;
    const u = k.cxPx + (k.fxPx * g.x) / g.z;
    const v = k.cyPx + (k.fyPx * g.y) / g.z;
    const ui = Math.round(u);
    const vi = Math.round(v);
    if (!(ui >= 0 && vi >= 0 && ui < canvas.widthPx && vi < canvas.heightPx)) continue;
    const hides = g.spread === "MIRROR" ? 1 / Math.max(0.5, g.z * MIRRORED_FROM) : 1 / g.z;
    if (canvas.inverseDepth[vi * canvas.widthPx + ui]! > hides * 1.03 + 1e-4) continue;
    const cu = (u + 0.5) / samples - 0.5;
    const cv = (v + 0.5) / samples - 0.5;
    const wide = Math.max(0.75, ((k.fxPx / samples) * g.radiusM * 0.9) / g.z);
    const sigma = g.spread ? Math.min(SPREAD_MAX_PX, wide) : wide;
    const reach = Math.min(40, Math.ceil(sigma * 2.6));
    const tall = g.spread === "MIRROR" ? MIRRORED_TALL : 1;
    const high = reach * tall;
    for (let y = Math.max(0, Math.floor(cv - high)); y <= Math.min(h - 1, cv + high); y++)
      for (let x = Math.max(0, Math.floor(cu - reach)); x <= Math.min(w - 1, cu + reach); x++) {
        const d2 = ((x - cu) ** 2 + ((y - cv) / tall) ** 2) / (sigma * sigma);
        const e = Math.exp(-0.5 * d2);
        const at = 3 * (y * w + x);
        out[at] = out[at]! + g.r * e;
        out[at + 1] = out[at + 1]! + g.g * e;
        out[at + 2] = out[at + 2]! + g.b * e;
      }
  }
}
