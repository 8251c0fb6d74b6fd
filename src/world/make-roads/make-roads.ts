import type { LaneGraph } from "../../contract/lane-graph.ts";
import { buildLaneGraph } from "../graph/build.ts";
import type { OpenDrive } from "../opendrive/model.ts";
import { Random } from "../random.ts";
import { NoBendFits } from "./edge-line.ts";
import { makeHighway } from "./highway.ts";
import { buildNetwork, type NetworkPlan } from "./network.ts";
import { mixedPlan, roundaboutPlan, ruralPlan, townPlan } from "./town-plan.ts";

/** Kinds of random roads. */
export const ROAD_KINDS = ["HIGHWAY", "RURAL", "JUNCTION", "ROUNDABOUT", "MIXED"] as const;
export type RoadKind = (typeof ROAD_KINDS)[number];

type Made = Pick<OpenDrive, "roads" | "junctions" | "controllers">;

const planned =
  (plan: (rng: Random, sizeM: number) => NetworkPlan) =>
  (rng: Random, sizeM: number): Made =>
    buildNetwork(rng, plan(rng, sizeM));

const MAKERS: Readonly<Record<RoadKind, (rng: Random, sizeM: number, laneCount?: number) => Made>> =
  {
    HIGHWAY: makeHighway,
    RURAL: planned(ruralPlan),
    JUNCTION: planned(townPlan),
    ROUNDABOUT: planned(roundaboutPlan),
    MIXED: planned(mixedPlan),
  };

/** Size of a world where none is asked for, m: routes of a kilometre and more. */
const SIZE_M: Readonly<Record<RoadKind, number>> = {
  HIGHWAY: 2000,
  RURAL: 1400,
  JUNCTION: 600,
  ROUNDABOUT: 800,
  MIXED: 900,
};

/** Lanes of a carriageway that may be asked for. */
export const HIGHWAY_LANES: readonly number[] = [2, 3, 4, 5, 6];

/** Extents that may be asked for, m: room for one junction with its arms, up to a few hundred roads. */
export const ROADS_SIZE_M = [300, 5000] as const;

export type RoadsWish = {
  readonly kind: RoadKind;
  readonly seed: number;
  /** Extent aimed at, m. */
  readonly sizeM?: number;
  /** Lanes of each carriageway of a HIGHWAY; drawn where it is not given. */
  readonly laneCount?: number;
};

/** Random roads as OpenDRIVE: the same wish gives the same roads to the bit. @throws RangeError for size and lanes */
export function makeRoads({ kind, seed, sizeM = SIZE_M[kind], laneCount }: RoadsWish): OpenDrive {
  if (!(sizeM >= ROADS_SIZE_M[0] && sizeM <= ROADS_SIZE_M[1]))
    throw new RangeError(`sizeM: ${ROADS_SIZE_M.join(" to ")} m expected, found ${sizeM}`);
  if (laneCount !== undefined && (kind !== "HIGHWAY" || !HIGHWAY_LANES.includes(laneCount)))
    throw new RangeError(
      `laneCount: ${HIGHWAY_LANES.join(", ")} of a HIGHWAY expected, found ${laneCount} of ${kind}`,
    );
  const name = `${kind} ${seed}`;
  return {
    origin: name,
    header: { revMajor: 1, revMinor: 7, name },
    ...drawFitting((rng) => MAKERS[kind](rng, sizeM, laneCount), seed),
  };
}

/** Draws that may fail before a seed is given up: one in some hundred does. */
const DRAWS_MAX = 8;
/** Between the seeds of draws: the golden ratio of 2³². */
const NEXT_DRAW = 0x9e3779b9;

/** Roads drawn with a seed, and drawn anew with one made of it where they did not fit together. */
function drawFitting<T>(make: (rng: Random) => T, seed: number): T {
  for (let draw = 0; ; draw++) {
    try {
      return make(new Random(draw === 0 ? seed : (seed + draw * NEXT_DRAW) >>> 0));
    } catch (error) {
      if (!(error instanceof NoBendFits) || draw + 1 >= DRAWS_MAX) throw error;
    }
  }
}

/** The same as a graph of lanes. */
export const randomGraph = (kind: RoadKind, seed: number, laneCount?: number): LaneGraph =>
  buildLaneGraph(makeRoads({ kind, seed, ...(laneCount === undefined ? {} : { laneCount }) }));
