import type { BevSpec } from "../contract/bev.ts";

/** Flat index of cell (ix, iy) in channel c of a [C, X, Y] array. */
export const bevIndex = (spec: BevSpec, c: number, ix: number, iy: number): number =>
  (c * spec.nx + ix) * spec.ny + iy;

/** Cell that holds ego point (x, y), or −1 outside the grid. Returns ix · ny + iy. */
export function cellOf(spec: BevSpec, xM: number, yM: number): number {
  const ix = Math.floor((xM - spec.xMinM) / spec.cellM);
  const iy = Math.floor((yM - spec.yMinM) / spec.cellM);
  return ix >= 0 && ix < spec.nx && iy >= 0 && iy < spec.ny ? ix * spec.ny + iy : -1;
}

/** Centre of cell ix along x, m, ego. */
export const cellXM = (spec: BevSpec, ix: number): number => spec.xMinM + (ix + 0.5) * spec.cellM;
/** Centre of cell iy along y, m, ego. */
export const cellYM = (spec: BevSpec, iy: number): number => spec.yMinM + (iy + 0.5) * spec.cellM;
