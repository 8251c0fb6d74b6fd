import { describe, expect, test } from "vitest";
import type { LaneGraph } from "../../contract/lane-graph.ts";
import { buildLaneGraph } from "../graph/build.ts";
import { randomRoute } from "../graph/route.ts";
import type { OpenDrive } from "../opendrive/model.ts";
import { parseOpenDrive } from "../opendrive/parse.ts";
import { poseAt } from "../opendrive/reference-line.ts";
import { writeOpenDrive } from "../opendrive/write.ts";
import { Random } from "../random.ts";
import { brokenColumns, drivingOf, laneName, overlaps, seamsApart } from "./made-roads.fixture.ts";
import { makeRoads, ROAD_KINDS, randomGraph } from "./make-roads.ts";

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);
/** Curves whose sharpest radius is below this no car of ours drives, m (vehicle profiles: 5.2 m and more). */
const RADIUS_MIN_M = 5;

const connecting = (drive: OpenDrive) =>
  drive.roads.filter(({ junctionId }) => junctionId !== undefined);

/** Lanes outside of junctions that lead into one. */
const approaches = (graph: LaneGraph) =>
  drivingOf(graph).filter(
    (lane) =>
      lane.junctionId === undefined &&
      lane.successors.some((next) => graph.lanes[next]!.junctionId !== undefined),
  );

describe.each(ROAD_KINDS)("random roads of kind %s", (kind) => {
  const drives = SEEDS.map((seed) => makeRoads({ kind, seed }));
  const graphs = drives.map(buildLaneGraph);
  const each = (check: (graph: LaneGraph, drive: OpenDrive) => unknown[]) =>
    graphs.flatMap((graph, i) =>
      check(graph, drives[i]!).map((found) => `${graph.name}: ${String(found)}`),
    );

  test("the same seed gives the same bytes, another seed others", () => {
    const text = writeOpenDrive(drives[3]!);
    expect(writeOpenDrive(makeRoads({ kind, seed: 3 }))).toBe(text);
    expect(writeOpenDrive(drives[4]!)).not.toBe(text);
    expect(randomGraph(kind, 3)).toEqual(graphs[3]);
  });

  test("what is written reads back as the same model and the same graph", () => {
    for (const seed of [0, 7, 14]) {
      const drive = drives[seed]!;
      const read = parseOpenDrive(writeOpenDrive(drive), drive.origin);
      expect(read).toStrictEqual(drive);
      expect(buildLaneGraph(read)).toEqual(graphs[seed]);
    }
  });

  test("lanes that follow each other touch within 0.05 m and 0.05 rad", () => {
    expect(each((graph) => seamsApart(graph, 0.05, 0.05))).toEqual([]);
  });

  test("reference lines are continuous in position, heading and curvature", () => {
    const broken = each((_, drive) =>
      drive.roads.flatMap(({ id, planView }) =>
        planView.slice(1).flatMap((piece, i) => {
          const before = poseAt(planView.slice(0, i + 1), piece.sM);
          const own = poseAt(planView, piece.sM);
          const awayM = Math.hypot(before.xM - own.xM, before.yM - own.yM);
          const bend = Math.abs(Math.sin(before.yawRad - own.yawRad));
          const jump = Math.abs(before.curvatureInvm - own.curvatureInvm);
          return awayM < 1e-6 && bend < 1e-9 && jump < 1e-9 ? [] : [`${id}/${i + 1}`];
        }),
      ),
    );
    expect(broken).toEqual([]);
  });

  test("every number is finite", () => expect(each(brokenColumns)).toEqual([]));

  test("driving lanes overlap nowhere outside of junctions", () => {
    expect(each(overlaps)).toEqual([]);
  });

  test("bends can be driven", () => {
    const tight = each((graph) =>
      drivingOf(graph)
        .filter((lane) => lane.curvatureInvm.some((k) => Math.abs(k) > 1 / RADIUS_MIN_M))
        .map(laneName),
    );
    expect(tight).toEqual([]);
  });

  test("there is a route of at least 800 m", () => {
    const short = each((graph) => {
      const route = randomRoute(graph, new Random(1), 800);
      return route && route.lengthM >= 800 ? [] : [route?.lengthM];
    });
    expect(short).toEqual([]);
  });

  test("no way through a junction ends or begins in it", () => {
    const dead = each((graph) =>
      drivingOf(graph)
        .filter(({ junctionId }) => junctionId !== undefined)
        .filter(({ successors, predecessors }) => !successors.length || !predecessors.length)
        .map(laneName),
    );
    expect(dead).toEqual([]);
  });

  test("every approach to lights has a stop line and a light; every light governs a line", () => {
    const wrong = each((graph, drive) => {
      const lit = new Set(
        drive.junctions.filter(({ controllers }) => controllers.length > 0).map(({ id }) => id),
      );
      const bare = approaches(graph)
        .filter((lane) =>
          lane.successors.some((next) => lit.has(graph.lanes[next]!.junctionId ?? "")),
        )
        .filter(({ stops }) => {
          const line = graph.stopLines[stops.at(-1)?.stopLine ?? -1];
          return line?.kind !== "LIGHT" || line.signals.length === 0;
        });
      const governing = new Set(graph.stopLines.flatMap(({ signals }) => signals));
      return [
        ...bare.map(laneName),
        ...graph.signals.filter(({ index }) => !governing.has(index)).map(({ id }) => id),
      ];
    });
    expect(wrong).toEqual([]);
  });

  test("lines that wait are drawn before the junction, 0.5 to 8 m from its edge", () => {
    const wrong = each((graph) =>
      approaches(graph).flatMap((lane) =>
        lane.stops
          .map(({ sM }) => lane.lengthM - sM)
          .filter((beforeM) => beforeM < 0.5 || beforeM > 8)
          .map((beforeM) => `${laneName(lane)} ${beforeM.toFixed(2)} m`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("a connecting road is the way of one driving lane", () => {
    const several = each((_, drive) =>
      connecting(drive).filter(
        ({ sections }) => sections[0]!.lanes.filter(({ type }) => type === "driving").length !== 1,
      ),
    );
    expect(several).toEqual([]);
  });
});

test("kinds differ in what rules their junctions, and seeds in lanes and limits", () => {
  const roads = (kind: (typeof ROAD_KINDS)[number]) =>
    SEEDS.flatMap((seed) => makeRoads({ kind, seed }).roads);
  const rules = (kind: (typeof ROAD_KINDS)[number]) =>
    new Set(roads(kind).flatMap(({ signals }) => signals.map(({ type }) => type)));
  expect(rules("JUNCTION")).toEqual(new Set(["1000001", "205", "206"]));
  expect(rules("ROUNDABOUT")).toEqual(new Set(["205"]));
  const limits = roads("MIXED").flatMap(({ types }) => types.map(({ speed }) => speed?.maxMps));
  expect(new Set(limits).size).toBeGreaterThan(6);
});

test("where the roads of a seed do not fit together, others are drawn of it, and the same ones again", () => {
  // the first draw leaves a street no bend of 40 m
  const roads = makeRoads({ kind: "JUNCTION", seed: 85 });
  expect(roads.roads.length).toBeGreaterThan(4);
  expect(makeRoads({ kind: "JUNCTION", seed: 85 })).toEqual(roads);
});
