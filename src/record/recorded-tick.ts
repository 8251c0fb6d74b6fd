import type { BevState } from "../contract/bev.ts";
import type { Decision } from "../contract/decision.ts";
import type { Observation } from "../contract/observation.ts";
import type { ObstacleField } from "../contract/obstacle.ts";

/** One decided tick, as it goes into recordings and reports. */
export type RecordedTick = {
  /** Of its images only the front one, of its sweeps only what shall be recorded; [] where left out. */
  readonly observation: Observation;
  readonly decision: Decision;
  /** The bytes of `Sealed` as they were published; absent where another thread seals. */
  readonly sealed?: Uint8Array;
  /** Observation read to decision handed to the broker, wall time. */
  readonly ageMs: number;
  readonly bev?: BevState;
  readonly obstacles?: ObstacleField;
};

/** What ran; known before the first decision. */
export type RunAbout = {
  readonly command: string;
  readonly software: string;
  readonly vehicle: string;
  readonly source: { readonly name: string; readonly path: string };
  readonly hashes: { readonly log: string; readonly model: string; readonly config: string };
  /** Effective configuration as JSON. */
  readonly config: string;
  readonly periodUs: number;
};

/** How a recording ended and what it lacks. */
export type RecordingEnd = {
  /** "complete", "interrupted", "source ended early" or why writing stopped. */
  readonly reason: string;
  readonly decisionCount: number;
  /** Ticks whose pictures were left out because writing was behind. */
  readonly picturesDroppedCount: number;
  /** Decisions made that are not in the recording. */
  readonly decisionsDroppedCount: number;
};
