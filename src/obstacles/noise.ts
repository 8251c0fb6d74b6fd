import {
  DENSE_MIN_M,
  DENSE_PER_RANGE_RATIO,
  DENSE_POINTS_M2,
  DENSE_POINTS_MAX,
  DENSE_POINTS_MIN,
  STRONG_POINTS,
} from "./limits.ts";

export type Strength = "NOISE" | "WEAK" | "STRONG";

/**
 * Rain, dust and stray returns hang alone in the air; neighbouring rays that meet a surface land
 * side by side. STRONG: many points, or enough of them side by side. WEAK: some side by side, to be
 * confirmed by a second sweep. Where points are missing, side by side is wider. NOISE: the rest. Quadratic only below STRONG_POINTS points.
 */
export function strengthOf(
  xyz: Float32Array,
  order: Int32Array,
  from: number,
  to: number,
  sparseness: number,
): Strength {
  const n = to - from;
  if (n >= STRONG_POINTS) return "STRONG";
  const x0 = xyz[order[from]! * 3]!;
  const y0 = xyz[order[from]! * 3 + 1]!;
  const expected = DENSE_POINTS_M2 / sparseness / Math.max(x0 * x0 + y0 * y0, 1);
  const sameSurface = Math.max(DENSE_POINTS_MIN, Math.min(DENSE_POINTS_MAX, expected));
  if (n < sameSurface) return "NOISE";
  let dense = 0;
  for (let i = from; i < to; i++) {
    const p = order[i]! * 3;
    const x = xyz[p]!;
    const y = xyz[p + 1]!;
    const z = xyz[p + 2]!;
    const reach = sparseness * Math.max(DENSE_MIN_M, DENSE_PER_RANGE_RATIO * Math.hypot(x, y));
    for (let j = from; j < to; j++) {
      if (j === i) continue;
      const q = order[j]! * 3;
      const dx = xyz[q]! - x;
      const dy = xyz[q + 1]! - y;
      const dz = xyz[q + 2]! - z;
      if (dx * dx + dy * dy + dz * dz < reach * reach) {
        dense++;
        break;
      }
    }
  }
  if (dense < sameSurface) return "NOISE";
  return dense >= 3 * sameSurface ? "STRONG" : "WEAK";
}
