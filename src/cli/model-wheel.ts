import { BEV_SPEC } from "../contract/bev.ts";
import type { Wheel } from "../dataset/wheel.ts";
import { loadModel } from "../inference/model.ts";
import { OnnxPlanner } from "../planner/planner.ts";
import { truthObservation } from "./truth-observation.ts";
import { TRUTH_SOURCE } from "./truth-perception.ts";

/** Observation to decision, as for the labels. */
const DELAY_US = 50_000;
const PERIOD_US = 100_000;
/** A standing vehicle that waits holds its brake. */
const HOLD = { accelMps2: -1, curvatureInvm: 0 };
const STANDING_MPS = 0.3;

/** The planner of a model on true BevStates at the wheel of a dataset's worlds. @throws ModelError */
export async function openModelWheel(modelDir: string): Promise<Wheel> {
  const model = await loadModel(modelDir, { threads: 1 });
  const planner = await OnnxPlanner.open(model);
  return {
    name: model.modelHash,
    reset: () => planner.reset(),
    drive: async ({ scene, bev, cruiseMps, text, givenUs }) => {
      const { proposal } = await planner.plan({
        observation: truthObservation(scene, { text, givenUs }, PERIOD_US),
        bev: {
          spec: BEV_SPEC,
          data: bev,
          stampUs: scene.stampUs,
          cameras: [],
          lidars: [TRUTH_SOURCE],
        },
        nowUs: scene.stampUs + DELAY_US,
        cruiseSpeedMps: cruiseMps,
      });
      if (proposal === undefined) return undefined;
      const { maneuver, trajectory } = proposal;
      if (maneuver.longitudinal === "WAIT" && scene.ego.speedMps < STANDING_MPS) return HOLD;
      return {
        accelMps2: trajectory.accelMps2[0]!,
        curvatureInvm: trajectory.curvatureInvm[0]!,
      };
    },
  };
}
