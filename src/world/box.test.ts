import { expect, test } from "vitest";
import { boxesOverlap, type GroundBox } from "./box.ts";

const aBox = (xM: number, yM: number, yawRad = 0): GroundBox => ({
  xM,
  yM,
  yawRad,
  lengthM: 4,
  widthM: 2,
});

test("boxes that touch only along an edge do not overlap", () => {
  expect(boxesOverlap(aBox(0, 0), aBox(4, 0))).toBe(false);
  expect(boxesOverlap(aBox(0, 0), aBox(3.99, 0))).toBe(true);
  expect(boxesOverlap(aBox(0, 0), aBox(0, 2.01))).toBe(false);
});

test("turned boxes are told apart where their circles meet", () => {
  expect(boxesOverlap(aBox(0, 0), aBox(2.9, 0, Math.PI / 2))).toBe(true);
  expect(boxesOverlap(aBox(0, 0), aBox(3.1, 0, Math.PI / 2))).toBe(false);
  expect(boxesOverlap(aBox(0, 0), aBox(3.2, 3.2, Math.PI / 4))).toBe(false);
  expect(boxesOverlap(aBox(0, 0), aBox(2.4, 1.6, Math.PI / 4))).toBe(true);
});

test("overlap does not depend on the order", () => {
  for (let i = 0; i < 200; i++) {
    const b = aBox((i % 17) * 0.4, (i % 11) * 0.4, i * 0.37);
    expect(boxesOverlap(aBox(0, 0), b)).toBe(boxesOverlap(b, aBox(0, 0)));
  }
});
