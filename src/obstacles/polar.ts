/** Polar grid around ego: 360 sectors of 1°, range bins of 0.5 m to 20 m, 1 m to 40 m, 2 m to 120 m. */
export const SECTORS = 360;
export const RANGE_MAX_M = 120;
const HALF_METRES = RANGE_MAX_M * 2;

/** [RANGE_BINS + 1] m. */
export const RANGE_EDGES_M: Float64Array = Float64Array.from([
  ...Array.from({ length: 40 }, (_, i) => i * 0.5),
  ...Array.from({ length: 20 }, (_, i) => 20 + i),
  ...Array.from({ length: 41 }, (_, i) => 40 + 2 * i),
]);
export const RANGE_BINS: number = RANGE_EDGES_M.length - 1;
export const POLAR_CELLS: number = SECTORS * RANGE_BINS;

/** Bin of each half metre. */
const BIN_OF_HALF_METRE = Uint8Array.from({ length: HALF_METRES }, (_, i) => {
  let bin = 0;
  while (RANGE_EDGES_M[bin + 1]! <= i * 0.5) bin++;
  return bin;
});

/** Range bin of 0 ≤ rangeM < RANGE_MAX_M. */
export const rangeBin = (rangeM: number): number => BIN_OF_HALF_METRE[(rangeM * 2) | 0]!;

/** Range of a point on the plane, m, to float32. */
export const rangeOf = (x: number, y: number): number => Math.fround(Math.sqrt(x * x + y * y));

/** Centre of a range bin, m. */
export const binCentreM = (bin: number): number =>
  (RANGE_EDGES_M[bin]! + RANGE_EDGES_M[bin + 1]!) / 2;

export const binWidthM = (bin: number): number => RANGE_EDGES_M[bin + 1]! - RANGE_EDGES_M[bin]!;

const SECTORS_PER_RAD = SECTORS / (2 * Math.PI);

/**
 * Sector of direction (x, y): sector 0 is centred on +x, counter-clockwise; 0 for (0, 0). Most
 * directions are told by how steep they are within their eighth of a turn, by a table; those close to
 * a border between sectors by their arc tangent. Both ways agree.
 */
export function sectorOf(x: number, y: number): number {
  const ax = x < 0 ? -x : x;
  const ay = y < 0 ? -y : y;
  let steepness: number;
  let eighth = (x < 0 ? 2 : 0) + (y < 0 ? 1 : 0);
  if (ay > ax) {
    steepness = ax / ay;
    eighth += 4;
  } else steepness = ay / ax;
  const steps = STEPS_OF_STEEPNESS[(steepness * STEEPNESS_BINS) | 0]!;
  if (steps === UNSURE) return sectorByArc(x, y);
  const sector = EIGHTH_BASE[eighth]! + EIGHTH_SIGN[eighth]! * steps;
  return sector === 360 ? 0 : sector;
}

/** Its arc tangent is a polynomial (error < 0.01°), which is the same on every machine. */
function sectorByArc(x: number, y: number): number {
  const ax = x < 0 ? -x : x;
  const ay = y < 0 ? -y : y;
  const big = ax > ay ? ax : ay;
  if (big === 0) return 0;
  const q = (ax > ay ? ay : ax) / big;
  const s = q * q;
  let a =
    q *
    (0.99997726 +
      s * (-0.33262347 + s * (0.19354346 + s * (-0.11643287 + s * (0.05265332 - s * 0.0117212)))));
  if (ay > ax) a = Math.PI / 2 - a;
  if (x < 0) a = Math.PI - a;
  if (y < 0) a = -a;
  const sector = Math.floor(a * SECTORS_PER_RAD + 0.5);
  return sector < 0 ? sector + SECTORS : sector;
}

/** Fine enough that one in ninety bins has a border, and small enough to stay in the nearest cache. */
const STEEPNESS_BINS = 4096;
const UNSURE = 255;
/** Sectors from the nearer axis, by steepness; the last entry is that of the diagonal alone. */
const STEPS_OF_STEEPNESS = Uint8Array.from({ length: STEEPNESS_BINS + 1 }, (_, bin) => {
  // A hair beyond both ends: what rounds across a border is asked for exactly.
  const from = sectorByArc(1, Math.max(0, bin / STEEPNESS_BINS - 1e-9));
  const to = sectorByArc(1, Math.min(1, (bin + 1) / STEEPNESS_BINS + 1e-9));
  return from === to ? from : UNSURE;
});
/** By eighth: the sector of the axis that its steepness is told from, and which way sectors count from there. */
const EIGHTH_BASE = Int16Array.of(0, 360, 180, 180, 90, 270, 90, 270);
const EIGHTH_SIGN = Int16Array.of(1, -1, -1, 1, -1, 1, 1, -1);

/** Unit vectors of the sector centres. */
export const SECTOR_COS: Float64Array = Float64Array.from({ length: SECTORS }, (_, s) =>
  Math.cos((s * 2 * Math.PI) / SECTORS),
);
export const SECTOR_SIN: Float64Array = Float64Array.from({ length: SECTORS }, (_, s) =>
  Math.sin((s * 2 * Math.PI) / SECTORS),
);
