import type { OdrCubic, OdrSpeed } from "./model.ts";
import type { XmlElement } from "./xml-tree.ts";
import { faultAt, numberIn, oneOf } from "./xml-values.ts";

/** Ends of a road by OpenDRIVE's words. */
export const CONTACT = { start: "START", end: "END" } as const;

/** m/s per unit of the file; no unit means m/s. */
const UNITS_MPS = { "m/s": 1, "km/h": 1 / 3.6, mph: 0.44704 } as const;

export function parseSpeed(element: XmlElement): OdrSpeed {
  if (["no limit", "undefined"].includes(element.attributes.max ?? "")) return {};
  const maxMps = numberIn(element, "max") * oneOf(element, "unit", UNITS_MPS, 1);
  if (maxMps < 0) throw faultAt(element, "attribute max: a speed of at least 0", `${maxMps}`);
  return { maxMps };
}

export const parseCubic = (element: XmlElement, place: "s" | "sOffset"): OdrCubic => ({
  sM: numberIn(element, place),
  a: numberIn(element, "a"),
  b: numberIn(element, "b"),
  c: numberIn(element, "c"),
  d: numberIn(element, "d"),
});
