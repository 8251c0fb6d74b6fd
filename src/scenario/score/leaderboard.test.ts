import { describe, expect, test } from "vitest";
import type { InfractionKind } from "./infraction.ts";
import { type DriveFacts, scoreBench2Drive, scoreDrive } from "./leaderboard.ts";

const aDrive = (kinds: readonly InfractionKind[], more: Partial<DriveFacts> = {}): DriveFacts => ({
  completedRatio: 1,
  offRouteRatio: 0,
  minSpeedRatio: 1,
  infractions: kinds.map((kind) => ({ kind, tS: 1, xM: 0, yM: 0, detail: "" })),
  ...more,
});

describe("leaderboard 1.0", () => {
  test.each([
    [["COLLISION_PEDESTRIAN"], 50],
    [["COLLISION_VEHICLE"], 60],
    [["COLLISION_STATIC"], 65],
    [["RED_LIGHT"], 70],
    [["STOP_SIGN"], 80],
    [["RED_LIGHT", "RED_LIGHT", "COLLISION_VEHICLE"], 29.4],
    [["SCENARIO_TIMEOUT", "YIELD_EMERGENCY"], 100],
    [[], 100],
  ] as const)("%j gives %d", (kinds, expected) => {
    expect(scoreDrive(aDrive(kinds), "leaderboard-1.0").drivingScore).toBeCloseTo(expected, 9);
  });

  test("route completion and the off-route share multiply; minimum speed does not count", () => {
    const drive = aDrive(["STOP_SIGN"], {
      completedRatio: 0.5,
      offRouteRatio: 0.1,
      minSpeedRatio: 0.2,
    });
    const score = scoreDrive(drive, "leaderboard-1.0");
    expect(score.penalty).toBeCloseTo(0.72, 9);
    expect(score.completedPercent).toBe(50);
    expect(score.drivingScore).toBeCloseTo(36, 9);
  });
});

test("leaderboard 2.0 adds timeout, yielding and minimum speed as factors", () => {
  const drive = aDrive(["SCENARIO_TIMEOUT", "YIELD_EMERGENCY"], { minSpeedRatio: 0.5 });
  expect(scoreDrive(drive, "leaderboard-2.0").drivingScore).toBeCloseTo(100 * 0.49 * 0.85, 9);
});

describe("leaderboard 2.1", () => {
  test.each([
    ["COLLISION_PEDESTRIAN", 50],
    ["COLLISION_VEHICLE", 100 / 1.7],
    ["COLLISION_STATIC", 62.5],
    ["RED_LIGHT", 100 / 1.4],
    ["STOP_SIGN", 80],
    ["SCENARIO_TIMEOUT", 100 / 1.4],
    ["YIELD_EMERGENCY", 100 / 1.4],
  ] as const)("one %s gives %d", (kind, expected) => {
    expect(scoreDrive(aDrive([kind]), "leaderboard-2.1").drivingScore).toBeCloseTo(expected, 9);
  });

  test("addends add in the divisor, the off-route share multiplies", () => {
    const drive = aDrive(["RED_LIGHT", "COLLISION_VEHICLE"], {
      completedRatio: 0.8,
      offRouteRatio: 0.25,
      minSpeedRatio: 0.75,
    });
    const expected = (80 * 0.75) / (1 + 0.4 + 0.7 + 0.1);
    expect(scoreDrive(drive, "leaderboard-2.1").drivingScore).toBeCloseTo(expected, 9);
  });
});

test("Bench2Drive leaves minimum speed out and calls only a clean, complete drive a success", () => {
  expect(scoreBench2Drive(aDrive([], { minSpeedRatio: 0 }))).toEqual({
    drivingScore: 100,
    success: true,
  });
  expect(scoreBench2Drive(aDrive(["STOP_SIGN"])).success).toBe(false);
  expect(scoreBench2Drive(aDrive([], { completedRatio: 0.99 })).success).toBe(false);
});
