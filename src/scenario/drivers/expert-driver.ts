import { expertDecide } from "../../expert/decide.ts";
import { StopMemory } from "../../expert/route/stop-memory.ts";
import { wishOf } from "../label-decision.ts";
import type { TruthDriver } from "./driver.ts";

/** Without a known limit nobody drives faster than this, m/s: 130 km/h. */
const CRUISE_MPS = 130 / 3.6;

/** The teacher at the wheel of one drive: it remembers where it has stood. */
export const expertDriver = (): TruthDriver => {
  const memory = new StopMemory();
  return {
    sees: "TRUTH",
    decide: ({ scene, guide, instruction }) => {
      const known = memory.recall(scene, guide);
      return wishOf(expertDecide(scene, instruction, CRUISE_MPS, known), scene.ego.speedMps);
    },
  };
};
