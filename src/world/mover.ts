import type { ObjectKind } from "../contract/scene.ts";
import type { IdmDriver } from "./idm.ts";
import { PAINTS } from "./paints.ts";
import type { Random } from "./random.ts";

/** A road user in road coordinates; (s, d) is its box centre. Mutable: the world moves it. */
export type Mover = {
  readonly id: number;
  readonly kind: ObjectKind;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly rgb: readonly [number, number, number];
  s: number;
  d: number;
  /** 1 drives with s, −1 against. */
  readonly dir: 1 | -1;
  speedMps: number;
  accelMps2: number;
  /** Offset that it steers to, and how fast it moves sideways. */
  targetD: number;
  lateralMps: number;
  lateralMaxMps: number;
  readonly driver: IdmDriver;
  readonly desiredMps: number;
  /** Speed it may have for now (braking and standing episodes), and until when. */
  episodeMps: number;
  episodeUntilS: number;
  episodeDecelMps2: number;
  /** Never moves. */
  readonly parked: boolean;
  /** Cuts in before ego when close enough: the offset to go to. */
  cutInD?: number;
  /** Turned against the road, rad. */
  yawOffsetRad: number;
  /** Has stood at the stop sign until this time. */
  signUntilS?: number;
};

type Size = readonly [lengthM: number, widthM: number, heightM: number];
const SIZES: Readonly<Record<ObjectKind, readonly [Size, Size]>> = {
  CAR: [
    [3.7, 1.65, 1.4],
    [5, 1.95, 1.75],
  ],
  VAN: [
    [4.9, 1.9, 1.9],
    [6.5, 2.1, 2.7],
  ],
  TRUCK: [
    [7, 2.3, 2.8],
    [16, 2.55, 4],
  ],
  BUS: [
    [10, 2.5, 2.9],
    [13, 2.55, 3.3],
  ],
  MOTORCYCLE: [
    [2, 0.7, 1.4],
    [2.4, 0.9, 1.7],
  ],
  CYCLIST: [
    [1.6, 0.5, 1.6],
    [1.9, 0.7, 1.9],
  ],
  PEDESTRIAN: [
    [0.4, 0.4, 1.2],
    [0.7, 0.7, 1.95],
  ],
  STATIC: [
    [0.4, 0.4, 0.5],
    [1.8, 1.6, 1.4],
  ],
};

/** Kind of a vehicle in traffic. */
export const drawVehicleKind = (rng: Random): ObjectKind =>
  rng.weighted({ CAR: 70, VAN: 11, TRUCK: 8, BUS: 4, MOTORCYCLE: 7 });

/** What is given of a mover that is drawn; the rest is random. */
export type MoverStart = {
  readonly id: number;
  readonly kind: ObjectKind;
  readonly s: number;
  readonly d: number;
  readonly dir?: 1 | -1;
  readonly speedMps?: number;
  readonly desiredMps?: number;
  readonly parked?: boolean;
  readonly yawOffsetRad?: number;
  /** Longest length, m; narrow bends need short vehicles. */
  readonly maxLengthM?: number;
};

/** A road user of random size, paint and temper. */
export function drawMover(rng: Random, start: MoverStart): Mover {
  const [small, large] = SIZES[start.kind];
  const t = rng.next();
  const mix = (i: 0 | 1 | 2) => small[i] + (large[i] - small[i]) * t;
  const heavy = start.kind === "TRUCK" || start.kind === "BUS";
  const base = rng.pick(PAINTS);
  const tint = () => rng.int(-18, 18);
  const shade = (c: number) => Math.min(255, Math.max(0, c + tint()));
  return {
    id: start.id,
    kind: start.kind,
    lengthM: Math.min(mix(0), start.maxLengthM ?? Number.POSITIVE_INFINITY),
    widthM: mix(1),
    heightM: mix(2),
    rgb: [shade(base[0]), shade(base[1]), shade(base[2])],
    s: start.s,
    d: start.d,
    dir: start.dir ?? 1,
    speedMps: start.speedMps ?? 0,
    accelMps2: 0,
    targetD: start.d,
    lateralMps: 0,
    lateralMaxMps: 0.6,
    driver: {
      timeGapS: rng.range(0.9, 2.2),
      standstillGapM: rng.range(1.5, 3.5),
      accelMaxMps2: heavy ? rng.range(0.6, 1.1) : rng.range(1, 2.2),
      comfortDecelMps2: rng.range(1.4, 2.6),
    },
    desiredMps: start.desiredMps ?? 0,
    episodeMps: Number.POSITIVE_INFINITY,
    episodeUntilS: 0,
    episodeDecelMps2: 3,
    parked: start.parked ?? false,
    yawOffsetRad: start.yawOffsetRad ?? 0,
  };
}

/** true where the two boxes, grown by `marginM` along the road, overlap in road coordinates. */
export const overlaps = (a: Mover, b: Mover, marginM: number): boolean =>
  Math.abs(a.s - b.s) < (a.lengthM + b.lengthM) / 2 + marginM &&
  Math.abs(a.d - b.d) < (a.widthM + b.widthM) / 2 + 0.15;
