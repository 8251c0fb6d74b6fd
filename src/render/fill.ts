/**
 * A raster of `nx` × `ny` square cells, index ix · ny + iy, cell (0, 0) with its corner at
 * (xMinM, yMinM).
 */
export type RasterSpec = {
  readonly xMinM: number;
  readonly yMinM: number;
  readonly cellM: number;
  readonly nx: number;
  readonly ny: number;
};

/** Calling fill takes longer than to write so few cells. */
const SHORT = 24;

/** Sets the cells whose centres lie in the convex polygon (px, py), m, first n points. */
export function fillConvexInto(
  out: Uint8Array,
  spec: RasterSpec,
  px: ArrayLike<number>,
  py: ArrayLike<number>,
  n: number,
  value: number,
): void {
  const { xMinM, yMinM, cellM, nx, ny } = spec;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < n; i++) {
    const x = px[i]!;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  const ix0 = Math.max(0, Math.ceil((low - xMinM) / cellM - 0.5));
  const ix1 = Math.min(nx - 1, Math.floor((high - xMinM) / cellM - 0.5));
  for (let ix = ix0; ix <= ix1; ix++) {
    const x = xMinM + (ix + 0.5) * cellM;
    let yLow = Infinity;
    let yHigh = -Infinity;
    for (let i = 0, j = n - 1; i < n; j = i++) {
      const xa = px[j]!;
      const xb = px[i]!;
      if ((xa < x && xb < x) || (xa > x && xb > x)) continue;
      const y = xa === xb ? py[i]! : py[j]! + ((py[i]! - py[j]!) * (x - xa)) / (xb - xa);
      if (y < yLow) yLow = y;
      if (y > yHigh) yHigh = y;
    }
    const iy0 = Math.max(0, Math.ceil((yLow - yMinM) / cellM - 0.5));
    const iy1 = Math.min(ny - 1, Math.floor((yHigh - yMinM) / cellM - 0.5));
    const end = ix * ny + iy1 + 1;
    if (iy1 - iy0 > SHORT) out.fill(value, ix * ny + iy0, end);
    else for (let at = ix * ny + iy0; at < end; at++) out[at] = value;
  }
}

/**
 * Raises cells to the coverage (0…255) of a straight strip from a to b of half width halfM,
 * with soft edges one cell wide. Ends are cut square.
 */
export function strokeInto(
  out: Uint8Array,
  spec: RasterSpec,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  halfM: number,
): void {
  const { xMinM, yMinM, cellM, nx, ny } = spec;
  const inv = 1 / cellM;
  const reach = halfM + cellM;
  const ix0 = Math.max(0, Math.floor((Math.min(ax, bx) - reach - xMinM) * inv));
  const ix1 = Math.min(nx - 1, Math.floor((Math.max(ax, bx) + reach - xMinM) * inv));
  const yMin = Math.min(ay, by) - reach;
  const yMax = Math.max(ay, by) + reach;
  if (ix0 > ix1 || yMax < yMinM || yMin > yMinM + ny * cellM) return;
  const len = Math.sqrt((bx - ax) ** 2 + (by - ay) ** 2);
  if (len < 1e-9) return;
  const ux = (bx - ax) / len;
  const uy = (by - ay) / len;
  for (let ix = ix0; ix <= ix1; ix++) {
    const dx = xMinM + (ix + 0.5) * cellM - ax;
    // Only the part of this row that the strip can reach.
    let y0 = yMin;
    let y1 = yMax;
    if (Math.abs(ux) > 0.2) {
      const yc = ay + (dx * uy) / ux;
      const wide = reach / Math.abs(ux);
      if (yc - wide > y0) y0 = yc - wide;
      if (yc + wide < y1) y1 = yc + wide;
    }
    const iy0 = Math.max(0, Math.floor((y0 - yMinM) * inv));
    const iy1 = Math.min(ny - 1, Math.floor((y1 - yMinM) * inv));
    for (let iy = iy0; iy <= iy1; iy++) {
      const dy = yMinM + (iy + 0.5) * cellM - ay;
      const along = dx * ux + dy * uy;
      const across = Math.abs(dy * ux - dx * uy);
      const sideways = Math.min(1, (halfM - across) * inv + 0.5, 2 * halfM * inv);
      const end = Math.min(along, len - along) * inv + 0.5;
      const cover = sideways * Math.min(1, end);
      if (sideways <= 0 || end <= 0) continue;
      const value = (cover * 255 + 0.5) | 0;
      const at = ix * ny + iy;
      if (value > out[at]!) out[at] = value;
    }
  }
}
