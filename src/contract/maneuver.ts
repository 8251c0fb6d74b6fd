/** The closed maneuver vocabulary, in words. Token ids are in tokens/vocabulary.ts. */

export const ANSWERS = [
  "NONE",
  "ACCEPTED",
  "DONE",
  "REFUSED_NO_LANE",
  "REFUSED_UNSAFE",
  "REFUSED_ILLEGAL",
  "REFUSED_NOT_UNDERSTOOD",
] as const;
export type Answer = (typeof ANSWERS)[number];

export const RATIONALES = [
  "NONE",
  "FREE_ROAD",
  "LEAD_VEHICLE",
  "LEAD_BRAKING",
  "LEAD_STANDING",
  "LEAD_MOVING_OFF",
  "CUT_IN",
  "VULNERABLE_ON_PATH",
  "OBSTACLE_ON_PATH",
  "RED_LIGHT",
  "GREEN_LIGHT",
  "STOP_LINE",
  "CURVE",
  "SPEED_LIMIT",
  "INSTRUCTION_SPEED",
  "INSTRUCTION_GAP",
  "INSTRUCTION_LANE",
  "INSTRUCTION_STOP",
  "INSTRUCTION_PULL_OVER",
  "LANE_BLOCKED",
  "OFF_LANE_CENTRE",
  "INSTRUCTION_REFUSED",
] as const;
export type Rationale = (typeof RATIONALES)[number];

export const LATERALS = [
  "KEEP_LANE",
  "LANE_CHANGE_LEFT",
  "LANE_CHANGE_RIGHT",
  "TURN_LEFT",
  "TURN_RIGHT",
  "GO_STRAIGHT",
  "PULL_OVER",
  "NUDGE_LEFT",
  "NUDGE_RIGHT",
] as const;
export type Lateral = (typeof LATERALS)[number];

export const LONGITUDINALS = [
  "KEEP_SPEED",
  "ACCELERATE",
  "DECELERATE",
  "STOP",
  "WAIT",
  "EMERGENCY_BRAKE",
] as const;
export type Longitudinal = (typeof LONGITUDINALS)[number];

/** TARGET_SPEED token k means k·0.5 m/s, 0…40 m/s: 81 tokens. */
export const SPEED_STEP_MPS = 0.5;
export const SPEED_TOKEN_COUNT = 81;

/** GAP tokens: NONE, then 2…120 m in 45 geometric steps (ratio 60^(1/44) = 1.0975). */
export const GAP_MIN_M = 2;
export const GAP_MAX_M = 120;
export const GAP_TOKEN_COUNT = 46;

/** TRAJECTORY: 6 steps of 0.5 s, each one acceleration token and one curvature token. */
export const TRAJECTORY_STEP_S = 0.5;
export const TRAJECTORY_STEPS = 6;

/** Acceleration codes, m/s². Index = code. Finer around zero, down to the emergency limit. */
export const ACCEL_CODES_MPS2 = [
  -8, -6, -4.5, -3.5, -2.75, -2.25, -1.75, -1.25, -0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9, 1.2, 1.5, 2,
] as const;

/**
 * Curvature codes as fractions of κ_max(v) = min(tan δ_max / L, 3.0 / v²), left positive, so that
 * no code leaves the vehicle's physics. 21 codes, square-law spacing around zero.
 */
export const CURVATURE_CODES_RATIO = [
  -1, -0.81, -0.64, -0.49, -0.36, -0.25, -0.16, -0.09, -0.04, -0.01, 0, 0.01, 0.04, 0.09, 0.16,
  0.25, 0.36, 0.49, 0.64, 0.81, 1,
] as const;

/** Lateral acceleration bound of the curvature code (ISO 11270). */
export const LATERAL_ACCEL_MAX_MPS2 = 3.0;

/** The vehicle that trajectories are coded for. */
export type VehicleProfile = {
  readonly wheelbaseM: number;
  readonly maxSteerRad: number;
  readonly lengthM: number;
  readonly widthM: number;
  /** Rear axle to front bumper. */
  readonly frontOverhangFromRearAxleM: number;
};
export const CAR: VehicleProfile = {
  wheelbaseM: 2.8,
  maxSteerRad: 0.6,
  lengthM: 4.7,
  widthM: 1.9,
  frontOverhangFromRearAxleM: 3.7,
};

/** One discrete driving maneuver. */
export type Maneuver = {
  readonly rationale: readonly [Rationale, Rationale];
  readonly lateral: Lateral;
  readonly longitudinal: Longitudinal;
  /** Speed to settle at given everything ahead, multiple of 0.5 m/s. */
  readonly targetSpeedMps: number;
  /** Distance to keep to the lead, bumper to bumper; undefined where there is no lead to follow. */
  readonly gapM?: number;
};

/**
 * Short trajectory: states after each 0.5 s through a kinematic bicycle at the rear axle.
 * All arrays [T = 6], in `ego` at the decision's observation stamp.
 */
export type Trajectory = {
  readonly accelMps2: readonly number[];
  readonly curvatureInvm: readonly number[];
  readonly xM: readonly number[];
  readonly yM: readonly number[];
  readonly yawRad: readonly number[];
  readonly speedMps: readonly number[];
};

/** What the planner proposes; nothing here has been checked by the safety layer. */
export type Proposal = {
  readonly observationId: number;
  readonly stampUs: number;
  readonly maneuver: Maneuver;
  readonly trajectory: Trajectory;
  readonly answer: Answer;
  readonly answerDetail: string;
  /** Probability of each chosen slot before the mask: same order as SLOTS in tokens/vocabulary. */
  readonly probabilities: readonly number[];
  /** Probability gap between best and second choice, before the mask, same order. */
  readonly margins: readonly number[];
  /** [LATERALS], [LONGITUDINALS] probability of each word before the mask, where it is known. */
  readonly lateralProbs?: readonly number[];
  readonly longitudinalProbs?: readonly number[];
  /** The discrete tokens as chosen. */
  readonly tokens: readonly number[];
};
