import type { LaneGraph } from "../../contract/lane-graph.ts";
import { namedBranch } from "./named-place.ts";
import type { Notice, Step } from "./nav-meaning.ts";
import { failed, type Progress, untested } from "./progress.ts";
import * as pace from "./success-pace.ts";
import * as way from "./success-way.ts";
import type { DriveTrace, TraceSample } from "./trace.ts";
import { lanesBeside } from "./ways.ts";

/** Notices of what passes by without a danger. */
const HARMLESS: readonly Notice[] = ["LIGHT_GREEN", "TUNNEL"];

/** Whether a drive from the words on fulfils a step. */
export function testStep(step: Step, trace: DriveTrace, graph: LaneGraph): Progress {
  const first = trace.samples[0]!;
  switch (step.kind) {
    case "FOLLOW_ROAD":
      return way.testFollowRoad(trace, graph);
    case "CHANGE_LANE":
      return way.testLaneChange(trace, graph, step.side);
    case "SET_SPEED":
      return pace.testSpeed(trace, step.mps);
    case "CHANGE_SPEED":
      return pace.testSpeed(trace, Math.max(0, first.speedMps + step.deltaMps));
    case "KEEP_GAP":
      return pace.testGap(
        trace,
        "metres" in step ? pace.gapInMetres(step.metres) : pace.gapInSeconds(step.seconds),
      );
    case "CHANGE_GAP": {
      if (first.lead === undefined) return untested("nobody ahead to keep a gap to");
      const moreM = "deltaM" in step ? step.deltaM : step.deltaS * first.speedMps;
      return pace.testGap(trace, pace.gapInMetres(first.lead.gapM + moreM));
    }
    case "STOP":
      return pace.testStop(trace);
    case "PULL_OVER":
      return pace.testPullOver(
        trace,
        (s) => isAside(s, trace, graph),
        (s) => hasSide(s, graph),
        lanesToTheRight(graph, first.place?.lane),
      );
    case "SLOW_DOWN":
      return pace.testSlower(trace);
    case "START":
      return pace.testStart(trace);
    case "DRIVE_FREELY":
      return pace.testFree(trace);
    case "NOTICE":
      return pace.testNotice(trace, !HARMLESS.includes(step.what));
    case "TURN":
    case "BEAR":
    case "LEAVE_HIGHWAY": {
      const from = first.place ?? first.beside;
      if (from === undefined) return untested("ego is far from all lanes");
      const named = namedBranch(graph, from, step);
      if (named === undefined) return failed("there is no such way");
      return way.testBranch(trace, graph, named.node, named.branch);
    }
    case "ROUNDABOUT":
      return way.testRoundabout(trace, graph, step.exit);
    case "ENTER_HIGHWAY":
      return way.testEnterHighway(trace, graph);
    case "OVERTAKE":
      return way.testOvertake(trace, step.side);
    case "GO_TO":
      return way.testGoTo(trace, step.aheadM, step.leftM);
    case "ARRIVE":
      return way.testArrive(trace, step.inM);
    case "ILLEGAL":
    case "NONSENSE":
      return failed("not refused");
  }
}

const lanesToTheRight = (graph: LaneGraph, lane: number | undefined): number => {
  if (lane === undefined) return 0;
  const beside = lanesBeside(graph, lane);
  return beside.length - 1 - beside.indexOf(lane);
};

/** Right side of ego this near to the lane's edge is the side of a road without a shoulder, m. */
const EDGE_M = 0.6;

function isAside(sample: TraceSample, trace: DriveTrace, graph: LaneGraph): boolean {
  if (sample.footing === "SHOULDER") return true;
  const { place } = sample;
  if (place === undefined) return false;
  const lane = graph.lanes[place.lane]!;
  if (lane.junctionId !== undefined || lane.rightIndex !== undefined) return false;
  if (hasShoulder(graph, place.lane, trace.widthM)) return false;
  return lane.widthM[0]! / 2 + place.dM - trace.widthM / 2 < EDGE_M;
}

/** From here the side of the road can be reached: neither a junction nor a lane that is closed to ego is between. */
function hasSide({ place }: TraceSample, graph: LaneGraph): boolean {
  if (place === undefined) return true;
  const { junctionId, rightIndex, mayChangeRight } = graph.lanes[place.lane]!;
  return junctionId === undefined && (rightIndex === undefined || mayChangeRight);
}

/** A shoulder or parking lane beside a lane, wide enough to stand on. */
function hasShoulder(graph: LaneGraph, lane: number, widthM: number): boolean {
  const own = graph.lanes[lane]!;
  return graph.lanes.some(
    ({ roadId, section, laneId, kind, widthM: width }) =>
      roadId === own.roadId &&
      section === own.section &&
      Math.sign(laneId) === Math.sign(own.laneId) &&
      Math.abs(laneId) > Math.abs(own.laneId) &&
      (kind === "SHOULDER" || kind === "PARKING") &&
      width[Math.floor(width.length / 2)]! >= widthM,
  );
}
