/** Box of a moving track: centre, axis of its length, and half extents with their margin, m, ego. */
export type Lock = {
  /** > 0. */
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly cos: number;
  readonly sin: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  /** No part of it is further from the centre. */
  readonly reach: number;
};

/** A moving track holds its cells together with this much room around its box. */
const MARGIN_M = 0.5;

/** @param box of the track, m, ego. @param id > 0. */
export function lockOf(
  id: number,
  box: { xM: number; yM: number; lengthM: number; widthM: number; yawRad: number },
): Lock {
  const halfLength = box.lengthM / 2 + MARGIN_M;
  const halfWidth = box.widthM / 2 + MARGIN_M;
  return {
    ...{ id, x: box.xM, y: box.yM, cos: Math.cos(box.yawRad), sin: Math.sin(box.yawRad) },
    ...{ halfLength, halfWidth, reach: Math.hypot(halfLength, halfWidth) },
  };
}

export function isWithin(lock: Lock, x: number, y: number): boolean {
  const dx = x - lock.x;
  const dy = y - lock.y;
  return (
    Math.abs(lock.cos * dx + lock.sin * dy) < lock.halfLength &&
    Math.abs(lock.cos * dy - lock.sin * dx) < lock.halfWidth
  );
}
