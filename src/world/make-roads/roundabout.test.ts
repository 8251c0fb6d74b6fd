import { describe, expect, test } from "vitest";
import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";
import { laneName } from "./made-roads.fixture.ts";
import { randomGraph } from "./make-roads.ts";

const graphs = Array.from({ length: 20 }, (_, seed) => randomGraph("ROUNDABOUT", seed));

/** Pieces of a ring are called after their place, as 2r0. */
const isRing = ({ roadId }: GraphLane) => /^\d+r\d+$/.test(roadId);

/** Ways through the junctions of rings: into it, out of it, or on along it. */
function wayOf(graph: LaneGraph, lane: GraphLane): "IN" | "OUT" | "ON" | undefined {
  if (lane.junctionId === undefined || lane.kind !== "DRIVING") return undefined;
  const [from, to] = [graph.lanes[lane.predecessors[0]!]!, graph.lanes[lane.successors[0]!]!];
  if (isRing(from)) return isRing(to) ? "ON" : "OUT";
  return "IN";
}

const conflictsBetween = (one: string, other: string) =>
  graphs.flatMap((graph) =>
    graph.lanes
      .filter((lane) => wayOf(graph, lane) === one)
      .flatMap((lane) =>
        lane.conflicts
          .filter((conflict) => wayOf(graph, graph.lanes[conflict.other]!) === other)
          .map((conflict) => ({ ...conflict, name: `${graph.name} ${laneName(lane)}` })),
      ),
  );

describe("roundabouts", () => {
  test("turn to the left all the way: the ring runs counter-clockwise", () => {
    const ring = graphs.flatMap(({ lanes }) => lanes.filter(isRing));
    expect(ring.length).toBeGreaterThan(100);
    expect(ring.every(({ curvatureInvm }) => curvatureInvm.every((k) => k > 0))).toBe(true);
  });

  test("who drives in lets those in the ring go first", () => {
    const all = conflictsBetween("IN", "ON");
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter(({ yields }) => !yields).map(({ name }) => name)).toEqual([]);
    expect(all.some(({ merges }) => merges)).toBe(true);
  });

  test("who leaves from an inner lane lets those on the outer one go first", () => {
    const all = conflictsBetween("OUT", "ON");
    expect(all.length).toBeGreaterThan(3);
    expect(all.filter(({ yields }) => !yields).map(({ name }) => name)).toEqual([]);
  });
});
