import type { OdrObject, OdrOutline, OdrSignal, OdrSignalReference, OdrValidity } from "./model.ts";
import { xmlElement, xmlGroup } from "./xml-text.ts";

const writeValidity = (all: readonly OdrValidity[]): string[] =>
  all.map(({ fromLane, toLane }) => xmlElement("validity", { fromLane, toLane }));

export const writeSignal = (signal: OdrSignal): string =>
  xmlElement(
    "signal",
    {
      id: signal.id,
      name: signal.name,
      s: signal.sM,
      t: signal.tM,
      zOffset: signal.zOffsetM,
      hOffset: signal.hOffsetRad,
      orientation: signal.orientation,
      dynamic: signal.dynamic ? "yes" : "no",
      country: signal.country,
      type: signal.type,
      subtype: signal.subtype,
      value: signal.value,
      unit: signal.unit,
      text: signal.text,
      height: signal.heightM,
      width: signal.widthM,
    },
    writeValidity(signal.validity),
  );

export const writeSignalReference = (reference: OdrSignalReference): string =>
  xmlElement(
    "signalReference",
    {
      id: reference.signalId,
      s: reference.sM,
      t: reference.tM,
      orientation: reference.orientation,
    },
    writeValidity(reference.validity),
  );

export const writeObject = (object: OdrObject): string =>
  xmlElement(
    "object",
    {
      id: object.id,
      name: object.name,
      type: object.type,
      s: object.sM,
      t: object.tM,
      zOffset: object.zOffsetM,
      hdg: object.yawRad,
      orientation: object.orientation,
      length: object.lengthM,
      width: object.widthM,
      height: object.heightM,
      radius: object.radiusM,
    },
    [...xmlGroup("outlines", object.outlines.map(writeOutline)), ...writeValidity(object.validity)],
  );

const writeOutline = (outline: OdrOutline, index: number): string =>
  xmlElement(
    "outline",
    { id: index },
    outline.kind === "LOCAL"
      ? outline.corners.map(({ uM, vM, zM, heightM }) =>
          xmlElement("cornerLocal", { u: uM, v: vM, z: zM, height: heightM }),
        )
      : outline.corners.map(({ sM, tM, dzM, heightM }) =>
          xmlElement("cornerRoad", { s: sM, t: tM, dz: dzM, height: heightM }),
        ),
  );
