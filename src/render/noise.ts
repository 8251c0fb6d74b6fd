import { makeRng } from "./rng.ts";

/** Edge of the noise tile, cells; a power of two. */
export const NOISE_SIZE = 256;
const MASK = NOISE_SIZE - 1;

const smooth = (r: number) => r * r * (3 - 2 * r);

/** [256, 256] smooth noise, about −1…1, that repeats at its edges. Octaves 2…64 cells. */
export const NOISE: Float32Array = makeTile();

function makeTile(): Float32Array {
  const out = new Float32Array(NOISE_SIZE * NOISE_SIZE);
  const rng = makeRng(20240607);
  let weight = 0.5;
  for (let grid = 4; grid <= NOISE_SIZE / 2; grid *= 2) {
    const knots = Float32Array.from({ length: grid * grid }, () => 2 * rng() - 1);
    const cell = NOISE_SIZE / grid;
    for (let y = 0; y < NOISE_SIZE; y++)
      for (let x = 0; x < NOISE_SIZE; x++) {
        const gx = x / cell;
        const gy = y / cell;
        const x0 = Math.floor(gx);
        const y0 = Math.floor(gy);
        const fx = smooth(gx - x0);
        const fy = smooth(gy - y0);
        const x1 = (x0 + 1) % grid;
        const y1 = (y0 + 1) % grid;
        const a = knots[y0 * grid + x0]!;
        const b = knots[y0 * grid + x1]!;
        const c = knots[y1 * grid + x0]!;
        const d = knots[y1 * grid + x1]!;
        const top = a + (b - a) * fx;
        const at = y * NOISE_SIZE + x;
        out[at] = out[at]! + weight * (top + (c + (d - c) * fx - top) * fy);
      }
    weight *= 0.72;
  }
  return out;
}

/** Noise at (u, v) cells of the tile, nearest cell. */
export const noiseAt = (u: number, v: number): number => NOISE[((v & MASK) << 8) | (u & MASK)]!;

/** Noise at (u, v) cells of the tile, smooth between cells. */
export function smoothNoise(u: number, v: number): number {
  const iu = Math.floor(u);
  const iv = Math.floor(v);
  const fu = u - iu;
  const fv = v - iv;
  const r0 = (iv & MASK) << 8;
  const r1 = ((iv + 1) & MASK) << 8;
  const c0 = iu & MASK;
  const c1 = (iu + 1) & MASK;
  const a = NOISE[r0 | c0]! + (NOISE[r0 | c1]! - NOISE[r0 | c0]!) * fu;
  const b = NOISE[r1 | c0]! + (NOISE[r1 | c1]! - NOISE[r1 | c0]!) * fu;
  return a + (b - a) * fv;
}
