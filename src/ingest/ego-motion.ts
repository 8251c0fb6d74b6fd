/** Poses younger than this feed the fit: long enough against jitter, short against lag. */
export const FIT_WINDOW_US = 500_000;
/** Poses farther apart than this do not belong to one fit. */
const FIT_GAP_US = 300_000;
/** Expected pose noise and acceleration, 1 sigma: they weigh curvature of the fit against noise. */
const POSE_SIGMA_M = 0.02;
const ACCEL_SIGMA_MPS2 = 2;
/** More scatter than this is no jitter: it must not pass for standing still. */
const JITTER_MAX_M = 0.05;
/** Slowest speed that half a second of poses can tell from standing still. */
const STANDSTILL_MPS = 0.05;

export type PoseSample = {
  readonly stampUs: number;
  /** m, fixed frame. */
  readonly xM: number;
  readonly yM: number;
  /** Absent where only a position is known (GPS). */
  readonly yawRad?: number;
};

export type Motion = {
  readonly stampUs: number;
  readonly speedMps: number;
  readonly accelMps2: number;
  readonly yawRateRadps: number;
};

/**
 * Speed along the vehicle, acceleration and yaw rate at the newest sample, from that sample and
 * older ones only (sorted by stamp). Undefined with fewer than two samples that belong together.
 */
export function motionOf(samples: readonly PoseSample[]): Motion | undefined {
  const newest = samples.at(-1);
  if (!newest) return undefined;
  const window = connected(samples, newest.stampUs);
  if (window.length < 2) return undefined;
  const tS = window.map((s) => (s.stampUs - newest.stampUs) / 1e6);
  const heading = newest.yawRad ?? courseOf(window[0]!, newest);
  const cos = Math.cos(heading);
  const sin = Math.sin(heading);
  const along = window.map((s) => (s.xM - newest.xM) * cos + (s.yM - newest.yM) * sin);
  const line = fitLine(tS, along);
  if (Math.abs(line.slope) < Math.max(STANDSTILL_MPS, 2 * line.slopeSigma))
    return { stampUs: newest.stampUs, speedMps: 0, accelMps2: 0, yawRateRadps: 0 };
  const curve = fitCurve(tS, along);
  return {
    stampUs: newest.stampUs,
    speedMps: curve.speedMps,
    accelMps2: curve.accelMps2,
    yawRateRadps: newest.yawRad === undefined ? courseRate(window) : yawRate(tS, window),
  };
}

/** The run of samples up to the newest without a gap, inside the window (at least two if near). */
function connected(samples: readonly PoseSample[], newestUs: number): readonly PoseSample[] {
  let from = samples.length - 1;
  while (from > 0) {
    const older = samples[from - 1]!.stampUs;
    if (samples[from]!.stampUs - older > FIT_GAP_US) break;
    if (newestUs - older > FIT_WINDOW_US * 1.02) break;
    from--;
  }
  return samples.slice(from);
}

const courseOf = (a: PoseSample, b: PoseSample): number => Math.atan2(b.yM - a.yM, b.xM - a.xM);

/** Least squares y = offset + slope·t, with the uncertainty of the slope (jitter as scatter, m). */
function fitLine(
  tS: readonly number[],
  y: readonly number[],
): { readonly slope: number; readonly offset: number; readonly slopeSigma: number } {
  const n = tS.length;
  const tMean = tS.reduce((a, b) => a + b, 0) / n;
  const yMean = y.reduce((a, b) => a + b, 0) / n;
  let tt = 0;
  let ty = 0;
  for (let i = 0; i < n; i++) {
    tt += (tS[i]! - tMean) ** 2;
    ty += (tS[i]! - tMean) * (y[i]! - yMean);
  }
  const slope = tt > 0 ? ty / tt : 0;
  const offset = yMean - slope * tMean;
  let rest = 0;
  for (let i = 0; i < n; i++) rest += (y[i]! - offset - slope * tS[i]!) ** 2;
  const sigma = n > 2 ? Math.min(JITTER_MAX_M, Math.sqrt(rest / (n - 2))) : 0;
  return { slope, offset, slopeSigma: tt > 0 ? sigma / Math.sqrt(tt) : 0 };
}

/** Fit s = s0 + v·t + a·t²/2 at t = 0, with a held back by its prior where the data is thin. */
function fitCurve(
  tS: readonly number[],
  s: readonly number[],
): { readonly speedMps: number; readonly accelMps2: number } {
  const half = tS.map((t) => (t * t) / 2);
  const byLine = fitLine(tS, s);
  const halfByLine = fitLine(tS, half);
  let hh = 0;
  let hs = 0;
  for (let i = 0; i < tS.length; i++) {
    const h = half[i]! - halfByLine.offset - halfByLine.slope * tS[i]!;
    hh += h * h;
    hs += h * (s[i]! - byLine.offset - byLine.slope * tS[i]!);
  }
  const accelMps2 = hs / (hh + (POSE_SIGMA_M / ACCEL_SIGMA_MPS2) ** 2);
  return { speedMps: byLine.slope - accelMps2 * halfByLine.slope, accelMps2 };
}

const wrap = (rad: number): number => Math.atan2(Math.sin(rad), Math.cos(rad));

function yawRate(tS: readonly number[], window: readonly PoseSample[]): number {
  const newest = window.at(-1)!.yawRad!;
  return fitLine(
    tS,
    window.map((s) => wrap((s.yawRad ?? newest) - newest)),
  ).slope;
}

/** Change of course between the halves of the window. */
function courseRate(window: readonly PoseSample[]): number {
  const first = window[0]!;
  const last = window.at(-1)!;
  const middle = window[Math.floor(window.length / 2)]!;
  if (middle === first || middle === last) return 0;
  const spanS = (last.stampUs - first.stampUs) / 2e6;
  return wrap(courseOf(middle, last) - courseOf(first, middle)) / spanS;
}
