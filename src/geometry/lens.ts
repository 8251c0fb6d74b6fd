import type { Lens } from "../contract/observation.ts";

/** Rays beyond are never asked for: tan of 85 degrees off the axis. */
const SLOPE_END = 11.4;
const ANGLE_END_RAD = Math.PI;
const LIMIT_STEPS = 2048;
const NEWTON_STEPS = 25;
/** In units of the focal length: a millionth of a pixel. */
const NEWTON_RESIDUAL = 1e-9;

/** A lens and how far from its axis its formula may be trusted. */
export type PreparedLens = {
  readonly lens: Lens;
  /**
   * Slope (tangent of the angle to the axis), or the angle itself for equidistant, up to which the
   * radius in the picture grows. Behind it the polynomial folds back and shows one place twice.
   */
  readonly limit: number;
};

export function prepareLens(lens: Lens): PreparedLens {
  const end = lens.model === "equidistant" ? ANGLE_END_RAD : SLOPE_END;
  let limit = 0;
  for (let i = 1; i <= LIMIT_STEPS; i++) {
    const at = (end * i) / LIMIT_STEPS;
    if (!(radiusSlope(lens, at) > 0)) break;
    limit = at;
  }
  return { lens, limit };
}

/**
 * Pixel of the ray (x, y, z) in lens axes (z forward, x right, y down), to out[0] and out[1].
 * Returns false, and writes nothing, where the lens does not show it.
 */
export function bendInto(
  { lens, limit }: PreparedLens,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): boolean {
  const { fxPx, fyPx, cxPx, cyPx } = lens.intrinsics;
  const c = lens.coefficients;
  if (lens.model === "equidistant") {
    const radius = Math.hypot(x, y);
    const angle = Math.atan2(radius, z);
    if (!(angle <= limit)) return false;
    const scale = radius > 1e-12 ? radiusOf(lens, angle) / radius : 1 / z;
    out[0] = cxPx + fxPx * x * scale;
    out[1] = cyPx + fyPx * y * scale;
    return true;
  }
  if (!(z > 0)) return false;
  const a = x / z;
  const b = y / z;
  const r2 = a * a + b * b;
  if (!(r2 <= limit * limit)) return false;
  const radial = radialOf(lens, r2);
  const p1 = c[2]!;
  const p2 = c[3]!;
  out[0] = cxPx + fxPx * (a * radial + 2 * p1 * a * b + p2 * (r2 + 2 * a * a));
  out[1] = cyPx + fyPx * (b * radial + p1 * (r2 + 2 * b * b) + 2 * p2 * a * b);
  return true;
}

/**
 * Ray [x, y, z] of length 1 that is seen at a pixel: the inverse, by Newton's method. Undefined where it
 * does not converge, or converges to a ray that the lens does not show.
 */
export function rayOfPixel(
  prepared: PreparedLens,
  uPx: number,
  vPx: number,
): [number, number, number] | undefined {
  const { intrinsics, model } = prepared.lens;
  const u = (uPx - intrinsics.cxPx) / intrinsics.fxPx;
  const v = (vPx - intrinsics.cyPx) / intrinsics.fyPx;
  if (model === "equidistant") return rayOfRadius(prepared, u, v);
  const slope = slopeOf(prepared, u, v);
  if (!slope) return undefined;
  const length = Math.hypot(slope[0], slope[1], 1);
  return [slope[0] / length, slope[1] / length, 1 / length];
}

function rayOfRadius({ lens, limit }: PreparedLens, u: number, v: number) {
  const radius = Math.hypot(u, v);
  if (radius < 1e-12) return [0, 0, 1] as [number, number, number];
  let angle = Math.min(radius, limit);
  for (let n = 0; n < NEWTON_STEPS; n++) {
    const residual = radiusOf(lens, angle) - radius;
    if (Math.abs(residual) < NEWTON_RESIDUAL) {
      const s = Math.sin(angle) / radius;
      return [u * s, v * s, Math.cos(angle)] as [number, number, number];
    }
    angle = Math.min(Math.max(angle - residual / radiusSlope(lens, angle), 0), limit);
  }
  return undefined;
}

