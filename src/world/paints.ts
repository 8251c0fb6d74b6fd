/** Colours of vehicles, 0 … 255 each. */
export const PAINTS: readonly (readonly [number, number, number])[] = [
  [230, 230, 230],
  [30, 30, 34],
  [120, 122, 126],
  [160, 30, 30],
  [30, 60, 130],
  [60, 90, 60],
  [200, 170, 60],
  [90, 70, 55],
];
