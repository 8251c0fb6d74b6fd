import type { OdrLane, OdrLaneSection, OdrRoadMark } from "./model.ts";
import { writeCubic, writeSpeed } from "./write-records.ts";
import { xmlElement, xmlGroup } from "./xml-text.ts";

export function writeSection({ sM, lanes }: OdrLaneSection): string {
  const side = (name: string, isOfSide: (id: number) => boolean) =>
    xmlGroup(name, lanes.filter(({ id }) => isOfSide(id)).map(writeLane));
  return xmlElement("laneSection", { s: sM }, [
    ...side("left", (id) => id > 0),
    ...side("center", (id) => id === 0),
    ...side("right", (id) => id < 0),
  ]);
}

const writeLane = (lane: OdrLane): string =>
  xmlElement("lane", { id: lane.id, type: lane.type, level: String(lane.level) }, [
    ...xmlGroup("link", [
      ...lane.predecessors.map((id) => xmlElement("predecessor", { id })),
      ...lane.successors.map((id) => xmlElement("successor", { id })),
    ]),
    ...lane.widths.map((one) => writeCubic("width", "sOffset", one)),
    ...lane.borders.map((one) => writeCubic("border", "sOffset", one)),
    ...lane.marks.map(writeMark),
    ...lane.speeds.map((one) => writeSpeed(one, one.sM)),
    ...lane.heights.map(({ sM, innerM, outerM }) =>
      xmlElement("height", { sOffset: sM, inner: innerM, outer: outerM }),
    ),
  ]);

const writeMark = (mark: OdrRoadMark): string =>
  xmlElement(
    "roadMark",
    {
      sOffset: mark.sM,
      type: mark.type,
      weight: mark.weight,
      color: mark.color,
      width: mark.widthM,
      laneChange: mark.laneChange?.toLowerCase(),
    },
    mark.lines.length === 0
      ? []
      : [
          xmlElement(
            "type",
            { name: mark.type },
            mark.lines.map((line) =>
              xmlElement("line", {
                length: line.lengthM,
                space: line.spaceM,
                tOffset: line.tOffsetM,
                sOffset: line.sOffsetM,
                width: line.widthM,
              }),
            ),
          ),
        ],
  );
