import { describe, expect, test } from "vitest";
import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import { aLane, aRoad } from "../opendrive/open-drive.fixture.ts";
import { Random } from "../random.ts";
import { lanePose, walkOn } from "./along.ts";
import { aCrossroads, aGraph, aMark, aSection, laneAt } from "./roads.fixture.ts";
import { randomRoute, shortestRoute } from "./route.ts";

const crossroads = aGraph(...aCrossroads());
const at = (graph: LaneGraph, road: string, lane: number, sM: number) => ({
  lane: laneAt(graph, road, lane).index,
  sM,
  dM: 0,
});
const names = (graph: LaneGraph, route: LaneRoute | undefined) =>
  route?.lanes.map((index) => `${graph.lanes[index]!.roadId}/${graph.lanes[index]!.laneId}`);

describe("the shortest route", () => {
  test("leads through the junction, and its length is what is driven", () => {
    const route = shortestRoute(
      crossroads,
      at(crossroads, "e", 1, 10),
      at(crossroads, "n", -1, 20),
    );
    expect(names(crossroads, route)).toEqual(["e/1", "e-n/-1", "n/-1"]);
    const turn = laneAt(crossroads, "e-n", -1).lengthM;
    expect(route!.lengthM).toBeCloseTo(40 + turn + 20, 4);
  });

  test("ahead on the same lane it is that lane; behind, none where no way leads back", () => {
    const from = at(crossroads, "e", -1, 10);
    expect(shortestRoute(crossroads, from, { ...from, sM: 30 })).toMatchObject({ lengthM: 20 });
    expect(shortestRoute(crossroads, from, { ...from, sM: 5 })).toBeUndefined();
  });

  test("behind on a ring it leads once around", () => {
    const radius = 30;
    const lengthM = 2 * Math.PI * radius;
    const planView = `<geometry s="0" x="0" y="0" hdg="0" length="${lengthM}"><arc curvature="${1 / radius}"/></geometry>`;
    const self = (end: string, contact: string) =>
      `<${end} elementType="road" elementId="1" contactPoint="${contact}"/>`;
    const lane = aLane(-1, '<link><predecessor id="-1"/><successor id="-1"/></link>');
    const graph = aGraph(
      aRoad({
        lengthM,
        planView,
        inner: `<link>${self("predecessor", "end")}${self("successor", "start")}</link>`,
        lanes: aSection("", "", lane),
      }),
    );
    const route = shortestRoute(graph, at(graph, "1", -1, 50), at(graph, "1", -1, 40))!;
    expect(route.lanes).toEqual([0, 0]);
    expect(route.lengthM).toBeCloseTo(graph.lanes[0]!.lengthM - 10, 6);
  });

  test("changes lanes where the marks allow it and not where they do not", () => {
    const highway = (mark: string) =>
      aGraph(aRoad({ lanes: aSection("", "", aLane(-1, aMark(mark)) + aLane(-2)) }));
    const open = highway("broken");
    const route = shortestRoute(open, at(open, "1", -1, 10), at(open, "1", -2, 90));
    expect(names(open, route)).toEqual(["1/-1", "1/-2"]);
    expect(route!.lengthM).toBeCloseTo(80, 9);
    const shut = highway("solid");
    expect(shortestRoute(shut, at(shut, "1", -1, 10), at(shut, "1", -2, 90))).toBeUndefined();
  });
});

describe("random routes", () => {
  test("the same seed gives the same route, other seeds others", () => {
    const routes = Array.from({ length: 8 }, (_, seed) =>
      JSON.stringify(randomRoute(crossroads, new Random(seed), 60)),
    );
    const again = JSON.stringify(randomRoute(crossroads, new Random(3), 60));
    expect(again).toBe(routes[3]);
    expect(new Set(routes).size).toBeGreaterThan(4);
  });

  test("are as long as asked for, or as long as the map has them", () => {
    for (let seed = 0; seed < 20; seed++)
      expect(randomRoute(crossroads, new Random(seed), 60)!.lengthM).toBeGreaterThanOrEqual(60);
    const longest = randomRoute(crossroads, new Random(1), 1e6)!;
    expect(longest.lengthM).toBeGreaterThan(60);
    expect(longest.lengthM).toBeLessThan(125);
  });

  test("a road without any way on is a route too", () => {
    const graph = aGraph(aRoad());
    expect(randomRoute(graph, new Random(1), 50)!.lengthM).toBeCloseTo(100, 5);
    expect(randomRoute(graph, new Random(1), 500)!.lengthM).toBeCloseTo(100, 5);
  });

  test("consecutive lanes are successors or neighbours", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { lanes } = randomRoute(crossroads, new Random(seed), 60)!;
      for (let i = 1; i < lanes.length; i++) {
        const before = crossroads.lanes[lanes[i - 1]!]!;
        const links = [...before.successors, before.leftIndex, before.rightIndex];
        expect(links).toContain(lanes[i]);
      }
    }
  });
});

describe("walking on", () => {
  test("goes straight where nothing is said, and ends where the map ends", () => {
    const walk = walkOn(crossroads, at(crossroads, "e", 1, 40), 200);
    expect(names(crossroads, { lanes: walk.lanes, lengthM: 0 })).toEqual(["e/1", "e-w/-1", "w/-1"]);
    expect(walk.position.sM).toBe(laneAt(crossroads, "w", -1).lengthM);
    expect(walk.restM).toBeCloseTo(200 - 10 - 20 - 50, 3);
  });

  test("follows a choice", () => {
    const left = laneAt(crossroads, "e-s", -1).index;
    const choose = (lane: { readonly roadId: string; readonly successors: readonly number[] }) =>
      lane.roadId === "e" ? left : lane.successors[0];
    const walk = walkOn(crossroads, at(crossroads, "e", 1, 40), 30, choose);
    expect(crossroads.lanes[walk.position.lane]!.roadId).toBe("s");
  });

  test("a pose between samples lies on the line, and beyond the end straight ahead", () => {
    const lane = laneAt(crossroads, "n", -1);
    const inside = lanePose(lane, 12.3, 0.5);
    expect(inside.xM).toBeCloseTo(1.75 - 0.5, 9);
    expect(inside.yM).toBeCloseTo(10 + 12.3, 9);
    expect(inside.yawRad).toBeCloseTo(Math.PI / 2, 9);
    expect(lanePose(lane, lane.lengthM + 4).yM).toBeCloseTo(64, 4);
  });
});
