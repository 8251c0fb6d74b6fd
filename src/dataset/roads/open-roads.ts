import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { RoadKind } from "../../world/make-roads/make-roads.ts";
import type { Random } from "../../world/random.ts";
import { drawSky, type SkyKind } from "../../world/sky.ts";
import { laneNet, trackOf } from "../../world/traffic/lane-net.ts";
import { TrafficWorld } from "../../world/traffic/traffic-world.ts";
import { gauss } from "../observe.ts";
import { naturalWay } from "./way.ts";

/** A way without words is at least so long where a world begins, m. */
const START_WAY_M = 180;
const START_LANE_M = 30;
const TRIES = 60;
/** So many worlds begin at standstill. */
const STANDING_SHARE = 0.2;

export type OpenedRoads = { readonly world: TrafficWorld; readonly sky: SkyKind };

/** Roads, traffic, people and sky of one world, all drawn; undefined where the roads have no room to start. */
export function openRoads(
  graph: LaneGraph,
  kind: RoadKind,
  seed: number,
  rng: Random,
  standingShare = STANDING_SHARE,
): OpenedRoads | undefined {
  const net = laneNet(graph);
  const lanes = graph.lanes.filter(
    (lane) =>
      lane.kind === "DRIVING" && lane.junctionId === undefined && lane.lengthM > START_LANE_M,
  );
  const { kind: sky, light, haze, weather } = drawSky(rng);
  for (let k = 0; k < TRIES && lanes.length > 0; k++) {
    const lane = rng.pick(lanes);
    const sM = rng.range(4, lane.lengthM - 8);
    const start = { lane: lane.index, sM };
    const { halfWidthM, limitMps } = trackOf(net, lane.index);
    if (halfWidthM < 1.2 || naturalWay(net, start).lengthM < START_WAY_M) continue;
    const standing = rng.chance(standingShare);
    const egoMps = standing ? 0 : limitMps * rng.range(0.25, 1.05);
    const world = new TrafficWorld({
      graph,
      seed,
      egoStart: { ...start, dM: 0.25 * gauss(rng) },
      egoMps,
      ...drawTraffic(kind, rng),
      ...{ light, haze, weather },
    });
    return { world, sky };
  }
  return undefined;
}

/** From an empty road to a crowded one, from calm to rude drivers. */
function drawTraffic(kind: RoadKind, rng: Random) {
  const busy = rng.weighted({ SPARSE: 30, USUAL: 45, DENSE: 25 });
  const [least, most] = { SPARSE: [0, 6], USUAL: [6, 18], DENSE: [18, 40] }[busy] as [
    number,
    number,
  ];
  const rude = rng.chance(0.3);
  return {
    perKmLane: rng.range(least, most),
    maxVehicles: 70,
    temper: {
      aggressiveness: rude ? rng.range(0.5, 0.95) : rng.range(0.15, 0.5),
      slowShare: rng.range(0, 0.2),
      blindShare: rude ? rng.range(0, 0.15) : 0,
    },
    stoppedShare: rng.chance(0.3) ? rng.range(0, 0.03) : 0,
    whimHz: rng.chance(0.4) ? rng.range(0, 0.02) : 0,
    people: {
      density: kind === "HIGHWAY" ? 0 : rng.range(0, 3),
      heedlessShare: rng.chance(0.3) ? 0.1 : 0,
      jaywalks: rng.chance(0.3),
    },
    // nothing farther off is seen in a BevState
    radiusM: 200,
  };
}
