import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CAR } from "../contract/maneuver.ts";
import { stepBicycle } from "../geometry/bicycle.ts";
import { CORRIDOR_HALF_WIDTH_M } from "./limits.ts";
import { type Contact, SweptPath } from "./swept-path.ts";

const HALF = CORRIDOR_HALF_WIDTH_M;
const steady = (value: number): number[] => new Array<number>(6).fill(value);
const aPath = (speedMps: number, curvature: number | number[], horizonM = 60): SweptPath =>
  new SweptPath(CAR).lay(
    speedMps,
    steady(0),
    typeof curvature === "number" ? steady(curvature) : curvature,
    horizonM,
  );

const contactOf = (path: SweptPath, x: number, y: number, half: number, belowM = Infinity) => {
  const found: Contact = { gapM: belowM, yawRad: 0 };
  return path.contactInto(found, x, y, half) ? found : undefined;
};

describe("the swept corridor", () => {
  test("straight: the gap counts from the front bumper 3.7 m before the rear axle", () => {
    expect(contactOf(aPath(10, 0), 13.7, 0, HALF)).toEqual({ gapM: 10, yawRad: 0 });
  });

  test("straight: 2.5 m wide, edge included", () => {
    const path = aPath(10, 0);
    expect(contactOf(path, 20, 1.25, HALF)).toBeDefined();
    expect(contactOf(path, 20, -1.25, HALF)).toBeDefined();
    expect(contactOf(path, 20, 1.26, HALF)).toBeUndefined();
    expect(contactOf(path, 20, -1.26, HALF)).toBeUndefined();
  });

  test("what is behind the bumper, beside the body or beyond the horizon is not ahead", () => {
    const path = aPath(10, 0, 30);
    expect(contactOf(path, 3.6, 0, HALF)).toBeUndefined();
    expect(contactOf(path, -5, 0, HALF)).toBeUndefined();
    expect(contactOf(path, 3.7 + 30.1, 0, HALF)).toBeUndefined();
    expect(contactOf(path, 3.7 + 29.9, 0, HALF)).toBeDefined();
  });

  test("standing still the path is the last curvature, extended", () => {
    expect(contactOf(aPath(0, 0), 5.7, 0, HALF)?.gapM).toBeCloseTo(2, 9);
    const bent = aPath(0, [0, 0, 0, 0, 0, 0.05]);
    expect(contactOf(bent, 17.3, 10, HALF)).toBeDefined();
    expect(contactOf(bent, 20, 0, HALF)).toBeUndefined();
  });

  test("a bend follows the circle to both sides", () => {
    for (const sign of [1, -1]) {
      const radiusM = 50;
      const angle = 0.5;
      const onPath = [radiusM * Math.sin(angle), sign * radiusM * (1 - Math.cos(angle))] as const;
      const hit = contactOf(aPath(10, sign / radiusM), onPath[0], onPath[1], HALF)!;
      expect(hit.gapM).toBeCloseTo(25 - radiusM * Math.asin(3.7 / radiusM), 6);
      expect(hit.yawRad).toBeCloseTo((sign * hit.gapM) / radiusM, 9);
      expect(contactOf(aPath(10, sign / radiusM), 25, 0, HALF)).toBeUndefined();
    }
  });

  test("in a tight bend the outer front corner and the inner side both sweep", () => {
    const path = aPath(1, 0.24, 12);
    const radiusM = 1 / 0.24;
    // Outer corner: radius hypot(R + h, f) is beyond R + h.
    const outer = (Math.hypot(radiusM + HALF, 3.7) + radiusM + HALF) / 2;
    expect(
      contactOf(path, outer * Math.sin(1.5), radiusM - outer * Math.cos(1.5), HALF),
    ).toBeDefined();
    // Inner side: radius just above R − h is touched by the side, not by the front.
    const inner = radiusM - HALF + 0.05;
    const hit = contactOf(path, inner * Math.sin(1.5), radiusM - inner * Math.cos(1.5), HALF)!;
    expect(hit.gapM).toBeGreaterThan(0);
    // Nearer to the centre than the inner side, or further than the outer corner: free.
    const free = radiusM - HALF - 0.05;
    expect(
      contactOf(path, free * Math.sin(1.5), radiusM - free * Math.cos(1.5), HALF),
    ).toBeUndefined();
    const far = Math.hypot(radiusM + HALF, 3.7) + 0.05;
    expect(
      contactOf(path, far * Math.sin(1.5), radiusM - far * Math.cos(1.5), HALF),
    ).toBeUndefined();
  });

  test("contact equals a body that is moved along the path in small steps", () => {
    const curvatures = [0, 0, 0.02, 0.03, -0.01, -0.02];
    const path = new SweptPath(CAR).lay(8, steady(-0.5), curvatures, 40);
    /** First travel at which the moved body box holds the point. */
    const brute = (x: number, y: number): number | undefined => {
      let s = { xM: 0, yM: 0, yawRad: 0, speedMps: 8 };
      let travelled = 0;
      for (let i = 0; travelled < 40; i++) {
        const dx = x - s.xM;
        const dy = y - s.yM;
        const along = Math.cos(s.yawRad) * dx + Math.sin(s.yawRad) * dy;
        const across = Math.cos(s.yawRad) * dy - Math.sin(s.yawRad) * dx;
        if (along >= 0 && along <= 3.7 && Math.abs(across) <= HALF) return travelled;
        // 1 ms steps of the proposal, then its last curvature at constant speed.
        const step = Math.floor(i / 500);
        const k = curvatures[Math.min(5, step)]!;
        const next = stepBicycle(s, step < 6 ? -0.5 : 0, k, 0.001);
        travelled += Math.hypot(next.xM - s.xM, next.yM - s.yM);
        s = next;
      }
      return undefined;
    };
    let compared = 0;
    for (let x = 4.5; x < 40; x += 2.3)
      for (let y = -6; y < 10; y += 1.7) {
        const expected = brute(x, y);
        const found = contactOf(path, x, y, HALF)?.gapM;
        if (expected === undefined || found === undefined) {
          // Only points on the very edge may be seen by one and not by the other.
          if (expected !== found) {
            const wider = contactOf(path, x, y, HALF + 0.05);
            expect(wider, `point ${x}, ${y}`).toBeDefined();
          }
          continue;
        }
        expect(Math.abs(found - expected), `point ${x}, ${y}`).toBeLessThan(0.05);
        compared++;
      }
    expect(compared).toBeGreaterThan(20);
  });

  test("stops laying arcs at the horizon", () => {
    expect(contactOf(aPath(30, 0, 5), 3.7 + 4.9, 0, HALF)).toBeDefined();
    expect(contactOf(aPath(30, 0, 5), 3.7 + 5.1, 0, HALF)).toBeUndefined();
  });
});

