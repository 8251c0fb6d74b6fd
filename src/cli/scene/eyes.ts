import type { Rig } from "../../contract/scene.ts";
import type { Sense } from "../../scenario/run/drive.ts";
import type { SceneEyes } from "../../service/scene-driver.ts";
import { crc32p4 } from "../../wire/crc32p4.ts";
import { observationOf } from "../simulate/model-driver.ts";
import { makeSense } from "../simulate/sense.ts";
import type { TruthPerception } from "../truth-perception.ts";

/**
 * The sensors of `rig` in a simulator's Scenes. Their noise follows from the session's name and its Scenes,
 * so a session that is sent again looks the same to the bit. `truth` is shown each Scene first.
 */
export function makeEyes(rig: Rig, truth?: TruthPerception): SceneEyes {
  let sense: Sense | undefined;
  return {
    begin: (session) => {
      sense = makeSense(rig, crc32p4(new TextEncoder().encode(session)));
    },
    look: async ({ scene, instruction, periodUs }, givenUs) => {
      if (!sense) throw new Error("a session that has begun expected, found none");
      truth?.show(scene);
      const seen = observationOf(await sense(scene, scene.id, instruction, givenUs), rig, periodUs);
      const { speedLimitMps } = scene;
      if (speedLimitMps === undefined) return seen;
      return { ...seen, route: { ...seen.route, speedLimitMps } };
    },
  };
}
