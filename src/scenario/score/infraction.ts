/** What can go wrong on a drive; the names are those of the CARLA leaderboard where it has one. */
export const INFRACTION_KINDS = [
  "COLLISION_PEDESTRIAN",
  "COLLISION_VEHICLE",
  "COLLISION_STATIC",
  "RED_LIGHT",
  "STOP_SIGN",
  "SCENARIO_TIMEOUT",
  "YIELD_EMERGENCY",
] as const;
export type InfractionKind = (typeof INFRACTION_KINDS)[number];

/** One breach, when and where. */
export type Infraction = {
  readonly kind: InfractionKind;
  readonly tS: number;
  /** ego, m, map. */
  readonly xM: number;
  readonly yM: number;
  /** One line for a person. */
  readonly detail: string;
};
