import type { Infraction, InfractionKind } from "./infraction.ts";

/** Ways to make one number of a drive; quote a score only with its profile. */
export const LEADERBOARD_PROFILES = [
  "leaderboard-1.0",
  "leaderboard-2.0",
  "leaderboard-2.1",
] as const;
export type LeaderboardProfile = (typeof LEADERBOARD_PROFILES)[number];

export type DriveFacts = {
  /** Share of the route that was driven, 0…1. */
  readonly completedRatio: number;
  readonly infractions: readonly Infraction[];
  /** Share of the driven distance outside the route's lanes, 0…1. */
  readonly offRouteRatio: number;
  /** Speed over the speed of the traffic around, at most 1; 1 where there is none. */
  readonly minSpeedRatio: number;
};

export type LeaderboardScore = {
  readonly profile: LeaderboardProfile;
  /** All three 0…100 as the leaderboard prints them; penalty 0…1. */
  readonly drivingScore: number;
  readonly completedPercent: number;
  readonly penalty: number;
};

type Coefficients = Readonly<Record<InfractionKind, number>>;

/** Factors of leaderboard 1.0 and 2.0 (leaderboard.carla.org/evaluation_v1_0, _v2_0). */
const FACTORS: Coefficients = {
  COLLISION_PEDESTRIAN: 0.5,
  COLLISION_VEHICLE: 0.6,
  COLLISION_STATIC: 0.65,
  RED_LIGHT: 0.7,
  STOP_SIGN: 0.8,
  SCENARIO_TIMEOUT: 0.7,
  YIELD_EMERGENCY: 0.7,
};
/** Only 2.0 and later know these. */
const SINCE_2_0: ReadonlySet<InfractionKind> = new Set(["SCENARIO_TIMEOUT", "YIELD_EMERGENCY"]);
const MIN_SPEED_WEIGHT_2_0 = 0.3;

/** Addends of leaderboard 2.1. */
const ADDENDS: Coefficients = {
  COLLISION_PEDESTRIAN: 1,
  COLLISION_VEHICLE: 0.7,
  COLLISION_STATIC: 0.6,
  RED_LIGHT: 0.4,
  STOP_SIGN: 0.25,
  SCENARIO_TIMEOUT: 0.4,
  YIELD_EMERGENCY: 0.4,
};
const MIN_SPEED_WEIGHT_2_1 = 0.4;

/** Driving score = route completion × infraction penalty, by the profile's own formula. */
export function scoreDrive(facts: DriveFacts, profile: LeaderboardProfile): LeaderboardScore {
  const penalty = penaltyOf(facts, profile);
  const completedPercent = 100 * Math.min(1, Math.max(0, facts.completedRatio));
  return { profile, completedPercent, penalty, drivingScore: completedPercent * penalty };
}

function penaltyOf(facts: DriveFacts, profile: LeaderboardProfile): number {
  const onRoute = 1 - facts.offRouteRatio;
  const slow = 1 - Math.min(1, facts.minSpeedRatio);
  if (profile === "leaderboard-2.1") {
    const sum = facts.infractions.reduce((total, { kind }) => total + ADDENDS[kind], 0);
    return onRoute / (1 + sum + MIN_SPEED_WEIGHT_2_1 * slow);
  }
  const known = facts.infractions.filter(
    ({ kind }) => profile === "leaderboard-2.0" || !SINCE_2_0.has(kind),
  );
  const product = known.reduce((p, { kind }) => p * FACTORS[kind], onRoute);
  return profile === "leaderboard-2.0" ? product * (1 - MIN_SPEED_WEIGHT_2_0 * slow) : product;
}

/** Bench2Drive: leaderboard 2.0 without minimum speed; success is a complete drive without breach. */
export function scoreBench2Drive(facts: DriveFacts): {
  readonly drivingScore: number;
  readonly success: boolean;
} {
  const { drivingScore } = scoreDrive({ ...facts, minSpeedRatio: 1 }, "leaderboard-2.0");
  return { drivingScore, success: facts.completedRatio >= 1 && facts.infractions.length === 0 };
}
