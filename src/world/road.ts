import type { Random } from "./random.ts";

/** Comfortable lateral acceleration of other traffic in curves, m/s². */
const TRAFFIC_LATERAL_MPS2 = 2.2;
const APPROACH_DECEL_MPS2 = 1.2;

/** Shape of a random road. */
export type RoadShape = {
  readonly lengthM: number;
  readonly straightProb: number;
  readonly minRadiusM: number;
  readonly maxRadiusM: number;
  readonly minSegmentM: number;
  readonly maxSegmentM: number;
};

/** Point and heading on the road, map. */
export type RoadPose = { xM: number; yM: number; yawRad: number };

/**
 * Reference curve sampled every metre. Road coordinates: s along the curve, d to the left of it.
 */
export type Road = {
  readonly lengthM: number;
  readonly xM: Float64Array; // [S] m, map
  readonly yM: Float64Array; // [S] m, map
  readonly yawRad: Float64Array; // [S] rad, map
  readonly curvatureInvm: Float64Array; // [S] 1/m, left positive
  readonly speedAlongMps: Float64Array; // [S] m/s, curve speed for travel with s
  readonly speedAgainstMps: Float64Array; // [S] m/s, curve speed for travel against s
};

/** Random curvature segments with linear transitions; the heading stays within ±100° of the start. */
export function makeRoad(rng: Random, shape: RoadShape): Road {
  const n = Math.ceil(shape.lengthM) + 1;
  const curvatureInvm = drawCurvature(rng, shape, n);
  const xM = new Float64Array(n);
  const yM = new Float64Array(n);
  const yawRad = new Float64Array(n);
  yawRad[0] = rng.range(-Math.PI, Math.PI);
  for (let i = 1; i < n; i++) {
    const dYaw = (curvatureInvm[i - 1]! + curvatureInvm[i]!) / 2;
    const mid = yawRad[i - 1]! + dYaw / 2;
    yawRad[i] = yawRad[i - 1]! + dYaw;
    xM[i] = xM[i - 1]! + Math.cos(mid);
    yM[i] = yM[i - 1]! + Math.sin(mid);
  }
  const limit = curvatureInvm.map((k) =>
    Math.sqrt(TRAFFIC_LATERAL_MPS2 / Math.max(Math.abs(k), 1e-4)),
  );
  const speedAlongMps = limit.slice();
  const speedAgainstMps = limit.slice();
  for (let i = n - 2; i >= 0; i--)
    speedAlongMps[i] = Math.min(limit[i]!, reachable(speedAlongMps[i + 1]!));
  for (let i = 1; i < n; i++)
    speedAgainstMps[i] = Math.min(limit[i]!, reachable(speedAgainstMps[i - 1]!));
  return { lengthM: n - 1, xM, yM, yawRad, curvatureInvm, speedAlongMps, speedAgainstMps };
}

/** Speed one metre earlier from which `speedMps` is reached by comfortable braking. */
const reachable = (speedMps: number) => Math.sqrt(speedMps * speedMps + 2 * APPROACH_DECEL_MPS2);

function drawCurvature(rng: Random, shape: RoadShape, n: number): Float64Array {
  const out = new Float64Array(n);
  let at = 0;
  let heading = 0;
  let previous = 0;
  while (at < n) {
    const straight = rng.chance(shape.straightProb);
    const radiusM = shape.minRadiusM * (shape.maxRadiusM / shape.minRadiusM) ** rng.next();
    const side = Math.abs(heading) > 0.7 ? -Math.sign(heading) : rng.chance(0.5) ? 1 : -1;
    const next = straight ? 0 : side / radiusM;
    let lengthM = rng.range(shape.minSegmentM, shape.maxSegmentM);
    if (!straight) lengthM = Math.min(lengthM, radiusM * (0.7 + (side * heading < 0 ? 0.7 : 0)));
    const rampM = Math.min(40, Math.max(10, 0.35 * lengthM));
    const end = Math.min(n, at + Math.ceil(lengthM + rampM));
    for (let i = at; i < end; i++) {
      const ratio = Math.min(1, (i - at) / rampM);
      const smooth = ratio * ratio * (3 - 2 * ratio);
      out[i] = previous + (next - previous) * smooth;
      heading += out[i]!;
    }
    previous = next;
    at = end;
  }
  return out;
}

const clampS = (road: Road, s: number) => Math.min(Math.max(s, 0), road.lengthM - 1e-6);

/** Value of a per-metre column at s, linear between samples. */
export function sampleAt(road: Road, column: Float64Array, s: number): number {
  const at = clampS(road, s);
  const i = Math.floor(at);
  return column[i]! + (column[i + 1]! - column[i]!) * (at - i);
}

/** Map pose of road point (s, d); heading is the road's. */
export function poseAt(road: Road, s: number, d: number): RoadPose {
  const yawRad = sampleAt(road, road.yawRad, s);
  return {
    xM: sampleAt(road, road.xM, s) - Math.sin(yawRad) * d,
    yM: sampleAt(road, road.yM, s) + Math.cos(yawRad) * d,
    yawRad,
  };
}

/** Road coordinates of a map point, found by Newton steps from `hintS`. */
export function roadCoordinates(
  road: Road,
  xM: number,
  yM: number,
  hintS: number,
): { s: number; d: number } {
  let s = clampS(road, hintS);
  let d = 0;
  for (let i = 0; i < 4; i++) {
    const yaw = sampleAt(road, road.yawRad, s);
    const dx = xM - sampleAt(road, road.xM, s);
    const dy = yM - sampleAt(road, road.yM, s);
    d = -Math.sin(yaw) * dx + Math.cos(yaw) * dy;
    const along = Math.cos(yaw) * dx + Math.sin(yaw) * dy;
    const scale = Math.max(0.3, 1 - d * sampleAt(road, road.curvatureInvm, s));
    s = clampS(road, s + along / scale);
  }
  return { s, d };
}
