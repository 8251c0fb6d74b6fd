import { expect, test } from "vitest";
import { boxesOverlap } from "../../world/box.ts";
import { epdms, type MovingBox, pdms, ttcIsShort } from "./pdms.ts";

const BEST = { noCollision: 1, drivableArea: 1, timeToCollision: 1, progress: 1, comfort: 1 };

test.each([
  [{}, 1],
  [{ noCollision: 0 }, 0],
  [{ noCollision: 0.5 }, 0.5],
  [{ drivableArea: 0 }, 0],
  [{ timeToCollision: 0 }, 7 / 12],
  [{ comfort: 0 }, 10 / 12],
  [{ progress: 0.4 }, 9 / 12],
])("PDMS with %j is %d", (change, expected) => {
  expect(pdms({ ...BEST, ...change })).toBeCloseTo(expected, 12);
});

test("EPDMS multiplies four terms and weighs five", () => {
  const best = {
    ...BEST,
    drivingDirection: 1,
    trafficLights: 1,
    laneKeeping: 1,
    historyComfort: 1,
    extendedComfort: 1,
  };
  expect(epdms(best)).toBe(1);
  expect(epdms({ ...best, laneKeeping: 0 })).toBeCloseTo(14 / 16, 12);
  expect(epdms({ ...best, trafficLights: 0 })).toBe(0);
  expect(epdms({ ...best, drivingDirection: 0.5, historyComfort: 0 })).toBeCloseTo(7 / 16, 12);
});

const car = (xM: number, speedMps: number, yawRad = 0, yM = 0): MovingBox => ({
  xM,
  yM,
  yawRad,
  speedMps,
  lengthM: 4,
  widthM: 2,
});

test("time to collision is short where 0.9 s at this speed end in contact", () => {
  expect(ttcIsShort(car(0, 10), car(12.9, 0), boxesOverlap)).toBe(true);
  expect(ttcIsShort(car(0, 10), car(13.1, 0), boxesOverlap)).toBe(false);
  expect(ttcIsShort(car(0, 10), car(12.9, 10), boxesOverlap)).toBe(false);
  expect(ttcIsShort(car(0, 0), car(3, 0), boxesOverlap)).toBe(false);
  expect(ttcIsShort(car(0, 5), car(-3, 20), boxesOverlap)).toBe(false);
  expect(ttcIsShort(car(0, 10), car(8, 8, Math.PI / 2, -7), boxesOverlap)).toBe(true);
});
