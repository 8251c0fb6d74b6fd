import type { Fault } from "../contract/fault.ts";
import type { Proposal, VehicleProfile } from "../contract/maneuver.ts";
import type { EgoState } from "../contract/observation.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import type { Se3 } from "../contract/se3.ts";
import type { OverrideInput } from "./s01-override.ts";

/** One stream that feeds the service, as the tick found it. */
export type SafetyStream = {
  readonly name: string;
  readonly kind: "lidar" | "camera" | "ego";
  /** Stamp of the newest data; undefined = absent this tick. */
  readonly stampUs?: number;
  /** Its own nominal period. */
  readonly periodUs: number;
  /** The vehicle has it, so its absence is a fault. */
  readonly expected: boolean;
  /** 32 bits of what it shows; equal content has an equal hash. Absent: only stamps are compared. */
  readonly contentHash?: number;
  /** ego <- sensor, where it has one. */
  readonly mount?: Se3;
};

/** All that the safety layer judges by at one tick. */
export type SafetyInput = {
  /** Injected clock. */
  readonly nowUs: number;
  /** Observation stamp. */
  readonly stampUs: number;
  readonly observationId: number;
  readonly periodUs: number;
  /** undefined = missing. */
  readonly ego?: EgoState;
  readonly streams: readonly SafetyStream[];
  readonly obstacles?: ObstacleField;
  readonly proposal?: Proposal;
  /** From ingest, bev, planner. */
  readonly faults: readonly Fault[];
  readonly speedLimitMps?: number;
  /** The human's hand over the wire (S01); that at the wheel is in `ego.driver`. */
  readonly override?: OverrideInput;
};

/** May only tighten limits.ts; anything looser is a ConfigError. */
export type SupervisorOptions = {
  readonly vehicle?: VehicleProfile;
  /** ≤ 2.0. */
  readonly accelMaxMps2?: number;
  /** Speed that is never exceeded, ≤ 40. */
  readonly speedMaxMps?: number;
};
