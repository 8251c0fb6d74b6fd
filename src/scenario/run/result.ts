import type { Verdict } from "../../expert/navigator/judge.ts";
import type { Comfort } from "../score/comfort.ts";
import type { Contact } from "../score/contact.ts";
import type { Infraction } from "../score/infraction.ts";
import type { InstructionResult } from "./instructor.ts";

/** Why a run ended. */
export const RUN_ENDS = [
  "COMPLETED",
  "TIME",
  "OFF_ROUTE",
  "BLOCKED",
  "TIMEOUT",
  "DRIVER_ERROR",
] as const;
export type RunEnd = (typeof RUN_ENDS)[number];

/** Ended as it should: at its goal, or after the time that was asked for. */
export const endedWell = (end: RunEnd): boolean => end === "COMPLETED" || end === "TIME";

export type CollisionReport = {
  readonly tS: number;
  readonly withId: number;
  readonly kind: string;
  readonly striker: Contact["striker"];
  readonly side: Contact["side"];
  readonly egoMps: number;
  readonly otherMps: number;
  /** A careful and competent driver (UN R157) would not have collided. */
  readonly avoidable: boolean;
  readonly perceivedBeforeS?: number;
};

/** One picture of the film: times in s, boxes as [x, y, yaw, length, width] in m and rad, map. */
export type FilmFrame = {
  readonly tS: number;
  readonly egoMps: number;
  readonly ego: readonly number[];
  /** As ego, with the kind first. */
  readonly objects: readonly (readonly [string, ...number[]])[];
  readonly signals: readonly (readonly [number, number, string])[];
};
export type Film = {
  readonly frames: readonly FilmFrame[];
  /** Centre lines around, [x0, y0, x1, y1, …] m each, and their widths. */
  readonly lanes: readonly { readonly widthM: number; readonly points: readonly number[] }[];
};

/** All that is kept of one run; plain JSON, so a line of the results file. */
export type RunResult = {
  /** Names the run within its plan; a resumed plan skips it. */
  readonly key: string;
  readonly world: string;
  readonly seed: number;
  readonly driver: string;
  readonly end: RunEnd;
  readonly error?: string;
  readonly durationS: number;
  readonly routeM: number;
  readonly completedRatio: number;
  readonly meanMps: number;
  /** Driven way over what limits and traffic allowed. */
  readonly paceRatio?: number;
  readonly infractions: readonly Infraction[];
  readonly collisions: readonly CollisionReport[];
  /** Share of the way driven beside all lanes or on the wrong side (the leaderboard's measure). */
  readonly offRouteRatio: number;
  readonly offRoadRatio: number;
  readonly wrongLaneRatio: number;
  /** Share of the time closer to a lead than RSS allows. */
  readonly rssRatio: number;
  readonly minSpeedRatio: number;
  readonly scores: {
    readonly "leaderboard-1.0": number;
    readonly "leaderboard-2.1": number;
    readonly pdms?: number;
  };
  readonly comfort?: Comfort;
  readonly instruction?: {
    readonly text: string;
    readonly answers: readonly string[];
    /** What became of it, where its meaning is known. */
    readonly verdict?: Verdict;
  };
  /** Those given on the way, in order (`--instructions`). */
  readonly instructions?: readonly InstructionResult[];
  /** The seconds before the first failure, where there was one. */
  readonly film?: Film;
};

/** true where something happened that must not. */
export const isFailure = (run: RunResult): boolean =>
  !endedWell(run.end) || run.infractions.length > 0 || run.collisions.length > 0;
