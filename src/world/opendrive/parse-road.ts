import type { OdrCubic, OdrRoad, OdrRoadLink, OdrRoadType } from "./model.ts";
import { parseObject, parseSignal, parseSignalReference } from "./parse-furniture.ts";
import { parsePlanView } from "./parse-geometry.ts";
import { parseSections } from "./parse-lanes.ts";
import { CONTACT, parseCubic, parseSpeed } from "./parse-records.ts";
import type { XmlElement } from "./xml-tree.ts";
import {
  childIn,
  childOf,
  childrenOf,
  elementsAt,
  lengthIn,
  numberIn,
  oneOf,
  textIn,
  textOr,
} from "./xml-values.ts";

export function parseRoad(element: XmlElement): OdrRoad {
  const junction = textOr(element, "junction", "-1");
  const lanes = childIn(element, "lanes");
  return {
    id: textIn(element, "id"),
    name: textOr(element, "name", ""),
    lengthM: lengthIn(element, "length"),
    ...(junction === "-1" || junction === "" ? {} : { junctionId: junction }),
    rule: oneOf(element, "rule", { RHT: "RHT", LHT: "LHT" } as const, "RHT"),
    ...parseLinks(element),
    types: childrenOf(element, "type").map(parseType),
    planView: parsePlanView(childIn(element, "planView")),
    elevation: elementsAt(element, "elevationProfile", "elevation").map(cubicAt),
    superelevation: elementsAt(element, "lateralProfile", "superelevation").map(cubicAt),
    laneOffset: childrenOf(lanes, "laneOffset").map(cubicAt),
    sections: parseSections(lanes),
    signals: elementsAt(element, "signals", "signal").map(parseSignal),
    signalReferences: elementsAt(element, "signals", "signalReference").map(parseSignalReference),
    objects: elementsAt(element, "objects", "object").map(parseObject),
  };
}

function parseLinks(road: XmlElement): Pick<OdrRoad, "predecessor" | "successor"> {
  const link = childOf(road, "link");
  const predecessor = link && childOf(link, "predecessor");
  const successor = link && childOf(link, "successor");
  return {
    ...(predecessor ? { predecessor: parseLink(predecessor) } : {}),
    ...(successor ? { successor: parseLink(successor) } : {}),
  };
}

function parseLink(element: XmlElement): OdrRoadLink {
  const id = textIn(element, "elementId");
  const kind = oneOf(element, "elementType", { road: "ROAD", junction: "JUNCTION" } as const);
  return kind === "JUNCTION"
    ? { kind, junctionId: id }
    : { kind, roadId: id, contact: oneOf(element, "contactPoint", CONTACT) };
}

function parseType(element: XmlElement): OdrRoadType {
  const speed = childOf(element, "speed");
  return {
    sM: numberIn(element, "s"),
    type: textIn(element, "type"),
    ...(speed ? { speed: parseSpeed(speed) } : {}),
  };
}

/** A cubic record whose place stands in the attribute s. */
const cubicAt = (element: XmlElement): OdrCubic => parseCubic(element, "s");
