import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";
import type { Answer } from "../../contract/maneuver.ts";
import type { DetectedObject, Scene } from "../../contract/scene.ts";
import { indexLanes, type LaneIndex, nearestLane } from "../../world/graph/lane-index.ts";
import { trackOf } from "../../world/traffic/lane-net.ts";
import { gapIsSafe } from "../hazards.ts";
import { projectOnTrack } from "../route/follower.ts";
import type { RouteGuide } from "../route/guide.ts";
import { USUAL_GAP } from "../speed.ts";
import { type View, viewOf } from "../view.ts";
import type { DriveTrace, Footing, TraceOther, TracePlace, TraceSample } from "./trace.ts";

/** Farther road users are not noted, m. */
const AROUND_M = 120;
/** A lane that runs more than this against ego is one of oncoming traffic, rad. */
const AGAINST_RAD = 2.1;
/** A light's line counts as just passed up to this far behind the front bumper, m. */
const BEHIND_LINE_M = 5;

/** What the closed loop measures beside the scene. */
export type Measured = Pick<TraceSample, "freeMps" | "lead">;

type Body = {
  readonly lengthM: number;
  readonly widthM: number;
  readonly frontOverhangFromRearAxleM: number;
};

/** Writes the trace of a drive from the words on, one sample per `stepS`. */
export class TraceRecorder {
  readonly #map: LaneMap;
  readonly #body: Body;
  readonly #stepS: number;
  readonly #samples: TraceSample[] = [];

  constructor(graph: LaneGraph, body: Body, stepS: number) {
    this.#map = laneMap(graph);
    this.#body = body;
    this.#stepS = stepS;
  }

