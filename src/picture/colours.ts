import type { Mode } from "../contract/decision.ts";

/** 0…255 each. */
export type Rgb = readonly [number, number, number];

export const COLOURS = {
  background: [14, 16, 20],
  panel: [24, 27, 33],
  frame: [70, 76, 88],
  text: [226, 230, 236],
  quiet: [140, 148, 162],
  info: [96, 205, 120],
  warning: [250, 200, 60],
  critical: [245, 70, 60],
  ego: [240, 244, 255],
  tracked: [255, 90, 220],
  untracked: [190, 130, 255],
  vehicle: [235, 50, 45],
  vulnerable: [255, 150, 30],
  static: [140, 92, 50],
  drivable: [78, 82, 90],
  oncoming: [84, 74, 104],
  laneMark: [250, 250, 250],
  stopMust: [255, 40, 40],
  stopFree: [60, 220, 90],
  unseen: [6, 7, 9],
  seen: [24, 30, 38],
  arrow: [255, 235, 120],
} as const satisfies Record<string, Rgb>;

/** Engaged green, caution yellow, stops red. */
export const MODE_COLOURS: Readonly<Record<Mode, Rgb>> = {
  NORMAL: COLOURS.info,
  CAUTION: COLOURS.warning,
  COMFORT_STOP: COLOURS.critical,
  EMERGENCY_STOP: COLOURS.critical,
  HOLD: COLOURS.critical,
};

/** Anchors of `ramp`, from near or low to far or high. */
const RAMP: readonly Rgb[] = [
  [255, 80, 60],
  [255, 190, 50],
  [120, 225, 80],
  [50, 190, 230],
  [90, 100, 255],
];

/** Colour of a ratio 0…1: red, yellow, green, cyan, blue. Outside and NaN are clamped. */
export function ramp(ratio: number): Rgb {
  const at = Math.min(1, Math.max(0, ratio || 0)) * (RAMP.length - 1);
  const i = Math.min(RAMP.length - 2, Math.floor(at));
  const [from, to] = [RAMP[i]!, RAMP[i + 1]!];
  const mix = (c: 0 | 1 | 2) => Math.round(from[c] + (to[c] - from[c]) * (at - i));
  return [mix(0), mix(1), mix(2)];
}
