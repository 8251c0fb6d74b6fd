import type { Observation, Route } from "../contract/observation.ts";
import type { Scene } from "../contract/scene.ts";
import { fromYawPitchRoll } from "../geometry/se3.ts";

/** An Observation without sensors: ego of the scene as it is, its odometry the map frame. */
export function truthObservation(
  { id, stampUs, ego }: Scene,
  route: Route,
  periodUs: number,
): Observation {
  return {
    id,
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
    route,
    expectedCameras: [],
    expectedLidars: [],
    periodUs,
    faults: [],
  };
}
