import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import { CAR } from "../../contract/maneuver.ts";
import { footingAt, type LaneMap, laneMap, placeOn } from "./record-trace.ts";
import { laneStartsM } from "./route-events.ts";
import type { DriveTrace, TraceSample } from "./trace.ts";

/** What a written drive says of an instant; place and footing follow from the pose. */
export type Instant = Partial<Omit<TraceSample, "place" | "footing">> & {
  readonly xM: number;
  readonly yM: number;
};

const maps = new WeakMap<LaneGraph, LaneMap>();

function mapOf(graph: LaneGraph): LaneMap {
  const map = maps.get(graph) ?? laneMap(graph);
  maps.set(graph, map);
  return map;
}

/** A drive written down by hand, on a graph; answers ACCEPTED unless it says otherwise. */
export function aTrace(graph: LaneGraph, seconds: number, at: (tS: number) => Instant): DriveTrace {
  const map = mapOf(graph);
  const stepS = 0.1;
  const samples = Array.from({ length: Math.round(seconds / stepS) + 1 }, (_, i): TraceSample => {
    const instant = at(i * stepS);
    const { xM, yM, yawRad = 0 } = instant;
    const place = placeOn(map, xM, yM, yawRad);
    return {
      yawRad,
      speedMps: 10,
      others: [],
      answer: "ACCEPTED",
      ...instant,
      ...(place === undefined ? {} : { place }),
      footing: footingAt(map, xM, yM, yawRad),
    };
  });
  return { stepS, samples, lengthM: CAR.lengthM, widthM: CAR.widthM };
}

/** A drive along lanes of the graph, lane after lane, `speedMps` fast, `dM` left of their centre. */
export function alongLanes(
  graph: LaneGraph,
  lanes: readonly number[],
  options: { readonly speedMps?: number; readonly fromM?: number } = {},
  more: (tS: number) => Partial<Instant> = () => ({}),
): DriveTrace {
  const { speedMps = 10, fromM = 0 } = options;
  const points = lanes.flatMap((index) => {
    const { xM, yM, yawRad } = graph.lanes[index]!;
    return Array.from(xM, (x, i) => ({ xM: x, yM: yM[i]!, yawRad: yawRad[i]! }));
  });
  const sM = [0];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    sM.push(sM[i - 1]! + Math.hypot(b.xM - a.xM, b.yM - a.yM));
  }
  return aTrace(graph, (sM.at(-1)! - fromM - 1) / speedMps, (tS) => {
    const along = fromM + tS * speedMps;
    const i = Math.max(0, sM.findIndex((s) => s > along) - 1);
    const f = (along - sM[i]!) / (sM[i + 1]! - sM[i]!);
    const [a, b] = [points[i]!, points[i + 1]!];
    const pose = {
      xM: a.xM + f * (b.xM - a.xM),
      yM: a.yM + f * (b.yM - a.yM),
      yawRad: a.yawRad,
    };
    return { ...pose, speedMps, ...more(tS) };
  });
}

/** A drive along a route from a way on it; lane changes are made half way along the lane left. */
export function alongRoute(
  graph: LaneGraph,
  route: LaneRoute,
  fromM: number,
  speedMps: number,
): DriveTrace {
  const starts = laneStartsM(graph, route);
  const points: { doneM: number; xM: number; yM: number; yawRad: number }[] = [];
  let share = 0;
  for (const [k, index] of route.lanes.entries()) {
    const lane = graph.lanes[index]!;
    const next = route.lanes[k + 1];
    const changes = next !== undefined && !lane.successors.includes(next);
    const until = changes ? (1 + share) / 2 : 1;
    for (let i = 0; i < lane.sM.length; i++) {
      const at = lane.sM[i]! / lane.lengthM;
      if (at < share || at > until) continue;
      const pose = { xM: lane.xM[i]!, yM: lane.yM[i]!, yawRad: lane.yawRad[i]! };
      points.push({ doneM: starts[k]! + lane.sM[i]!, ...pose });
    }
    share = changes ? until : 0;
  }
  const lastM = points.at(-1)!.doneM;
  // the drive ends with standing at the end of the route
  return aTrace(graph, (lastM - fromM) / speedMps + 4, (tS) => {
    const wantedM = fromM + tS * speedMps;
    const i = points.findIndex(({ doneM }) => doneM >= wantedM);
    const { doneM: _, ...pose } = points.at(i)!;
    return { ...pose, speedMps: i < 0 ? 0 : speedMps, leftIsFree: true, rightIsFree: true };
  });
}
