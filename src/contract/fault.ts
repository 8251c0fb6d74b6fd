/**
 * Faults are expected and are data: every code, what it means, and the reaction it asks for.
 * The table equals the proto enum `FaultCode` and docs/faults.md; a test checks all three.
 */

/** Reactions in order of severity; the supervisor takes the most severe one that is asked for. */
export const REACTIONS = ["NONE", "CAUTION", "COMFORT_STOP", "EMERGENCY_STOP"] as const;
export type Reaction = (typeof REACTIONS)[number];

/**
 * code → [reaction on the first tick, meaning]. Faults of absence (`…_MISSING`, `…_STALE`) grow
 * with the length of the absence: ≤ 300 ms CAUTION, ≤ 1 s COMFORT_STOP, longer a minimal-risk
 * maneuver (see safety/absence.ts).
 */
export const FAULTS = {
  LIDAR_MISSING: ["CAUTION", "no LiDAR sweep in this observation although the source has a LiDAR"],
  LIDAR_STALE: ["CAUTION", "the newest LiDAR sweep is older than 2.5 of its own periods"],
  LIDAR_INVALID: ["CAUTION", "a LiDAR sweep could not be used (NaN, range, layout, no points)"],
  CAMERA_MISSING: ["NONE", "a camera that the source has is absent from this observation"],
  CAMERA_STALE: ["NONE", "a camera image is older than 2.5 of its own periods"],
  CAMERA_INVALID: ["NONE", "a camera image could not be decoded or does not fit its calibration"],
  ALL_CAMERAS_MISSING: ["CAUTION", "cameras are expected and none is usable"],
  CALIBRATION_MISSING: [
    "NONE",
    "a sensor has data but no usable calibration, so its data is not used",
  ],
  EGO_MISSING: ["CAUTION", "nothing says how fast the vehicle moves"],
  EGO_STALE: ["CAUTION", "the newest ego state is older than 2.5 of its own periods"],
  EGO_INVALID: ["CAUTION", "the ego state is not finite or outside what a vehicle can do"],
  TRANSFORM_MISSING: ["CAUTION", "no transform joins a sensor to ego at its stamp"],
  STAMP_IN_FUTURE: ["CAUTION", "a stamp lies more than 20 ms ahead of its own arrival"],
  CLOCK_JUMP: ["CAUTION", "observation time went backwards or jumped"],
  MESSAGE_INVALID: ["NONE", "a message could not be decoded; it was counted and left out"],
  SENSING_ABSENT: ["EMERGENCY_STOP", "neither LiDAR nor any camera has ever been usable"],
  PROPOSAL_MISSING: ["CAUTION", "the planner gave no proposal for this observation"],
  PROPOSAL_STALE: ["COMFORT_STOP", "the proposal is older than 300 ms"],
  PROPOSAL_INVALID: ["COMFORT_STOP", "the proposal is malformed, truncated or out of range"],
  PROPOSAL_LOW_MARGIN: ["NONE", "the planner's best and second word are too close to tell"],
  MODEL_OUTPUT_NON_FINITE: ["COMFORT_STOP", "a network output holds NaN or infinity"],
  MODEL_OUTPUT_SHAPE: ["COMFORT_STOP", "a network output has another shape than the card says"],
  OBSTACLES_MISSING: ["CAUTION", "obstacle detection gave no result for this observation"],
  SEAL_FAILED: ["EMERGENCY_STOP", "a decision could not be sealed"],
  INTERNAL: ["EMERGENCY_STOP", "an unexpected error inside the service"],
  OBSERVATION_MISSING: ["CAUTION", "no observation came in time for this tick"],
  OBSERVATION_LATE: [
    "NONE",
    "an observation was too old when it came; it was counted and left out",
  ],
  MESSAGE_REPEATED: [
    "NONE",
    "a message came again, or after a later one; it was counted and left out",
  ],
  MESSAGES_LOST: [
    "NONE",
    "more than two messages in a row were lost; the one after them was left out",
  ],
  SOURCE_EPOCH: [
    "NONE",
    "a message of another sender than the one in use; it was counted and left out",
  ],
  LOOP_LAG: ["CAUTION", "the event loop was blocked for more than 100 ms"],
  INFERENCE_SLOW: ["CAUTION", "perceiving and planning took more than 200 ms"],
  WATCHDOG_STOP: ["COMFORT_STOP", "no decision for 200 ms, so the watchdog decided instead"],
  WATCHDOG_MRM: [
    "EMERGENCY_STOP",
    "no decision for more than 1 s, so the watchdog stopped the vehicle",
  ],
  SHUTDOWN: ["EMERGENCY_STOP", "the service was told to end while driving"],
} as const satisfies Record<string, readonly [Reaction, string]>;

export type FaultCode = keyof typeof FAULTS;
export const FAULT_CODES = Object.keys(FAULTS) as readonly FaultCode[];

/** One expected trouble, as data. */
export type Fault = {
  readonly code: FaultCode;
  /** Expected, found and where, in one line; names the topic, sensor, offset or tensor. */
  readonly detail: string;
  readonly stampUs: number;
  /** Sensor or stream name where one is concerned. */
  readonly source?: string;
};

/** A value or the fault that stands in its place; never a zero. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

export const ok = <T>(value: T): Checked<T> => ({ ok: true, value });
export const bad = (fault: Fault): { readonly ok: false; readonly fault: Fault } => ({
  ok: false,
  fault,
});
