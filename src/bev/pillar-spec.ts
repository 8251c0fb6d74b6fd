import { BEV_SPEC, type BevSpec } from "../contract/bev.ts";

/** Pillar grid: twice as fine as BevState over the same area, 256 × 128 cells of 0.5 m. */
export const PILLAR_SPEC: BevSpec = {
  xMinM: BEV_SPEC.xMinM,
  yMinM: BEV_SPEC.yMinM,
  cellM: BEV_SPEC.cellM / 2,
  nx: BEV_SPEC.nx * 2,
  ny: BEV_SPEC.ny * 2,
};

/**
 * Pillar channels, uint8, 0 = empty cell.
 * log_count: 32·log2(1 + n). z_max, z_min: 1…255 = −1…4 m. intensity: mean, 0…255 = 0…1.
 * past_500ms, past_1000ms: 40·log2(1 + n) of raised points of the sweep that long ago, moved to
 * where they are now by ego motion.
 */
export const PILLAR_CHANNELS = [
  "log_count",
  "z_max",
  "z_min",
  "intensity",
  "past_500ms",
  "past_1000ms",
] as const;

export const PILLAR_Z_MIN_M = -1;
export const PILLAR_Z_MAX_M = 4;
