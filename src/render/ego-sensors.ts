import type { Scene } from "../contract/scene.ts";
import { hash01, makeRng, mixSeed } from "./rng.ts";

/** Errors of a car's own motion sensors; each is 1 sigma. */
export type EgoSensorNoise = {
  /** Wheel speed: a factor that stays for the drive (tyre radius), and noise of each sample. */
  readonly speedScale: number;
  readonly speedMps: number;
  /** IMU: biases that stay for the drive, and noise of each sample. */
  readonly accelBiasMps2: number;
  readonly accelMps2: number;
  readonly yawRateBiasRadps: number;
  readonly yawRateRadps: number;
  /** GNSS: an offset of the drive (atmosphere) and noise of each fix, m; heading, rad. */
  readonly gnssOffsetM: number;
  readonly gnssM: number;
  readonly headingRad: number;
};

/** A production car: wheel sensors, an automotive MEMS unit, single-frequency GNSS. */
export const ORDINARY_NOISE: EgoSensorNoise = {
  ...{ speedScale: 0.005, speedMps: 0.05, accelBiasMps2: 0.05, accelMps2: 0.15 },
  ...{ yawRateBiasRadps: 0.001, yawRateRadps: 0.003 },
  ...{ gnssOffsetM: 1, gnssM: 0.4, headingRad: 0.01 },
};

export type OdometrySample = {
  readonly stampUs: number;
  readonly speedMps: number;
  readonly yawRateRadps: number;
};
export type ImuSample = {
  readonly stampUs: number;
  /** [3] m/s², ego axes, with gravity as an accelerometer feels it. */
  readonly accelMps2: readonly [number, number, number];
  readonly yawRateRadps: number;
};
export type GnssSample = {
  readonly stampUs: number;
  /** m, map. */
  readonly xM: number;
  readonly yM: number;
  readonly headingRad: number;
};

const GRAVITY_MPS2 = 9.81;

/** Normal numbers: `drive` ones stay for all samples of a drive, others are drawn by `seed`. */
function normals(seed: number): () => number {
  const rng = makeRng(seed);
  return () => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}
const ofDrive = (scene: Scene, what: number) => normals(mixSeed(scene.textureSeed, what));

/** What the wheels say; they never turn backwards by noise alone. */
export function sampleOdometry(
  scene: Scene,
  seed: number,
  noise: EgoSensorNoise = ORDINARY_NOISE,
): OdometrySample {
  const now = normals(mixSeed(seed, 0x0d0));
  const { speedMps, yawRateRadps } = scene.ego;
  const scaled = speedMps * (1 + noise.speedScale * ofDrive(scene, 0x5ca1e)());
  // Wheel sensors count teeth: a standing wheel is exactly still.
  const measured = Math.abs(speedMps) < 0.02 ? 0 : scaled + noise.speedMps * now();
  return {
    stampUs: scene.stampUs,
    speedMps: speedMps >= 0 ? Math.max(0, measured) : measured,
    yawRateRadps: yawRateRadps + noise.yawRateRadps * now(),
  };
}

/** What an IMU at the rear axle says. */
export function sampleImu(
  scene: Scene,
  seed: number,
  noise: EgoSensorNoise = ORDINARY_NOISE,
): ImuSample {
  const now = normals(mixSeed(seed, 0x1a0));
  const bias = ofDrive(scene, 0xb1a5);
  const { speedMps, accelMps2, yawRateRadps } = scene.ego;
  const axis = (value: number) => value + noise.accelBiasMps2 * bias() + noise.accelMps2 * now();
  return {
    stampUs: scene.stampUs,
    accelMps2: [axis(accelMps2), axis(speedMps * yawRateRadps), axis(GRAVITY_MPS2)],
    yawRateRadps: yawRateRadps + noise.yawRateBiasRadps * bias() + noise.yawRateRadps * now(),
  };
}

/** A GNSS fix of the rear axle. The drive's offset turns slowly, as satellites move: once in 20 minutes. */
export function sampleGnss(
  scene: Scene,
  seed: number,
  noise: EgoSensorNoise = ORDINARY_NOISE,
): GnssSample {
  const now = normals(mixSeed(seed, 0x65));
  const drive = ofDrive(scene, 0x9e0);
  const phase = 2 * Math.PI * (hash01(scene.textureSeed, 0x9e1) + scene.stampUs / 1.2e9);
  const a = noise.gnssOffsetM * drive();
  const b = noise.gnssOffsetM * drive();
  const { xM, yM, yawRad } = scene.ego;
  return {
    stampUs: scene.stampUs,
    xM: xM + a * Math.cos(phase) - b * Math.sin(phase) + noise.gnssM * now(),
    yM: yM + a * Math.sin(phase) + b * Math.cos(phase) + noise.gnssM * now(),
    headingRad: yawRad + noise.headingRad * now(),
  };
}
