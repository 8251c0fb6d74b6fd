import { Random } from "../../world/random.ts";

/** An estimate and the bounds of its 95 % confidence interval. */
export type Estimate = {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
};

/** Two-sided 95 % quantile of the normal distribution. */
const Z_95 = 1.959964;
const RESAMPLES = 2000;

/** Wilson score interval of a share; undefined without any try. */
export function shareOf(hits: number, tries: number): Estimate | undefined {
  if (tries === 0) return undefined;
  const p = hits / tries;
  const z2 = Z_95 * Z_95;
  const centre = (p + z2 / (2 * tries)) / (1 + z2 / tries);
  const half =
    (Z_95 / (1 + z2 / tries)) * Math.sqrt((p * (1 - p)) / tries + z2 / (4 * tries * tries));
  return {
    value: p,
    low: hits === 0 ? 0 : Math.max(0, centre - half),
    high: hits === tries ? 1 : Math.min(1, centre + half),
    count: tries,
  };
}

/** Mean with a seeded percentile bootstrap over the runs; undefined without values. */
export function meanOf(values: readonly number[], seed = 1): Estimate | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const rng = new Random(seed);
  const means: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += values[rng.int(0, n - 1)]!;
    means.push(sum / n);
  }
  means.sort((a, b) => a - b);
  const at = (share: number) => means[Math.round(share * (RESAMPLES - 1))]!;
  return { value: mean(values), low: at(0.025), high: at(0.975), count: n };
}
