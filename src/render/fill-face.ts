import type { Canvas } from "./canvas.ts";
import { NOISE } from "./noise.ts";
import { mixSeed } from "./rng.ts";

export const FLAT = 0;
export const FACADE = 1;
export const DISC = 2;
export const LEAF = 3;
export const STRIPES = 4;
export const GLASS = 5;
export const BANDS = 6;
export const OCTAGON = 7;

/** How a face is painted. Colours are linear light. */
export type Paint = {
  mode: number;
  r: number;
  g: number;
  b: number;
  /** Second colour: windows, hubs, stripes, upper edge of glass. */
  r2: number;
  g2: number;
  b2: number;
  /** Mode's own numbers, m: see the modes in `fillFace`. */
  p: number;
  q: number;
  /** Texture strength 0..1 and its seed. */
  rough: number;
  seed: number;
  /** Nearer by this ratio, so that decals win over what they lie on. */
  lift: number;
};

export const newPaint = (): Paint => ({
  ...{ mode: FLAT, r: 0, g: 0, b: 0, r2: 0, g2: 0, b2: 0 },
  ...{ p: 0, q: 0, rough: 0, seed: 0, lift: 1 },
});

const NEAR_M = 0.2;
const cx = new Float64Array(16);
const cy = new Float64Array(16);
const cz = new Float64Array(16);
const sx = new Float64Array(16);
const sy = new Float64Array(16);

/**
 * Paints a flat convex face of four corners `c` [4, 3] m, camera axes, where it is nearest.
 * Texture coordinates run in m from corner 0 to corner 1 (u) and from corner 0 to corner 3 (v).
 */
