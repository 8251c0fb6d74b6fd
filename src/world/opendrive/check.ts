import { ScenarioError } from "../../contract/errors.ts";
import type { OdrConnection, OdrContact, OdrLaneSection, OdrRoad, OpenDrive } from "./model.ts";

/**
 * What must hold between the parts of a file: ids are unique, links lead to roads, junctions and lanes
 * that exist, records ascend. @throws ScenarioError that names file, element, expected and found.
 */
export function checkOpenDrive(drive: OpenDrive): void {
  const fail: Fail = (where, expected, found, code = "ROAD_LINK_BROKEN") => {
    const message = `${drive.origin}: ${where}: ${expected} expected, found ${found}`;
    throw new ScenarioError(code, message);
  };
  const roads = byId(drive.roads, "road", fail);
  const junctions = byId(drive.junctions, "junction", fail);
  for (const road of drive.roads) {
    checkPieces(road, fail);
    checkSections(road, fail);
    checkRoadLinks(road, roads, new Set(junctions.keys()), fail);
    checkLaneLinks(road, roads, fail);
  }
  for (const junction of drive.junctions)
    for (const connection of junction.connections)
      checkConnection(`junction ${junction.id}`, connection, roads, fail);
}

type Fail = (where: string, expected: string, found: string, code?: string) => never;
type Roads = ReadonlyMap<string, OdrRoad>;

function byId<T extends { readonly id: string }>(
  all: readonly T[],
  kind: string,
  fail: Fail,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const one of all) {
    if (found.has(one.id)) fail(`${kind} ${one.id}`, "an id of its own", "it twice");
    found.set(one.id, one);
  }
  return found;
}

/** How much geometry may lack or overlap in s. Files give metres with 6 and more decimals. */
const PIECE_GAP_MAX_M = 0.05;

/** Longer roads than this, m, are a slip in their unit. */
const LENGTH_MAX_M = 500_000;

function checkPieces(road: OdrRoad, fail: Fail): void {
  if (road.lengthM > LENGTH_MAX_M)
    fail(
      `road ${road.id}`,
      `a length of at most ${LENGTH_MAX_M} m`,
      `${road.lengthM} m`,
      "ROAD_FILE_INVALID",
    );
  let atM = 0;
  for (const [index, piece] of road.planView.entries()) {
    if (Math.abs(piece.sM - atM) > PIECE_GAP_MAX_M)
      fail(
        `road ${road.id}, geometry ${index}`,
        `s ${atM.toFixed(3)}, where the one before ends,`,
        piece.sM.toFixed(3),
        "ROAD_FILE_INVALID",
      );
    atM = piece.sM + piece.lengthM;
  }
  if (Math.abs(atM - road.lengthM) > PIECE_GAP_MAX_M)
    fail(
      `road ${road.id}`,
      `a reference line of its length ${road.lengthM.toFixed(3)} m`,
      `${atM.toFixed(3)} m`,
      "ROAD_FILE_INVALID",
    );
}

function checkSections(road: OdrRoad, fail: Fail): void {
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, { sM, lanes }] of road.sections.entries()) {
    const where = `road ${road.id}, lane section ${index}`;
    const rightStart = index === 0 ? Math.abs(sM) <= PIECE_GAP_MAX_M : sM <= road.lengthM;
    if (!rightStart)
      fail(
        where,
        index === 0 ? "a start at s 0" : `a start before the road's end at ${road.lengthM}`,
        `s ${sM}`,
        "ROAD_FILE_INVALID",
      );
    if (sM <= last) fail(where, "ascending s", `${sM} after ${last}`, "ROAD_FILE_INVALID");
    last = sM;
    for (let i = 1; i < lanes.length; i++)
      if (lanes[i]!.id !== lanes[i - 1]!.id - 1) {
        const ids = lanes.map(({ id }) => id).join(", ");
        fail(where, "lane ids without gaps", ids, "ROAD_FILE_INVALID");
      }
  }
}

function checkRoadLinks(
  road: OdrRoad,
  roads: Roads,
  junctions: ReadonlySet<string>,
  fail: Fail,
): void {
  for (const [name, link] of [
    ["predecessor", road.predecessor],
    ["successor", road.successor],
  ] as const) {
    if (link?.kind === "ROAD" && !roads.has(link.roadId))
      fail(`road ${road.id}, ${name}`, "a road of the file", `road ${link.roadId}`);
    if (link?.kind === "JUNCTION" && !junctions.has(link.junctionId))
      fail(`road ${road.id}, ${name}`, "a junction of the file", `junction ${link.junctionId}`);
  }
  if (road.junctionId !== undefined && !junctions.has(road.junctionId))
    fail(`road ${road.id}`, "a junction of the file", `junction ${road.junctionId}`);
}

/** The section of the road that lies at that end. */
export const sectionAt = (road: OdrRoad, contact: OdrContact): OdrLaneSection =>
  road.sections.at(contact === "START" ? 0 : -1)!;

function checkLaneLinks(road: OdrRoad, roads: Roads, fail: Fail): void {
  for (const [index, section] of road.sections.entries())
    for (const lane of section.lanes)
      for (const side of ["predecessor", "successor"] as const) {
        const beside = road.sections[index + (side === "successor" ? 1 : -1)];
        const link = road[side];
        const other =
          beside ??
          (link?.kind === "ROAD" ? sectionAt(roads.get(link.roadId)!, link.contact) : undefined);
        for (const id of side === "successor" ? lane.successors : lane.predecessors)
          if (other && !hasLane(other, id))
            fail(
              `road ${road.id}, lane section ${index}, lane ${lane.id}, ${side}`,
              `one of the lanes ${laneIds(other)}`,
              `lane ${id}`,
              "ROAD_LANE_UNKNOWN",
            );
      }
}

const hasLane = (section: OdrLaneSection, id: number): boolean =>
  section.lanes.some((lane) => lane.id === id);

const laneIds = (section: OdrLaneSection): string =>
  section.lanes
    .map(({ id }) => id)
    .filter((id) => id !== 0)
    .join(", ");

function checkConnection(where: string, one: OdrConnection, roads: Roads, fail: Fail): void {
  const at = `${where}, connection ${one.id}`;
  const incoming = roads.get(one.incomingRoadId);
  const connecting = roads.get(one.connectingRoadId);
  if (!incoming) {
    fail(at, "an incoming road of the file", `road ${one.incomingRoadId}`);
    return;
  }
  if (!connecting) {
    fail(at, "a connecting road of the file", `road ${one.connectingRoadId}`);
    return;
  }
  const to = sectionAt(connecting, one.contact);
  for (const link of one.laneLinks) {
    if (!hasLane(to, link.to))
      fail(at, `one of the lanes ${laneIds(to)}`, `lane ${link.to}`, "ROAD_LANE_UNKNOWN");
    if (!incoming.sections.some((section) => hasLane(section, link.from)))
      fail(at, `one of the lanes of road ${incoming.id}`, `lane ${link.from}`, "ROAD_LANE_UNKNOWN");
  }
}
