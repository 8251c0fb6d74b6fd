import type { GraphKerb, GraphLaneKind, LaneGraph } from "../../contract/lane-graph.ts";
import { recordAt } from "../opendrive/cubic.ts";
import type { OdrLane } from "../opendrive/model.ts";
import { heightsAt } from "./cross-section.ts";
import { indexLanes, nearestLane } from "./lane-index.ts";
import { laneKind } from "./lane-kind.ts";
import { segmentAt } from "./polyline.ts";
import type { SampledLane } from "./sample-lane.ts";

/** Usual height of a kerb, m (RASt 06: 10 to 14 cm), where the file gives none. */
const KERB_HEIGHT_M = 0.12;
/** A kerb this far inside a driving lane is another way's lane in a junction and so is none, m. */
const INSIDE_MIN_M = 0.3;
/** Lanes on other levels do not remove a kerb. */
const LEVEL_MAX_M = 2;

/**
 * Kerbs along lane borders: where a sidewalk begins, and where the file marks a curb. In junctions, where
 * the ways of connecting roads cross, pieces that would stand in a driving lane are left out.
 */
export function kerbsOf(sampled: readonly SampledLane[], graph: LaneGraph): GraphKerb[] {
  const index = indexLanes(graph);
  const inLane = (xM: number, yM: number, zM: number): boolean => {
    const at = nearestLane(index, xM, yM, { maxM: CLEAR_M, zM });
    if (!at) return false;
    const lane = graph.lanes[at.lane]!;
    const sample = segmentAt(lane.sM, at.sM);
    return (
      Math.abs(at.dM) < lane.widthM[sample]! / 2 - INSIDE_MIN_M &&
      Math.abs(lane.zM[sample]! - zM) < LEVEL_MAX_M
    );
  };
  return sampled.flatMap((lane) =>
    ([1, -1] as const).flatMap((towards) => kerbsBeside(lane, towards, inLane)),
  );
}

const CARRIES_TRAFFIC: readonly GraphLaneKind[] = ["DRIVING", "SHOULDER", "PARKING", "BIKING"];

/** Half the width of the widest lanes, m: farther from every centre line no point is in a lane. */
const CLEAR_M = 10;

/** Kerbs on the border of the lane towards higher (1) or lower (−1) lane ids. */
function kerbsBeside(
  one: SampledLane,
  towards: 1 | -1,
  inLane: (xM: number, yM: number, zM: number) => boolean,
): GraphKerb[] {
  const section = one.road.sections[one.section]!;
  const step = one.lane.id + towards === 0 ? 2 * towards : towards;
  const other = section.lanes.find(({ id }) => id === one.lane.id + step);
  const outwards = one.lane.id > 0 === towards > 0;
  const walks = (lane: OdrLane | undefined) => lane && laneKind(lane.type) === "SIDEWALK";
  if (walks(one.lane)) return [];
  // The far side of a sidewalk, towards grass, has no kerb; one between roadways has two.
  const walk = walks(other) && (outwards || CARRIES_TRAFFIC.includes(laneKind(one.lane.type)));
  if (!walk && !outwards) return [];
  const owner = outwards ? one.lane : other;
  const side = towards > 0 === one.forward ? 1 : -1;
  const runs: number[][] = [[]];
  let heightM = 0;
  for (let i = 0; i < one.sM.length; i++) {
    const dsM = one.roadSM[i]! - section.sM;
    const marked = owner && recordAt(owner.marks, dsM)?.type === "curb";
    const half = (side * one.widthM[i]!) / 2;
    const xM = one.xM[i]! - Math.sin(one.yawRad[i]!) * half;
    const yM = one.yM[i]! + Math.cos(one.yawRad[i]!) * half;
    if ((!walk && !marked) || inLane(xM, yM, one.zM[i]!)) {
      if (runs.at(-1)!.length > 0) runs.push([]);
      continue;
    }
    runs.at(-1)!.push(xM, yM);
    if (other) heightM = Math.max(heightM, raisedM(other, dsM, outwards));
  }
  return runs
    .filter((run) => run.length >= 4)
    .map((run) => ({
      line: Float64Array.from(run),
      heightM: heightM > 0 ? heightM : KERB_HEIGHT_M,
    }));
}

const raisedM = (lane: OdrLane, dsM: number, outwards: boolean): number => {
  const { innerM, outerM } = heightsAt(lane, dsM);
  return outwards ? innerM : outerM;
};
