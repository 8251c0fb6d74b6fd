import type { EgoState, Observation, Sweep } from "../../contract/observation.ts";
import { IDENTITY } from "../../geometry/se3.ts";

/** A small LiDAR in a world of boxes, for tests and benches of this room. */
export type CastBox = {
  /** Centre, m, map; the base stands on `baseM` above the ground there. */
  readonly xM: number;
  readonly yM: number;
  readonly yawRad?: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly baseM?: number;
  readonly vxMps?: number;
  readonly vyMps?: number;
  /** Along x, from time 0; it does not turn back once it stands. */
  readonly axMps2?: number;
};
export type CastLidar = {
  /** Mounting in ego. */
  readonly xM: number;
  readonly zM: number;
  readonly elevationsRad: readonly number[];
  readonly azimuthCount: number;
  /** Half of the horizontal field of view around +x, rad. */
  readonly halfViewRad?: number;
  readonly rangeMaxM?: number;
  readonly noiseM?: number;
};
export type CastWorld = {
  /** Height of the ground at map (x, y); 0 where absent. */
  readonly groundM?: (x: number, y: number) => number;
  readonly boxes?: readonly CastBox[];
  /** Share of rays that a raindrop at 1…12 m sends back. */
  readonly rainRatio?: number;
  /** Share of rays that come back with nothing. */
  readonly dropoutRatio?: number;
  /** Error of the vertical calibration: added to every z in ego. */
  readonly zErrorM?: number;
};

const fan = (count: number, lowDeg: number, highDeg: number): readonly number[] =>
  Array.from(
    { length: count },
    (_, i) => ((lowDeg + ((highDeg - lowDeg) * i) / (count - 1)) * Math.PI) / 180,
  );

export const ROOF_16: CastLidar = {
  xM: 1.2,
  zM: 1.85,
  elevationsRad: fan(16, -15, 15),
  azimuthCount: 1800,
};
export const ROOF_64: CastLidar = {
  xM: 1.2,
  zM: 1.85,
  elevationsRad: fan(64, -25, 12),
  azimuthCount: 1800,
};
export const ROOF_128: CastLidar = { ...ROOF_64, elevationsRad: fan(128, -25, 15) };
export const BUMPER_32: CastLidar = {
  xM: 3.9,
  zM: 0.6,
  elevationsRad: fan(32, -12, 12),
  azimuthCount: 1200,
  halfViewRad: (80 * Math.PI) / 180,
};

/** Small seeded generator, 0 ≤ value < 1. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type CastEgo = { readonly xM: number; readonly yM: number; readonly yawRad: number };

/** Points [N, 3] m, ego, that `lidar` sees at `timeS`; the ego stands on the ground, level. */
export function castSweep(
  lidar: CastLidar,
  world: CastWorld,
  ego: CastEgo,
  timeS: number,
  seed: number,
): Float32Array {
  const random = seeded(seed);
  const ground = world.groundM ?? (() => 0);
  const groundAtEgo = ground(ego.xM, ego.yM);
  const rangeMax = lidar.rangeMaxM ?? 100;
  const noise = lidar.noiseM ?? 0.02;
  const boxes = (world.boxes ?? []).map((box) => {
    const x = box.xM + travelM(box.vxMps ?? 0, box.axMps2 ?? 0, timeS);
    const y = box.yM + (box.vyMps ?? 0) * timeS;
    const yaw = box.yawRad ?? 0;
    const z0 = ground(x, y) + (box.baseM ?? 0);
    return { x, y, c: Math.cos(yaw), s: Math.sin(yaw), z0, z1: z0 + box.heightM, ...dims(box) };
  });
  const cosEgo = Math.cos(ego.yawRad);
  const sinEgo = Math.sin(ego.yawRad);
  const ox = ego.xM + cosEgo * lidar.xM;
  const oy = ego.yM + sinEgo * lidar.xM;
  const oz = groundAtEgo + lidar.zM;
  const half = lidar.halfViewRad ?? Math.PI;
  const out: number[] = [];
  for (let a = 0; a < lidar.azimuthCount; a++) {
    const azimuth = -half + (2 * half * (a + 0.5)) / lidar.azimuthCount;
    const cosA = Math.cos(azimuth);
    const sinA = Math.sin(azimuth);
    for (const elevation of lidar.elevationsRad) {
      if (random() < (world.dropoutRatio ?? 0)) continue;
      const ce = Math.cos(elevation);
      const dz = Math.sin(elevation);
      const dx = ce * (cosEgo * cosA - sinEgo * sinA);
      const dy = ce * (sinEgo * cosA + cosEgo * sinA);
      let t = hitGround(ground, ox, oy, oz, dx, dy, dz, rangeMax);
      for (const box of boxes) t = Math.min(t, hitBox(box, ox, oy, oz, dx, dy, dz));
      if (world.rainRatio && random() < world.rainRatio) t = Math.min(t, 1 + 11 * random());
      if (t >= rangeMax) continue;
      t += noise * (random() + random() + random() + random() - 2) * 1.73;
      out.push(lidar.xM + t * ce * cosA, t * ce * sinA, lidar.zM + t * dz + (world.zErrorM ?? 0));
    }
  }
  return Float32Array.from(out);
}

