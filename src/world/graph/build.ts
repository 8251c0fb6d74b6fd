import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";
import type { OpenDrive } from "../opendrive/model.ts";
import { lookBeside } from "./beside.ts";
import { conflictsOf } from "./conflicts.ts";
import { crossingsOf } from "./crossings.ts";
import { demandsOf } from "./governed.ts";
import { joinLanes, laneLookup } from "./joints.ts";
import { turnOf } from "./junction-lanes.ts";
import { kerbsOf } from "./kerbs.ts";
import { laneKind } from "./lane-kind.ts";
import { lightsOf } from "./lights.ts";
import { type SampledLane, sampleSection } from "./sample-lane.ts";
import { speedLimits } from "./speed-limit.ts";
import { stopLines } from "./stop-lines.ts";

/** The lanes of all roads, sampled, joined and ruled. Deterministic: the order is that of the model. */
export function buildLaneGraph(drive: OpenDrive): LaneGraph {
  const sampled = drive.roads.flatMap((road) =>
    road.sections.flatMap((_, section) => sampleSection(road, section)),
  );
  const find = laneLookup(sampled);
  const joints = joinLanes(drive, sampled, find);
  const demands = demandsOf(drive, sampled, joints);
  const { signals, indexOf } = lightsOf(drive, sampled, joints, demands);
  const stops = stopLines(drive, sampled, joints, demands, indexOf);
  const limits = speedLimits(sampled, joints.predecessors);
  const turns = sampled.map(({ road }, index) =>
    road.junctionId === undefined ? undefined : turnOf(index, sampled, joints),
  );
  const demanded = stops.ofLane.map((all) => {
    const last = all.at(-1);
    return last && stops.lines[last.stopLine]!.kind;
  });
  const conflicts = conflictsOf(drive, sampled, joints, turns, demanded);
  const lanes = sampled.map((one, index): GraphLane => {
    const { junctionId } = one.road;
    const turn = turns[index];
    const limit = limits[index];
    return {
      index,
      roadId: one.road.id,
      section: one.section,
      laneId: one.lane.id,
      kind: laneKind(one.lane.type),
      ...(junctionId === undefined ? {} : { junctionId }),
      ...(turn === undefined ? {} : { turn }),
      ...shapeOf(one),
      ...lookBeside(one, sampled, find),
      successors: joints.successors[index]!,
      predecessors: joints.predecessors[index]!,
      ...(limit === undefined ? {} : { speedLimitMps: limit }),
      stops: stops.ofLane[index]!,
      conflicts: conflicts[index]!,
    };
  });
  const graph: LaneGraph = {
    name: drive.origin,
    lanes,
    signals,
    stopLines: stops.lines,
    kerbs: [],
    crossings: crossingsOf(drive),
  };
  return { ...graph, kerbs: kerbsOf(sampled, graph) };
}

const shapeOf = (one: SampledLane) => ({
  lengthM: one.lengthM,
  sM: one.sM,
  xM: one.xM,
  yM: one.yM,
  zM: one.zM,
  yawRad: one.yawRad,
  curvatureInvm: one.curvatureInvm,
  widthM: one.widthM,
});
