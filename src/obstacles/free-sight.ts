import type { PlanarPose } from "./ego-motion.ts";
import type { Ground } from "./ground.ts";
import { POLAR_CELLS, RANGE_BINS, RANGE_EDGES_M, SECTORS } from "./polar.ts";

/** A hole in the ground returns of one direction that is no ring gap of the sensor. */
const GAP_MAX_M = 2;
/** Ground starts to be seen here at the latest, also by a roof LiDAR with a lowest beam of −10°. */
const BLIND_MAX_M = 12;
/** Beyond a ring gap of the sensor nothing this far on is called seen without a gap. */
const RING_GAP_MAX_M = 12;
/** A range bin is a ring's when so many of the directions around that reach it see ground in it. */
const RING_SHARE_RATIO = 0.25;
/** Directions around: ±15°, over which a ring keeps its range although ego is not its centre. */
const AROUND = 15;

/** [S, R] 1 where a ring of the sensor passes. */
const ring = new Uint8Array(POLAR_CELLS);
const lastBin = new Int32Array(SECTORS);

/**
 * Range per degree up to which ground was seen without a gap. Gaps between the rings of a sensor
 * are told from hidden ground by the directions around: in a ring gap nobody sees ground.
 * `nearestM` [360] ends sight at the first obstacle point.
 */
export function freeSightInto(ground: Ground, nearestM: Float32Array, out: Float32Array): void {
  findRings(ground);
  for (let s = 0; s < SECTORS; s++) {
    const base = s * RANGE_BINS;
    let sightM = 0;
    let missedM = 0;
    for (let bin = 0; bin < RANGE_BINS; bin++) {
      const to = RANGE_EDGES_M[bin + 1]!;
      const from = RANGE_EDGES_M[bin]!;
      if (from >= nearestM[s]!) break;
      if (ground.seen[base + bin] === 1) {
        sightM = to;
        missedM = 0;
        continue;
      }
      missedM += ring[base + bin]! * (to - from);
      const blind = sightM === 0 ? BLIND_MAX_M : RING_GAP_MAX_M;
      if ((sightM > 0 && missedM > GAP_MAX_M) || to - sightM > blind) break;
    }
    out[s] = Math.min(sightM, nearestM[s]!);
  }
}

/**
 * Sight after the ego moved on without a sweep: each direction has the least of the old ones that it
 * may lie between, shorter by the way gone.
 */
export function carriedSight(
  sightM: Float32Array,
  before: PlanarPose,
  now: PlanarPose,
): Float32Array {
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

function findRings(ground: Ground): void {
  for (let s = 0; s < SECTORS; s++) {
    let last = RANGE_BINS - 1;
    while (last >= 0 && ground.seen[s * RANGE_BINS + last] === 0) last--;
    lastBin[s] = last;
  }
  for (let bin = 0; bin < RANGE_BINS; bin++) {
    let reaching = 0;
    let seeing = 0;
    const count = (s: number, sign: number) => {
      const at = (s + SECTORS) % SECTORS;
      if (lastBin[at]! < bin) return;
      reaching += sign;
      seeing += sign * ground.seen[at * RANGE_BINS + bin]!;
    };
    for (let s = -AROUND; s < AROUND; s++) count(s, 1);
    for (let s = 0; s < SECTORS; s++) {
      count(s + AROUND, 1);
      ring[s * RANGE_BINS + bin] = seeing > 0 && seeing >= RING_SHARE_RATIO * reaching ? 1 : 0;
      count(s - AROUND, -1);
    }
  }
}
