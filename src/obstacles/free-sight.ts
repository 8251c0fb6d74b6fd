import type { Planar } from "./ego-motion.ts";
import type { Ground } from "./ground.ts";
import { POLAR_CELLS, RANGE_BINS, RANGE_EDGES_M, SECTORS } from "./polar.ts";

/** Ground hidden over less is a puddle or a pothole. */
const GAP_MAX_M = 2;
/** Ground starts to be seen here at the latest, also by a roof LiDAR with a lowest beam of −10°. */
const BLIND_MAX_M = 12;
/**
 * Where the next ring lies more than twice as far out as the last one, things of 1 m could stand
 * between them unseen by a LiDAR 2 m up. A gap that is less is only the sensor's.
 */
const RING_RATIO_MAX = 2;
/** Rings that others see here and this direction does not: with odds of 1 : 55 that is no chance. */
const CHANCE_LOG_MIN = -4;
/** One ring alone may be missed for a puddle. */
const SHARE_MAX_RATIO = 0.95;
/** Nine of ten directions see a ring: what does not has a reason. */
const SPARSE_LOG = Math.log(0.1);
/** Directions around: ±15°, over which a ring keeps its range although ego is not its centre. */
const AROUND = 15;
/** … and as many to both sides: a ditch or a lorry fills the directions around. */
const ASIDE = 25;

// In loops over cells only constants of this module are constants to the compiler.
const S = SECTORS;
const BINS = RANGE_BINS;

/** [R, S] ln of the chance that this direction sees no ground here, by those around it. */
const missLog = new Float32Array(POLAR_CELLS);
/** [S] last bin with a ground return, −1 without any. */
const lastBin = new Int32Array(SECTORS);
/** [S + 2 · AROUND] of one bin: 0 where a direction ends before it, else REACHES, and SEES where it is seen. */
const column = new Uint8Array(SECTORS + 2 * AROUND);
/** [S + 2 · ASIDE] of one bin: how many of a hundred directions around see it. */
const percentAround = new Uint8Array(SECTORS + 2 * ASIDE);
const REACHES = 1;
const SEES = 32;
/** By the sum of `column` over the directions around, of which at most 31 reach. */
const PERCENT_OF_SUM = Uint8Array.from({ length: SEES * SEES }, (_, sum) => {
  const reaching = sum % SEES;
  return reaching > 0 ? Math.round((100 * Math.floor(sum / SEES)) / reaching) : 0;
});
/** ln(1 − share) by share in percent. */
const MISS_LOG = Float64Array.from({ length: 101 }, (_, percent) =>
  Math.log(1 - Math.min(percent / 100, SHARE_MAX_RATIO)),
);

/**
 * Range per degree up to which ground was seen without a gap. Gaps between the rings of a sensor
 * are told from hidden ground by the directions around: in a ring gap nobody sees ground, and where
 * half of the points are missing, so they are in all directions.
 * `nearestM` [360] ends sight at the first obstacle point.
 */
export function freeSightInto(ground: Ground, nearestM: Float32Array, out: Float32Array): void {
  findRings(ground);
  for (let s = 0; s < SECTORS; s++) {
    let sightM = 0;
    let ringM = 0;
    let chance = 0;
    for (let bin = 0; bin < RANGE_BINS; bin++) {
      const to = RANGE_EDGES_M[bin + 1]!;
      const from = RANGE_EDGES_M[bin]!;
      if (from >= nearestM[s]! || from > Math.max(BLIND_MAX_M, RING_RATIO_MAX * ringM)) break;
      if (isSeen(ground, s, bin)) {
        sightM = to;
        ringM = from;
        chance = 0;
        continue;
      }
      chance += missLog[bin * SECTORS + s]!;
      if (sightM > 0 && to - sightM > GAP_MAX_M && chance < CHANCE_LOG_MIN) break;
    }
    out[s] = Math.min(sightM, nearestM[s]!);
  }
}

/** Where points are so few that a direction misses rings by chance, its neighbours help it out. */
function isSeen({ seen }: Ground, s: number, bin: number): boolean {
  if (seen[s * RANGE_BINS + bin] === 1) return true;
  if (missLog[bin * SECTORS + s]! < SPARSE_LOG) return false;
  return (
    seen[((s + 1) % SECTORS) * RANGE_BINS + bin] === 1 ||
    seen[((s + SECTORS - 1) % SECTORS) * RANGE_BINS + bin] === 1
  );
}

/**
 * Sight after the ego moved on without a sweep: each direction has the least of the old ones that it
 * may lie between, shorter by the way gone.
 */
export function carriedSight(sightM: Float32Array, before: Planar, now: Planar): Float32Array {
  const travelM = Math.hypot(now.xM - before.xM, now.yM - before.yM);
  const turn = ((now.yawRad - before.yawRad) * SECTORS) / (2 * Math.PI);
  return sightM.map((_, s) => {
    const at = Math.floor(s + turn);
    const here = sightM[mod(at)]!;
    const next = Number.isInteger(turn) ? here : sightM[mod(at + 1)]!;
    return Math.max(0, Math.min(here, next) - travelM);
  });
}

const mod = (sector: number): number => ((sector % SECTORS) + SECTORS) % SECTORS;

function findRings({ seen }: Ground): void {
  for (let s = 0; s < S; s++) {
    let last = BINS - 1;
    while (last >= 0 && seen[s * BINS + last] === 0) last--;
    lastBin[s] = last;
  }
  for (let bin = 0; bin < BINS; bin++) {
    for (let s = 0, cell = bin; s < S; s++, cell += BINS)
      column[s + AROUND] = lastBin[s]! < bin ? 0 : REACHES + SEES * seen[cell]!;
    wrap(column, AROUND);
    let sum = 0;
    for (let i = 0; i < 2 * AROUND; i++) sum += column[i]!;
    for (let s = 0; s < S; s++) {
      sum += column[s + 2 * AROUND]!;
      percentAround[s + ASIDE] = PERCENT_OF_SUM[sum]!;
      sum -= column[s]!;
    }
    wrap(percentAround, ASIDE);
    const row = bin * S;
    for (let s = 0; s < S; s++) {
      const here = percentAround[s + ASIDE]!;
      const right = percentAround[s]!;
      const left = percentAround[s + 2 * ASIDE]!;
      const aside = left > right ? left : right;
      missLog[row + s] = MISS_LOG[here > aside ? here : aside]!;
    }
  }
}

/** Repeats what lies between on both sides, so that neighbours go round the circle. */
function wrap(around: Uint8Array, margin: number): void {
  around.copyWithin(0, S, S + margin);
  around.copyWithin(S + margin, margin, 2 * margin);
}
