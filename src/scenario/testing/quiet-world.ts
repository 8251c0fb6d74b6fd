import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import type { DetectedObject, Scene } from "../../contract/scene.ts";
import { Random } from "../../world/random.ts";
import { laneNet, poseInto, trackOf } from "../../world/traffic/lane-net.ts";
import { drawSignals, signalAt } from "../../world/traffic/signals.ts";
import { DrivenVehicle } from "../../world/vehicles/driven-vehicle.ts";
import { loadVehicleModel } from "../../world/vehicles/vehicle-model.ts";
import type { DriveWorld } from "../run/drive-world.ts";

const START_US = 1_700_000_000_000_000;

export type QuietOptions = {
  readonly seed?: number;
  readonly startM?: number;
  readonly speedMps?: number;
  /** Others at a time; they do not see ego. */
  readonly others?: (tS: number) => readonly DetectedObject[];
};

/** Real roads, lights and vehicle, and nobody but whom the test puts there. */
export function quietWorld(
  graph: LaneGraph,
  route: LaneRoute,
  options: QuietOptions = {},
): DriveWorld {
  const net = laneNet(graph);
  const vehicle = loadVehicleModel("car");
  const programme = drawSignals(new Random(options.seed ?? 1), graph, () => 14);
  const pose = { xM: 0, yM: 0, yawRad: 0 };
  poseInto(trackOf(net, route.lanes[0]!), options.startM ?? 5, pose);
  const ego = new DrivenVehicle(vehicle, { ...pose, speedMps: options.speedMps ?? 0 });
  let timeUs = 0;
  const scene = (): Scene => {
    const { steerRad: _, ...state } = ego.state;
    return {
      id: timeUs,
      stampUs: START_US + timeUs,
      ego: { ...state, lengthM: vehicle.lengthM, widthM: vehicle.widthM },
      objects: options.others?.(timeUs / 1e6) ?? [],
      lanes: [],
      stopLines: [],
      signals: graph.signals.map((s) => ({
        id: s.index,
        xM: s.xM,
        yM: s.yM,
        zM: s.zM,
        yawRad: s.yawRad,
        state: signalAt(programme, s.index, timeUs / 1e6),
      })),
      kerbs: [],
      blocks: [],
      light: 1,
      haze: 0,
      textureSeed: 1,
    };
  };
  return {
    graph,
    net,
    route,
    vehicle,
    timeS: () => timeUs / 1e6,
    scene,
    ego: () => {
      const { xM, yM, yawRad, speedMps } = ego.state;
      return { stampUs: START_US + timeUs, xM, yM, yawRad, speedMps };
    },
    step: (dtS, command) => {
      ego.step(dtS, command);
      timeUs += Math.round(dtS * 1e6);
    },
  };
}
