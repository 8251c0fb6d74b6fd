import { expect, test } from "vitest";
import type { LanePosition } from "../../contract/lane-graph.ts";
import { aRoad } from "../opendrive/open-drive.fixture.ts";
import { Random } from "../random.ts";
import { lanePose } from "./along.ts";
import { indexLanes, nearestLane, projectOnLane } from "./lane-index.ts";
import { aCrossroads, aGraph, laneAt } from "./roads.fixture.ts";

const crossroads = aGraph(...aCrossroads());

test("the nearest lane is the one that a search over all lanes finds", () => {
  const index = indexLanes(crossroads);
  const random = new Random(4);
  for (let i = 0; i < 500; i++) {
    const x = random.range(-90, 90);
    const y = random.range(-90, 90);
    const found = nearestLane(index, x, y, { maxM: 40 });
    const all = crossroads.lanes
      .filter(({ kind }) => kind === "DRIVING")
      .map((lane) => Math.abs(projectOnLane(lane, x, y).dM));
    const least = Math.min(...all);
    if (least < 40) expect(Math.abs(found!.dM)).toBeCloseTo(least, 9);
    else expect(found).toBeUndefined();
  }
});

test("s and d put the point back where it was", () => {
  const index = indexLanes(crossroads);
  const lane = laneAt(crossroads, "e-s", -1);
  for (const [sM, dM] of [
    [3, 0.4],
    [8, -0.6],
  ] as const) {
    const { xM, yM } = lanePose(lane, sM, dM);
    const place = projectOnLane(lane, xM, yM);
    // Within what a chord of the sampled arc leaves of it.
    expect(Math.abs(place.sM - sM)).toBeLessThan(0.03);
    expect(Math.abs(place.dM - dM)).toBeLessThan(0.03);
  }
  const { xM, yM } = lanePose(laneAt(crossroads, "w", -1), 20, 1);
  const place = nearestLane(index, xM, yM) as LanePosition;
  expect(place.lane).toBe(laneAt(crossroads, "w", -1).index);
  expect([place.sM, place.dM]).toEqual([expect.closeTo(20, 9), expect.closeTo(1, 9)]);
});

test("of lanes that cross at a point the one along the heading is meant", () => {
  const index = indexLanes(crossroads);
  const here = (yawRad: number) => {
    const place = nearestLane(index, 1.75, 1.75, { yawRad })!;
    return crossroads.lanes[place.lane]!.roadId;
  };
  expect(here(Math.PI)).toBe("e-w");
  expect(here(Math.PI / 2)).toBe("s-n");
});

test("of roads above one another the one at the height is meant", () => {
  const bridge = aRoad({
    id: "2",
    inner: '<elevationProfile><elevation s="0" a="8" b="0" c="0" d="0"/></elevationProfile>',
  });
  const graph = aGraph(aRoad(), bridge);
  const index = indexLanes(graph);
  const road = (zM: number) => graph.lanes[nearestLane(index, 50, -1, { zM })!.lane]!.roadId;
  expect([road(0.5), road(7.5)]).toEqual(["1", "2"]);
});

test("beyond the ends of the map and with no lanes there is an answer too", () => {
  const graph = aGraph(aRoad());
  const index = indexLanes(graph);
  expect(nearestLane(index, -3, -1.75)).toMatchObject({
    lane: laneAt(graph, "1", -1).index,
    sM: 0,
  });
  expect(nearestLane(index, 1e7, 1e7)).toBeUndefined();
  expect(nearestLane(indexLanes(graph, ["PARKING"]), 0, 0)).toBeUndefined();
});