export function fillFace(canvas: Canvas, c: Float64Array, paint: Paint): void {
  const n = clipNear(c);
  if (n < 3) return;
  const { widthPx, heightPx, intrinsics: k, rgb, inverseDepth } = canvas;
  let top = Infinity;
  let bottom = -Infinity;
  let left = Infinity;
  let right = -Infinity;
  for (let i = 0; i < n; i++) {
    const x = k.cxPx + (k.fxPx * cx[i]!) / cz[i]!;
    const y = k.cyPx + (k.fyPx * cy[i]!) / cz[i]!;
    sx[i] = x;
    sy[i] = y;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
    if (x < left) left = x;
    if (x > right) right = x;
  }
  if (right < 0 || left > widthPx - 1 || bottom < 0 || top > heightPx - 1) return;
  // Plane n·p = d gives 1/z as a linear function of the pixel.
  const ax = c[3]! - c[0]!;
  const ay = c[4]! - c[1]!;
  const az = c[5]! - c[2]!;
  const bx = c[9]! - c[0]!;
  const by = c[10]! - c[1]!;
  const bz = c[11]! - c[2]!;
  const nx = ay * bz - az * by;
  const ny = az * bx - ax * bz;
  const nz = ax * by - ay * bx;
  const d = nx * c[0]! + ny * c[1]! + nz * c[2]!;
  if (Math.abs(d) < 1e-9) return;
  const izU = nx / d / k.fxPx;
  const izV = ny / d / k.fyPx;
  const iz0 = nz / d - izU * k.cxPx - izV * k.cyPx;
  const la = Math.hypot(ax, ay, az) || 1;
  const lb = Math.hypot(bx, by, bz) || 1;
  const uU = ax / la / k.fxPx;
  const uV = ay / la / k.fyPx;
  const u0 = az / la - uU * k.cxPx - uV * k.cyPx;
  const uAt = (ax * c[0]! + ay * c[1]! + az * c[2]!) / la;
  const vU = bx / lb / k.fxPx;
  const vV = by / lb / k.fyPx;
  const v0 = bz / lb - vU * k.cxPx - vV * k.cyPx;
  const vAt = (bx * c[0]! + by * c[1]! + bz * c[2]!) / lb;
  const y0 = Math.max(0, Math.ceil(top));
  const y1 = Math.min(heightPx - 1, Math.floor(bottom));
  const { mode, lift, rough, seed, p, q } = paint;
  const plain = mode === FLAT && rough === 0;
  for (let y = y0; y <= y1; y++) {
    let xl = Infinity;
    let xr = -Infinity;
    for (let i = 0, j = n - 1; i < n; j = i++) {
      const ya = sy[j]!;
      const yb = sy[i]!;
      if ((ya < y && yb < y) || (ya > y && yb > y)) continue;
      const x = ya === yb ? sx[i]! : sx[j]! + ((sx[i]! - sx[j]!) * (y - ya)) / (yb - ya);
      if (x < xl) xl = x;
      if (x > xr) xr = x;
      if (ya === yb) {
        if (sx[j]! < xl) xl = sx[j]!;
        if (sx[j]! > xr) xr = sx[j]!;
      }
    }
    const x0 = Math.max(0, Math.ceil(xl));
    const x1 = Math.min(widthPx - 1, Math.floor(xr));
    for (let x = x0; x <= x1; x++) {
      const iz = izU * x + izV * y + iz0;
      const at = y * widthPx + x;
      const near = iz * lift;
      if (near <= inverseDepth[at]!) continue;
      let r = paint.r;
      let g = paint.g;
      let b = paint.b;
      if (!plain) {
        const z = 1 / iz;
        const u = (uU * x + uV * y + u0) * z - uAt;
        const v = (vU * x + vV * y + v0) * z - vAt;
        let second = 0;
        switch (mode) {
          case FACADE: {
            // Windows of a storey q m high, one each p m.
            const iu = Math.floor(u / p);
            const iv = Math.floor(v / q);
            const fu = u / p - iu;
            const fv = v / q - iv;
            if (fu > 0.22 && fu < 0.78 && fv > 0.28 && fv < 0.8)
              second = 0.75 + 0.25 * ((mixSeed(iu * 31 + iv, seed) & 255) / 255);
            break;
          }
          case DISC: {
            const du = u / la - 0.5;
            const dv = v / lb - 0.5;
            const rr = 4 * (du * du + dv * dv);
            if (rr > 1) continue;
            second = rr < p ? 1 : 0;
            break;
          }
          case LEAF: {
            const du = u / la - 0.5;
            const dv = v / lb - 0.5;
            const wob = NOISE[(((v * 34 + seed) & 255) << 8) | ((u * 34) & 255)]!;
            const rr = 4 * (du * du + dv * dv) + 0.55 * wob;
            if (rr > 0.92) continue;
            second = Math.max(0, Math.min(1, v / lb + 0.5 * wob));
            break;
          }
          case STRIPES:
            second = ((u + v) / p) % 1 < 0.5 ? 1 : 0;
            break;
          case GLASS:
            second = Math.max(0, Math.min(1, v / lb));
            break;
          case BANDS:
            second = v / lb > 0.45 && v / lb < 0.7 ? 1 : 0;
            break;
          case OCTAGON: {
            const du = Math.abs(u / la - 0.5);
            const dv = Math.abs(v / lb - 0.5);
            if (du + dv > 0.71) continue;
            second = (dv < 0.1 && du < 0.36) || du + dv > 0.65 || du > 0.46 || dv > 0.46 ? 1 : 0;
            break;
          }
        }
        if (second > 0) {
          r += (paint.r2 - r) * second;
          g += (paint.g2 - g) * second;
          b += (paint.b2 - b) * second;
        }
        if (rough > 0) {
          const m = 1 + rough * NOISE[(((v * 40 + seed) & 255) << 8) | ((u * 40) & 255)]!;
          r *= m;
          g *= m;
          b *= m;
        }
      }
      inverseDepth[at] = near;
      rgb[3 * at] = r;
      rgb[3 * at + 1] = g;
      rgb[3 * at + 2] = b;
    }
  }
}

/** Copies the part of `c` beyond the near plane to cx, cy, cz; gives its corner count. */
function clipNear(c: Float64Array): number {
  let n = 0;
  for (let i = 0, j = 3; i < 4; j = i++) {
    const za = c[3 * j + 2]!;
    const zb = c[3 * i + 2]!;
    if (za >= NEAR_M !== zb >= NEAR_M) {
      const r = (NEAR_M - za) / (zb - za);
      cx[n] = c[3 * j]! + r * (c[3 * i]! - c[3 * j]!);
      cy[n] = c[3 * j + 1]! + r * (c[3 * i + 1]! - c[3 * j + 1]!);
      cz[n++] = NEAR_M;
    }
    if (zb >= NEAR_M) {
      cx[n] = c[3 * i]!;
      cy[n] = c[3 * i + 1]!;
      cz[n++] = zb;
    }
  }
  return n;
}
