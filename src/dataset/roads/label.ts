import type { Scene } from "../../contract/scene.ts";
import { decideByView } from "../../expert/decide.ts";
import { lateChangesM } from "../../expert/instruct/hear.ts";
import type { ExpertLabel } from "../../expert/meaning.ts";
import type { Random } from "../../world/random.ts";
import type { LaneNet } from "../../world/traffic/lane-net.ts";
import type { Labelled } from "../sample.ts";
import { countingStep } from "./counting-step.ts";
import type { Outlook } from "./outlook.ts";
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
 * those do not tell. `outlook` is on the way that the words leave or decide.
 */
export function labelSpoken(
  { net, cruiseMps }: Labelling,
  scene: Scene,
  spoken: Spoken,
  outlook: Outlook,
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
    : countingStep(active.meaning, ago, scene, net, outlook.place);
  if (meaning === undefined) return undefined;
  const view = outlook.view(lateChangesM(meaning, scene.ego.speedMps));
  const label = decideByView(view, scene.stampUs, { ...active, meaning }, cruiseMps);
  if (refused) return refusing(label);
  if (step === undefined) return label;
  const passed = active.phase === "DONE" || outlook.place.lane === way.goal;
  return { ...label, answer: passed ? "DONE" : "ACCEPTED" };
}

/** Words with their label on a scene. */
export function labelled(
  labelling: Labelling,
  scene: Scene,
  spoken: Spoken,
  outlook: Outlook,
): Labelled | undefined {
  const label = labelSpoken(labelling, scene, spoken, outlook);
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
