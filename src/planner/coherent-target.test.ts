import { expect, test } from "vitest";
import type { Maneuver } from "../contract/maneuver.ts";
import { rollOut } from "../geometry/bicycle.ts";
import { coherentTarget } from "./coherent-target.ts";

const aManeuver = (part: Partial<Maneuver>): Maneuver => ({
  rationale: ["LEAD_VEHICLE", "NONE"],
  lateral: "KEEP_LANE",
  longitudinal: "ACCELERATE",
  targetSpeedMps: 8,
  gapM: 9,
  ...part,
});
const aPlan = (speedMps: number, accelMps2: number) =>
  rollOut(speedMps, new Array<number>(6).fill(accelMps2), new Array<number>(6).fill(0));

test("behind a lead the target is the planned speed one second ahead, on the token grid", () => {
  expect(coherentTarget(aManeuver({}), aPlan(4, 1.2)).targetSpeedMps).toBe(5);
});

test("without a lead the target is the speed to settle at", () => {
  const { gapM: _, ...free } = aManeuver({ targetSpeedMps: 14 });
  expect(coherentTarget(free, aPlan(4, 1.2)).targetSpeedMps).toBe(14);
});

test("a target below the plan is kept", () => {
  const slow = aManeuver({ targetSpeedMps: 2 });
  expect(coherentTarget(slow, aPlan(4, 0))).toBe(slow);
});

test("a plan that creeps keeps one step of target, a plan that stands has none", () => {
  expect(coherentTarget(aManeuver({}), aPlan(0, 0.15)).targetSpeedMps).toBe(0.5);
  expect(coherentTarget(aManeuver({}), aPlan(0, 0)).targetSpeedMps).toBe(0);
});
