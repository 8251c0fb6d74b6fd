import { expect, test } from "vitest";
import { GraphBuilder } from "../../world/testing/graph-builder.ts";
import { laneNet } from "../../world/traffic/lane-net.ts";
import { aScene } from "../scene.fixture.ts";
import { frontOf } from "../view.ts";
import { RouteFollower } from "./follower.ts";
import { StopMemory } from "./stop-memory.ts";

/** What is remembered of a sign after ego was at these places before its line, at these speeds. */
function stoodAfter(...ways: readonly (readonly [lineM: number, speedMps: number])[]) {
  const b = new GraphBuilder();
  const lane = b.lane([
    [0, 0],
    [120, 0],
  ]);
  b.stop(lane, 80, "STOP");
  b.stop(lane, 100, "YIELD");
  const follower = new RouteFollower(laneNet(b.build("a sign")), { lanes: [lane], lengthM: 120 });
  const memory = new StopMemory();
  const { ego } = aScene();
  let stood: (boolean | undefined)[] = [];
  for (const [lineM, speedMps] of ways) {
    const xM = 80 - lineM - frontOf(ego);
    follower.update({ xM, yM: 0, yawRad: 0 });
    const scene = { ...aScene(), ego: { ...ego, xM, speedMps } };
    stood = memory.recall(scene, follower.guide()).stops.map((stop) => stop.stood);
  }
  return stood;
}

test("standing before the line is remembered until it is passed", () => {
  expect(stoodAfter([1, 0])).toEqual([true, undefined]);
  expect(stoodAfter([1, 0], [0.5, 1.2], [-0.2, 2])[0]).toBe(true);
  expect(stoodAfter([1, 0], [0.5, 1.2], [-1.2, 3])[0]).toBe(false);
});

test("creeping, and standing farther off, is not having stood there", () => {
  expect(stoodAfter([2.6, 1], [1, 0.3], [0.5, 1])[0]).toBe(false);
  expect(stoodAfter([4, 0], [1, 1])[0]).toBe(false);
});
