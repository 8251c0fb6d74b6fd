/**
 * Shape letters used everywhere: N points, C channels, X and Y cells, T tokens, V vocabulary.
 * BEV arrays are [C, X, Y] row-major, index (c·X + ix)·Y + iy, cell (0,0) at (xMinM, yMinM).
 */
export type BevSpec = {
  readonly xMinM: number;
  readonly yMinM: number;
  readonly cellM: number;
  readonly nx: number;
  readonly ny: number;
};

/** The grid of BevState: 128 × 64 cells of 1 m, x −32…96, y ±32. */
export const BEV_SPEC: BevSpec = { xMinM: -32, yMinM: -32, cellM: 1, nx: 128, ny: 64 };

/**
 * Channels of BevState, uint8. Probabilities: 0…255 = 0…1.
 * vx, vy: ground-relative velocity along ego axes, 128 + 4·v (0.25 m/s steps, ±31.75 m/s).
 * lane_direction: 255 same direction as ego, 0 oncoming, 128 unknown.
 * stop_line: the line itself. signal_stop / signal_go: the 10 m of lane before a line whose lights say
 * stop (red, yellow) / go;
 * a line with neither has a stop sign, or lights that were not seen: stop, then go when it is clear.
 * visible: share of the cell that a sensor has seen.
 */
export const BEV_CHANNELS = [
  "vehicle",
  "vulnerable",
  "static",
  "vx",
  "vy",
  "drivable",
  "lane_mark",
  "lane_direction",
  "stop_line",
  "signal_stop",
  "signal_go",
  "visible",
] as const;
export type BevChannel = (typeof BEV_CHANNELS)[number];

export const VELOCITY_ZERO = 128;
export const VELOCITY_STEPS_PER_MPS = 4;

/** What perception says and the planner reads. */
export type BevState = {
  readonly spec: BevSpec;
  /** [C, X, Y] = [12, 128, 64] uint8, ego at `stampUs`. */
  readonly data: Uint8Array;
  readonly stampUs: number;
  /** Which sensors fed it. */
  readonly cameras: readonly string[];
  readonly lidars: readonly string[];
};
