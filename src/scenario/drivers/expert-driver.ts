import { expertDecide } from "../../expert/decide.ts";
import { wishOf } from "../label-decision.ts";
import type { TruthDriver } from "./driver.ts";

/** Without a known limit nobody drives faster than this, m/s: 130 km/h. */
const CRUISE_MPS = 130 / 3.6;

/** The teacher at the wheel. */
export const expertDriver = (): TruthDriver => ({
  sees: "TRUTH",
  decide: ({ scene, guide, instruction }) =>
    wishOf(expertDecide(scene, instruction, CRUISE_MPS, guide), scene.ego.speedMps),
});
