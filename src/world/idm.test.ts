import { expect, test } from "vitest";
import { type IdmDriver, idmAccel } from "./idm.ts";

const DRIVER: IdmDriver = {
  timeGapS: 1.5,
  standstillGapM: 2,
  accelMaxMps2: 1.5,
  comfortDecelMps2: 2,
};

/** Gap after `durationS` behind a leader with the given speed over time. */
function follow(gapM: number, speedMps: number, leader: (t: number) => number, durationS: number) {
  let v = speedMps;
  let gap = gapM;
  let least = gap;
  for (let t = 0; t < durationS; t += 0.1) {
    const a = idmAccel(DRIVER, v, 20, gap, leader(t));
    const next = Math.max(0, v + a * 0.1);
    gap += leader(t) * 0.1 - ((v + next) / 2) * 0.1;
    v = next;
    least = Math.min(least, gap);
  }
  return { gap, v, least };
}

test("a free driver reaches the wished speed and goes down to it from above", () => {
  expect(follow(1e9, 0, () => 0, 60).v).toBeCloseTo(20, 0);
  expect(follow(1e9, 30, () => 0, 60).v).toBeCloseTo(20, 0);
  expect(idmAccel(DRIVER, 10, 20, Number.POSITIVE_INFINITY, 0)).toBeGreaterThan(1);
});

test("the gap settles at standstill gap + time gap · speed", () => {
  const end = follow(60, 10, () => 10, 120);
  expect(end.v).toBeCloseTo(10, 1);
  expect(end.gap).toBeCloseTo(2 + 1.5 * 10, 0);
});

test("it stops behind a standing leader and never drives through", () => {
  for (const v of [5, 10, 20, 30]) {
    const end = follow(10 + (v * v) / 3, v, () => 0, 60);
    expect(end.least).toBeGreaterThan(0.5);
    expect(end.v).toBeLessThan(0.05);
  }
});

test("it survives a leader that brakes hard and drives off again behind it", () => {
  const leader = (t: number) =>
    t < 5 ? 15 : t < 8 ? Math.max(0, 15 - 6 * (t - 5)) : t < 15 ? 0 : 8;
  const end = follow(24, 15, leader, 40);
  expect(end.least).toBeGreaterThan(0.5);
  expect(end.v).toBeCloseTo(8, 0);
});
