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

/** Ends in x and line y = base + slope · x of the edges of the polygon that is filled. */
const EDGES_MAX = 16;
const edgeFrom = new Float64Array(EDGES_MAX);
const edgeTo = new Float64Array(EDGES_MAX);
const edgeBase = new Float64Array(EDGES_MAX);
const edgeSlope = new Float64Array(EDGES_MAX);

/** Edges that rows can cross; those along a row have their ends in their neighbours. Answers how many. */
function edgesOf(px: ArrayLike<number>, py: ArrayLike<number>, n: number): number {
  if (n > EDGES_MAX)
    throw new RangeError(`a polygon of at most ${EDGES_MAX} points expected, found ${n}`);
  let count = 0;
  for (let i = 0, j = n - 1; i < n; j = i++) {
    const xa = px[j]!;
    const xb = px[i]!;
    if (xa === xb) continue;
    const slope = (py[i]! - py[j]!) / (xb - xa);
    edgeFrom[count] = Math.min(xa, xb);
    edgeTo[count] = Math.max(xa, xb);
    edgeSlope[count] = slope;
    edgeBase[count++] = py[j]! - slope * xa;
  }
  return count;
}

/** Sets the cells whose centres lie in the convex polygon (px, py), m, first n points, at most 16. */
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
  if (ix0 > ix1) return;
  const edges = edgesOf(px, py, n);
  for (let ix = ix0; ix <= ix1; ix++) {
    const x = xMinM + (ix + 0.5) * cellM;
    let yLow = Infinity;
    let yHigh = -Infinity;
    for (let e = 0; e < edges; e++) {
      if (x < edgeFrom[e]! || x > edgeTo[e]!) continue;
      const y = edgeBase[e]! + edgeSlope[e]! * x;
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
  const len = Math.sqrt((bx - ax) ** 2 + (by - ay) ** 2);
  if (len < 1e-9) return;
  const ux = (bx - ax) / len;
  const uy = (by - ay) / len;
  // edges and ends are soft to half a cell beyond the strip: no other cell's centre is covered
  const softM = cellM / 2;
  const sideM = halfM + softM;
  const reachX = softM * Math.abs(ux) + sideM * Math.abs(uy);
  const reachY = softM * Math.abs(uy) + sideM * Math.abs(ux);
  const ix0 = Math.max(0, Math.ceil((Math.min(ax, bx) - reachX - xMinM) * inv - 0.5));
  const ix1 = Math.min(nx - 1, Math.floor((Math.max(ax, bx) + reachX - xMinM) * inv - 0.5));
  const yMin = Math.min(ay, by) - reachY;
  const yMax = Math.max(ay, by) + reachY;
  for (let ix = ix0; ix <= ix1; ix++) {
    const dx = xMinM + (ix + 0.5) * cellM - ax;
    // Only the part of this row that the strip can reach.
    let y0 = yMin;
    let y1 = yMax;
    if (Math.abs(ux) > 0.2) {
      const yc = ay + (dx * uy) / ux;
      const wide = sideM / Math.abs(ux);
      if (yc - wide > y0) y0 = yc - wide;
      if (yc + wide < y1) y1 = yc + wide;
    }
    const iy0 = Math.max(0, Math.ceil((y0 - yMinM) * inv - 0.5));
    const iy1 = Math.min(ny - 1, Math.floor((y1 - yMinM) * inv - 0.5));
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
