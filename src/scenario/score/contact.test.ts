import { expect, test } from "vitest";
import { describeContact } from "./contact.ts";
import type { MovingBox } from "./pdms.ts";

const car = (xM: number, yM: number, speedMps: number, yawRad = 0): MovingBox => ({
  xM,
  yM,
  yawRad,
  speedMps,
  lengthM: 4,
  widthM: 2,
});

test.each([
  ["ego drives into a standing car", car(0, 0, 10), car(3.9, 0, 0), "EGO", "FRONT"],
  ["a car drives into ego's rear", car(0, 0, 3), car(-3.9, 0, 10), "OTHER", "REAR"],
  [
    "ego stands and is hit from the side",
    car(0, 0, 0),
    car(0, 2.9, 8, -Math.PI / 2),
    "OTHER",
    "LEFT",
  ],
  [
    "ego hits the flank of a crossing car",
    car(0, 0, 8),
    car(2.9, 0, 9, Math.PI / 2),
    "EGO",
    "FRONT",
  ],
  ["both meet head on", car(0, 0, 8), car(3.9, 0, 9, Math.PI), "BOTH", "FRONT"],
  ["both stand", car(0, 0, 0), car(3.9, 0, 0), "OTHER", "FRONT"],
] as const)("%s", (_name, ego, other, striker, side) => {
  const contact = describeContact(ego, other)!;
  expect(contact.striker).toBe(striker);
  expect(contact.side).toBe(side);
});

test("the contact lies in both boxes", () => {
  const contact = describeContact(car(0, 0, 5), car(3.5, 1.5, 0))!;
  expect(contact.xM).toBeCloseTo(1.75, 9);
  expect(contact.yM).toBeCloseTo(0.75, 9);
});

test("boxes that do not touch have no contact", () => {
  expect(describeContact(car(0, 0, 5), car(10, 0, 0))).toBeUndefined();
});
