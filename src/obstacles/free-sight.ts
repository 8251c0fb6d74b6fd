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

const shareAround = new Float64Array(SECTORS);
/** [S, R] ln of the chance that this direction sees no ground here, by those around it. */
const missLog = new Float32Array(POLAR_CELLS);
const lastBin = new Int32Array(SECTORS);
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
    const base = s * RANGE_BINS;
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
      chance += missLog[base + bin]!;
      if (sightM > 0 && to - sightM > GAP_MAX_M && chance < CHANCE_LOG_MIN) break;
    }
    out[s] = Math.min(sightM, nearestM[s]!);
  }
}

/** Where points are so few that a direction misses rings by chance, its neighbours help it out. */
function isSeen({ seen }: Ground, s: number, bin: number): boolean {
  if (seen[s * RANGE_BINS + bin] === 1) return true;
  if (missLog[s * RANGE_BINS + bin]! < SPARSE_LOG) return false;
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
  for (let s = 0; s < SECTORS; s++) {
    let last = RANGE_BINS - 1;
    while (last >= 0 && seen[s * RANGE_BINS + last] === 0) last--;
    lastBin[s] = last;
  }
  for (let bin = 0; bin < RANGE_BINS; bin++) {
    let reaching = 0;
    let seeing = 0;
    for (let s = -AROUND; s < SECTORS + AROUND; s++) {
      const at = s < 0 ? s + SECTORS : s < SECTORS ? s : s - SECTORS;
      if (lastBin[at]! >= bin) {
        reaching++;
        seeing += seen[at * RANGE_BINS + bin]!;
      }
      const middle = s - AROUND;
      if (middle < 0) continue;
      shareAround[middle] = reaching > 0 ? seeing / reaching : 0;
      const gone = middle < AROUND ? middle - AROUND + SECTORS : middle - AROUND;
      if (lastBin[gone]! < bin) continue;
      reaching--;
      seeing -= seen[gone * RANGE_BINS + bin]!;
    }
    for (let s = 0; s < SECTORS; s++) {
      const left = shareAround[s < SECTORS - ASIDE ? s + ASIDE : s + ASIDE - SECTORS]!;
      const right = shareAround[s < ASIDE ? s - ASIDE + SECTORS : s - ASIDE]!;
      const share = Math.max(shareAround[s]!, left, right);
      missLog[s * RANGE_BINS + bin] = MISS_LOG[Math.round(100 * share)]!;
    }
  }
}
