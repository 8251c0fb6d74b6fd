/** What the reference executor allows itself; a vehicle maker sets these to the vehicle. */

/** Longitudinal jerk of normal driving, m/s³: inside nuPlan's comfort bound of 4.13. */
export const JERK_MPS3 = 4;
/** Jerk of an emergency brake, m/s³: what hydraulic brakes build up (full braking in 0.3 s). */
export const EMERGENCY_JERK_MPS3 = 30;
/** Hardest braking, m/s² (S15, the emergency limit of the vocabulary). */
export const EMERGENCY_BRAKE_MPS2 = 8;
/** Beyond this a braking counts as emergency, m/s² (S15, ISO 15622). */
export const NOMINAL_BRAKE_MPS2 = 3.5;
/** Strongest acceleration, m/s² (S15, ISO 15622). */
export const ACCEL_MAX_MPS2 = 2;
/** How fast the road wheels turn, rad/s (S15). */
export const STEER_RATE_RADPS = 0.5;
/** Holds a standing vehicle against a slope, m/s². */
export const HOLD_BRAKE_MPS2 = 1.5;
/** Slower than this is standing, m/s. */
export const STANDING_MPS = 0.1;
/** A decision stamped further ahead of now is not of this clock (S03). */
export const FUTURE_US = 20_000;
/** Time from a command to its effect that is looked ahead, s: lag of drive, brake and steering. */
export const ACTUATION_S = 0.15;
/** Odometry that is remembered to find the pose at a decision's stamp. */
export const HISTORY_US = 1_500_000;
