/** End of a spiral that starts at the origin along +x. */
export type SpiralPoint = { readonly xM: number; readonly yM: number; readonly yawRad: number };

/** Phase that one power series covers, rad: below it, its terms fall fast and cancel little. */
const PHASE_MAX_RAD = 1;
/** Terms after which the series is below 1e-17 of its sum at PHASE_MAX_RAD. */
const TERMS = 24;

/**
 * The point at arc length s of an Euler spiral from the origin along +x, whose curvature starts at
 * k0 and grows by `rate` per metre. Exact to rounding: the integral of exp(i·(k0·t + rate·t²/2)) is
 * summed as its power series over stretches of at most PHASE_MAX_RAD.
 */
export function spiralPoint(k0Invm: number, rateInvm2: number, sM: number): SpiralPoint {
  const phase = Math.abs(k0Invm * sM) + Math.abs((rateInvm2 * sM * sM) / 2);
  const count = Math.max(1, Math.ceil(phase / PHASE_MAX_RAD));
  const stepM = sM / count;
  let xM = 0;
  let yM = 0;
  for (let i = 0; i < count; i++) {
    const atM = i * stepM;
    const yaw = k0Invm * atM + (rateInvm2 * atM * atM) / 2;
    const [re, im] = series(k0Invm + rateInvm2 * atM, rateInvm2, stepM);
    const cos = Math.cos(yaw);
    const sin = Math.sin(yaw);
    xM += cos * re - sin * im;
    yM += sin * re + cos * im;
  }
  return { xM, yM, yawRad: k0Invm * sM + (rateInvm2 * sM * sM) / 2 };
}

/**
 * Integral of f(t) = exp(i·(k·t + rate·t²/2)) from 0 to s. Since f' = i·(k + rate·t)·f, the Taylor
 * coefficients follow (n + 1)·f[n+1] = i·(k·f[n] + rate·f[n−1]); here each is times sⁿ.
 */
function series(k: number, rate: number, s: number): readonly [number, number] {
  const a = k * s;
  const b = rate * s * s;
  let [re, im, reBefore, imBefore] = [1, 0, 0, 0];
  let sumRe = 0;
  let sumIm = 0;
  for (let n = 0; n < TERMS; n++) {
    sumRe += re / (n + 1);
    sumIm += im / (n + 1);
    const reNext = -(a * im + b * imBefore) / (n + 1);
    const imNext = (a * re + b * reBefore) / (n + 1);
    [reBefore, imBefore, re, im] = [re, im, reNext, imNext];
  }
  return [sumRe * s, sumIm * s];
}
