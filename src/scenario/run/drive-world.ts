import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import type { Scene } from "../../contract/scene.ts";
import type { LaneNet } from "../../world/traffic/lane-net.ts";
import type { VehicleModel } from "../../world/vehicles/vehicle-model.ts";
import type { VehicleState } from "../executor/track.ts";

/** A world that ego drives in, in lock-step: nothing moves but in `step`. */
export type DriveWorld = {
  readonly graph: LaneGraph;
  readonly net: LaneNet;
  readonly route: LaneRoute;
  /** The vehicle that ego is. */
  readonly vehicle: VehicleModel;
  readonly timeS: () => number;
  readonly scene: () => Scene;
  /** Where ego is now, with the scene's clock; cheaper than a scene. */
  readonly ego: () => VehicleState;
  /** Ego means to take other lanes: others reckon with it. */
  readonly reroute?: (lanes: readonly number[]) => void;
  readonly step: (
    dtS: number,
    command: { readonly accelMps2: number; readonly steerRad: number },
  ) => void;
};
