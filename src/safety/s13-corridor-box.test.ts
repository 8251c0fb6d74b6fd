import { describe, expect, test } from "vitest";
import { CAR } from "../contract/maneuver.ts";
import { aField } from "./fixtures.cases.ts";
import { respond } from "./s07-longitudinal.ts";
import {
  boxDemand,
  boxLengthM,
  boxResponse,
  noSightDemand,
  pointThreat,
  ttcDemand,
} from "./s13-corridor-box.ts";
import { SweptPath } from "./swept-path.ts";
import type { Threat } from "./threats.ts";

const steady = (value: number): number[] => new Array<number>(6).fill(value);
const pathAt = (speedMps: number, curvature = 0): SweptPath =>
  new SweptPath(CAR).lay(speedMps, steady(0), steady(curvature), 100);
/** Field with points at these distances ahead of the bumper, on the centre line. */
const points = (...at: readonly (readonly [gapM: number, yM: number, zM: number])[]) =>
  aField([], {
    untrackedXyz: new Float32Array(at.flatMap(([gapM, yM, zM]) => [3.7 + gapM, yM, zM])),
  });
const near = (speedMps: number, field: ReturnType<typeof points>, curvature = 0) =>
  pointThreat(field, pathAt(speedMps, curvature), speedMps, 3.7);

describe("S13 the corridor box", () => {
  test("is v·ρ + v²/2b + 2 long", () => {
    expect(boxLengthM(0)).toBe(2);
    expect(boxLengthM(10)).toBe(19.5);
  });

  test("three points in it are a standing threat at the third nearest", () => {
    const threat = near(10, points([12, 0, 0.5], [9, 0.4, 0.5], [11, -0.4, 0.5], [15, 0, 1]));
    expect(threat).toMatchObject({ speedMps: 0, tracked: false });
    expect(threat!.gapM).toBeCloseTo(12, 5);
  });

  test("two stray returns are none", () => {
    expect(near(10, points([9, 0, 0.5], [11, 0, 0.5]))).toBeUndefined();
  });

  test("points beyond its length, beside it, overhead, behind or in the body do not count", () => {
    const three = (gapM: number, yM: number, zM: number) =>
      points([gapM, yM, zM], [gapM, yM, zM], [gapM, yM, zM]);
    expect(near(10, three(19.4, 0, 1))).toBeDefined();
    expect(near(10, three(19.6, 0, 1))).toBeUndefined();
    expect(near(10, three(10, 1.24, 1))).toBeDefined();
    expect(near(10, three(10, 1.26, 1))).toBeUndefined();
    expect(near(10, three(10, 0, 2.6))).toBeUndefined();
    expect(near(10, three(-1, 0, 1))).toBeUndefined();
    expect(near(10, three(-9, 0, 1))).toBeUndefined();
    expect(near(10, three(Number.NaN, 0, 1))).toBeUndefined();
  });

  test("bends with the path", () => {
    const x = 50 * Math.sin(0.3);
    const y = 50 * (1 - Math.cos(0.3));
    const field = points([x - 3.7, y, 1], [x - 3.7, y, 1], [x - 3.7, y, 1]);
    expect(near(10, field, 0.02)).toBeDefined();
    expect(near(10, field, -0.02)).toBeUndefined();
  });

  test("whatever is in it forbids to accelerate", () => {
    const free = respond(0, { gapM: 1.9, speedMps: 0, tracked: false, label: "" });
    expect(free.accelMaxMps2).toBe(2);
    expect(boxResponse(free)).toMatchObject({ stage: "LIMIT", accelMaxMps2: 0 });
    const brake = respond(10, { gapM: 15, speedMps: 0, tracked: false, label: "" });
    expect(boxResponse(brake)).toEqual(brake);
  });
});

describe("S13 what it says", () => {
  const box: Threat = { gapM: 1.5, speedMps: 0, tracked: false, label: "points" };

  test("nothing where nothing is restricted", () => {
    expect(boxDemand(box, boxResponse(respond(0, box)), 0, 2)).toBeUndefined();
    expect(ttcDemand(box, respond(0, box))).toBeUndefined();
  });

  test("points in the box with distance and length", () => {
    expect(boxDemand(box, boxResponse(respond(0, box)), 1, 2)?.hit).toMatchObject({
      rule: "S13",
      mode: "NORMAL",
      value: 1.5,
      limit: 2,
      unit: "m",
    });
  });

  test("a braking box speaks even to a proposal that brakes", () => {
    const threat = { ...box, gapM: 14 };
    expect(boxDemand(threat, boxResponse(respond(10, threat)), -3, 19.5)).toBeDefined();
  });

  test("the time to collision and its floor", () => {
    const threat = { ...box, gapM: 5.9 };
    expect(ttcDemand(threat, respond(4, threat))?.hit).toMatchObject({
      rule: "S13",
      mode: "CAUTION",
      limit: 1.5,
      unit: "s",
    });
  });

  test("a vehicle without LiDAR may only stop, and it is no minimal-risk maneuver", () => {
    expect(noSightDemand()).toMatchObject({
      hit: { rule: "S13", mode: "COMFORT_STOP" },
      mrm: false,
    });
  });
});
