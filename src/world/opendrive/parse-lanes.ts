import type { OdrLane, OdrLaneSection, OdrMarkLine, OdrRoadMark } from "./model.ts";
import { parseCubic, parseSpeed } from "./parse-records.ts";
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

export function parseSections(lanes: XmlElement): OdrLaneSection[] {
  const sections = childrenOf(lanes, "laneSection");
  if (sections.length === 0) throw faultAt(lanes, "at least one <laneSection>", "none");
  return sections.map((section) => ({
    sM: numberIn(section, "s"),
    lanes: parseSides(section).sort((one, other) => other.id - one.id),
  }));
}

function parseSides(section: XmlElement): OdrLane[] {
  const side = (name: string, isOfSide: (id: number) => boolean, ids: string) =>
    elementsAt(section, name, "lane").map((element) => {
      const lane = parseLane(element);
      if (!isOfSide(lane.id)) throw faultAt(element, `${ids} in <${name}>`, `${lane.id}`);
      return lane;
    });
  const centre = side("center", (id) => id === 0, "lane id 0");
  if (centre.length !== 1)
    throw faultAt(section, "one lane 0 in <center>", `${centre.length} lanes`);
  return [
    ...side("left", (id) => id > 0, "lane ids above 0"),
    ...centre,
    ...side("right", (id) => id < 0, "lane ids below 0"),
  ];
}

function parseLane(element: XmlElement): OdrLane {
  const links = (name: string) =>
    elementsAt(element, "link", name)
      .map((link) => integerIn(link, "id"))
      .filter((id) => id !== 0);
  const id = integerIn(element, "id");
  const widths = childrenOf(element, "width").map((one) => parseCubic(one, "sOffset"));
  const borders = childrenOf(element, "border").map((one) => parseCubic(one, "sOffset"));
  if (id !== 0 && widths.length === 0 && borders.length === 0)
    throw faultAt(element, "at least one <width> or <border>", "none");
  return {
    id,
    type: textIn(element, "type"),
    level: oneOf(element, "level", { true: true, false: false, "1": true, "0": false }, false),
    predecessors: links("predecessor"),
    successors: links("successor"),
    widths: id === 0 ? [] : widths,
    borders: id === 0 ? [] : borders,
    marks: childrenOf(element, "roadMark").map(parseMark),
    speeds: childrenOf(element, "speed").map((one) => ({
      sM: numberIn(one, "sOffset"),
      ...parseSpeed(one),
    })),
    heights: childrenOf(element, "height").map((one) => ({
      sM: numberIn(one, "sOffset"),
      innerM: numberIn(one, "inner"),
      outerM: numberIn(one, "outer"),
    })),
  };
}

const LANE_CHANGE = {
  both: "BOTH",
  increase: "INCREASE",
  decrease: "DECREASE",
  none: "NONE",
} as const;

const parseMark = (element: XmlElement): OdrRoadMark => ({
  sM: numberIn(element, "sOffset"),
  type: textIn(element, "type"),
  color: textOr(element, "color", "standard"),
  weight: textOr(element, "weight", "standard"),
  ...maybeNumber(element, "width", "widthM"),
  ...(element.attributes.laneChange === undefined
    ? {}
    : { laneChange: oneOf(element, "laneChange", LANE_CHANGE) }),
  lines: elementsAt(element, "type", "line").map(parseMarkLine),
});

const parseMarkLine = (element: XmlElement): OdrMarkLine => ({
  lengthM: numberIn(element, "length"),
  spaceM: numberIn(element, "space"),
  tOffsetM: numberOr(element, "tOffset", 0),
  sOffsetM: numberOr(element, "sOffset", 0),
  ...maybeNumber(element, "width", "widthM"),
});
