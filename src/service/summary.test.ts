import { expect, test } from "vitest";
import { aDecision } from "../wire/fixtures.cases.ts";
import { permitsMotion, spreadOf } from "./summary.ts";

test("p50, p99 and max are nearest ranks", () => {
  const values = Array.from({ length: 200 }, (_, i) => 200 - i);
  expect(spreadOf(values)).toEqual({ p50: 100, p99: 198, max: 200 });
  expect(spreadOf([7])).toEqual({ p50: 7, p99: 7, max: 7 });
  expect(spreadOf([])).toEqual({ p50: 0, p99: 0, max: 0 });
});

test("motion is permitted only with a target, a moving end and a mode that drives", () => {
  const moving = aDecision({ mode: "CAUTION" });
  const still = { ...moving.trajectory, speedMps: [4, 3, 2, 1, 0, 0] };
  expect(permitsMotion(moving)).toBe(true);
  expect(permitsMotion({ ...moving, mode: "COMFORT_STOP" })).toBe(false);
  expect(permitsMotion({ ...moving, mode: "HOLD" })).toBe(false);
  expect(permitsMotion({ ...moving, trajectory: still })).toBe(false);
  expect(permitsMotion({ ...moving, maneuver: { ...moving.maneuver, targetSpeedMps: 0 } })).toBe(
    false,
  );
});
