/** Oriented box on the ground, m and rad in any one frame. */
export type GroundBox = {
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
  readonly lengthM: number;
  readonly widthM: number;
};

/** true where two boxes share area (separating axes). */
export function boxesOverlap(a: GroundBox, b: GroundBox): boolean {
  const dx = b.xM - a.xM;
  const dy = b.yM - a.yM;
  const reach = (Math.hypot(a.lengthM, a.widthM) + Math.hypot(b.lengthM, b.widthM)) / 2;
  if (dx * dx + dy * dy > reach * reach) return false;
  return !separates(a, b, dx, dy) && !separates(b, a, dx, dy);
}

/** true where an axis of `a` separates the boxes. */
function separates(a: GroundBox, b: GroundBox, dx: number, dy: number): boolean {
  const ca = Math.cos(a.yawRad);
  const sa = Math.sin(a.yawRad);
  const along = Math.abs(Math.cos(b.yawRad - a.yawRad));
  const across = Math.abs(Math.sin(b.yawRad - a.yawRad));
  const reachAlong = (a.lengthM + b.lengthM * along + b.widthM * across) / 2;
  const reachAcross = (a.widthM + b.lengthM * across + b.widthM * along) / 2;
  return Math.abs(ca * dx + sa * dy) >= reachAlong || Math.abs(-sa * dx + ca * dy) >= reachAcross;
}
