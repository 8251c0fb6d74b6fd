import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";
import { parseOpenDrive } from "../opendrive/parse.ts";
import { Random } from "../random.ts";
import { buildLaneGraph } from "./build.ts";
import { randomRoute } from "./route.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const SCENARIOS = resolve(ROOT, process.env.WAYWARDEN_SHARED ?? "../shared", "scenarios");
const FOLDERS = [
  "towns",
  "esmini/xodr",
  "osc-alks/logical_scenarios/concrete_scenarios/road_networks",
];
const present = existsSync(SCENARIOS);
if (!present) console.log(`skipped: public roads are not at ${SCENARIOS} (set WAYWARDEN_SHARED)`);
const files = present
  ? FOLDERS.flatMap((folder) =>
      readdirSync(resolve(SCENARIOS, folder))
        .filter((name) => name.endsWith(".xodr"))
        .map((name) => resolve(SCENARIOS, folder, name)),
    )
  : [];

const TOUCH_MAX_M = 0.1;
const TOUCH_MAX_RAD = 0.1;

const name = ({ roadId, section, laneId }: GraphLane) => `${roadId}/${section}/${laneId}`;
const driving = (graph: LaneGraph) => graph.lanes.filter(({ kind }) => kind === "DRIVING");

/** Driving lanes and successors that do not touch or change direction at the seam. */
function gapsOf(graph: LaneGraph): string[] {
  return driving(graph).flatMap((lane) =>
    lane.successors.flatMap((index) => {
      const next = graph.lanes[index]!;
      if (next.kind !== "DRIVING") return [];
      const away = Math.hypot(next.xM[0]! - lane.xM.at(-1)!, next.yM[0]! - lane.yM.at(-1)!);
      const turn = Math.cos(next.yawRad[0]! - lane.yawRad.at(-1)!);
      const touch = away < TOUCH_MAX_M && turn > Math.cos(TOUCH_MAX_RAD);
      return touch ? [] : [`${graph.name} ${name(lane)} ${name(next)}`];
    }),
  );
}

const columnsOf = (lane: GraphLane) =>
  [
    lane.sM,
    lane.xM,
    lane.yM,
    lane.zM,
    lane.yawRad,
    lane.curvatureInvm,
    lane.widthM,
  ] as readonly Float64Array[];

describe.skipIf(!present)("public roads", () => {
  test("all thirty are there", () => expect(files).toHaveLength(30));

  describe.each(files.map((path) => [basename(path), path] as const))("%s", (file, path) => {
    let graph: LaneGraph;
    beforeAll(() => {
      graph = buildLaneGraph(parseOpenDrive(readFileSync(path, "utf8"), file));
      const { lanes, signals, stopLines, kerbs, crossings } = graph;
      const counts = `${lanes.length} lanes (${driving(graph).length} driving), ${signals.length} lights, ${stopLines.length} stop lines, ${kerbs.length} kerbs, ${crossings.length} crossings`;
      console.log(`${file}: ${counts}`);
    });

    test("has lanes of finite numbers, sampled at most 2 m apart", () => {
      expect(driving(graph).length).toBeGreaterThan(0);
      for (const lane of graph.lanes) {
        const { sM } = lane;
        expect(columnsOf(lane).every((column) => column.length === sM.length)).toBe(true);
        expect(columnsOf(lane).every((column) => column.every(Number.isFinite))).toBe(true);
        const steps = sM.subarray(1).map((at, i) => at - sM[i]!);
        expect(Math.min(...steps), name(lane)).toBeGreaterThan(0);
        expect(Math.max(...steps), name(lane)).toBeLessThanOrEqual(2);
        expect([sM[0], sM.at(-1)]).toEqual([0, lane.lengthM]);
      }
    });

    test("headings follow the points", () => {
      for (const lane of driving(graph)) {
        let worst = 0;
        for (let i = 0; i + 1 < lane.sM.length; i++) {
          const chord = Math.atan2(lane.yM[i + 1]! - lane.yM[i]!, lane.xM[i + 1]! - lane.xM[i]!);
          const off = chord - (lane.yawRad[i]! + lane.yawRad[i + 1]!) / 2;
          if (lane.sM[i + 1]! - lane.sM[i]! > 0.2)
            worst = Math.max(worst, Math.abs(Math.atan2(Math.sin(off), Math.cos(off))));
        }
        // A width that begins to grow at once bends the middle of the lane by half that slope.
        expect(worst, name(lane)).toBeLessThan(0.25);
      }
    });

    test("successors touch where they are driven, and know their predecessors", () => {
      expect(gapsOf(graph)).toEqual([]);
      for (const lane of graph.lanes)
        for (const next of lane.successors)
          expect(graph.lanes[next]!.predecessors).toContain(lane.index);
    });

    test("no way ends inside a junction", () => {
      const dead = driving(graph).filter(
        ({ junctionId, successors }) => junctionId !== undefined && successors.length === 0,
      );
      expect(dead.map(name)).toEqual([]);
    });

    test("neighbours are mutual, run side by side and the same way", () => {
      for (const lane of graph.lanes) {
        const { leftIndex, oncomingIndex } = lane;
        if (leftIndex !== undefined) expect(graph.lanes[leftIndex]!.rightIndex).toBe(lane.index);
        if (oncomingIndex !== undefined)
          expect(graph.lanes[oncomingIndex]!.oncomingIndex).toBe(lane.index);
        for (const [other, way] of [
          [leftIndex, 1],
          [oncomingIndex, -1],
        ] as const) {
          const beside = other === undefined ? undefined : graph.lanes[other]!;
          if (!beside) continue;
          const turn = Math.cos(beside.yawRad.at(way > 0 ? 0 : -1)! - lane.yawRad[0]!);
          expect(Math.sign(turn), name(lane)).toBe(way);
        }
      }
    });

    test("of two lanes in conflict exactly one yields", () => {
      for (const lane of graph.lanes)
        for (const { other, yields, fromM, toM, otherFromM } of lane.conflicts) {
          const back = graph.lanes[other]!.conflicts.find((one) => one.other === lane.index)!;
          expect(back.yields, `${name(lane)} and ${name(graph.lanes[other]!)}`).toBe(!yields);
          expect(back.fromM).toBe(otherFromM);
          expect(fromM >= 0 && fromM <= toM && toM <= lane.lengthM).toBe(true);
        }
    });

    test("random routes lead over joined lanes, in towns at least 500 m far", () => {
      for (let seed = 0; seed < 5; seed++) {
        const route = randomRoute(graph, new Random(seed), 500)!;
        if (file.startsWith("Town")) expect(route.lengthM).toBeGreaterThanOrEqual(500);
        for (const [i, index] of route.lanes.slice(1).entries()) {
          const before = graph.lanes[route.lanes[i]!]!;
          const links = [...before.successors, before.leftIndex, before.rightIndex];
          expect(links, name(before)).toContain(index);
        }
      }
    });

    test("lights govern stop lines before their junction, and every light of a town governs one", () => {
      const governing = new Set(graph.stopLines.flatMap(({ signals }) => signals));
      for (const line of graph.stopLines)
        expect(line.signals.length > 0).toBe(line.kind === "LIGHT");
      for (const lane of graph.lanes)
        for (const { sM, stopLine } of lane.stops) {
          expect(sM >= 0 && sM <= lane.lengthM).toBe(true);
          expect(graph.stopLines[stopLine]).toBeDefined();
        }
      if (file.startsWith("Town")) expect(governing.size).toBe(graph.signals.length);
    });
  });
});