/** Solves distort(a, b) = (u, v) in two dimensions; the Jacobian is that of the formula. */
function slopeOf({ lens, limit }: PreparedLens, u: number, v: number) {
  const p1 = lens.coefficients[2]!;
  const p2 = lens.coefficients[3]!;
  let a = u;
  let b = v;
  for (let n = 0; n < NEWTON_STEPS; n++) {
    const far = Math.hypot(a, b) / limit;
    // A step beyond the limit would land behind the fold; start again from inside.
    if (far > 1) [a, b] = [(a * 0.95) / far, (b * 0.95) / far];
    const r2 = a * a + b * b;
    const radial = radialOf(lens, r2);
    const eu = a * radial + 2 * p1 * a * b + p2 * (r2 + 2 * a * a) - u;
    const ev = b * radial + p1 * (r2 + 2 * b * b) + 2 * p2 * a * b - v;
    if (Math.abs(eu) < NEWTON_RESIDUAL && Math.abs(ev) < NEWTON_RESIDUAL) return [a, b] as const;
    const slope = radialSlope(lens, r2); // of r², so times 2a and 2b
    const uu = radial + 2 * a * a * slope + 2 * p1 * b + 6 * p2 * a;
    const uv = 2 * a * b * slope + 2 * p1 * a + 2 * p2 * b;
    const vv = radial + 2 * b * b * slope + 6 * p1 * b + 2 * p2 * a;
    const determinant = uu * vv - uv * uv;
    if (!(Math.abs(determinant) > 1e-12)) return undefined;
    a -= (vv * eu - uv * ev) / determinant;
    b -= (uu * ev - uv * eu) / determinant;
  }
  return undefined;
}

/** Factor by which the lens moves a ray of squared slope r2 outwards. */
function radialOf({ model, coefficients: c }: Lens, r2: number): number {
  const over = 1 + r2 * (c[0]! + r2 * (c[1]! + r2 * c[4]!));
  if (model === "plumb_bob") return over;
  const under = 1 + r2 * (c[5]! + r2 * (c[6]! + r2 * c[7]!));
  return over / under;
}

/** Derivative of `radialOf` by r2. */
function radialSlope({ model, coefficients: c }: Lens, r2: number): number {
  const overSlope = c[0]! + r2 * (2 * c[1]! + r2 * 3 * c[4]!);
  if (model === "plumb_bob") return overSlope;
  const over = 1 + r2 * (c[0]! + r2 * (c[1]! + r2 * c[4]!));
  const under = 1 + r2 * (c[5]! + r2 * (c[6]! + r2 * c[7]!));
  const underSlope = c[5]! + r2 * (2 * c[6]! + r2 * 3 * c[7]!);
  return (overSlope * under - over * underSlope) / (under * under);
}

/** Radius in the picture, in focal lengths, of a ray at this angle (equidistant). */
function radiusOf({ coefficients: c }: Lens, angleRad: number): number {
  const a2 = angleRad * angleRad;
  return angleRad * (1 + a2 * (c[0]! + a2 * (c[1]! + a2 * (c[2]! + a2 * c[3]!))));
}

/** How the radius in the picture grows at this slope, or angle for equidistant; NaN past a pole. */
function radiusSlope(lens: Lens, at: number): number {
  const r2 = at * at;
  const c = lens.coefficients;
  if (lens.model === "equidistant")
    return 1 + r2 * (3 * c[0]! + r2 * (5 * c[1]! + r2 * (7 * c[2]! + r2 * 9 * c[3]!)));
  if (lens.model === "rational_polynomial") {
    const under = 1 + r2 * (c[5]! + r2 * (c[6]! + r2 * c[7]!));
    if (!(under > 0)) return Number.NaN;
  }
  return radialOf(lens, r2) + 2 * r2 * radialSlope(lens, r2);
}
