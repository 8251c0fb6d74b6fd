import type { DetectedObject } from "../../contract/scene.ts";
import type { TrafficFlow } from "./flow.ts";
import { trackOf } from "./lane-net.ts";
import { isDead, type Rider } from "./rider.ts";
import type { Walker } from "./walker.ts";

/** Drivers show where they turn from here on, m. */
const INDICATE_M = 45;
/** Slower than a lifted foot, m/s². */
const BRAKING_MPS2 = -0.7;

/** A vehicle as a classified object, with its lights. */
export function riderObject(flow: TrafficFlow, rider: Rider): DetectedObject {
  const { accelMps2, speedMps } = rider;
  const lit = rider.kind !== "CYCLIST";
  return {
    id: rider.id,
    kind: rider.kind,
    xM: rider.xM,
    yM: rider.yM,
    yawRad: rider.yawRad,
    lengthM: rider.lengthM,
    widthM: rider.widthM,
    heightM: rider.heightM,
    speedMps,
    accelMps2,
    rgb: rider.rgb,
    brakeLights: lit && (accelMps2 < BRAKING_MPS2 || (speedMps < 0.1 && accelMps2 <= 0)),
    indicator: lit ? indicatorOf(flow, rider) : 0,
  };
}

function indicatorOf(flow: TrafficFlow, rider: Rider): DetectedObject["indicator"] {
  if (isDead(rider)) return 2;
  // those who do not look do not signal either
  if (rider.change !== undefined) return rider.driver.blind ? 0 : rider.change.side;
  if (rider.intendsSide !== 0) return rider.intendsSide;
  let aheadM = -rider.sM;
  for (let k = rider.at; k < rider.path.length && aheadM < INDICATE_M; k++) {
    const track = trackOf(flow.net, rider.path[k]!);
    const { turn } = track.lane;
    if (turn === "LEFT" || turn === "U_TURN") return 1;
    if (turn === "RIGHT") return -1;
    aheadM += track.lengthM;
  }
  return 0;
}

/** Somebody on foot as a classified object. */
export const walkerObject = (walker: Walker): DetectedObject => {
  const { id, kind, xM, yM, yawRad, lengthM, widthM, heightM, speedMps, rgb } = walker;
  return {
    ...{ id, kind, xM, yM, yawRad, lengthM, widthM, heightM, speedMps, rgb },
    accelMps2: 0,
    brakeLights: false,
    indicator: 0,
  };
};
