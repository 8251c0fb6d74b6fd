import type { IdmDriver } from "../idm.ts";
import { PAINTS } from "../paints.ts";
import type { Random } from "../random.ts";

/** Kinds that travel on lanes. */
export const RIDER_KINDS = ["CAR", "VAN", "TRUCK", "BUS", "MOTORCYCLE", "CYCLIST"] as const;
export type RiderKind = (typeof RIDER_KINDS)[number];

/** A vehicle that is slower than this stands, m/s. */
export const STANDING_MPS = 0.2;

/** How one driver drives. */
export type Driver = IdmDriver & {
  /** Wish in relation to the speed limit. */
  readonly desiredRatio: number;
  readonly topMps: number;
  /** Weight of what a lane change costs others (MOBIL). */
  readonly politeness: number;
  /** 0 timid … 1 pushing. */
  readonly aggressiveness: number;
  /** Braking that a lane change may ask of those behind, m/s². */
  readonly safeDecelMps2: number;
  /** Duration of a lane change. */
  readonly changeS: number;
  /** Time kept free before and behind others where ways cross. */
  readonly crossGapS: number;
  /** Changes lanes without a look back or aside. */
  readonly blind: boolean;
};

/** A lane change under way: the offset goes from `fromDM` to the driver's own along a quintic. */
export type LaneChange = {
  readonly side: 1 | -1;
  readonly fromDM: number;
  readonly lastsS: number;
  doneS: number;
  /** The lane that is being left; undefined once the body is out of it or it has ended. */
  leaving: number | undefined;
};

/** Why a rider waits before a junction. */
export type Hold = "NONE" | "LIGHT" | "SIGN" | "YIELD" | "EXIT";

/** A vehicle on lanes: its box centre is at `sM` on lane `path[at]`, `dM` to its left. */
export type Rider = {
  readonly id: number;
  readonly kind: RiderKind;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly wheelbaseM: number;
  readonly rgb: readonly [number, number, number];
  readonly driver: Driver;
  readonly brakeMaxMps2: number;
  /** Offset that it keeps in its lane. */
  readonly ownDM: number;
  /** Lanes that it has driven, drives on and will drive on. */
  path: number[];
  at: number;
  sM: number;
  dM: number;
  speedMps: number;
  accelMps2: number;
  change: LaneChange | undefined;
  /** Seconds until it may think of another lane change. */
  restS: number;
  /** Side that it means to change to, and since when the indicator has said so. */
  intendsSide: -1 | 0 | 1;
  intendsSinceS: number;
  /** Right to the junction ahead: 0 none, else the earlier the smaller. */
  claim: number;
  /** Indices in `path` of the first and last lane that the claim covers. */
  claimStart: number;
  claimEnd: number;
  hold: Hold;
  /** Behind somebody who has still to decide at the same junction. */
  queued: boolean;
  /** Since when it waits at a gate, s of the world; Infinity when it does not. */
  waitsSinceS: number;
  /** Stop line at which it has stood as the sign asks; −1 none. */
  stoppedAt: number;
  /** Slows to `episodeMps` until then: a whim, a search for a house, a breakdown. */
  episodeUntilS: number;
  episodeMps: number;
  episodeDecelMps2: number;
  /** Has collided and will not drive on. */
  wreck: boolean;
  /** Standing for how long, s; who creeps up a little still stands in its own eyes. */
  stoodS: number;
  /** Driven since it stood, m. */
  creptM: number;
  /** Standing with a claim, kept by nobody with an earlier one, for how long, s. */
  stalledS: number;
  /** Standing for the earlier claims of others who stand as well, for how long, s. */
  keptS: number;
  /** How much longer it will stand to let somebody in, s. */
  patienceS: number;
  /** Pose of the box centre, map. */
  xM: number;
  yM: number;
  zM: number;
  yawRad: number;
};

/** Will not drive on: has collided or broken down. */
export const isDead = (rider: Rider): boolean =>
  rider.wreck || rider.episodeUntilS === Number.POSITIVE_INFINITY;

type Range = readonly [min: number, max: number];
type Body = {
  readonly length: Range;
  readonly width: Range;
  readonly height: Range;
  readonly wheelbase: number;
};

