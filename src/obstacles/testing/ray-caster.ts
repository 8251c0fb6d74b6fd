import type { EgoState, Observation, Sweep } from "../../contract/observation.ts";
import { fromYawPitchRoll, IDENTITY } from "../../geometry/se3.ts";
import { boxesByColumn, hitGround, thingOf } from "./cast-hits.ts";

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
  /** Share of the rays on it that come back: glass and black paint send back few; 1 where absent. */
  readonly returnRatio?: number;
  /** Leaves, exhaust, spray: a ray is sent back from within after 1 / so many metres on average. */
  readonly hitsPerM?: number;
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
  /** Share of ground returns that come from a mirror image below the ground (wet road). */
  readonly mirrorRatio?: number;
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
/** As on a survey vehicle's roof bar: the lower half of the beams looks at the road. */
export const ROOF_32: CastLidar = {
  ...ROOF_64,
  elevationsRad: fan(32, -25, 12),
};
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

/** Pose in map; without `pitchRad`, `rollRad` and `zM` the ego is level and stands on the ground. */
export type CastEgo = {
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
  readonly zM?: number;
  /** > 0 tilts the front down. */
  readonly pitchRad?: number;
  readonly rollRad?: number;
};

const WHEELBASE_M = 2.8;
const HALF_TRACK_M = 0.8;

/** The ego with its four wheels on this ground (their mean heights at front, rear, left, right). */
export function standOn(
  groundM: (x: number, y: number) => number,
  { xM, yM, yawRad }: CastEgo,
): CastEgo {
  const c = Math.cos(yawRad);
  const s = Math.sin(yawRad);
  const at = (x: number, y: number) => groundM(xM + c * x - s * y, yM + s * x + c * y);
  const rearLeft = at(0, HALF_TRACK_M);
  const rearRight = at(0, -HALF_TRACK_M);
  const frontLeft = at(WHEELBASE_M, HALF_TRACK_M);
  const frontRight = at(WHEELBASE_M, -HALF_TRACK_M);
  const rise = (frontLeft + frontRight - rearLeft - rearRight) / 2;
  const lean = (frontLeft + rearLeft - frontRight - rearRight) / 2;
  return {
    ...{ xM, yM, yawRad, zM: (rearLeft + rearRight) / 2 },
    pitchRad: -Math.atan2(rise, WHEELBASE_M),
    rollRad: Math.atan2(lean, 2 * HALF_TRACK_M),
  };
}

export type LabelledSweep = {
  /** [N, 3] m, ego. */
  readonly xyz: Float32Array;
  /** [N] index of the box that was met, GROUND or AIR. */
  readonly hitOf: Int16Array;
};
export const GROUND = -1;
/** Raindrops and mirror images. */
export const AIR = -2;

/** Points [N, 3] m, ego, that `lidar` sees at `timeS`. */
export const castSweep = (
  lidar: CastLidar,
  world: CastWorld,
  ego: CastEgo,
  timeS: number,
  seed: number,
): Float32Array => castLabelled(lidar, world, ego, timeS, seed).xyz;

/** castSweep that also says what each ray met. */
export function castLabelled(
  lidar: CastLidar,
  world: CastWorld,
  ego: CastEgo,
  timeS: number,
  seed: number,
): LabelledSweep {
  const random = seeded(seed);
  const ground = world.groundM ?? (() => 0);
  const rangeMax = lidar.rangeMaxM ?? 100;
  const noise = lidar.noiseM ?? 0.02;
  const things = (world.boxes ?? []).map((box, i) => thingOf(box, timeS, ground, i));
  const { r } = fromYawPitchRoll(ego.yawRad, ego.pitchRad ?? 0, ego.rollRad ?? 0, [0, 0, 0]);
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = r as readonly number[] & { length: 9 };
  const ox = ego.xM + r0! * lidar.xM + r2! * lidar.zM;
  const oy = ego.yM + r3! * lidar.xM + r5! * lidar.zM;
  const oz = (ego.zM ?? ground(ego.xM, ego.yM)) + r6! * lidar.xM + r8! * lidar.zM;
  const half = lidar.halfViewRad ?? Math.PI;
  const inColumn = boxesByColumn(things, ox, oy);
  const out: number[] = [];
  const hitOf: number[] = [];
  for (let a = 0; a < lidar.azimuthCount; a++) {
    const azimuth = -half + (2 * half * (a + 0.5)) / lidar.azimuthCount;
    const near = inColumn(azimuth + ego.yawRad);
    const cosA = Math.cos(azimuth);
    const sinA = Math.sin(azimuth);
    for (const elevation of lidar.elevationsRad) {
      if (random() < (world.dropoutRatio ?? 0)) continue;
      const lx = Math.cos(elevation) * cosA;
      const ly = Math.cos(elevation) * sinA;
      const lz = Math.sin(elevation);
      const dx = r0! * lx + r1! * ly + r2! * lz;
      const dy = r3! * lx + r4! * ly + r5! * lz;
      const dz = r6! * lx + r7! * ly + r8! * lz;
      let t = hitGround(world.groundM, ox, oy, oz, dx, dy, dz, rangeMax);
      let hit = GROUND;
      for (const thing of near) {
        const at = thing.hit(ox, oy, oz, dx, dy, dz, random);
        if (at >= t) continue;
        t = at;
        hit = thing.index;
      }
      const returnRatio = hit >= 0 ? (world.boxes![hit]!.returnRatio ?? 1) : 1;
      if (returnRatio < 1 && random() > returnRatio) continue;
      if (world.mirrorRatio && hit === GROUND && random() < world.mirrorRatio) {
        t *= 1.05 + random();
        hit = AIR;
      }
      if (world.rainRatio && random() < world.rainRatio) {
        const drop = 1 + 11 * random();
        if (drop < t) hit = AIR;
        t = Math.min(t, drop);
      }
      if (t >= rangeMax) continue;
      t += noise * (random() + random() + random() + random() - 2) * 1.73;
      out.push(lidar.xM + t * lx, t * ly, lidar.zM + t * lz + (world.zErrorM ?? 0));
      hitOf.push(hit);
    }
  }
  return { xyz: Float32Array.from(out), hitOf: Int16Array.from(hitOf) };
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
