import type { Scene } from "../../contract/scene.ts";
import { expertDecide } from "../../expert/decide.ts";
import { lateChangesM } from "../../expert/instruct/hear.ts";
import type { ExpertLabel } from "../../expert/meaning.ts";
import { RouteFollower } from "../../expert/route/follower.ts";
import type { Random } from "../../world/random.ts";
import type { LaneNet } from "../../world/traffic/lane-net.ts";
import type { Labelled } from "../sample.ts";
import { countingStep } from "./counting-step.ts";
import type { WordIndex } from "./word-index.ts";
import type { Spoken } from "./words.ts";

/** What stays the same while one scene is labelled. */
export type Labelling = {
  readonly net: LaneNet;
  readonly words: WordIndex;
  readonly rng: Random;
  readonly cruiseMps: number;
};

/**
 * What the expert says to some words on a scene, by text, state and what a BevState shows; undefined where
 * those do not tell. `follower` is on the way that the words leave or decide.
 */
export function labelSpoken(
  { net, cruiseMps }: Labelling,
  scene: Scene,
  spoken: Spoken,
  follower: RouteFollower,
): ExpertLabel | undefined {
  const { active, step, refused, way } = spoken;
  const ago = {
    sinceS: (scene.stampUs - active.givenUs) / 1e6,
    speedMps: active.speedWhenGivenMps,
  };
  const told = step !== undefined || refused;
  // the expert is told a way by its guide
  const meaning = told
    ? ({ kind: "FOLLOW_ROAD" } as const)
    : countingStep(active.meaning, ago, scene, net, follower.place);
  if (meaning === undefined) return undefined;
  const ahead = follower.guide(lateChangesM(meaning, scene.ego.speedMps));
  // limits farther ahead cannot be seen in a BevState
  const guide = { ...ahead, limits: [{ sM: 0, mps: cruiseMps }] };
  const label = expertDecide(scene, { ...active, meaning }, cruiseMps, guide);
  if (refused) return refusing(label);
  if (step === undefined) return label;
  const passed = active.phase === "DONE" || follower.place.lane === way.goal;
  return { ...label, answer: passed ? "DONE" : "ACCEPTED" };
}

/** Words with their label on a scene. */
export function labelled(labelling: Labelling, scene: Scene, spoken: Spoken): Labelled | undefined {
  const follower = new RouteFollower(labelling.net, spoken.way.route);
  follower.update(scene.ego);
  const label = labelSpoken(labelling, scene, spoken, follower);
  return label && { index: spoken.index, active: spoken.active, label };
}

function refusing(label: ExpertLabel): ExpertLabel {
  const { maneuver } = label;
  return {
    ...label,
    answer: "REFUSED_NO_LANE",
    maneuver: { ...maneuver, rationale: [maneuver.rationale[0], "INSTRUCTION_REFUSED"] },
  };
}
