import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { OdrRoad, OpenDrive } from "../opendrive/model.ts";
import { type MapPoint, outlinesOf, roadPoint } from "./placed.ts";

/** Zebra marking as a signal: it spans the width and leaves its depth to the country. */
const ZEBRA_SIGNAL = "1000003";
/** Usual depth of a zebra crossing, m (R-FGÜ 2001, 3.3.1). */
const ZEBRA_DEPTH_M = 4;

/** Outlines of all crossings: objects of type crosswalk, and zebra markings written as signals. */
export function crossingsOf(drive: OpenDrive): LaneGraph["crossings"] {
  return drive.roads
    .flatMap((road) => [
      ...road.objects
        .filter(({ type }) => type === "crosswalk")
        .flatMap((object) => outlinesOf(road, object)),
      ...zebraSignals(road),
    ])
    .filter((corners) => corners.length >= 3)
    .map((corners) => ({ outline: Float64Array.from(corners.flatMap(({ xM, yM }) => [xM, yM])) }));
}

function zebraSignals(road: OdrRoad): MapPoint[][] {
  return road.signals
    .filter(({ type, widthM = 0 }) => type === ZEBRA_SIGNAL && widthM > 0)
    .map(({ sM, tM, widthM = 0 }) => {
      const half = widthM / 2;
      const from = Math.max(0, Math.min(sM - ZEBRA_DEPTH_M / 2, road.lengthM - ZEBRA_DEPTH_M));
      const to = Math.min(road.lengthM, from + ZEBRA_DEPTH_M);
      return [
        roadPoint(road, from, tM - half),
        roadPoint(road, to, tM - half),
        roadPoint(road, to, tM + half),
        roadPoint(road, from, tM + half),
      ];
    });
}
