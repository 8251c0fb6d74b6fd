import type {
  OdrObject,
  OdrOrientation,
  OdrOutline,
  OdrSignal,
  OdrSignalReference,
  OdrValidity,
} from "./model.ts";
import type { XmlElement } from "./xml-tree.ts";
import {
  childrenOf,
  elementsAt,
  faultAt,
  integerIn,
  maybeNumber,
  numberIn,
  numberOr,
  oneOf,
  textIn,
  textOr,
} from "./xml-values.ts";

const ORIENTATIONS = { "+": "+", "-": "-", none: "none", "": "none" } as const;

const orientationOf = (element: XmlElement): OdrOrientation =>
  oneOf<OdrOrientation>(element, "orientation", ORIENTATIONS, "none");

const validityOf = (element: XmlElement): OdrValidity[] =>
  childrenOf(element, "validity").map((one) => ({
    fromLane: integerIn(one, "fromLane"),
    toLane: integerIn(one, "toLane"),
  }));

export const parseSignal = (element: XmlElement): OdrSignal => ({
  id: textIn(element, "id"),
  name: textOr(element, "name", ""),
  sM: numberIn(element, "s"),
  tM: numberIn(element, "t"),
  zOffsetM: numberOr(element, "zOffset", 0),
  hOffsetRad: numberOr(element, "hOffset", 0),
  orientation: orientationOf(element),
  dynamic: oneOf(element, "dynamic", { yes: true, no: false }, false),
  country: textOr(element, "country", ""),
  type: textOr(element, "type", ""),
  subtype: textOr(element, "subtype", ""),
  ...maybeNumber(element, "value", "value"),
  ...(element.attributes.unit ? { unit: element.attributes.unit } : {}),
  text: textOr(element, "text", ""),
  ...maybeNumber(element, "height", "heightM"),
  ...maybeNumber(element, "width", "widthM"),
  validity: validityOf(element),
});

export const parseSignalReference = (element: XmlElement): OdrSignalReference => ({
  signalId: textIn(element, "id"),
  sM: numberIn(element, "s"),
  tM: numberIn(element, "t"),
  orientation: orientationOf(element),
  validity: validityOf(element),
});

export const parseObject = (element: XmlElement): OdrObject => ({
  id: textIn(element, "id"),
  name: textOr(element, "name", ""),
  type: textOr(element, "type", ""),
  sM: numberIn(element, "s"),
  tM: numberIn(element, "t"),
  zOffsetM: numberOr(element, "zOffset", 0),
  yawRad: numberOr(element, "hdg", 0),
  orientation: orientationOf(element),
  ...maybeNumber(element, "length", "lengthM"),
  ...maybeNumber(element, "width", "widthM"),
  ...maybeNumber(element, "height", "heightM"),
  ...maybeNumber(element, "radius", "radiusM"),
  outlines: [
    ...childrenOf(element, "outline"),
    ...elementsAt(element, "outlines", "outline"),
  ].flatMap(parseOutline),
  validity: validityOf(element),
});

function parseOutline(element: XmlElement): OdrOutline[] {
  const local = childrenOf(element, "cornerLocal");
  const road = childrenOf(element, "cornerRoad");
  if (local.length > 0 && road.length > 0)
    throw faultAt(element, "corners of one kind", "cornerLocal and cornerRoad");
  if (local.length > 0) {
    const corners = local.map((corner) => ({
      uM: numberIn(corner, "u"),
      vM: numberIn(corner, "v"),
      zM: numberOr(corner, "z", 0),
      heightM: numberOr(corner, "height", 0),
    }));
    return [{ kind: "LOCAL", corners }];
  }
  const corners = road.map((corner) => ({
    sM: numberIn(corner, "s"),
    tM: numberIn(corner, "t"),
    dzM: numberOr(corner, "dz", 0),
    heightM: numberOr(corner, "height", 0),
  }));
  return corners.length === 0 ? [] : [{ kind: "ROAD", corners }];
}
