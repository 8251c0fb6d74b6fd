import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { motionOf, type PoseSample } from "./ego-motion.ts";

/** Samples of s(t) along a heading, every `stepS` up to `endS`. */
function along(s: (tS: number) => number, endS = 1, stepS = 0.1, yawRad = 0.7): PoseSample[] {
  const samples: PoseSample[] = [];
  for (let i = 0; i <= Math.round(endS / stepS); i++) {
    const tS = i * stepS;
    const way = s(tS);
    samples.push({
      stampUs: 1e9 + Math.round(tS * 1e6),
      xM: 400 + way * Math.cos(yawRad),
      yM: -260 + way * Math.sin(yawRad),
      yawRad,
    });
  }
  return samples;
}

/** A fixed sequence in −1…1; no clock, no randomness. */
const jitter = (i: number): number => Math.sin(i * 12.9898) * Math.cos(i * 78.233);

describe("motionOf", () => {
  test("gives a constant speed exactly, at any heading", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 60, noNaN: true }),
        fc.double({ min: -3.1, max: 3.1, noNaN: true }),
        (v, yaw) => {
          const motion = motionOf(along((t) => v * t, 1, 0.1, yaw))!;
          expect(motion.speedMps).toBeCloseTo(v, 5);
          expect(motion.accelMps2).toBeCloseTo(0, 4);
        },
      ),
    );
  });

  test("a vehicle that rolls back has a negative speed", () => {
    expect(motionOf(along((t) => -1.5 * t))!.speedMps).toBeCloseTo(-1.5, 6);
  });

  test("follows a steady acceleration with little lag", () => {
    for (const a of [-6, -2, 1, 3]) {
      const motion = motionOf(along((t) => 15 * t + (a * t * t) / 2))!;
      expect(Math.abs(motion.speedMps - (15 + a))).toBeLessThan(0.12 * Math.abs(a));
      expect(motion.accelMps2 / a).toBeGreaterThan(0.6);
      expect(motion.accelMps2 / a).toBeLessThan(1.05);
    }
  });

  test("standing still with GPS jitter of 1.5 cm is a speed of 0 in nearly every tick", () => {
    const samples = along(() => 0, 30).map((s, i) => ({
      ...s,
      xM: s.xM + 0.015 * jitter(i),
      yM: s.yM + 0.015 * jitter(i + 500),
    }));
    const speeds: number[] = [];
    for (let n = 6; n <= samples.length; n++) speeds.push(motionOf(samples.slice(0, n))!.speedMps);
    expect(speeds.filter((v) => v === 0).length / speeds.length).toBeGreaterThan(0.85);
    expect(Math.max(...speeds.map(Math.abs))).toBeLessThan(0.25);
  });

  test("jitter does not hide walking pace", () => {
    const samples = along((t) => 1.2 * t).map((s, i) => ({ ...s, xM: s.xM + 0.015 * jitter(i) }));
    const { speedMps } = motionOf(samples)!;
    expect(speedMps).toBeGreaterThan(0.9);
    expect(speedMps).toBeLessThan(1.5);
  });

  test("a jump of the poses is not taken for standing still", () => {
    const jumped = along((t) => (t > 0.95 ? 500 : 0));
    expect(motionOf(jumped)!.speedMps).toBeGreaterThan(100);
  });

  test("looks at the past half second only", () => {
    const stopped = along((t) => (t < 0.5 ? 10 * t : 5), 1);
    expect(motionOf(stopped)!.speedMps).toBe(0);
  });

  test("gives the yaw rate in a turn, over the ±π seam too", () => {
    const omega = 0.3;
    const turning = Array.from({ length: 11 }, (_, i) => {
      const yaw = 3 + omega * i * 0.1;
      const r = 10 / omega;
      return {
        stampUs: 1e9 + i * 100_000,
        xM: r * Math.sin(yaw),
        yM: -r * Math.cos(yaw),
        yawRad: Math.atan2(Math.sin(yaw), Math.cos(yaw)),
      };
    });
    const motion = motionOf(turning)!;
    expect(motion.yawRateRadps).toBeCloseTo(omega, 6);
    expect(motion.speedMps).toBeGreaterThan(9.8);
    expect(motion.speedMps).toBeLessThan(10.1);
  });

  test("works at 100 Hz as at 10 Hz", () => {
    expect(motionOf(along((t) => 7 * t, 1, 0.01))!.speedMps).toBeCloseTo(7, 5);
  });

  test("takes speed and turn from positions alone where no heading is known", () => {
    const fixes = along((t) => 6 * t).map(({ stampUs, xM, yM }) => ({ stampUs, xM, yM }));
    expect(motionOf(fixes)!.speedMps).toBeCloseTo(6, 5);
    expect(motionOf(fixes)!.yawRateRadps).toBeCloseTo(0, 5);
  });

  test("one pose, or one after a hole, says nothing", () => {
    expect(motionOf([])).toBeUndefined();
    expect(motionOf(along(() => 0, 0))).toBeUndefined();
    const holed = [...along((t) => t, 0.2), ...along((t) => t, 1).slice(-1)];
    expect(motionOf(holed)).toBeUndefined();
  });
});
