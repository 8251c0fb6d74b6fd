import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cubicAt } from "./cubic.ts";
import { spiralPoint } from "./euler-spiral.ts";
import type { OdrGeometry, OdrShape } from "./model.ts";
import { poseAt } from "./reference-line.ts";

const piece = (shape: OdrShape, lengthM = 100, yawRad = 0): OdrGeometry => ({
  sM: 0,
  xM: 0,
  yM: 0,
  yawRad,
  lengthM,
  shape,
});

describe("an Euler spiral", () => {
  test("is the Fresnel integrals (Abramowitz and Stegun, table 7.7) for k = pi·s", () => {
    const table: readonly (readonly [number, number, number])[] = [
      [0.5, 0.4923442258714464, 0.0647324328599993],
      [1, 0.7798934003768228, 0.4382591473903548],
      [2, 0.4882534060753408, 0.3434156783636982],
      [5, 0.5636311887040122, 0.4991913819171169],
      [10, 0.4998986942055158, 0.4681699785848823],
    ];
    for (const [s, c, si] of table) {
      const { xM, yM } = spiralPoint(0, Math.PI, s);
      expect(xM).toBeCloseTo(c, 12);
      expect(yM).toBeCloseTo(si, 12);
    }
  });

  test("without growth is a circle", () => {
    const { xM, yM, yawRad } = spiralPoint(-0.05, 0, 90);
    expect(xM).toBeCloseTo(Math.sin(-4.5) / -0.05, 11);
    expect(yM).toBeCloseTo((1 - Math.cos(-4.5)) / -0.05, 11);
    expect(yawRad).toBeCloseTo(-4.5, 12);
  });

  test("of two halves joined is the whole, for any curvatures", () => {
    const k = fc.double({ min: -0.3, max: 0.3, noNaN: true });
    const rate = fc.double({ min: -0.02, max: 0.02, noNaN: true });
    fc.assert(
      fc.property(k, rate, fc.double({ min: 0.01, max: 150, noNaN: true }), (k0, r, s) => {
        const whole = spiralPoint(k0, r, s);
        const first = spiralPoint(k0, r, s / 3);
        const rest = spiralPoint(k0 + (r * s) / 3, r, (2 * s) / 3);
        const cos = Math.cos(first.yawRad);
        const sin = Math.sin(first.yawRad);
        expect(first.xM + cos * rest.xM - sin * rest.yM).toBeCloseTo(whole.xM, 9);
        expect(first.yM + sin * rest.xM + cos * rest.yM).toBeCloseTo(whole.yM, 9);
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe("the reference line", () => {
  test("a line turned by its heading", () => {
    const pose = poseAt([piece({ kind: "LINE" }, 100, Math.PI / 6)], 20);
    expect(pose.xM).toBeCloseTo(20 * Math.cos(Math.PI / 6), 12);
    expect(pose.yM).toBeCloseTo(10, 12);
  });

  test("an arc of a quarter turn to the right ends one radius ahead and one to the right", () => {
    const pose = poseAt([piece({ kind: "ARC", curvatureInvm: -0.02 })], 25 * Math.PI);
    expect(pose.xM).toBeCloseTo(50, 10);
    expect(pose.yM).toBeCloseTo(-50, 10);
    expect(pose.yawRad).toBeCloseTo(-Math.PI / 2, 12);
    expect(pose.curvatureInvm).toBe(-0.02);
  });

  test("a spiral piece has its curvatures at its ends and turns by their mean", () => {
    const line = [piece({ kind: "SPIRAL", startInvm: 0.01, endInvm: -0.03 }, 40)];
    expect(poseAt(line, 0).curvatureInvm).toBe(0.01);
    expect(poseAt(line, 40).curvatureInvm).toBeCloseTo(-0.03, 14);
    expect(poseAt(line, 40).yawRad).toBeCloseTo(-0.01 * 40, 12);
  });

  test("poly3 goes by arc length: a slanted line reaches u = s·cos", () => {
    const pose = poseAt([piece({ kind: "POLY3", a: 0, b: 0.75, c: 0, d: 0 })], 10);
    expect(pose.xM).toBeCloseTo(8, 9);
    expect(pose.yM).toBeCloseTo(6, 9);
  });

  test("poly3 of a parabola has the arc length of the closed form", () => {
    const c = 0.01;
    const s = 40;
    const { xM: u } = poseAt([piece({ kind: "POLY3", a: 0, b: 0, c, d: 0 })], s);
    const q = 2 * c * u;
    const arc = (q * Math.sqrt(1 + q * q) + Math.asinh(q)) / (4 * c);
    expect(arc).toBeCloseTo(s, 8);
  });

  test("paramPoly3 normalized and by arc length give the same line", () => {
    const u = [0, 30, 2, -1] as const;
    const v = [0, 0, 6, -2] as const;
    const per = (q: readonly [number, number, number, number]) =>
      [q[0], q[1] / 32, q[2] / 32 ** 2, q[3] / 32 ** 3] as const;
    const normalized = poseAt([piece({ kind: "PARAM_POLY3", range: "NORMALIZED", u, v }, 32)], 20);
    const byLength = poseAt(
      [piece({ kind: "PARAM_POLY3", range: "ARC_LENGTH", u: per(u), v: per(v) }, 32)],
      20,
    );
    expect(byLength.xM).toBeCloseTo(normalized.xM, 10);
    expect(byLength.yM).toBeCloseTo(normalized.yM, 10);
    expect(byLength.yawRad).toBeCloseTo(normalized.yawRad, 12);
    expect(byLength.curvatureInvm).toBeCloseTo(normalized.curvatureInvm, 12);
  });

  test("heading and curvature of every shape are the derivatives of its points", () => {
    const shapes: readonly OdrShape[] = [
      { kind: "ARC", curvatureInvm: 0.03 },
      { kind: "SPIRAL", startInvm: -0.01, endInvm: 0.05 },
      { kind: "POLY3", a: 0, b: 0, c: 0.004, d: -0.00003 },
    ];
    for (const shape of shapes)
      for (const s of [1, 20, 55]) {
        const line = [piece(shape, 60, 0.4)];
        const [before, at, after] = [-1e-3, 0, 1e-3].map((ds) => poseAt(line, s + ds));
        const yaw = Math.atan2(after!.yM - before!.yM, after!.xM - before!.xM);
        expect(at!.yawRad).toBeCloseTo(yaw, 6);
        expect(at!.curvatureInvm).toBeCloseTo((after!.yawRad - before!.yawRad) / 2e-3, 6);
      }
  });
});

describe("cubic records", () => {
  const cubic = (sM: number, a: number, b = 0, c = 0, d = 0) => ({ sM, a, b, c, d });

  test("the last one that began holds; before the first the first; none is zero", () => {
    const records = [cubic(0, 1, 2, 3, 4), cubic(10, 5), cubic(20, 7, 1)];
    expect(cubicAt(records, 2)).toEqual({ value: 1 + 4 + 12 + 32, slope: 2 + 12 + 48, bend: 54 });
    expect(cubicAt(records, 10).value).toBe(5);
    expect(cubicAt(records, 25).value).toBe(12);
    expect(cubicAt([cubic(3, 4, 1)], 1).value).toBe(4);
    expect(cubicAt([], 7)).toEqual({ value: 0, slope: 0, bend: 0 });
  });
});
