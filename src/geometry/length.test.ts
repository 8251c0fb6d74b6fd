import fc from "fast-check";
import { expect, test } from "vitest";
import { lengthOf } from "./length.ts";

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });

test("a length is to the bit what Math.hypot says", () => {
  fc.assert(
    fc.property(number, number, (x, y) => {
      expect(lengthOf(x, y)).toBe(Math.hypot(x, y));
    }),
    { numRuns: 2000 },
  );
  expect(lengthOf(0, -0)).toBe(0);
  expect(lengthOf(-3, 4)).toBe(5);
});
