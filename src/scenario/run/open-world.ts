import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ConfigError } from "../../contract/errors.ts";
import type { LaneGraph } from "../../contract/lane-graph.ts";
import { buildLaneGraph } from "../../world/graph/build.ts";
import { randomRoute } from "../../world/graph/route.ts";
import { type RoadKind, randomGraph } from "../../world/make-roads/make-roads.ts";
import { parseOpenDrive } from "../../world/opendrive/parse.ts";
import { Random } from "../../world/random.ts";
import { drawSky, type SkyKind } from "../../world/sky.ts";
import { trackOf } from "../../world/traffic/lane-net.ts";
import { TrafficWorld } from "../../world/traffic/traffic-world.ts";
import type { DriveWorld } from "./drive-world.ts";

/** What one run drives in; plain data, so that another process makes the same world. */
export type WorldSpec = {
  /** OpenDRIVE file, or roads of a kind that `seed` draws. */
  readonly roads:
    | { readonly town: string }
    | { readonly kind: RoadKind; readonly laneCount?: number };
  /** Draws the route. */
  readonly routeSeed: number;
  /** Draws everything else. */
  readonly seed: number;
  /** Least length of the route, m. */
  readonly routeM: number;
  /** Vehicles per kilometre of lane around ego. */
  readonly perKmLane: number;
  /** Share of drivers who change lanes without looking; 0 where it is not given. */
  readonly blindShare?: number;
  /** Ego begins amid the traffic, at the speed that the density lets it have. */
  readonly rolling?: boolean;
  /** Light and weather; `seed` draws them where they are not given. */
  readonly sky?: SkyKind;
};

/** Ego starts this far into its first lane, m, or in the middle of a shorter one. */
const START_M = 8;

/** Amid the traffic ego starts this far into its lane, m: others are behind it too. */
const ROLLING_START_M = 260;
/** Length of a vehicle with its gap at standstill, m, and the time gap of ordinary drivers, s. */
const VEHICLE_ROOM_M = 8;
const TIME_GAP_S = 1.5;
/** Dense wide highways hold more vehicles within sight than the world's own bound. */
const MAX_VEHICLES = 300;

/** Runs begin at their own minute after this instant (November 2023). */
const START_US = 1_700_000_000_000_000;
const MINUTE_US = 60_000_000;

const graphs = new Map<string, LaneGraph>();

/** The roads of an OpenDRIVE file; read once per process. @throws ConfigError TOWN_FILE */
export function readTown(path: string): LaneGraph {
  const known = graphs.get(path);
  if (known !== undefined) return known;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError("TOWN_FILE", `${path}: a readable OpenDRIVE file expected, found none`, {
      cause,
    });
  }
  const graph = buildLaneGraph(parseOpenDrive(text, basename(path)));
  graphs.set(path, graph);
  return graph;
}

/** The roads of a run, for people: "Town02", "RURAL 7". */
const roadsName = ({ roads, seed }: WorldSpec): string =>
  "town" in roads ? basename(roads.town).replace(/\.xodr$/, "") : `${roads.kind} ${seed}`;

/** Roads, route and wanted sky of a run, for people: "Town02 route 7", "RURAL 7 route 7 FOG". */
export const nameOf = (spec: WorldSpec): string =>
  `${roadsName(spec)} route ${spec.routeSeed}${spec.sky === undefined ? "" : ` ${spec.sky}`}`;

/** Speed of traffic of a density, m/s: the limit, or what the spacing leaves for the time gap. */
const flowMps = (perKmLane: number, limitMps = 14): number =>
  Math.max(0, Math.min(limitMps, (1000 / Math.max(perKmLane, 1) - VEHICLE_ROOM_M) / TIME_GAP_S));

/** Makes the world of a run. @throws ConfigError TOWN_FILE, TOWN_ROUTE */
export function openWorld(spec: WorldSpec): DriveWorld {
  const { roads } = spec;
  const graph =
    "town" in roads ? readTown(roads.town) : randomGraph(roads.kind, spec.seed, roads.laneCount);
  const route = randomRoute(graph, new Random(spec.routeSeed), spec.routeM);
  if (route === undefined)
    throw new ConfigError(
      "TOWN_ROUTE",
      `${roadsName(spec)}: a route of ${spec.routeM} m expected, found no driving lanes that join`,
    );
  const startUs = START_US + (spec.seed % 1_000_000) * MINUTE_US;
  const lane = route.lanes[0]!;
  const lengthM = graph.lanes[lane]!.lengthM;
  const { light, haze, weather } = drawSky(new Random(spec.seed * 17 + 5), spec.sky);
  const world = new TrafficWorld({
    graph,
    seed: spec.seed,
    egoStart: { lane, sM: Math.min(spec.rolling ? ROLLING_START_M : START_M, lengthM / 2), dM: 0 },
    route: route.lanes,
    perKmLane: spec.perKmLane,
    maxVehicles: MAX_VEHICLES,
    ...(spec.rolling ? { egoMps: flowMps(spec.perKmLane, graph.lanes[lane]!.speedLimitMps) } : {}),
    ...(spec.blindShare === undefined ? {} : { temper: { blindShare: spec.blindShare } }),
    startUs,
    light,
    haze,
    weather,
  });
  // the start must be on a lane that vehicles drive on
  trackOf(world.flow.net, lane);
  return {
    graph,
    net: world.flow.net,
    route,
    vehicle: world.vehicle.model,
    timeS: () => world.timeS,
    scene: () => world.scene(),
    ego: () => {
      const { xM, yM, yawRad, speedMps } = world.vehicle.state;
      return { stampUs: startUs + Math.round(world.timeS * 1e6), xM, yM, yawRad, speedMps };
    },
    reroute: (lanes) => world.reroute(lanes),
    step: (dtS, command) => world.step(dtS, command),
  };
}
