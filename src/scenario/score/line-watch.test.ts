import { expect, test } from "vitest";
import { aScene } from "../../expert/scene.fixture.ts";
import { GraphBuilder } from "../../world/testing/graph-builder.ts";
import { LineWatch } from "./line-watch.ts";

const FRONT_M = 3.7;

function aRoad(kind: "LIGHT" | "STOP" | "YIELD") {
  const builder = new GraphBuilder();
  const lane = builder.lane([
    [0, 0],
    [100, 0],
  ]);
  builder.stop(lane, 50, kind);
  return builder.build("a line at 50 m");
}

/** Drives along x by speeds of 0.1 s each; the front starts `beforeM` before the line. */
function drive(
  kind: "LIGHT" | "STOP" | "YIELD",
  speeds: readonly number[],
  { state = "RED" as "RED" | "YELLOW" | "GREEN", beforeM = 3, yM = 0, yawRad = 0 } = {},
) {
  const watch = new LineWatch(aRoad(kind), FRONT_M);
  let xM = 50 - beforeM - FRONT_M;
  const found = [];
  for (const speedMps of [speeds[0]!, ...speeds]) {
    const scene = aScene({ stopLineM: 50, state });
    const signals = scene.signals.map((s) => ({ ...s, id: 0, state }));
    const ego = { ...scene.ego, xM, yM, yawRad, speedMps };
    found.push(...watch.observe({ ...scene, signals, ego }, 0));
    xM += speedMps * 0.1 * Math.cos(yawRad);
  }
  return found.map(({ kind: what }) => what);
}

const THROUGH = new Array<number>(10).fill(8);

test.each([
  ["RED", ["RED_LIGHT"]],
  ["YELLOW", []],
  ["GREEN", []],
] as const)("crossing the line on %s is %j", (state, expected) => {
  expect(drive("LIGHT", THROUGH, { state })).toEqual(expected);
});

test("a stop sign wants a standstill near the line", () => {
  const stops = [3, 2, 1, 0, 0, 1, 3, 8, 8, 8, 8, 8];
  expect(drive("STOP", stops)).toEqual([]);
  expect(drive("STOP", THROUGH)).toEqual(["STOP_SIGN"]);
  expect(drive("STOP", [3, 2, 1, 0.2, 0.2, 1, 3, 8, 8, 8, 8, 8])).toEqual(["STOP_SIGN"]);
  expect(drive("STOP", [0, 0, ...THROUGH, ...THROUGH], { beforeM: 12 })).toEqual(["STOP_SIGN"]);
});

test("standing before the line on red, and a yield line, are no breach", () => {
  expect(drive("LIGHT", [5, 3, 1, 0, 0, 0])).toEqual([]);
  expect(drive("YIELD", THROUGH)).toEqual([]);
});

test("a line of the other direction or beside the way is not crossed", () => {
  expect(drive("LIGHT", THROUGH, { yM: 3.5 })).toEqual([]);
  expect(drive("LIGHT", THROUGH, { beforeM: -3 - 2 * FRONT_M, yawRad: Math.PI })).toEqual([]);
});