  add(scene: Scene, answer: Answer, measured: Measured, guide?: RouteGuide): void {
    const { ego } = scene;
    const view = viewOf(scene, guide);
    const { xM, yM, yawRad } = ego;
    const place =
      placeAlong(this.#map, guide, xM, yM, yawRad) ?? placeOn(this.#map, xM, yM, yawRad);
    const beside = place === undefined ? besideOn(this.#map, xM, yM, yawRad) : undefined;
    const middleM = this.#body.frontOverhangFromRearAxleM - this.#body.lengthM / 2;
    // beside the road the lane to its left is the one that ego came from
    const leftDM = place === undefined && view.path.egoDM < 0 ? 0 : view.leftDM;
    const limitMps = view.limitMps;
    const light = lightOf(view);
    this.#samples.push({
      xM: ego.xM,
      yM: ego.yM,
      yawRad: ego.yawRad,
      speedMps: ego.speedMps,
      ...(place === undefined ? {} : { place }),
      ...(beside === undefined ? {} : { beside }),
      footing: footingAt(
        this.#map,
        ego.xM + middleM * Math.cos(ego.yawRad),
        ego.yM + middleM * Math.sin(ego.yawRad),
        ego.yawRad,
      ),
      ...(limitMps === undefined ? {} : { limitMps }),
      ...measured,
      others: scene.objects.flatMap((o) => otherOf(o, ego, this.#body) ?? []),
      ...(light === undefined ? {} : { light }),
      ...(leftDM === undefined ? {} : { leftIsFree: gapIsSafe(view, leftDM, USUAL_GAP) }),
      ...(view.rightDM === undefined
        ? {}
        : { rightIsFree: gapIsSafe(view, view.rightDM, USUAL_GAP) }),
      answer,
    });
  }

  get trace(): DriveTrace {
    const { lengthM, widthM } = this.#body;
    return { stepS: this.#stepS, samples: this.#samples, lengthM, widthM };
  }
}

/** The lanes of a graph by what may travel on them. */
export type LaneMap = {
  readonly graph: LaneGraph;
  readonly driving: LaneIndex;
  readonly shoulder: LaneIndex;
  readonly sidewalk: LaneIndex;
};

export const laneMap = (graph: LaneGraph): LaneMap => ({
  graph,
  driving: indexLanes(graph),
  shoulder: indexLanes(graph, ["SHOULDER", "PARKING", "BORDER"]),
  sidewalk: indexLanes(graph, ["SIDEWALK", "BIKING"]),
});

function sampleAt(lane: GraphLane, sM: number): { yawRad: number; widthM: number } {
  let i = 0;
  while (i < lane.sM.length - 1 && lane.sM[i + 1]! <= sM) i++;
  return { yawRad: lane.yawRad[i]!, widthM: lane.widthM[i]! };
}

const between = (a: number, b: number): number => Math.atan2(Math.sin(a - b), Math.cos(a - b));

/** The lane of ego's direction that is nearest to a point beside the lanes. */
export function besideOn(
  map: LaneMap,
  xM: number,
  yM: number,
  yawRad: number,
): TraceSample["beside"] | undefined {
  const near = nearestLane(map.driving, xM, yM, { yawRad, maxM: 8 });
  if (near === undefined) return undefined;
  const { yawRad: laneRad } = sampleAt(map.graph.lanes[near.lane]!, near.sM);
  if (Math.abs(between(yawRad, laneRad)) > Math.PI / 2) return undefined;
  return { lane: near.lane, sM: near.sM };
}

/** The lane of ego's direction that a point lies in; undefined beside all of them. */
export function placeOn(
  map: LaneMap,
  xM: number,
  yM: number,
  yawRad: number,
): TracePlace | undefined {
  const near = nearestLane(map.driving, xM, yM, { yawRad, maxM: 8 });
  if (near === undefined) return undefined;
  const at = sampleAt(map.graph.lanes[near.lane]!, near.sM);
  const headingRad = between(yawRad, at.yawRad);
  if (Math.abs(headingRad) > Math.PI / 2 || Math.abs(near.dM) > at.widthM / 2) return undefined;
  return { lane: near.lane, sM: near.sM, dM: near.dM, headingRad };
}

/**
 * Where the lanes of a junction lie over each other, the nearest centre line says little: ego is on the
 * lane of its way as long as it is within that.
 */
function placeAlong(
  map: LaneMap,
  guide: RouteGuide | undefined,
  xM: number,
  yM: number,
  yawRad: number,
): TracePlace | undefined {
  for (const { lane } of guide?.pieces ?? []) {
    const own = map.graph.lanes[lane]!;
    if (own.junctionId === undefined) continue;
    const track = trackOf(guide!.net, lane);
    const at = projectOnTrack(track, { xM, yM, yawRad });
    if (at === undefined || at.pastM > 0 || at.turnRad > Math.PI / 2) continue;
    if (Math.abs(at.dM) > track.halfWidthM) continue;
    const { yawRad: laneRad } = sampleAt(own, at.sM);
    return { lane, sM: at.sM, dM: at.dM, headingRad: between(yawRad, laneRad) };
  }
  return undefined;
}

/** What is under a point; lanes to drive on come first where several overlap. */
export function footingAt(map: LaneMap, xM: number, yM: number, yawRad: number): Footing {
  const under = (index: LaneIndex, heading?: number) => {
    const options = heading === undefined ? { maxM: 8 } : { maxM: 8, yawRad: heading };
    const near = nearestLane(index, xM, yM, options);
    if (near === undefined) return undefined;
    const lane = map.graph.lanes[near.lane]!;
    const at = sampleAt(lane, near.sM);
    return Math.abs(near.dM) <= at.widthM / 2 ? { lane, yawRad: at.yawRad } : undefined;
  };
  if (placeOn(map, xM, yM, yawRad) !== undefined) return "LANE";
  const lane = under(map.driving);
  if (lane !== undefined) {
    const against = Math.abs(between(lane.yawRad, yawRad)) > AGAINST_RAD;
    return against && lane.lane.junctionId === undefined ? "ONCOMING" : "LANE";
  }
  if (under(map.shoulder) !== undefined) return "SHOULDER";
  return under(map.sidewalk) === undefined ? "OTHER" : "SIDEWALK";
}

function otherOf(o: DetectedObject, ego: Scene["ego"], body: Body): TraceOther | undefined {
  const [dx, dy] = [o.xM - ego.xM, o.yM - ego.yM];
  if (Math.hypot(dx, dy) > AROUND_M) return undefined;
  const [c, s] = [Math.cos(ego.yawRad), Math.sin(ego.yawRad)];
  const alongM = c * dx + s * dy;
  const turn = o.yawRad - ego.yawRad;
  const half = (Math.abs(Math.cos(turn)) * o.lengthM + Math.abs(Math.sin(turn)) * o.widthM) / 2;
  const before = alongM - half - body.frontOverhangFromRearAxleM;
  const behind = alongM + half + body.lengthM - body.frontOverhangFromRearAxleM;
  const aheadM = before > 0 ? before : behind < 0 ? behind : 0;
  const speedMps = o.speedMps * Math.cos(turn);
  return { id: o.id, kind: o.kind, aheadM, leftM: -s * dx + c * dy, speedMps };
}

function lightOf(view: View): TraceSample["light"] | undefined {
  for (const { sM, state } of view.lines) {
    const distM = sM - view.egoFrontM;
    if (state !== "SIGN" && state !== "OFF" && distM > -BEHIND_LINE_M) return { distM, state };
  }
  return undefined;
}
