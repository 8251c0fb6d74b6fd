import type { OdrCubic } from "./model.ts";

/** Value and the first two derivatives by s. */
export type Jet = { readonly value: number; readonly slope: number; readonly bend: number };

const ZERO: Jet = { value: 0, slope: 0, bend: 0 };

/** The last of the records, ascending in sM, that begins at or before s; before the first one: the first. */
export function recordAt<T extends { readonly sM: number }>(
  records: readonly T[],
  sM: number,
): T | undefined {
  let lo = 0;
  let hi = records.length;
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if (records[mid]!.sM <= sM) lo = mid;
    else hi = mid;
  }
  return records[lo];
}

/** The piecewise cubic at s; zero where there are no records, as OpenDRIVE defines it. */
export function cubicAt(records: readonly OdrCubic[], sM: number): Jet {
  const record = recordAt(records, sM);
  if (!record) return ZERO;
  const { a, b, c, d } = record;
  const ds = Math.max(0, sM - record.sM);
  return {
    value: a + ds * (b + ds * (c + ds * d)),
    slope: b + ds * (2 * c + ds * 3 * d),
    bend: 2 * c + 6 * d * ds,
  };
}
