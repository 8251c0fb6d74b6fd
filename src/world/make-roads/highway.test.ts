import { describe, expect, test } from "vitest";
import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";
import { buildLaneGraph } from "../graph/build.ts";
import type { OpenDrive } from "../opendrive/model.ts";
import { drivingOf, laneName } from "./made-roads.fixture.ts";
import { makeRoads, randomGraph } from "./make-roads.ts";

const drives = Array.from({ length: 20 }, (_, seed) => makeRoads({ kind: "HIGHWAY", seed }));
const graphs = drives.map(buildLaneGraph);

const motorways = (drive: OpenDrive) =>
  drive.roads.filter(({ types }) => types[0]!.type === "motorway");
const rampIds = (drive: OpenDrive) =>
  drive.roads.filter(({ types }) => types[0]!.type !== "motorway").map(({ id }) => id);
const rampLanes = (graph: LaneGraph, drive: OpenDrive) => {
  const ids = rampIds(drive);
  return drivingOf(graph).filter(({ roadId }) => ids.includes(roadId));
};

/** Lanes from there on to where the lane ends. */
function onwards(graph: LaneGraph, lane: GraphLane): GraphLane[] {
  const all = [lane];
  for (let at = lane; at.successors.length > 0; all.push(at)) at = graph.lanes[at.successors[0]!]!;
  return all;
}

describe("highways", () => {
  test("have 2 to 6 lanes in each direction, and seeds differ in that", () => {
    const counts = drives.map((drive) => {
      const { lanes } = motorways(drive)[0]!.sections[0]!;
      const drives = (sign: number) =>
        lanes.filter(
          ({ id, type, widths }) => type === "driving" && id * sign > 0 && widths[0]!.a > 0,
        ).length;
      expect(drives(1)).toBeGreaterThanOrEqual(2);
      return drives(-1);
    });
    expect(Math.min(...counts)).toBe(2);
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...counts)).toBeLessThanOrEqual(7);
  });

  test("have ramps off and on that go on from and into one lane of the highway", () => {
    const found = { off: 0, on: 0 };
    for (const [i, graph] of graphs.entries())
      for (const ramp of rampLanes(graph, drives[i]!)) {
        const links = [ramp.predecessors.length, ramp.successors.length];
        expect(links.sort(), `${graph.name} ${laneName(ramp)}`).toEqual([0, 1]);
        found[ramp.successors.length === 0 ? "off" : "on"]++;
      }
    expect(found.off).toBeGreaterThan(20);
    expect(found.on).toBeGreaterThan(20);
  });

  test("who drives on has at least 150 m beside the highway in which to change to the left", () => {
    for (const [i, graph] of graphs.entries())
      for (const ramp of rampLanes(graph, drives[i]!)) {
        if (ramp.successors.length === 0) continue;
        const beside = onwards(graph, ramp).slice(1);
        const roomM = beside
          .filter(({ mayChangeLeft }) => mayChangeLeft)
          .reduce((sum, { lengthM }) => sum + lengthM, 0);
        expect(roomM, `${graph.name} ${laneName(ramp)}`).toBeGreaterThan(150);
      }
  });

  test("the carriageways are one-way and apart", () => {
    for (const graph of graphs)
      for (const lane of drivingOf(graph)) expect(lane.oncomingIndex).toBeUndefined();
  });
});

test("as many lanes as are asked for, with the same draws for all else, and of no other roads", () => {
  for (const laneCount of [2, 5]) {
    const graph = randomGraph("HIGHWAY", 3, laneCount);
    const ahead = graph.lanes.filter((lane) => lane.kind === "DRIVING" && lane.xM[0]! < 50);
    expect(ahead.length).toBeGreaterThanOrEqual(laneCount);
    expect(makeRoads({ kind: "HIGHWAY", seed: 3, laneCount }).roads.length).toBe(
      drives[3]!.roads.length,
    );
  }
  expect(() => makeRoads({ kind: "RURAL", seed: 3, laneCount: 4 })).toThrow(
    /of a HIGHWAY expected/,
  );
  expect(() => makeRoads({ kind: "HIGHWAY", seed: 3, laneCount: 9 })).toThrow(/found 9/);
});
