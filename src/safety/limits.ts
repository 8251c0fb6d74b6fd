/**
 * Every number that the safety layer drives by: name with unit, value, reason and source.
 * Configuration may only tighten them (SupervisorOptions). Brakes are positive numbers.
 */

/** Response time until the ego brakes (S07, S13). Operating table; the oracle's own ρ is 1 s. */
export const RESPONSE_TIME_S = 0.5;
/** Most acceleration that is ever permitted (S15, ISO 15622). */
export const ACCEL_MAX_MPS2 = 2.0;
/** Braking that the ego can always give, b_min (S07). */
export const BRAKE_MIN_MPS2 = 4.0;
/** Braking that any other road user can give, b_max (S07), and the ego's emergency braking. */
export const BRAKE_MAX_MPS2 = 8.0;
/** Distance that is left at standstill, d0 (S07). */
export const STANDSTILL_GAP_M = 1.0;
/** Nominal braking of a proposal (S15, ISO 15622); harder needs EMERGENCY_BRAKE. */
export const NOMINAL_BRAKE_MPS2 = 3.5;
/** Braking where the gap already opens faster than OPENING_MPS ("no needless braking", S18, R_G2). */
export const OPENING_BRAKE_MPS2 = 2.0;
export const OPENING_MPS = 0.5;
/** So long a gap that opens may be shorter than the table of S12 (S18, CommonRoad R_G1). */
export const CUT_IN_US = 3_000_000;
/** [speed, least time gap, s] rows of UN R157 5.2.3.3, 7.2…60 km/h; beyond, the last one (S12). */
export const TIME_GAPS = [
  [7.2 / 3.6, 1.0],
  [10 / 3.6, 1.1],
  [20 / 3.6, 1.2],
  [30 / 3.6, 1.3],
  [40 / 3.6, 1.4],
  [50 / 3.6, 1.5],
  [60 / 3.6, 1.6],
] as const;
/** Time to collision below which braking is full (S13). */
export const TTC_FLOOR_S = 1.5;
/** Half of 2.5 m: half a car (0.95) and 0.3 m on each side (S07, S13). */
export const CORRIDOR_HALF_WIDTH_M = 1.25;
/** What the corridor box holds beyond the stopping distance (S13). */
export const BOX_EXTRA_M = 2.0;
/** One stray return is no obstacle; the third nearest point is (S13). */
export const BOX_POINT_COUNT = 3;
/** Things whose lowest point is higher are passed under. */
export const CLEARANCE_M = 2.5;
/** Lateral jerk (S15, ISO 11270); lateral acceleration is contract/maneuver LATERAL_ACCEL_MAX_MPS2. */
export const LATERAL_JERK_MPS3 = 3.0;
/** Longitudinal jerk (S15). */
export const JERK_MPS3 = 5.0;
/** How fast the road wheels can be steered, at low speed the bound of the curvature rate (S15). */
export const STEER_RATE_RADPS = 0.5;
/** Comfort stop and first rung of the ladder (S21, UN R157). */
export const COMFORT_BRAKE_MPS2 = 1.5;
export const COMFORT_JERK_MPS3 = 0.6;
/** Second rung: stop in lane (S21, UN R157 5.4). */
export const STOP_IN_LANE_BRAKE_MPS2 = 4.0;
/** Slower than this is standing. */
export const STANDSTILL_MPS = 0.1;
/** Clean ticks after which CAUTION and COMFORT_STOP clear. */
export const CLEAN_TICKS = 5;
/** An input absent up to this long asks for CAUTION (S03). */
export const ABSENCE_CAUTION_US = 300_000;
/** … up to this long for COMFORT_STOP, longer for a minimal-risk maneuver. */
export const ABSENCE_COMFORT_US = 1_000_000;
/** A stream is stale when older than this many of its own periods (S03). */
export const AGE_PERIODS = 2.5;
/** What a decision may take after the observation was taken, on top of the age at its stamp. */
export const DECISION_BUDGET_US = 100_000;
/** A proposal is stale when older (S03). */
export const PLAN_AGE_US = 300_000;
/** A stamp further ahead of now is no stamp (S03). */
export const FUTURE_US = 20_000;
/** Ticks further apart than this are no continuous watch (S03). */
export const TICK_GAP_US = 300_000;
/** A step of the clock beyond this is a jump and not time that has passed. */
export const CLOCK_JUMP_US = 10_000_000;
/** Tick period that is assumed where the given one is unusable. */
export const DEFAULT_PERIOD_US = 100_000;
/** Without ego state: wait this long after the reckoned standstill before it counts (S21). */
export const BLIND_STANDSTILL_US = 2_000_000;

/** What a road vehicle can do; beyond it an ego state is not one (S02). */
export const EGO_SPEED_MIN_MPS = -10;
export const EGO_SPEED_MAX_MPS = 70;
export const EGO_ACCEL_ABS_MPS2 = 20;
export const EGO_YAW_RATE_ABS_RADPS = 3;
/** What another road user can do (S02). */
export const OBSTACLE_SPEED_ABS_MPS = 100;
/** Proposal trajectory and our own roll-out of its codes may differ by this (S02). */
export const TRAJECTORY_TOLERANCE_MPS = 0.25;
export const TRAJECTORY_TOLERANCE_M = 0.5;

/** Least probability of what LATERAL and LONGITUDINAL lead to, τ (S19). */
export const CONFIDENCE_MIN_PROB = 0.5;

/** So many equal observations in a row are a frozen stream (S04) … */
export const FROZEN_COUNT = 3;
/** … while the vehicle moves faster than this. */
export const FROZEN_SPEED_MPS = 0.5;

/** Two speed sources agree within this (S06, opendbc). */
export const SPEED_DIFFERENCE_MPS = 2.0;
/** Camera and LiDAR that are fused are at most so many periods apart (S06). */
export const SKEW_PERIODS = 1.5;
/** A sensor is mounted at most this far from the rear axle: the front of a long bus (S06). */
export const MOUNT_REACH_M = 10;
/** |RᵀR − 1| of a mount: calibration files round to three digits (S06). */
export const ROTATION_TOLERANCE = 0.01;

/** Without a decision for this long the watchdog decides; consumers wait 300 ms (S23). */
export const WATCHDOG_US = 200_000;

/** Response time of other road users who are passed or cut in on (S09); its reason: docs/safety.md. */
export const OTHER_RESPONSE_TIME_S = 1.0;
/** Sideways acceleration and braking of both, and what a vehicle wavers by, μ (S09, RSS). */
export const LATERAL_ACCEL_OTHER_MPS2 = 0.2;
export const LATERAL_BRAKE_MPS2 = 0.8;
export const LATERAL_MARGIN_M = 0.1;
/** Way to the side of a lane change where no lane is known (S09). */
export const LANE_WIDTH_M = 3.5;
/** A way to the side that stays refused for so long is slowed down for (S09). */
export const REFUSAL_US = 3_000_000;

/** Braking that is expected of whoever is on the correct side, b_min_correct (S08, RSS). */
export const BRAKE_CORRECT_MPS2 = 3.0;
/** Response time of oncoming traffic, ρ_other (S08, RSS). */
export const OPPOSITE_RESPONSE_TIME_S = 2.0;

/** So long the planner keeps a word before it may choose a freer one or another side (S16, opendbc). */
export const DWELL_US = 300_000;
/** Decisions are published at most at so many times the nominal rate (S16, opendbc) … */
export const PUBLISH_RATE_RATIO = 1.2;
/** … on average; one may come this much too soon, because deciding takes a tick at most (S16). */
export const PUBLISH_EARLY_MS = 100;
