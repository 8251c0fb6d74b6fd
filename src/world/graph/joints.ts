import type { OdrConnection, OdrContact, OdrRoad, OpenDrive } from "../opendrive/model.ts";
import type { SampledLane } from "./sample-lane.ts";

/** For each lane, in the order given, the lanes that it leads to and comes from. */
export type Joints = {
  readonly successors: readonly (readonly number[])[];
  readonly predecessors: readonly (readonly number[])[];
};

/** An end of a lane, named by where it lies when s of its road grows. */
type LaneEnd = { readonly lane: number; readonly at: OdrContact };

/** Index of the lane at (road, section, id); −1 where it has no width and so is none. */
export type LaneLookup = (road: OdrRoad, section: number, laneId: number) => number;

export function laneLookup(lanes: readonly SampledLane[]): LaneLookup {
  const key = (road: string, section: number, laneId: number) => `${section} ${laneId} ${road}`;
  const all = new Map(lanes.map((one, i) => [key(one.road.id, one.section, one.lane.id), i]));
  return (road, section, laneId) => all.get(key(road.id, section, laneId)) ?? -1;
}

/**
 * Joins lanes by every link of the file, whichever side names it: between sections, between roads, and
 * through the connections of junctions. Which of the two goes on into the other follows from
 * their directions of travel; links that would join head-on traffic are left out, and tapers.
 */
export function joinLanes(
  drive: OpenDrive,
  lanes: readonly SampledLane[],
  find: LaneLookup,
): Joints {
  const successors = lanes.map(() => new Set<number>());
  const predecessors = lanes.map(() => new Set<number>());
  const leaves = (end: LaneEnd) => (end.at === "END") === lanes[end.lane]!.forward;
  const join = (one: LaneEnd, other: LaneEnd) => {
    if (one.lane < 0 || other.lane < 0 || leaves(one) === leaves(other)) return;
    const [from, to] = leaves(one) ? [one.lane, other.lane] : [other.lane, one.lane];
    if (isTaper(lanes[from]!, lanes[to]!)) return;
    successors[from]!.add(to);
    predecessors[to]!.add(from);
  };
  const roads = new Map(drive.roads.map((road) => [road.id, road]));
  for (const road of drive.roads) joinRoad(road, roads, find, join);
  for (const { id, connections } of drive.junctions)
    for (const connection of connections) joinConnection(id, connection, roads, find, join);
  const sorted = (sets: readonly Set<number>[]) =>
    sets.map((set) => [...set].sort((a, b) => a - b));
  return { successors: sorted(successors), predecessors: sorted(predecessors) };
}

/** Narrower than this no car drives on, m. */
const DRIVABLE_MIN_M = 1;
/** Centres of lanes that go on into one another lie nearer than this, m. */
const SEAM_MAX_M = 0.5;

/**
 * A lane that narrows to nothing beside the lane that the file links it to, or opens from nothing beside
 * it: drivers get there by a lane change before the end, not by driving on.
 */
function isTaper(from: SampledLane, to: SampledLane): boolean {
  const narrowest = Math.min(from.widthM.at(-1)!, to.widthM[0]!);
  if (narrowest >= DRIVABLE_MIN_M) return false;
  const awayM = Math.hypot(from.xM.at(-1)! - to.xM[0]!, from.yM.at(-1)! - to.yM[0]!);
  return awayM > SEAM_MAX_M;
}

type Roads = ReadonlyMap<string, OdrRoad>;
type Join = (one: LaneEnd, other: LaneEnd) => void;

const lastSection = (road: OdrRoad): number => road.sections.length - 1;
const sectionIndex = (road: OdrRoad, contact: OdrContact): number =>
  contact === "START" ? 0 : lastSection(road);

/** The lane links that the road's own sections carry. */
function joinRoad(road: OdrRoad, roads: Roads, find: LaneLookup, join: Join): void {
  for (const [index, section] of road.sections.entries())
    for (const lane of section.lanes) {
      const own = find(road, index, lane.id);
      for (const side of ["predecessor", "successor"] as const) {
        const at: OdrContact = side === "successor" ? "END" : "START";
        const other = beyond(road, index, side, roads);
        if (!other) continue;
        for (const id of side === "successor" ? lane.successors : lane.predecessors)
          join({ lane: own, at }, { lane: find(other.road, other.section, id), at: other.at });
      }
    }
}

/** The section that lies beyond that end of the section; none beyond a junction's or the map's edge. */
function beyond(
  road: OdrRoad,
  index: number,
  side: "predecessor" | "successor",
  roads: Roads,
): { readonly road: OdrRoad; readonly section: number; readonly at: OdrContact } | undefined {
  const next = index + (side === "successor" ? 1 : -1);
  if (road.sections[next])
    return { road, section: next, at: side === "successor" ? "START" : "END" };
  const link = road[side];
  const other = link?.kind === "ROAD" ? roads.get(link.roadId) : undefined;
  if (!other || link?.kind !== "ROAD") return undefined;
  return { road: other, section: sectionIndex(other, link.contact), at: link.contact };
}

function joinConnection(
  junctionId: string,
  one: OdrConnection,
  roads: Roads,
  find: LaneLookup,
  join: Join,
): void {
  const incoming = roads.get(one.incomingRoadId)!;
  const connecting = roads.get(one.connectingRoadId)!;
  const to = sectionIndex(connecting, one.contact);
  const at = incomingEnd(junctionId, incoming, connecting, one.contact);
  const from = sectionIndex(incoming, at);
  for (const link of one.laneLinks)
    join(
      { lane: find(incoming, from, link.from), at },
      { lane: find(connecting, to, link.to), at: one.contact },
    );
}

/** The end of the incoming road that the connecting (in a DIRECT junction: linked) road touches. */
function incomingEnd(
  junctionId: string,
  incoming: OdrRoad,
  connecting: OdrRoad,
  contact: OdrContact,
): OdrContact {
  const link = contact === "START" ? connecting.predecessor : connecting.successor;
  if (link?.kind === "ROAD" && link.roadId === incoming.id) return link.contact;
  const leadsIn = (end: OdrRoad["successor"]) =>
    end?.kind === "JUNCTION" && end.junctionId === junctionId;
  return leadsIn(incoming.successor) || !leadsIn(incoming.predecessor) ? "END" : "START";
}
