import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CAR } from "../contract/maneuver.ts";
import { rollOut } from "../geometry/bicycle.ts";
import { clipToEnvelope, curvatureRateInvmps, type EnvelopeInput } from "./s15-envelope.ts";

const steady = (value: number): number[] => new Array<number>(6).fill(value);
const clip = (more: Partial<EnvelopeInput> = {}) =>
  clipToEnvelope({
    accelMps2: steady(0),
    curvatureInvm: steady(0),
    speedMps: 10,
    egoAccelMps2: 0,
    egoYawRateRadps: 0,
    emergency: false,
    accelMaxMps2: 2,
    vehicle: CAR,
    ...more,
  });
const said = (e: ReturnType<typeof clip>): string[] =>
  e.demands.map((d) => d.hit.detail.replace(/ at step.*/, ""));

describe("S15 acceleration and jerk", () => {
  test("a proposal inside the envelope passes unchanged", () => {
    const e = clip({ accelMps2: steady(1), curvatureInvm: steady(0) });
    expect(e).toEqual({
      accelMps2: steady(1),
      curvatureInvm: steady(0),
      accelMaxMps2: 2,
      demands: [],
    });
  });

  test("nominal braking ends at 3.5, an emergency brake may reach 8 at once", () => {
    const nominal = clip({ accelMps2: steady(-8) });
    expect(nominal.accelMps2).toEqual([-2.5, -3.5, -3.5, -3.5, -3.5, -3.5]);
    expect(said(nominal)).toEqual(["acceleration", "jerk"]);
    expect(clip({ accelMps2: steady(-8), emergency: true })).toMatchObject({
      accelMps2: steady(-8),
      demands: [],
    });
  });

  test("a tighter configured acceleration holds", () => {
    const e = clip({ accelMps2: steady(2), accelMaxMps2: 1 });
    expect(e.accelMps2).toEqual(steady(1));
    expect(e.accelMaxMps2).toBe(1);
  });

  test("jerk is at most 5 m/s³ from the present acceleration and between steps", () => {
    const e = clip({ egoAccelMps2: -3, accelMps2: steady(2) });
    expect(e.accelMps2).toEqual([-0.5, 2, 2, 2, 2, 2]);
    expect(e.accelMaxMps2).toBe(-0.5);
    expect(clip({ egoAccelMps2: 2, accelMps2: steady(-3.5) }).accelMps2[0]).toBe(-0.5);
  });

  test("a measured acceleration beyond the envelope does not force a hard brake", () => {
    expect(clip({ egoAccelMps2: -15, accelMps2: steady(0) }).accelMps2[0]).toBe(-1);
    expect(clip({ egoAccelMps2: 15, accelMps2: steady(0) }).accelMps2[0]).toBe(0);
  });

  test("standing, what the sensor says is no motion", () => {
    expect(clip({ speedMps: 0, egoAccelMps2: -3, accelMps2: steady(1) }).accelMps2[0]).toBe(1);
  });
});

describe("S15 curvature", () => {
  test("lateral acceleration is at most 3 m/s²", () => {
    const e = clip({ speedMps: 20, curvatureInvm: steady(0.02), egoYawRateRadps: 0.15 });
    expect(Math.max(...e.curvatureInvm) * 400).toBeLessThanOrEqual(3 + 1e-9);
    expect(said(e)).toContain("curvature rate");
    const kept = clip({ speedMps: 20, curvatureInvm: steady(0.02), egoYawRateRadps: 0.4 });
    expect(kept.demands.find((d) => /lateral/.test(d.hit.detail))?.hit).toMatchObject({
      rule: "S15",
      mode: "NORMAL",
      limit: 3,
      unit: "mps2",
    });
  });

  test("the rate follows lateral jerk at speed and the steering rate at a crawl", () => {
    expect(curvatureRateInvmps(10, CAR)).toBeCloseTo(0.03, 9);
    expect(curvatureRateInvmps(0, CAR)).toBeCloseTo(0.5 / 2.8, 9);
  });

  test("from tick to tick the curvature changes by one tick's rate only", () => {
    const e = clip({
      curvatureInvm: steady(0.01),
      last: { curvatureInvm: 0, dtS: 0.1 },
    });
    expect(e.curvatureInvm[0]).toBeCloseTo(0.003, 9);
    expect(e.curvatureInvm[1]).toBeCloseTo(0.01, 9);
  });

  test("without a last decision the present yaw rate is the start, at a crawl nothing is", () => {
    const e = clip({ curvatureInvm: steady(0.03), egoYawRateRadps: 0.1 });
    expect(e.curvatureInvm[0]).toBeCloseTo(0.01 + 0.015, 9);
    expect(clip({ speedMps: 0.5, curvatureInvm: steady(0.2) }).curvatureInvm[0]).toBe(0.2);
  });

  test("to the right as to the left", () => {
    const left = clip({ curvatureInvm: steady(0.03), last: { curvatureInvm: 0, dtS: 0.1 } });
    const right = clip({ curvatureInvm: steady(-0.03), last: { curvatureInvm: 0, dtS: 0.1 } });
    expect(right.curvatureInvm).toEqual(left.curvatureInvm.map((k) => -k));
  });
});

test("S15 whatever is proposed, what is given keeps every limit", () => {
  const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const six = (min: number, max: number) =>
    fc.array(real(min, max), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(
      six(-8, 2),
      six(-0.24, 0.24),
      real(0, 40),
      real(-20, 20),
      real(-3, 3),
      fc.boolean(),
      (accelMps2, curvatureInvm, speedMps, egoAccelMps2, egoYawRateRadps, emergency) => {
        const e = clip({
          ...{ accelMps2, curvatureInvm, speedMps, egoAccelMps2, egoYawRateRadps, emergency },
        });
        const t = rollOut(speedMps, e.accelMps2, e.curvatureInvm);
        for (let i = 0; i < 6; i++) {
          const v0 = i === 0 ? speedMps : t.speedMps[i - 1]!;
          const fast = Math.max(v0, t.speedMps[i]!);
          expect(e.accelMps2[i]).toBeLessThanOrEqual(2);
          expect(e.accelMps2[i]).toBeGreaterThanOrEqual(emergency ? -8 : -3.5);
          if (i > 0) expect(e.accelMps2[i]! - e.accelMps2[i - 1]!).toBeLessThanOrEqual(2.5 + 1e-9);
          expect(Math.abs(e.curvatureInvm[i]!) * fast * fast).toBeLessThanOrEqual(3 + 1e-6);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
