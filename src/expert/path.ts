/** A lane centre line in `ego`, with arc length s = 0 beside the rear axle. */
export type LanePath = {
  readonly xM: Float64Array; // [P] m, ego
  readonly yM: Float64Array; // [P] m, ego
  readonly sM: Float64Array; // [P] m along the lane
  readonly yawRad: Float64Array; // [P] rad, ego, of the segment that starts here
  /** Offset of ego's rear axle from the centre line, left positive. */
  readonly egoDM: number;
  /** Heading of the lane beside ego, rad, ego. */
  readonly laneYawRad: number;
};

export type PathPoint = { readonly sM: number; readonly dM: number; readonly yawRad: number };

/** Coordinates of an ego point along the path; beyond an end the end segment goes on. */
export function projectOnPath(path: LanePath, x: number, y: number): PathPoint {
  const n = path.xM.length;
  let best = 0;
  let bestSq = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const dx = x - path.xM[i]!;
    const dy = y - path.yM[i]!;
    const sq = dx * dx + dy * dy;
    if (sq < bestSq) {
      bestSq = sq;
      best = i;
    }
  }
  let i = Math.min(best, n - 2);
  const along = (k: number) =>
    Math.cos(path.yawRad[k]!) * (x - path.xM[k]!) + Math.sin(path.yawRad[k]!) * (y - path.yM[k]!);
  if (i > 0 && along(i) < 0) i--;
  const yaw = path.yawRad[i]!;
  const dM = -Math.sin(yaw) * (x - path.xM[i]!) + Math.cos(yaw) * (y - path.yM[i]!);
  return { sM: path.sM[i]! + along(i), dM, yawRad: yaw };
}

/** Ego point at (s, d) of the path. */
export function pointOnPath(path: LanePath, sM: number, dM: number): { x: number; y: number } {
  const n = path.sM.length;
  let lo = 0;
  let hi = n - 1;
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if (path.sM[mid]! <= sM) lo = mid;
    else hi = mid;
  }
  const yaw = path.yawRad[lo]!;
  const ds = sM - path.sM[lo]!;
  return {
    x: path.xM[lo]! + ds * Math.cos(yaw) - dM * Math.sin(yaw),
    y: path.yM[lo]! + ds * Math.sin(yaw) + dM * Math.cos(yaw),
  };
}

/** Builds a path from a map polyline [P, 2] and the pose of ego in the map. */
export function lanePath(
  centre: Float64Array,
  ego: { readonly xM: number; readonly yM: number; readonly yawRad: number },
): LanePath {
  const n = centre.length / 2;
  const c = Math.cos(ego.yawRad);
  const s = Math.sin(ego.yawRad);
  const xM = new Float64Array(n);
  const yM = new Float64Array(n);
  const sM = new Float64Array(n);
  const yawRad = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const dx = centre[2 * i]! - ego.xM;
    const dy = centre[2 * i + 1]! - ego.yM;
    xM[i] = c * dx + s * dy;
    yM[i] = -s * dx + c * dy;
    if (i === 0) continue;
    const ex = xM[i]! - xM[i - 1]!;
    const ey = yM[i]! - yM[i - 1]!;
    sM[i] = sM[i - 1]! + Math.sqrt(ex * ex + ey * ey);
    yawRad[i - 1] = Math.atan2(ey, ex);
  }
  yawRad[n - 1] = yawRad[n - 2] ?? 0;
  const raw: LanePath = { xM, yM, sM, yawRad, egoDM: 0, laneYawRad: 0 };
  const at = projectOnPath(raw, 0, 0);
  for (let i = 0; i < n; i++) sM[i]! -= at.sM;
  return { ...raw, egoDM: at.dM, laneYawRad: at.yawRad };
}

/** Curvature at s, 1/m, from the headings 5 m before and after it. */
export function curvatureOnPath(path: LanePath, sM: number): number {
  const yawNear = (at: number) => {
    let lo = 0;
    let hi = path.sM.length - 1;
    while (hi - lo > 1) {
      const mid = (lo + hi) >> 1;
      if (path.sM[mid]! <= at) lo = mid;
      else hi = mid;
    }
    return path.yawRad[lo]!;
  };
  let turn = yawNear(sM + 5) - yawNear(sM - 5);
  if (turn > Math.PI) turn -= 2 * Math.PI;
  if (turn < -Math.PI) turn += 2 * Math.PI;
  return turn / 10;
}
