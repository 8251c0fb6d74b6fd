import type { GraphLane, GraphStopLine } from "../../contract/lane-graph.ts";
import type { OpenDrive } from "../opendrive/model.ts";
import type { Demand } from "./governed.ts";
import type { Joints } from "./joints.ts";
import { entriesOf } from "./junction-lanes.ts";
import { laneKind } from "./lane-kind.ts";
import { type MapPoint, outlinesOf } from "./placed.ts";
import { columnAt, crossingM } from "./polyline.ts";
import type { SampledLane } from "./sample-lane.ts";

/** How far before the junction a painted line still belongs to it, m; beyond, it is for something else. */
const LINE_BEFORE_END_MAX_M = 30;
/** How far inside the junction a painted line still belongs to the lanes that lead in, m. */
const LINE_INSIDE_MAX_M = 8;
/** Painted lines may end short of the middle of their lane's outer half, m. */
const LINE_SLACK_M = 0.5;
/** Lines of a bridge do not count for the road below. */
const LEVEL_MAX_M = 2;

export type Stops = {
  readonly lines: readonly GraphStopLine[];
  /** For each lane, in the order given, as in GraphLane. */
  readonly ofLane: readonly GraphLane["stops"][];
};

/**
 * One stop line across each lane that a light, a stop sign, a yield sign or a painted line asks to wait:
 * at the painted line where there is one, else beside the sign, else at the end of the lane.
 *
 * @param lightIndex index in LaneGraph.signals of a light
 */
export function stopLines(
  drive: OpenDrive,
  lanes: readonly SampledLane[],
  joints: Joints,
  demands: readonly Demand[],
  lightIndex: ReadonlyMap<Demand["signal"], number>,
): Stops {
  const painted = paintedLines(drive, lanes, joints);
  for (const { kind, lane, sM } of demands)
    if (kind === "LINE" && sM !== undefined) addTo(painted, lane, sM);
  const byLane = new Map<number, Demand[]>();
  for (const demand of demands) if (demand.kind !== "LINE") addTo(byLane, demand.lane, demand);
  const waiting = [...new Set([...byLane.keys(), ...painted.keys()])].sort((a, b) => a - b);
  const lines: GraphStopLine[] = [];
  const ofLane: { sM: number; stopLine: number }[][] = lanes.map(() => []);
  for (const lane of waiting) {
    const own = byLane.get(lane) ?? [];
    const kind = kindOf(own);
    const sM = placeOf(lanes[lane]!, own, painted.get(lane) ?? []);
    const lights = own
      .filter((demand) => demand.kind === "LIGHT")
      .flatMap(({ signal }) => lightIndex.get(signal) ?? []);
    const signals = kind === "LIGHT" ? [...new Set(lights)].sort((a, b) => a - b) : [];
    ofLane[lane]!.push({ sM, stopLine: lines.length });
    lines.push({ index: lines.length, kind, ...across(lanes[lane]!, sM), signals });
  }
  return { lines, ofLane };
}

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const all = map.get(key);
  if (all) all.push(value);
  else map.set(key, [value]);
}

/** A light outranks signs, which hold while it is off; a line without either means stop. */
function kindOf(own: readonly Demand[]): GraphStopLine["kind"] {
  if (own.some(({ kind }) => kind === "LIGHT")) return "LIGHT";
  return own.length > 0 && own.every(({ kind }) => kind === "YIELD") ? "YIELD" : "STOP";
}

function placeOf(lane: SampledLane, own: readonly Demand[], paintedM: readonly number[]): number {
  const near = (sM: number) => sM >= lane.lengthM - LINE_BEFORE_END_MAX_M;
  const beside = own.flatMap(({ sM }) => sM ?? []);
  const last = paintedM.filter((sM) => near(sM) || beside.length === 0);
  if (last.length > 0) return Math.max(...last);
  return beside.length > 0 ? Math.min(...beside) : lane.lengthM;
}

/** Ends of a line across the lane, the left one first. */
function across(lane: SampledLane, sM: number): Pick<GraphStopLine, "x0M" | "y0M" | "x1M" | "y1M"> {
  const at = (column: Float64Array) => columnAt(lane.sM, column, sM);
  const [xM, yM, yaw] = [at(lane.xM), at(lane.yM), at(lane.yawRad)];
  const half = at(lane.widthM) / 2;
  const [dx, dy] = [-Math.sin(yaw) * half, Math.cos(yaw) * half];
  return { x0M: xM + dx, y0M: yM + dy, x1M: xM - dx, y1M: yM - dy };
}

/** Objects that are stop lines, by the names that exporters and our generator give them. */
const STOP_LINE_NAME = /stop[\s_-]?line/i;

/** Lane → where painted lines cross it, m along it. */
function paintedLines(
  drive: OpenDrive,
  lanes: readonly SampledLane[],
  joints: Joints,
): Map<number, number[]> {
  const painted = new Map<number, number[]>();
  const driving = lanes.flatMap(({ lane }, i) => (laneKind(lane.type) === "DRIVING" ? [i] : []));
  for (const road of drive.roads)
    for (const object of road.objects) {
      if (!STOP_LINE_NAME.test(object.name) && !STOP_LINE_NAME.test(object.type)) continue;
      for (const corners of outlinesOf(road, object)) {
        const stroke = longestAxis(corners);
        for (const lane of driving) {
          const sM = crossed(lanes[lane]!, stroke);
          if (sM === undefined) continue;
          if (lanes[lane]!.road.junctionId === undefined) addTo(painted, lane, sM);
          else if (sM < LINE_INSIDE_MAX_M)
            for (const entry of entriesOf(lane, lanes, joints.predecessors))
              addTo(painted, entry, lanes[entry]!.lengthM);
        }
      }
    }
  return painted;
}

type Stroke = readonly [MapPoint, MapPoint];

/** The two corners farthest from each other, moved to the middle of the stroke's thickness. */
function longestAxis(corners: readonly MapPoint[]): Stroke {
  const middle = (i: number, j: number): MapPoint => {
    const [a, b] = [corners[i % corners.length]!, corners[j % corners.length]!];
    return { xM: (a.xM + b.xM) / 2, yM: (a.yM + b.yM) / 2, zM: a.zM };
  };
  if (corners.length !== 4) {
    const pairs = corners.flatMap((a, i) => corners.slice(i + 1).map((b): Stroke => [a, b]));
    return pairs.reduce((best, pair) => (length(pair) > length(best) ? pair : best));
  }
  const axes: readonly Stroke[] = [
    [middle(0, 1), middle(2, 3)],
    [middle(1, 2), middle(3, 4)],
  ];
  return length(axes[0]!) > length(axes[1]!) ? axes[0]! : axes[1]!;
}

const length = ([a, b]: Stroke): number => Math.hypot(a.xM - b.xM, a.yM - b.yM);

function crossed(lane: SampledLane, stroke: Stroke): number | undefined {
  const [a, b] = stroke;
  const long = length(stroke);
  if (long === 0) return undefined;
  const [ux, uy] = [(LINE_SLACK_M * (b.xM - a.xM)) / long, (LINE_SLACK_M * (b.yM - a.yM)) / long];
  const sM = crossingM(lane, a.xM - ux, a.yM - uy, b.xM + ux, b.yM + uy);
  if (sM === undefined) return undefined;
  return Math.abs(columnAt(lane.sM, lane.zM, sM) - a.zM) < LEVEL_MAX_M ? sM : undefined;
}
