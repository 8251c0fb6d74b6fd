import { expect, test } from "vitest";
import { judgeComfort, type MotionSample } from "./comfort.ts";

const STEP_S = 0.1;
const drive = (count: number, at: (tS: number) => MotionSample): MotionSample[] =>
  Array.from({ length: count }, (_, i) => at(i * STEP_S));

test("a circle has v²/r of lateral acceleration and v/r of yaw rate, through a full turn", () => {
  const v = 10;
  const r = 30;
  const circle = drive(300, (t) => {
    const yaw = (v / r) * t;
    return { speedMps: v, yawRad: Math.atan2(Math.sin(yaw), Math.cos(yaw)) };
  });
  const comfort = judgeComfort(circle, STEP_S)!;
  expect(comfort.lateralMps2).toBeCloseTo((v * v) / r, 6);
  expect(comfort.yawRateRadps).toBeCloseTo(v / r, 6);
  expect(comfort.comfortable).toBe(true);
  const fast = judgeComfort(
    circle.map((s) => ({ ...s, speedMps: 15 })),
    STEP_S,
  )!;
  expect(fast.lateralMps2).toBeCloseTo(5, 6);
  expect(fast.comfortable).toBe(false);
});

test("acceleration, braking and jerk are measured, each against its own bound", () => {
  const steady = (a: number) =>
    judgeComfort(
      drive(40, (t) => ({ speedMps: 20 + a * t, yawRad: 0 })),
      STEP_S,
    )!;
  expect(steady(2.39).longitudinalMaxMps2).toBeCloseTo(2.39, 6);
  expect(steady(2.39).comfortable).toBe(true);
  expect(steady(2.41).comfortable).toBe(false);
  expect(steady(-4.04).comfortable).toBe(true);
  expect(steady(-4.06).comfortable).toBe(false);
  const jerky = (j: number) =>
    judgeComfort(
      drive(25, (t) => ({ speedMps: 40 - (j * t * t) / 2, yawRad: 0 })),
      STEP_S,
    )!;
  expect(jerky(3).longitudinalJerkMps3).toBeCloseTo(3, 6);
});

test("a share of the time counts where not all is within bounds", () => {
  const samples = drive(100, (t) => ({ speedMps: t < 5 ? 20 : 20 - 5 * (t - 5), yawRad: 0 }));
  const comfort = judgeComfort(samples, STEP_S)!;
  expect(comfort.comfortable).toBe(false);
  expect(comfort.comfortableRatio).toBeGreaterThan(0.45);
  expect(comfort.comfortableRatio).toBeLessThan(0.56);
});

test("two samples say nothing about comfort", () => {
  expect(judgeComfort([{ speedMps: 1, yawRad: 0 }], STEP_S)).toBeUndefined();
});
