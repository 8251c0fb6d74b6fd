import type { Decision } from "../../contract/decision.ts";
import type { CameraImage, EgoState, Sweep } from "../../contract/observation.ts";
import type { Scene } from "../../contract/scene.ts";
import type { ActiveInstruction } from "../../expert/meaning.ts";
import type { RouteGuide } from "../../expert/route/guide.ts";
import type { Wish } from "../label-decision.ts";

export const DRIVERS = ["expert", "rule", "slow", "model"] as const;
export type DriverName = (typeof DRIVERS)[number];

/** What a driver with full knowledge of the world is given. */
export type TruthInput = {
  readonly scene: Scene;
  readonly guide: RouteGuide;
  readonly instruction: ActiveInstruction;
};

/**
 * All that a scored driver is given: sensor bytes, noisy odometry and words. Lanes, signals, objects,
 * limits and the route have no place here, and no field is of a type that could carry them.
 */
export type SensorInput = {
  readonly id: number;
  readonly stampUs: number;
  readonly images: readonly CameraImage[];
  readonly sweeps: readonly Sweep[];
  /** As wheel sensors and gyroscope tell it, with their noise; its pose drifts. */
  readonly odometry: EgoState;
  readonly text: string;
  readonly givenUs: number;
};

/** A teacher, or a baseline beside it: sees the truth. */
export type TruthDriver = {
  readonly sees: "TRUTH";
  readonly decide: (input: TruthInput) => Wish;
};

/** What is scored: sees sensors and hears words. */
export type SensorDriver = {
  readonly sees: "SENSORS";
  readonly decide: (input: SensorInput) => Promise<Decision>;
  readonly close?: () => Promise<void>;
};

export type Driver = TruthDriver | SensorDriver;