function travelM(speedMps: number, accelMps2: number, timeS: number): number {
  const stopS = accelMps2 * speedMps < 0 ? -speedMps / accelMps2 : Number.POSITIVE_INFINITY;
  const t = Math.min(timeS, stopS);
  return speedMps * t + (accelMps2 * t * t) / 2;
}

const dims = (box: CastBox) => ({ l: box.lengthM / 2, w: box.widthM / 2 });

function hitGround(
  ground: (x: number, y: number) => number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  rangeMax: number,
): number {
  let t = 0.5;
  while (t < rangeMax) {
    const above = oz + t * dz - ground(ox + t * dx, oy + t * dy);
    if (above <= 0.002) return t;
    t += Math.max(0.01, Math.min(2, above / (Math.max(0, -dz) + 0.35)));
  }
  return Number.POSITIVE_INFINITY;
}

function hitBox(
  b: {
    readonly x: number;
    readonly y: number;
    readonly c: number;
    readonly s: number;
    readonly l: number;
    readonly w: number;
    readonly z0: number;
    readonly z1: number;
  },
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  let t0 = 0;
  let t1 = Number.POSITIVE_INFINITY;
  const slab = (origin: number, direction: number, low: number, high: number) => {
    if (Math.abs(direction) < 1e-12) {
      if (origin < low || origin > high) t1 = -1;
      return;
    }
    const a = (low - origin) / direction;
    const c = (high - origin) / direction;
    t0 = Math.max(t0, Math.min(a, c));
    t1 = Math.min(t1, Math.max(a, c));
  };
  const rx = ox - b.x;
  const ry = oy - b.y;
  slab(b.c * rx + b.s * ry, b.c * dx + b.s * dy, -b.l, b.l);
  slab(-b.s * rx + b.c * ry, -b.s * dx + b.c * dy, -b.w, b.w);
  slab(oz, dz, b.z0, b.z1);
  return t1 > t0 && t0 > 0.3 ? t0 : Number.POSITIVE_INFINITY;
}

/** An Observation that holds one sweep (or none) and, where given, an ego state. */
export function castObservation(
  id: number,
  stampUs: number,
  xyz: Float32Array | undefined,
  ego: EgoState | undefined,
): Observation {
  const sweep = (points: Float32Array): Sweep => ({
    name: "lidar",
    stampUs,
    xyz: points,
    intensity: new Float32Array(points.length / 3),
    egoFromLidar: IDENTITY,
    droppedCount: 0,
  });
  return {
    id,
    stampUs,
    arrivalUs: stampUs,
    images: [],
    sweeps: xyz ? [sweep(xyz)] : [],
    ...(ego ? { ego } : {}),
    route: { text: "", givenUs: 0 },
    expectedCameras: [],
    expectedLidars: ["lidar"],
    periodUs: 100_000,
    faults: [],
  };
}

/** Ego state without poses: speed straight ahead. */
export const castEgoState = (stampUs: number, speedMps: number, yawRateRadps = 0): EgoState => ({
  stampUs,
  speedMps,
  accelMps2: 0,
  yawRateRadps,
  derived: false,
});
