import type { Ground } from "./ground.ts";
import { RANGE_BINS, RANGE_EDGES_M, SECTORS } from "./polar.ts";

/** A hole in the ground returns of one direction that is no ring gap of the sensor. */
const GAP_MAX_M = 2;
/** Ground starts to be seen here at the latest, also by a roof LiDAR with a low view of −15°. */
const BLIND_MAX_M = 9;
/** Beyond a ring gap of the sensor nothing this far on is called seen without a gap. */
const RING_GAP_MAX_M = 12;
/** A range bin belongs to a ring when so many of the directions that reach it have ground in it. */
const RING_SHARE_RATIO = 0.25;

const reaching = new Int32Array(RANGE_BINS);
const seeing = new Int32Array(RANGE_BINS);

/**
 * Range per degree up to which ground was seen without a gap. Gaps between the rings of a sensor
 * are told from hidden ground by the other directions: in a ring gap nobody sees ground.
 * `nearestM` [360] ends sight at the first obstacle point.
 */
export function freeSightInto(ground: Ground, nearestM: Float32Array, out: Float32Array): void {
  reaching.fill(0);
  seeing.fill(0);
  for (let s = 0; s < SECTORS; s++) {
    const base = s * RANGE_BINS;
    let last = RANGE_BINS - 1;
    while (last >= 0 && ground.seen[base + last] === 0) last--;
    for (let bin = 0; bin <= last; bin++) {
      reaching[bin]!++;
      seeing[bin]! += ground.seen[base + bin]!;
    }
  }
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
      if (seeing[bin]! >= RING_SHARE_RATIO * reaching[bin]!) missedM += to - from;
      const blind = sightM === 0 ? BLIND_MAX_M : RING_GAP_MAX_M;
      if ((sightM > 0 && missedM > GAP_MAX_M) || to - sightM > blind) break;
    }
    out[s] = Math.min(sightM, nearestM[s]!);
  }
}