/** Sizes on European roads; wheelbase as share of the length. */
const BODIES: Readonly<Record<RiderKind, Body>> = {
  CAR: { length: [3.7, 5], width: [1.65, 1.95], height: [1.4, 1.75], wheelbase: 0.6 },
  VAN: { length: [4.9, 6.5], width: [1.9, 2.1], height: [1.9, 2.7], wheelbase: 0.6 },
  TRUCK: { length: [7, 12], width: [2.3, 2.55], height: [2.8, 4], wheelbase: 0.55 },
  BUS: { length: [10, 12.5], width: [2.5, 2.55], height: [2.9, 3.3], wheelbase: 0.5 },
  MOTORCYCLE: { length: [2, 2.4], width: [0.7, 0.9], height: [1.4, 1.7], wheelbase: 0.65 },
  CYCLIST: { length: [1.6, 1.9], width: [0.5, 0.7], height: [1.6, 1.9], wheelbase: 0.6 },
};

/** How the drivers of a world are: shares 0 … 1. */
export type Temper = {
  /** Mean aggressiveness; single drivers scatter around it. */
  readonly aggressiveness: number;
  /** Share that drives far below the limit. */
  readonly slowShare: number;
  /** Share that changes lanes without looking. */
  readonly blindShare: number;
};

/** Standing for somebody who does not come, a driver goes on after this, s. */
const PATIENCE_S = 8;

/** A vehicle of random size, paint and driver, not yet on the road. */
export function drawRider(rng: Random, id: number, kind: RiderKind, temper: Temper): Rider {
  const body = BODIES[kind];
  const size = rng.next();
  const mix = ([min, max]: Range) => min + (max - min) * size;
  const base = rng.pick(PAINTS);
  const shade = (c: number) => Math.min(255, Math.max(0, c + rng.int(-18, 18)));
  return {
    id,
    kind,
    lengthM: mix(body.length),
    widthM: mix(body.width),
    heightM: mix(body.height),
    wheelbaseM: mix(body.length) * body.wheelbase,
    rgb: [shade(base[0]), shade(base[1]), shade(base[2])],
    driver: drawDriver(rng, kind, temper),
    brakeMaxMps2: kind === "TRUCK" || kind === "BUS" ? 7 : 9,
    ownDM: rng.range(-0.15, 0.15),
    path: [],
    at: 0,
    sM: 0,
    dM: 0,
    speedMps: 0,
    accelMps2: 0,
    change: undefined,
    restS: rng.range(0, 4),
    intendsSide: 0,
    intendsSinceS: 0,
    claim: 0,
    claimStart: -1,
    claimEnd: -1,
    hold: "NONE",
    queued: false,
    waitsSinceS: Number.POSITIVE_INFINITY,
    stoppedAt: -1,
    episodeUntilS: 0,
    episodeMps: 0,
    episodeDecelMps2: 3,
    wreck: false,
    stoodS: 0,
    creptM: 0,
    stalledS: 0,
    keptS: 0,
    patienceS: PATIENCE_S,
    xM: 0,
    yM: 0,
    zM: 0,
    yawRad: 0,
  };
}

/** Highest speed of a kind, m/s. */
const TOP_MPS: Readonly<Record<RiderKind, number>> = {
  CAR: 45,
  VAN: 38,
  TRUCK: 25,
  BUS: 27.8,
  MOTORCYCLE: 45,
  CYCLIST: 7,
};

function drawDriver(rng: Random, kind: RiderKind, temper: Temper): Driver {
  const spread = rng.range(-0.3, 0.3);
  const push = Math.min(1, Math.max(0, temper.aggressiveness + spread));
  const slow = rng.chance(temper.slowShare);
  const blind = rng.chance(temper.blindShare);
  const heavy = kind === "TRUCK" || kind === "BUS";
  const mix = (timid: number, pushing: number) =>
    timid + (pushing - timid) * push + rng.range(-0.1, 0.1) * Math.abs(pushing - timid);
  return {
    timeGapS: mix(2, 0.75),
    standstillGapM: mix(3, 1.6),
    accelMaxMps2: heavy ? mix(0.7, 1.2) : mix(1.1, 2.4),
    comfortDecelMps2: mix(1.6, 2.6),
    desiredRatio: slow ? rng.range(0.35, 0.7) : mix(0.86, 1.16),
    topMps: kind === "CYCLIST" ? rng.range(4, TOP_MPS.CYCLIST) : TOP_MPS[kind],
    politeness: mix(0.5, 0.05),
    aggressiveness: push,
    safeDecelMps2: mix(1.5, 3.5),
    changeS: mix(5.5, 3),
    crossGapS: mix(2, 0.8),
    blind,
  };
}

export type Mix = Readonly<Record<RiderKind, number>>;

/** Weights of the kinds in ordinary traffic. */
export const ORDINARY_MIX: Mix = {
  CAR: 70,
  VAN: 11,
  TRUCK: 7,
  BUS: 3,
  MOTORCYCLE: 6,
  CYCLIST: 3,
};
