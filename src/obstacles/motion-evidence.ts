import type { Hull } from "./outline.ts";

/** What a track looked like at one sighting, odom. */
export type Sighting = {
  readonly stampUs: number;
  readonly hull: Hull;
  readonly rightHidden: boolean;
  readonly leftHidden: boolean;
  /** Centre, m, ego at that time. */
  readonly egoX: number;
  readonly egoY: number;
};

const MEMORY_US = 1_000_000;
const LOOK_BACK_MIN_US = 300_000;
/** Of the way that the velocity claims, edges must have gone so much, and more than their noise. */
const SHARE_RATIO = 0.4;
const EDGE_NOISE_M = 0.15;
/** More than this of a thing coming into view is growth, unless its far end comes along. */
const GROWTH_MAX_M = 1;
/** The ends of what is longer than this are where sight ends: they tell no slow motion. */
const LONG_M = 8;
/** Change of place against ego, as a share of the way claimed, below which a sliver rides along. */
const RIDE_RATIO = 0.2;
/** From this speed on one edge will do where the other is hidden. */
const ONE_EDGE_MPS = 2;
/** A motion within 45° of the line of sight is judged by the face that is seen. */
const ALONG_COS = Math.SQRT1_2;

/**
 * Does the outline as a whole go where the velocity says? A thing that stands and shows more or
 * less of itself moves one edge and keeps the other; a thing that moves takes both along.
 */
export class MotionEvidence {
  #past: Sighting[] = [];

  add(sighting: Sighting): void {
    this.#past.push(sighting);
    // After a hole the last sighting before it is what motion is told from.
    const ageUs = (i: number) => sighting.stampUs - this.#past[i]!.stampUs;
    while (ageUs(0) > MEMORY_US && ageUs(1) >= LOOK_BACK_MIN_US) this.#past.shift();
  }

  /**
   * A few rays on something long keep their place before the sensor and so seem to travel with it.
   * true where a claim of this speed keeps the place against ego.
   */
  ridesAlong(speedMps: number): boolean {
    const now = this.#past[this.#past.length - 1];
    const then = this.#past[0];
    if (!now || !then) return false;
    const wayM = (speedMps * (now.stampUs - then.stampUs)) / 1e6;
    return Math.hypot(now.egoX - then.egoX, now.egoY - then.egoY) < RIDE_RATIO * wayM;
  }

  /** (vx, vy) odom m/s; (ux, uy) unit line of sight from ego, odom. */
  supports(vx: number, vy: number, ux: number, uy: number): boolean {
    const now = this.#past[this.#past.length - 1];
    const then = this.#past[0];
    if (!now || !then || now.stampUs - then.stampUs < LOOK_BACK_MIN_US) return false;
    const speed = Math.hypot(vx, vy);
    const nx = vx / speed;
    const ny = vy / speed;
    const wayM = (speed * (now.stampUs - then.stampUs)) / 1e6;
    const least = Math.max(SHARE_RATIO * wayM, EDGE_NOISE_M);
    const [low0, high0] = extent(then.hull, nx, ny);
    const [low1, high1] = extent(now.hull, nx, ny);
    const cos = nx * ux + ny * uy;
    const grownM = high1 - low1 - (high0 - low0);
    if (cos > ALONG_COS) return low1 - low0 >= least;
    // A hedge of which more and more is seen comes near with its near end only.
    if (cos < -ALONG_COS)
      return high1 - high0 >= least && (grownM < GROWTH_MAX_M || low1 - low0 >= least);
    if (high1 - low1 > LONG_M && speed < ONE_EDGE_MPS) return false;
    // Left of the line of sight is (−uy, ux): the edge in front is left where n points left.
    const toLeft = -uy * nx + ux * ny > 0;
    // What was hidden once and is uncovered now has not moved there. A slow claim needs both edges:
    // parked cars that come out from behind each other make many of them.
    if (speed < ONE_EDGE_MPS) return high1 - high0 >= least && low1 - low0 >= least;
    const leftHidden = now.leftHidden || then.leftHidden;
    const rightHidden = now.rightHidden || then.rightHidden;
    const frontHidden = toLeft ? leftHidden : rightHidden;
    const rearHidden = toLeft ? rightHidden : leftHidden;
    if (frontHidden && rearHidden) return false;
    return (frontHidden || high1 - high0 >= least) && (rearHidden || low1 - low0 >= least);
  }
}

function extent(hull: Hull, nx: number, ny: number): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < hull.length; i++) {
    const t = nx * hull[i]![0] + ny * hull[i]![1];
    if (t < low) low = t;
    if (t > high) high = t;
  }
  return [low, high];
}
