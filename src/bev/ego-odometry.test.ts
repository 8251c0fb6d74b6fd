import { expect, test } from "vitest";
import type { EgoState } from "../contract/observation.ts";
import { fromYawPitchRoll } from "../geometry/se3.ts";
import { EgoOdometry, motionFrom } from "./ego-odometry.ts";

const anEgo = (part: Partial<EgoState>): EgoState => ({
  stampUs: 0,
  speedMps: 0,
  accelMps2: 0,
  yawRateRadps: 0,
  derived: false,
  ...part,
});

test("without poses the way is speed times time", () => {
  const odometry = new EgoOdometry();
  odometry.advance(0, anEgo({ speedMps: 10 }));
  expect(odometry.advance(100_000, anEgo({ speedMps: 10 })).xM).toBeCloseTo(1, 9);
});

test("with poses the way is what they say, in the frame of the first observation", () => {
  const odometry = new EgoOdometry();
  const at = (x: number, y: number, yaw: number) =>
    anEgo({ odomFromEgo: fromYawPitchRoll(yaw, 0, 0, [x, y, 5]) });
  odometry.advance(0, at(100, 50, Math.PI / 2));
  const pose = odometry.advance(100_000, at(100, 52, Math.PI / 2));
  expect(pose.xM).toBeCloseTo(2, 9);
  expect(pose.yM).toBeCloseTo(0, 9);
});

test("one tick without ego is bridged, a longer absence breaks the chain", () => {
  const odometry = new EgoOdometry();
  odometry.advance(0, anEgo({ speedMps: 10 }));
  const { generation } = odometry;
  expect(odometry.advance(100_000, undefined).xM).toBeCloseTo(1, 9);
  expect(odometry.generation).toBe(generation);
  odometry.advance(900_000, undefined);
  expect(odometry.generation).toBeGreaterThan(generation);
});

test("a jump back in time breaks the chain", () => {
  const odometry = new EgoOdometry();
  odometry.advance(1_000_000, anEgo({ speedMps: 10 }));
  const { generation } = odometry;
  odometry.advance(500_000, anEgo({ speedMps: 10 }));
  expect(odometry.generation).toBeGreaterThan(generation);
});

test("motionFrom brings a point of the past pose into the present one", () => {
  const m = motionFrom({ xM: 0, yM: 0, yawRad: 0 }, { xM: 3, yM: 0, yawRad: Math.PI / 2 });
  // The point 5 m ahead of the past pose is 2 m ahead along old x: to the right of the new heading.
  const c = Math.cos(m.yawRad);
  const s = Math.sin(m.yawRad);
  expect(c * 5 + m.txM).toBeCloseTo(0, 9);
  expect(s * 5 + m.tyM).toBeCloseTo(-2, 9);
});
