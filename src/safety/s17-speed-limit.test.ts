import { describe, expect, test } from "vitest";
import {
  accelUnderCapMps2,
  floorToStep,
  speedCapMps,
  speedLimitDemand,
  speedLimitProblem,
} from "./s17-speed-limit.ts";

describe("S17 a given speed limit", () => {
  test("targets are rounded down to steps of 0.5 m/s", () => {
    expect([0, 0.49, 0.5, 13.89, 14].map(floorToStep)).toEqual([0, 0, 0.5, 13.5, 14]);
    expect(floorToStep(0.1 * 5)).toBe(0.5);
  });

  test("the stricter of the route's and the configured limit counts", () => {
    expect(speedCapMps(undefined, 40)).toBe(40);
    expect(speedCapMps(13.9, 40)).toBe(13.9);
    expect(speedCapMps(50, 40)).toBe(40);
  });

  test("an unreadable limit is no licence: CAUTION, and the configured limit", () => {
    for (const bad of [Number.NaN, 0, -5]) {
      expect(speedCapMps(bad, 40)).toBe(40);
      expect(speedLimitProblem(bad)?.hit).toMatchObject({ rule: "S17", mode: "CAUTION" });
    }
    expect(speedLimitProblem(undefined)).toBeUndefined();
    expect(speedLimitProblem(13.9)).toBeUndefined();
  });

  test("acceleration settles at the limit and never brakes for it", () => {
    expect(accelUnderCapMps2(10, 11)).toBe(2);
    expect(accelUnderCapMps2(11, 11)).toBe(0);
    expect(accelUnderCapMps2(12, 11)).toBe(0);
  });

  test("it speaks where the proposal wants to settle above", () => {
    expect(speedLimitDemand(14, 14)).toBeUndefined();
    expect(speedLimitDemand(14.5, 14)?.hit).toMatchObject({ value: 14.5, limit: 14, unit: "mps" });
  });
});
