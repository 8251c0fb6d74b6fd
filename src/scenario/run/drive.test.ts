import { describe, expect, test } from "vitest";
import { anObject } from "../../expert/scene.fixture.ts";
import { randomRoute } from "../../world/graph/route.ts";
import { Random } from "../../world/random.ts";
import { junctionGraph, straightGraph } from "../../world/testing/graphs.ts";
import type { Driver } from "../drivers/driver.ts";
import { expertDriver } from "../drivers/expert-driver.ts";
import { ruleDriver, slowDriver } from "../drivers/rule-driver.ts";
import { type QuietOptions, quietWorld } from "../testing/quiet-world.ts";
import { type DriveOptions, runDrive } from "./drive.ts";

const OPTIONS: DriveOptions = {
  key: "run",
  worldName: "world",
  seed: 1,
  driverName: "driver",
  periodUs: 100_000,
  delayUs: 50_000,
  timeoutS: 300,
  text: "",
};

/** Through a junction of four arms, the way drawn by a seed. */
function atJunction(control: "LIGHTS" | "ALL_STOP" | "NOTHING", seed: number) {
  const graph = junctionGraph({ control, armM: 120 });
  const route = randomRoute(graph, new Random(seed), 250)!;
  return quietWorld(graph, route, { seed });
}

const onRoad = (options: QuietOptions) =>
  quietWorld(straightGraph({ laneCount: 1, lengthM: 500, speedLimitMps: 14 }), ROUTE, options);
const ROUTE = { lanes: [0, 1], lengthM: 500 };

describe.each(["LIGHTS", "ALL_STOP", "NOTHING"] as const)("at a junction with %s", (control) => {
  test.each([1, 2, 3])("the expert completes route %d without a breach", async (seed) => {
    const run = await runDrive(atJunction(control, seed), expertDriver(), OPTIONS);
    expect(run).toMatchObject({ end: "COMPLETED", infractions: [], collisions: [] });
    expect(run.offRoadRatio).toBe(0);
    expect(run.scores["leaderboard-1.0"]).toBe(100);
    expect(run.paceRatio).toBeGreaterThan(0.8);
    expect(run.film).toBeUndefined();
  });
});

test("the same drive twice is the same to the last digit", async () => {
  const [a, b] = [1, 2].map(() => runDrive(atJunction("LIGHTS", 5), expertDriver(), OPTIONS));
  expect(JSON.stringify(await a)).toBe(JSON.stringify(await b));
});

test("the rule driver gets through, the slow one at less than half the pace", async () => {
  const rule = await runDrive(onRoad({}), ruleDriver(), OPTIONS);
  const slow = await runDrive(onRoad({}), slowDriver(), OPTIONS);
  for (const run of [rule, slow]) expect(run.end).toBe("COMPLETED");
  expect(rule.paceRatio).toBeGreaterThan(0.85);
  expect(slow.paceRatio).toBeLessThan(0.5);
});

test("a run that is to last a time ends well after it, and only its breaches are scored", async () => {
  const run = await runDrive(onRoad({}), expertDriver(), { ...OPTIONS, lastsS: 10 });
  expect(run).toMatchObject({ end: "TIME", durationS: 10, infractions: [] });
  expect(run.completedRatio).toBeLessThan(0.5);
  expect(run.scores["leaderboard-1.0"]).toBe(100);
  expect(run.film).toBeUndefined();
  const standing = anObject(3, { xM: -200, yM: 0, speedMps: 0 });
  const expert = expertDriver();
  const blind: Driver = {
    sees: "TRUTH",
    decide: (input) => expert.decide({ ...input, scene: { ...input.scene, objects: [] } }),
  };
  const hit = await runDrive(onRoad({ others: () => [standing] }), blind, {
    ...OPTIONS,
    lastsS: 15,
  });
  expect(hit.end).toBe("TIME");
  expect(hit.scores["leaderboard-1.0"]).toBeLessThanOrEqual(60);
  expect(hit.film).toBeDefined();
});

test("decisions once a second are enough for an empty road", async () => {
  const run = await runDrive(onRoad({}), expertDriver(), { ...OPTIONS, periodUs: 1_000_000 });
  expect(run).toMatchObject({ end: "COMPLETED", infractions: [] });
});

test("a standing car in the only lane ends in waiting and not in contact", async () => {
  const car = anObject(3, { xM: 0, yM: 0, speedMps: 0 });
  const run = await runDrive(onRoad({ others: () => [car] }), expertDriver(), OPTIONS);
  expect(run.end).toBe("BLOCKED");
  expect(run.collisions).toEqual([]);
  expect(run.completedRatio).toBeGreaterThan(0.4);
  expect(run.completedRatio).toBeLessThan(0.55);
  expect(run.film!.frames.length).toBeGreaterThan(10);
});

test("one that drives on blindly is told what it hit, and that it was avoidable", async () => {
  const car = anObject(3, { xM: -100, yM: 0, speedMps: 0 });
  const expert = expertDriver();
  const blind: Driver = {
    sees: "TRUTH",
    decide: (input) => expert.decide({ ...input, scene: { ...input.scene, objects: [] } }),
  };
  const run = await runDrive(onRoad({ others: () => [car] }), blind, OPTIONS);
  expect(run.collisions[0]).toMatchObject({
    withId: 3,
    striker: "EGO",
    side: "FRONT",
    avoidable: true,
  });
  expect(run.infractions[0]!.kind).toBe("COLLISION_VEHICLE");
  expect(run.scores["leaderboard-1.0"]).toBeLessThanOrEqual(60);
  expect(run.scores.pdms).toBe(0);
  const before = run.film!.frames[0]!.tS;
  expect(run.collisions[0]!.tS - before).toBeGreaterThan(5);
});

test("a car that runs into standing ego is not ego's doing", async () => {
  const behind = (tS: number) =>
    anObject(3, { xM: Math.min(-245, -400 + 12 * tS), yM: 0, speedMps: 12 });
  const lead = anObject(4, { xM: -237, yM: 0, speedMps: 0 });
  const options = { others: (tS: number) => [behind(tS), lead] };
  const run = await runDrive(onRoad(options), expertDriver(), { ...OPTIONS, timeoutS: 20 });
  expect(run.collisions[0]).toMatchObject({ withId: 3, striker: "OTHER", avoidable: false });
  expect(run.end).toBe("TIMEOUT");
});

test("a driver that fails ends its own run with its words", async () => {
  const failing: Driver = {
    sees: "TRUTH",
    decide: () => {
      throw new Error("no idea");
    },
  };
  const run = await runDrive(onRoad({}), failing, OPTIONS);
  expect(run).toMatchObject({ end: "DRIVER_ERROR", error: "no idea", completedRatio: 0 });
});
