import { expect, test } from "vitest";
import type { NavMeaning } from "../../expert/navigator/nav-meaning.ts";
import { junctionGraph, straightGraph } from "../../world/testing/graphs.ts";
import { expertDriver } from "../drivers/expert-driver.ts";
import { ruleDriver } from "../drivers/rule-driver.ts";
import { quietWorld } from "../testing/quiet-world.ts";
import { runDrive } from "./drive.ts";
import { measured } from "./instruction-watch.ts";

const OPTIONS = {
  key: "run",
  worldName: "world",
  seed: 1,
  driverName: "driver",
  periodUs: 100_000,
  delayUs: 50_000,
  timeoutS: 60,
  text: "words",
};

const ROAD = straightGraph({ laneCount: 1, lengthM: 500, speedLimitMps: 14 });
const road = () => quietWorld(ROAD, { lanes: [0, 1], lengthM: 500 });

const verdictOf = async (meaning: NavMeaning, driver = expertDriver()) =>
  (await runDrive(road(), driver, { ...OPTIONS, meaning })).instruction?.verdict?.outcome;

test("a drive in lock-step ends with what became of the instruction", async () => {
  expect(await verdictOf({ kind: "SET_SPEED", mps: 14 })).toBe("DONE");
  expect(await verdictOf({ kind: "START" })).toBe("DONE");
  expect(await verdictOf({ kind: "DRIVE_FREELY" })).toBe("DONE");
  expect(await verdictOf({ kind: "SET_SPEED", mps: 7 })).toBe("DONE");
  expect(await verdictOf({ kind: "SET_SPEED", mps: 20 })).toBe("REFUSED_RIGHTLY");
  expect(await verdictOf({ kind: "SET_SPEED", mps: 7 }, ruleDriver())).toBe("IGNORED");
  expect(await verdictOf({ kind: "STOP" }, ruleDriver())).toBe("IGNORED");
  expect(await verdictOf({ kind: "KEEP_GAP", metres: 20 })).toBe("UNTESTED");
});

test("a turn that is asked for is taken, whether the route had it or not, and the run is completed", async () => {
  const graph = junctionGraph({ control: "NOTHING", armM: 120 });
  const inside = graph.lanes.find(({ turn }) => turn === "LEFT")!;
  const lanes = [inside.predecessors[0]!, inside.index, inside.successors[0]!];
  const route = { lanes, lengthM: 250 };
  for (const way of ["LEFT", "RIGHT", "STRAIGHT"] as const) {
    const meaning = { kind: "TURN", way } as const;
    const run = await runDrive(quietWorld(graph, route), expertDriver(), { ...OPTIONS, meaning });
    expect(run.instruction?.verdict).toMatchObject({ outcome: "DONE" });
    expect(run).toMatchObject({ end: "COMPLETED", completedRatio: 1, infractions: [] });
  }
});

test("who stands before a closed line waits at it, a few metres farther off too", () => {
  const free = (speedMps: number, closedM: number) =>
    measured({ speedMps, freeMps: 14, closedM }).freeMps;
  expect(free(0, 5)).toBe(0);
  expect(free(3, 5)).toBeCloseTo(Math.sqrt(2 * 1.2 * 5), 6);
  expect(free(3, 2)).toBe(0);
  expect(free(0, 12)).toBeGreaterThan(5);
  expect(measured({ speedMps: 0, freeMps: 14 }).freeMps).toBe(14);
});
