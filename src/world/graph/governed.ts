import type {
  OdrOrientation,
  OdrRoad,
  OdrSignal,
  OdrValidity,
  OpenDrive,
} from "../opendrive/model.ts";
import { sectionEndM } from "./cross-section.ts";
import type { Joints } from "./joints.ts";
import { entriesOf } from "./junction-lanes.ts";
import { laneKind } from "./lane-kind.ts";
import { columnAt } from "./polyline.ts";
import type { SampledLane } from "./sample-lane.ts";

/** What a light, a sign or a line asks of the drivers of one lane. */
export type Demand = {
  readonly kind: "LIGHT" | "STOP" | "YIELD" | "LINE";
  /** The lane at whose end, or on which, drivers wait. */
  readonly lane: number;
  /** Place along the lane where the thing stands beside it; unset where it stands in the junction. */
  readonly sM?: number;
  readonly signal: OdrSignal;
};

/** Stop and yield signs by OpenDRIVE's (German) and the US numbers. */
const STOP_SIGNS = ["206", "R1-1"];
const YIELD_SIGNS = ["205", "R1-2"];
/** Stop line painted on the road, written as a signal. */
const LINE_SIGNALS = ["294"];
/** Dynamic signals for others than vehicles: pedestrians, bicycles, both, trams. */
const LIGHTS_FOR_OTHERS = ["1000002", "1000007", "1000013", "1000014"];

export const isVehicleLight = (signal: OdrSignal): boolean =>
  signal.dynamic && !LIGHTS_FOR_OTHERS.includes(signal.type);

function demandOf(signal: OdrSignal): Demand["kind"] | undefined {
  if (isVehicleLight(signal)) return "LIGHT";
  if (STOP_SIGNS.includes(signal.type)) return "STOP";
  if (YIELD_SIGNS.includes(signal.type)) return "YIELD";
  return LINE_SIGNALS.includes(signal.type) ? "LINE" : undefined;
}

/** A signal as the traffic of one road sees it: where it stands or where it is referred to. */
type Place = {
  readonly road: OdrRoad;
  readonly signal: OdrSignal;
  readonly sM: number;
  readonly orientation: OdrOrientation;
  readonly validity: readonly OdrValidity[];
};

/** Demands of all lights, signs and line signals, in the file's order. */
export function demandsOf(
  drive: OpenDrive,
  lanes: readonly SampledLane[],
  joints: Joints,
): Demand[] {
  const byRoad = new Map<OdrRoad, number[]>();
  for (const [index, { road, lane }] of lanes.entries()) {
    if (laneKind(lane.type) !== "DRIVING") continue;
    const all = byRoad.get(road);
    if (all) all.push(index);
    else byRoad.set(road, [index]);
  }
  return placesOf(drive).flatMap((place) => {
    const kind = demandOf(place.signal);
    if (!kind) return [];
    return lanesAt(place, lanes, byRoad.get(place.road) ?? []).flatMap((at): Demand[] => {
      if (place.road.junctionId !== undefined && kind !== "LINE")
        return entriesOf(at, lanes, joints.predecessors).map((lane) => ({
          kind,
          lane,
          signal: place.signal,
        }));
      return [{ kind, lane: at, sM: alongLane(lanes[at]!, place.sM), signal: place.signal }];
    });
  });
}

function placesOf(drive: OpenDrive): Place[] {
  const signals = new Map<string, OdrSignal>();
  for (const road of drive.roads)
    for (const signal of road.signals) if (!signals.has(signal.id)) signals.set(signal.id, signal);
  return drive.roads.flatMap((road) => [
    ...road.signals.map((signal) => ({ ...signal, road, signal })),
    ...road.signalReferences.flatMap((reference) => {
      const signal = signals.get(reference.signalId);
      return signal ? [{ ...reference, road, signal }] : [];
    }),
  ]);
}

/**
 * The driving lanes for which the signal is meant at its place. Lane ids that name one direction of
 * travel decide alone, because exporters disagree on what + and − mean; else the orientation does.
 */
function lanesAt(place: Place, lanes: readonly SampledLane[], ofRoad: readonly number[]): number[] {
  const there = ofRoad.filter((index) => holds(lanes[index]!, place.sM));
  const named =
    place.validity.length === 0
      ? there
      : there.filter((index) => {
          const { id } = lanes[index]!.lane;
          return place.validity.some(({ fromLane, toLane }) => {
            const [low, high] = fromLane < toLane ? [fromLane, toLane] : [toLane, fromLane];
            return id >= low && id <= high;
          });
        });
  const forward = named.filter((index) => lanes[index]!.forward);
  const oneWay = forward.length === 0 || forward.length === named.length;
  if (place.validity.length > 0 && oneWay) return named;
  if (place.orientation === "none") return named;
  return place.orientation === "+" ? forward : named.filter((index) => !forward.includes(index));
}

/** How far beyond the end of a road exporters put its signals, by rounding. */
const BEYOND_M = 0.1;

function holds({ road, section }: SampledLane, sM: number): boolean {
  const first = section === 0 ? -BEYOND_M : 0;
  const last = section === road.sections.length - 1 ? BEYOND_M : 0;
  return sM >= road.sections[section]!.sM + first && sM < sectionEndM(road, section) + last;
}

/** Arc length along the lane beside the road's s. */
export function alongLane(lane: SampledLane, roadSM: number): number {
  const { roadSM: at, sM, forward } = lane;
  return forward
    ? columnAt(at, sM, roadSM)
    : columnAt(
        at.map((s) => -s),
        sM,
        -roadSM,
      );
}
