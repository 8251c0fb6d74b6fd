/** Columns of a sampled line. */
export type Polyline = {
  readonly sM: Float64Array; // [P] m, ascending
  readonly xM: Float64Array; // [P] m, map
  readonly yM: Float64Array; // [P] m, map
};

/** Index i of the segment i…i+1 that holds s; the first or last one beyond the ends. */
export function segmentAt(sM: Float64Array, atM: number): number {
  let lo = 0;
  let hi = sM.length - 1;
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if (sM[mid]! <= atM) lo = mid;
    else hi = mid;
  }
  return lo;
}

/** Value of a column at s, linear between samples; beyond the ends the end value holds. */
export function columnAt(sM: Float64Array, column: Float64Array, atM: number): number {
  const i = segmentAt(sM, atM);
  const span = sM[i + 1]! - sM[i]!;
  const f = span > 0 ? Math.min(1, Math.max(0, (atM - sM[i]!) / span)) : 0;
  return column[i]! + f * (column[i + 1]! - column[i]!);
}

/** Arc length where the segment from (x0, y0) to (x1, y1) crosses the line; undefined where it does not. */
export function crossingM(
  line: Polyline,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): number | undefined {
  const dx = x1 - x0;
  const dy = y1 - y0;
  for (let i = 0; i + 1 < line.sM.length; i++) {
    const ax = line.xM[i]!;
    const ay = line.yM[i]!;
    const ex = line.xM[i + 1]! - ax;
    const ey = line.yM[i + 1]! - ay;
    const det = ex * dy - ey * dx;
    if (det === 0) continue;
    const along = ((x0 - ax) * dy - (y0 - ay) * dx) / det;
    const across = ((x0 - ax) * ey - (y0 - ay) * ex) / det;
    if (along >= 0 && along <= 1 && across >= 0 && across <= 1)
      return line.sM[i]! + along * (line.sM[i + 1]! - line.sM[i]!);
  }
  return undefined;
}
