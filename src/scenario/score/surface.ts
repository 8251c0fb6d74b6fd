import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Scene } from "../../contract/scene.ts";
import { indexLanes, type LaneIndex, nearestLane } from "../../world/graph/lane-index.ts";

/** On what ego's box stands. */
export type Footing = {
  /** A corner of the box is beside all lanes that vehicles may drive on. */
  readonly offRoad: boolean;
  /** The middle of the box is on a lane of oncoming traffic. */
  readonly wrongLane: boolean;
  /** The leaderboard's "outside route lanes": the middle is on the wrong side or beside all lanes. */
  readonly outside: boolean;
};

/** Marks have a width, and so do tyres, m. */
const TOLERANCE_M = 0.15;
/** The leaderboard lets the middle of a vehicle be this far beside its lane, m. */
const OUTSIDE_M = 1.3;
/** A lane that runs more than this against ego is one of oncoming traffic, rad. */
const AGAINST_RAD = 2.1;

/** Tells road from verge and own lanes from oncoming ones. */
export class Surface {
  readonly #driving: LaneIndex;
  readonly #graph: LaneGraph;

  constructor(graph: LaneGraph) {
    this.#graph = graph;
    this.#driving = indexLanes(graph, ["DRIVING"]);
  }

  /** `middleM`: from the rear axle to the middle of the box. */
  at(ego: Scene["ego"], middleM: number): Footing {
    const c = Math.cos(ego.yawRad);
    const s = Math.sin(ego.yawRad);
    const x0 = ego.xM + middleM * c;
    const y0 = ego.yM + middleM * s;
    let offRoad = false;
    for (const i of [-0.5, 0.5])
      for (const j of [-0.5, 0.5]) {
        const x = x0 + i * ego.lengthM * c - j * ego.widthM * s;
        const y = y0 + i * ego.lengthM * s + j * ego.widthM * c;
        if (!this.#isRoad(x, y)) offRoad = true;
      }
    const wrongLane = this.#isAgainst(x0, y0, ego.yawRad);
    return { offRoad, wrongLane, outside: wrongLane || !this.#isRoad(x0, y0, OUTSIDE_M) };
  }

  #isRoad(xM: number, yM: number, toleranceM = TOLERANCE_M): boolean {
    const near = nearestLane(this.#driving, xM, yM, { maxM: 6 });
    if (near === undefined) return false;
    const width = widthAt(this.#graph, near.lane, near.sM);
    return Math.abs(near.dM) <= width / 2 + toleranceM;
  }

  #isAgainst(xM: number, yM: number, yawRad: number): boolean {
    const near = nearestLane(this.#driving, xM, yM, { maxM: 4 });
    if (near === undefined) return false;
    const lane = this.#graph.lanes[near.lane]!;
    if (lane.junctionId !== undefined) return false;
    const i = Math.min(lane.sM.length - 1, indexAt(lane.sM, near.sM));
    const turn = lane.yawRad[i]! - yawRad;
    const inside = Math.abs(near.dM) < widthAt(this.#graph, near.lane, near.sM) / 2;
    return inside && Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) > AGAINST_RAD;
  }
}

const indexAt = (sM: Float64Array, at: number): number => {
  let i = 0;
  while (i < sM.length - 1 && sM[i + 1]! <= at) i++;
  return i;
};

function widthAt(graph: LaneGraph, index: number, sM: number): number {
  const lane = graph.lanes[index]!;
  return lane.widthM[indexAt(lane.sM, sM)]!;
}
