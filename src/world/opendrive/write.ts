import type { OdrController, OdrHeader, OdrJunction, OpenDrive } from "./model.ts";
import { writeRoad } from "./write-road.ts";
import { escapeXml, xmlElement } from "./xml-text.ts";

/**
 * OpenDRIVE text of a model: parseOpenDrive reads back the same model to the bit, but for `origin`.
 * Metres, radians, m/s; numbers at full precision.
 */
export function writeOpenDrive(drive: OpenDrive): string {
  const root = xmlElement("OpenDRIVE", {}, [
    writeHeader(drive.header),
    ...drive.roads.map(writeRoad),
    ...drive.controllers.map(writeController),
    ...drive.junctions.map(writeJunction),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

const writeHeader = ({ revMajor, revMinor, name, geoReference }: OdrHeader): string =>
  xmlElement(
    "header",
    { revMajor, revMinor, name },
    geoReference === undefined ? [] : [`<geoReference>${escapeXml(geoReference)}</geoReference>`],
  );

const writeController = ({ id, name, sequence, controls }: OdrController): string =>
  xmlElement(
    "controller",
    { id, name, sequence },
    controls.map(({ signalId, type }) => xmlElement("control", { signalId, type })),
  );

const TYPE = { DEFAULT: undefined, DIRECT: "direct", VIRTUAL: "virtual" } as const;

const writeJunction = (junction: OdrJunction): string =>
  xmlElement("junction", { id: junction.id, name: junction.name, type: TYPE[junction.type] }, [
    ...junction.connections.map((one) =>
      xmlElement(
        "connection",
        {
          id: one.id,
          incomingRoad: one.incomingRoadId,
          [junction.type === "DIRECT" ? "linkedRoad" : "connectingRoad"]: one.connectingRoadId,
          contactPoint: one.contact.toLowerCase(),
        },
        one.laneLinks.map(({ from, to }) => xmlElement("laneLink", { from, to })),
      ),
    ),
    ...junction.priorities.map(({ highRoadId, lowRoadId }) =>
      xmlElement("priority", { high: highRoadId, low: lowRoadId }),
    ),
    ...junction.controllers.map(({ id, sequence }) => xmlElement("controller", { id, sequence })),
  ]);
