/** Comfort of a drive by nuPlan's bounds, from speed and heading alone. */

/** Bounds of nuPlan's ego_is_comfortable metric. */
export const COMFORT_BOUNDS = {
  longitudinalMinMps2: -4.05,
  longitudinalMaxMps2: 2.4,
  lateralMps2: 4.89,
  yawRateRadps: 0.95,
  yawAccelRadps2: 1.93,
  longitudinalJerkMps3: 4.13,
  jerkMps3: 8.37,
} as const;

/** Equally spaced in time. */
export type MotionSample = { readonly speedMps: number; readonly yawRad: number };

/** Largest values met, and whether each is within its bound. */
export type Comfort = {
  readonly longitudinalMinMps2: number;
  readonly longitudinalMaxMps2: number;
  readonly lateralMps2: number;
  readonly yawRateRadps: number;
  readonly yawAccelRadps2: number;
  readonly longitudinalJerkMps3: number;
  readonly jerkMps3: number;
  readonly comfortable: boolean;
  /** Share of the time within all bounds. */
  readonly comfortableRatio: number;
};

/** Half window of the derivatives, samples: 0.8 s in all at 10 Hz, as nuPlan smooths. */
const HALF = 4;

/** Slope at i of the least-squares line over ±HALF samples (Savitzky–Golay of first order). */
function slopeAt(values: ArrayLike<number>, i: number, stepS: number): number {
  const from = Math.max(0, i - HALF);
  const to = Math.min(values.length - 1, i + HALF);
  const middle = (from + to) / 2;
  let sum = 0;
  let norm = 0;
  for (let k = from; k <= to; k++) {
    sum += (k - middle) * values[k]!;
    norm += (k - middle) ** 2;
  }
  return sum / norm / stepS;
}

const derivative = (values: ArrayLike<number>, stepS: number): Float64Array =>
  Float64Array.from({ length: values.length }, (_, i) => slopeAt(values, i, stepS));

/** Judges samples `stepS` apart; fewer than three say nothing. */
export function judgeComfort(samples: readonly MotionSample[], stepS: number): Comfort | undefined {
  if (samples.length < 3) return undefined;
  const speed = samples.map((s) => s.speedMps);
  const accel = derivative(speed, stepS);
  const yawRate = derivative(unwrap(samples.map((s) => s.yawRad)), stepS);
  const yawAccel = derivative(yawRate, stepS);
  const lateral = yawRate.map((w, i) => w * speed[i]!);
  const jerk = derivative(accel, stepS);
  const lateralJerk = derivative(lateral, stepS);
  const b = COMFORT_BOUNDS;
  let fine = 0;
  const most = { min: 0, max: 0, lateral: 0, rate: 0, yawAccel: 0, longJerk: 0, jerk: 0 };
  for (let i = 0; i < samples.length; i++) {
    const a = accel[i]!;
    const across = Math.abs(lateral[i]!);
    const rate = Math.abs(yawRate[i]!);
    const turning = Math.abs(yawAccel[i]!);
    const along = Math.abs(jerk[i]!);
    const all = Math.hypot(jerk[i]!, lateralJerk[i]!);
    most.min = Math.min(most.min, a);
    most.max = Math.max(most.max, a);
    most.lateral = Math.max(most.lateral, across);
    most.rate = Math.max(most.rate, rate);
    most.yawAccel = Math.max(most.yawAccel, turning);
    most.longJerk = Math.max(most.longJerk, along);
    most.jerk = Math.max(most.jerk, all);
    const within =
      a >= b.longitudinalMinMps2 &&
      a <= b.longitudinalMaxMps2 &&
      across <= b.lateralMps2 &&
      rate <= b.yawRateRadps &&
      turning <= b.yawAccelRadps2 &&
      along <= b.longitudinalJerkMps3 &&
      all <= b.jerkMps3;
    if (within) fine++;
  }
  return {
    longitudinalMinMps2: most.min,
    longitudinalMaxMps2: most.max,
    lateralMps2: most.lateral,
    yawRateRadps: most.rate,
    yawAccelRadps2: most.yawAccel,
    longitudinalJerkMps3: most.longJerk,
    jerkMps3: most.jerk,
    comfortable: fine === samples.length,
    comfortableRatio: fine / samples.length,
  };
}

/** Heading without jumps of a full turn. */
function unwrap(yawRad: readonly number[]): number[] {
  const out: number[] = [];
  let turns = 0;
  yawRad.forEach((yaw, i) => {
    const before = yawRad[i - 1] ?? yaw;
    if (yaw - before > Math.PI) turns -= 2 * Math.PI;
    if (yaw - before < -Math.PI) turns += 2 * Math.PI;
    out.push(yaw + turns);
  });
  return out;
}
