import { checkOpenDrive } from "./check.ts";
import type { OdrController, OdrHeader, OpenDrive } from "./model.ts";
import { parseJunction } from "./parse-junction.ts";
import { parseRoad } from "./parse-road.ts";
import { readXml, type XmlElement } from "./xml-tree.ts";
import {
  childIn,
  childOf,
  childrenOf,
  faultAt,
  integerIn,
  maybeNumber,
  textIn,
  textOr,
} from "./xml-values.ts";

/**
 * Reads an OpenDRIVE 1.4–1.7 file. What Waywarden has no use for is skipped; what it uses must be right.
 *
 * @param origin name of the file, for errors and `OpenDrive.origin`
 * @throws ScenarioError with file, line, element, expected and found
 */
export function parseOpenDrive(text: string, origin: string): OpenDrive {
  const root = readXml(text, origin);
  if (root.name !== "OpenDRIVE") throw faultAt(root, "root element <OpenDRIVE>", `<${root.name}>`);
  const header = parseHeader(childIn(root, "header"));
  const roads = childrenOf(root, "road").map(parseRoad);
  if (roads.length === 0) throw faultAt(root, "at least one <road>", "none");
  const junctions = childrenOf(root, "junction").map(parseJunction);
  const controllers = childrenOf(root, "controller").map(parseController);
  const drive: OpenDrive = { origin, header, roads, junctions, controllers };
  checkOpenDrive(drive);
  return drive;
}

/** Revisions of the format that this reader knows: 1.4 to 1.7 (1.1 to 1.3 differ in small ways only). */
const REV_MAJOR = 1;

function parseHeader(element: XmlElement): OdrHeader {
  const revMajor = integerIn(element, "revMajor");
  if (revMajor !== REV_MAJOR) throw faultAt(element, `revMajor ${REV_MAJOR}`, `${revMajor}`);
  const geo = childOf(element, "geoReference")?.text.trim();
  return {
    revMajor,
    revMinor: integerIn(element, "revMinor"),
    name: textOr(element, "name", ""),
    ...(geo ? { geoReference: geo } : {}),
  };
}

const parseController = (element: XmlElement): OdrController => ({
  id: textIn(element, "id"),
  name: textOr(element, "name", ""),
  ...maybeNumber(element, "sequence", "sequence"),
  controls: childrenOf(element, "control").map((control) => ({
    signalId: textIn(control, "signalId"),
    type: textOr(control, "type", ""),
  })),
});
