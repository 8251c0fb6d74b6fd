import { expect, test } from "vitest";
import { cutInAccel, EMERGENCY_DECEL_MPS2 } from "./speed.ts";

/** Gap after `enterS` of braking as the law says, from 20 m/s. */
function gapThenM(gapM: number, otherMps: number, enterS: number): number {
  const accel = Math.min(0, cutInAccel(20, gapM, otherMps, enterS));
  return gapM + (otherMps - 20) * enterS - (accel * enterS ** 2) / 2;
}

test("the braking for a cut-in leaves a metre of room when the other is in the way", () => {
  for (const [gapM, otherMps, enterS] of [
    [-1.5, 20, 1.2],
    [0, 18, 1.5],
    [2, 16, 1],
  ] as const)
    expect(gapThenM(gapM, otherMps, enterS)).toBeCloseTo(1, 9);
});

test("nobody brakes for one that is ahead in time, and not harder than a car can", () => {
  expect(cutInAccel(20, 3, 20, 1)).toBe(Number.POSITIVE_INFINITY);
  expect(cutInAccel(20, -3.4, 12, 0)).toBe(-EMERGENCY_DECEL_MPS2);
});
