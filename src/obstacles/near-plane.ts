import { RANGE_BINS, rangeBin, SECTOR_COS, SECTOR_SIN, SECTORS } from "./polar.ts";

/** Ground near the ego: z = offsetM + slopeX · x + slopeY · y, m, ego. */
export type NearPlane = {
  readonly offsetM: number;
  readonly slopeX: number;
  readonly slopeY: number;
};

const NEAR_M = 2;
const FAR_M = 14;
/** ±0.2 m of calibration and the sag of springs. */
const OFFSET_MAX_M = 0.5;
/** A sloping ego plane: pitch of braking plus mounting, and the first metres of a ramp. */
const SLOPE_MAX_RATIO = 0.12;
const ROUNDS = 5;
/** Every second direction tells a plane as well. */
const SECTOR_STEP = 2;
/** Fewer cells say nothing about a plane. */
const CELLS_MIN = 12;

/**
 * Fits the plane by reweighted least squares to the lowest point of each polar cell between 2 and
 * 14 m. What lies above the plane weighs little (cars, kerbs), so the plane settles on the road.
 */
export function fitNearPlane(minZ: Float32Array, minR: Float32Array): NearPlane {
  let a = 0;
  let b = 0;
  let c = 0;
  const first = rangeBin(NEAR_M);
  const last = rangeBin(FAR_M);
  for (let round = 0; round < ROUNDS; round++) {
    const scale = 0.3 / (1 + round);
    // Weighted sums; the prior holds a level plane where little is seen.
    let sw = 1;
    let sx = 0;
    let sy = 0;
    let sz = 0;
    let sxx = 100;
    let syy = 100;
    let sxy = 0;
    let sxz = 0;
    let syz = 0;
    let cells = 0;
    for (let s = 0; s < SECTORS; s += SECTOR_STEP) {
      for (let bin = first; bin < last; bin++) {
        const i = s * RANGE_BINS + bin;
        const z = minZ[i]!;
        if (z === Number.POSITIVE_INFINITY) continue;
        const x = minR[i]! * SECTOR_COS[s]!;
        const y = minR[i]! * SECTOR_SIN[s]!;
        const e = z - (a + b * x + c * y);
        if (e > 1 || e < -1) continue;
        const q = e > 0 ? e / scale : e / (3 * scale);
        const w = 1 / ((1 + q * q) * (1 + q * q));
        cells++;
        sw += w;
        sx += w * x;
        sy += w * y;
        sz += w * z;
        sxx += w * x * x;
        syy += w * y * y;
        sxy += w * x * y;
        sxz += w * x * z;
        syz += w * y * z;
      }
    }
    if (cells < CELLS_MIN) return { offsetM: 0, slopeX: 0, slopeY: 0 };
    const m00 = sw;
    const det =
      m00 * (sxx * syy - sxy * sxy) - sx * (sx * syy - sxy * sy) + sy * (sx * sxy - sxx * sy);
    if (!(Math.abs(det) > 1e-6)) break;
    a =
      (sz * (sxx * syy - sxy * sxy) - sx * (sxz * syy - sxy * syz) + sy * (sxz * sxy - sxx * syz)) /
      det;
    b =
      (m00 * (sxz * syy - sxy * syz) - sz * (sx * syy - sxy * sy) + sy * (sx * syz - sxz * sy)) /
      det;
    c =
      (m00 * (sxx * syz - sxz * sxy) - sx * (sx * syz - sxz * sy) + sz * (sx * sxy - sxx * sy)) /
      det;
    a = clamp(a, OFFSET_MAX_M);
    b = clamp(b, SLOPE_MAX_RATIO);
    c = clamp(c, SLOPE_MAX_RATIO);
  }
  return { offsetM: a, slopeX: b, slopeY: c };
}

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));
