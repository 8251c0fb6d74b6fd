import type { OdrCubic, OdrGeometry, OdrRoad, OdrRoadLink, OdrShape } from "./model.ts";
import { writeObject, writeSignal, writeSignalReference } from "./write-furniture.ts";
import { writeSection } from "./write-lanes.ts";
import { writeCubic, writeSpeed } from "./write-records.ts";
import { xmlElement, xmlGroup } from "./xml-text.ts";

export const writeRoad = (road: OdrRoad): string =>
  xmlElement(
    "road",
    {
      name: road.name,
      length: road.lengthM,
      id: road.id,
      junction: road.junctionId ?? "-1",
      rule: road.rule,
    },
    [
      ...xmlGroup("link", [
        ...(road.predecessor ? [writeLink("predecessor", road.predecessor)] : []),
        ...(road.successor ? [writeLink("successor", road.successor)] : []),
      ]),
      ...road.types.map(({ sM, type, speed }) =>
        xmlElement("type", { s: sM, type }, speed ? [writeSpeed(speed)] : []),
      ),
      ...xmlGroup("planView", road.planView.map(writeGeometry)),
      ...xmlGroup("elevationProfile", cubics("elevation", road.elevation)),
      ...xmlGroup("lateralProfile", cubics("superelevation", road.superelevation)),
      ...xmlGroup("lanes", [
        ...cubics("laneOffset", road.laneOffset),
        ...road.sections.map(writeSection),
      ]),
      ...xmlGroup("objects", road.objects.map(writeObject)),
      ...xmlGroup("signals", [
        ...road.signals.map(writeSignal),
        ...road.signalReferences.map(writeSignalReference),
      ]),
    ],
  );

const writeLink = (name: string, link: OdrRoadLink): string =>
  link.kind === "JUNCTION"
    ? xmlElement(name, { elementType: "junction", elementId: link.junctionId })
    : xmlElement(name, {
        elementType: "road",
        elementId: link.roadId,
        contactPoint: link.contact.toLowerCase(),
      });

const cubics = (name: string, records: readonly OdrCubic[]): string[] =>
  records.map((one) => writeCubic(name, "s", one));

const writeGeometry = ({ sM, xM, yM, yawRad, lengthM, shape }: OdrGeometry): string =>
  xmlElement("geometry", { s: sM, x: xM, y: yM, hdg: yawRad, length: lengthM }, [
    writeShape(shape),
  ]);

function writeShape(shape: OdrShape): string {
  switch (shape.kind) {
    case "LINE":
      return xmlElement("line", {});
    case "ARC":
      return xmlElement("arc", { curvature: shape.curvatureInvm });
    case "SPIRAL":
      return xmlElement("spiral", { curvStart: shape.startInvm, curvEnd: shape.endInvm });
    case "POLY3":
      return xmlElement("poly3", { a: shape.a, b: shape.b, c: shape.c, d: shape.d });
    case "PARAM_POLY3": {
      const [aU, bU, cU, dU] = shape.u;
      const [aV, bV, cV, dV] = shape.v;
      const pRange = shape.range === "NORMALIZED" ? "normalized" : "arcLength";
      return xmlElement("paramPoly3", { pRange, aU, bU, cU, dU, aV, bV, cV, dV });
    }
  }
}