describe("what the corridor cannot reach", () => {
  const curvature = fc.double({ min: -0.2, max: 0.2, noNaN: true });
  const anyPath = fc
    .record({
      speedMps: fc.double({ min: 0, max: 30, noNaN: true }),
      accelMps2: fc.double({ min: -3, max: 2, noNaN: true }),
      curvatures: fc.array(curvature, { minLength: 6, maxLength: 6 }),
      horizonM: fc.double({ min: 1, max: 120, noNaN: true }),
    })
    .map(({ speedMps, accelMps2, curvatures, horizonM }) =>
      new SweptPath(CAR).lay(speedMps, Array(6).fill(accelMps2), curvatures, horizonM),
    );
  const aPlace = fc.double({ min: -60, max: 130, noNaN: true });

  test("is nowhere in contact, whatever the path", () => {
    fc.assert(
      fc.property(anyPath, aPlace, aPlace, (path, x, y) => {
        if (!path.mayTouch(x, x, y, y, 1.25)) expect(contactOf(path, x, y, 1.25)).toBeUndefined();
      }),
      { numRuns: 5000 },
    );
  });

  test("a contact that is not nearer than asked for is none", () => {
    const path = new SweptPath(CAR).lay(10, Array(6).fill(0), Array(6).fill(0), 50);
    const { gapM } = contactOf(path, 20, 0, 1)!;
    expect(contactOf(path, 20, 0, 1, gapM)).toBeUndefined();
    expect(contactOf(path, 20, 0, 1, gapM + 1e-9)).toBeDefined();
    expect(path.mayTouch(20, 25, -9, -7, 1)).toBe(false);
    expect(path.mayTouch(20, 25, -9, 0, 1)).toBe(true);
  });
});

test("a path that was never laid touches nothing", () => {
  const path = new SweptPath(CAR);
  expect(path.mayTouch(-1, 1, -1, 1, 1)).toBe(false);
  expect(path.contactInto({ gapM: Number.POSITIVE_INFINITY, yawRad: 0 }, 0, 0, 1)).toBe(false);
});
