import { BEV_SPEC } from "../contract/bev.ts";
import type { Observation } from "../contract/observation.ts";
import type { Wheel, WheelView } from "../dataset/wheel.ts";
import { fromYawPitchRoll } from "../geometry/se3.ts";
import { loadModel } from "../inference/model.ts";
import { OnnxPlanner } from "../planner/planner.ts";
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
    drive: async (view) => {
      const { scene, bev, cruiseMps } = view;
      const { proposal } = await planner.plan({
        observation: observationOf(view),
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

function observationOf({ scene, text, givenUs }: WheelView): Observation {
  const { stampUs, ego } = scene;
  return {
    id: scene.id,
    stampUs,
    arrivalUs: stampUs,
    images: [],
    sweeps: [],
    ego: {
      stampUs,
      speedMps: Math.max(0, ego.speedMps),
      accelMps2: ego.accelMps2,
      yawRateRadps: ego.yawRateRadps,
      derived: false,
      odomFromEgo: fromYawPitchRoll(ego.yawRad, 0, 0, [ego.xM, ego.yM, 0]),
    },
    route: { text, givenUs },
    expectedCameras: [],
    expectedLidars: [],
    periodUs: PERIOD_US,
    faults: [],
  };
}
