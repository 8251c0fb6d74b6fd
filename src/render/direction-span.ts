/**
 * The directions in which a rectangle is seen from the origin, as [from, to] rad with to ≥ from; undefined
 * where the origin lies inside it. Centre (cx, cy), heading by its cosine and sine, half sizes hl and hw.
 */
export function directionSpan(
  cx: number,
  cy: number,
  cos: number,
  sin: number,
  hl: number,
  hw: number,
): [from: number, to: number] | undefined {
  if (Math.abs(cx * cos + cy * sin) <= hl && Math.abs(cy * cos - cx * sin) <= hw) return undefined;
  const middle = Math.atan2(cy, cx);
  let low = 0;
  let high = 0;
  for (let k = 0; k < 4; k++) {
    const lx = k & 1 ? hl : -hl;
    const ly = k & 2 ? hw : -hw;
    let a = Math.atan2(cy + lx * sin + ly * cos, cx + lx * cos - ly * sin) - middle;
    if (a > Math.PI) a -= 2 * Math.PI;
    else if (a < -Math.PI) a += 2 * Math.PI;
    if (a < low) low = a;
    if (a > high) high = a;
  }
  return [middle + low, middle + high];
}
