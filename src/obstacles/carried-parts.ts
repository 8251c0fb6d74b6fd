import type { Track } from "./track.ts";

/** Slower things are not told from standing well enough to lend their velocity. */
const MOVER_MIN_MPS = 2;
/** From the near face of a car to its nose; mirrors, wipers and the far edge of the roof lie between. */
const BODY_LENGTH_M = 5.5;
const BEFORE_FACE_M = 0.5;
/** A mirror sticks out of the body by about a quarter of a metre. */
const BESIDE_M = 0.4;
/** Larger things are followed for themselves. */
const PART_EXTENT_M = 1;
const PART_HITS_MIN = 4;
/** A part may differ from its mover by its own poor estimate: 1 m/s or 30 %. */
const AGREE_MPS = 1;
const AGREE_RATIO = 0.3;

/**
 * Small pieces seen over or beside a mover's near face (mirrors, roof edges) have too few points
 * to be trusted with a velocity of their own and would count as standing in its way. One that lies
 * within the body of a trusted mover and has moved alike is carried by it. A thing that really
 * stands there has not moved alike, and stays what it is.
 */
export function carryParts(tracks: readonly Track[]): void {
  for (const mover of tracks) {
    if (!mover.tracked || mover.isCarried) continue;
    const [vx, vy] = mover.velocity;
    const speed = Math.hypot(vx, vy);
    if (speed < MOVER_MIN_MPS) continue;
    const body = spanOf(mover, vx / speed, vy / speed);
    const agree = Math.max(AGREE_MPS, AGREE_RATIO * speed);
    for (const part of tracks) {
      if (part.tracked || part.hits < PART_HITS_MIN || part.lastSeenUs !== mover.lastSeenUs)
        continue;
      if (part.cluster.box.lengthM >= PART_EXTENT_M) continue;
      const [px, py] = part.rawVelocity;
      if (Math.hypot(px - vx, py - vy) > agree) continue;
      const span = spanOf(part, vx / speed, vy / speed);
      const inside =
        span.low > body.low - BEFORE_FACE_M &&
        span.high < body.low + BODY_LENGTH_M &&
        span.left < body.left + BESIDE_M &&
        span.right > body.right - BESIDE_M;
      if (inside) part.carryWith(mover.velocity);
    }
  }
}

/**
 * A piece of a mover that was a thing of its own for a sweep or two, and is now seen with its mover:
 * held where it was it would stand in the way. true where, moved alike, it lies within a mover.
 */
export function isAbsorbed(piece: Track, tracks: readonly Track[], stampUs: number): boolean {
  return tracks.some((mover) => {
    if (mover === piece || mover.lastSeenUs !== stampUs || !mover.tracked) return false;
    const [vx, vy] = mover.velocity;
    const speed = Math.hypot(vx, vy);
    if (speed < MOVER_MIN_MPS) return false;
    const body = spanOf(mover, vx / speed, vy / speed);
    const span = spanOf(piece, vx / speed, vy / speed);
    const wayM = (speed * (stampUs - piece.lastSeenUs)) / 1e6;
    return (
      span.low + wayM > body.low - BEFORE_FACE_M &&
      span.high + wayM < body.low + BODY_LENGTH_M &&
      span.left < body.left + BESIDE_M &&
      span.right > body.right - BESIDE_M
    );
  });
}

/** Extents of the outline along a heading (low…high) and across it (right…left) when last seen, m, odom. */
function spanOf(track: Track, ux: number, uy: number) {
  const [ax, ay] = track.seenAt;
  let [low, high, right, left] = [Infinity, -Infinity, Infinity, -Infinity];
  const { outline } = track;
  for (let i = 0; i < outline.length; i++) {
    const p = outline[i]!;
    const along = ux * (ax + p[0]) + uy * (ay + p[1]);
    const across = ux * (ay + p[1]) - uy * (ax + p[0]);
    low = Math.min(low, along);
    high = Math.max(high, along);
    right = Math.min(right, across);
    left = Math.max(left, across);
  }
  return { low, high, right, left };
}
