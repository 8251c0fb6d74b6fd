import type { Scene } from "./scene.ts";

/** What a simulator and the service say to each other (docs/scene.md). */

/** Why a Scene got no Decision; texts are in schemas/waywarden/v1/scene.proto. */
export const SCENE_REFUSALS = [
  "RETAINED",
  "TOO_LONG",
  "MALFORMED",
  "FIELD",
  "SESSION",
  "ID",
  "STAMP",
  "TOO_MANY",
  "INTERNAL",
] as const;
export type SceneRefusalReason = (typeof SCENE_REFUSALS)[number];

/** A Scene as it came, with all defaults filled in. */
export type SceneMessage = {
  /** Drawn by the simulator at each start. */
  readonly session: string;
  readonly scene: Scene;
  /** Between two Scenes. */
  readonly periodUs: number;
  /** Empty means "follow the road". */
  readonly instruction: string;
  /** Absent: when the words first came. */
  readonly instructionGivenUs?: number;
  /** The session ends with this Scene. */
  readonly last: boolean;
};

/** The answer where there is no Decision. */
export type SceneRefusal = {
  readonly reason: SceneRefusalReason;
  /** Expected, found and where, in one line. */
  readonly detail: string;
  readonly session?: string;
  readonly sceneId?: number;
  /** Path of the first element that is wrong, such as lanes[3].centre[7].y_m */
  readonly element?: string;
};

/** What the status says about the simulator. */
export type SceneState = {
  readonly session?: string;
  /** Newest Scene of the session that got a Decision. */
  readonly lastSceneId?: number;
  readonly silent: boolean;
  readonly silenceLimitS: number;
  readonly decidedCount: number;
  readonly refusals: readonly { readonly reason: SceneRefusalReason; readonly count: number }[];
};
