import { describe, expect, test } from "vitest";
import { CAR } from "../../contract/maneuver.ts";
import { Executor } from "./executor.ts";
import { EMERGENCY_JERK_MPS3, JERK_MPS3, STEER_RATE_RADPS } from "./limits.ts";
import { type LoopSample, runLoop, START_US, straightThenArc } from "./loop.fixture.ts";

const last = (samples: readonly LoopSample[]) => samples[samples.length - 1]!;
const since = (samples: readonly LoopSample[], tS: number) => samples.filter((s) => s.tS >= tS);

/** Largest change of the commanded acceleration per second. */
function worstJerk(samples: readonly LoopSample[]): number {
  let worst = 0;
  for (let i = 1; i < samples.length; i++) {
    const change = samples[i]!.command.accelMps2 - samples[i - 1]!.command.accelMps2;
    worst = Math.max(worst, Math.abs(change) / (samples[i]!.tS - samples[i - 1]!.tS));
  }
  return worst;
}

/** Distance of a point from the arc that starts at `straightM`. */
const offArc = (s: LoopSample, straightM: number, radiusM: number) =>
  s.ego.xM < straightM
    ? Math.abs(s.ego.yM)
    : Math.abs(Math.hypot(s.ego.xM - straightM, s.ego.yM - radiusM) - radiusM);

describe.each(["FULL", "TRAJECTORY"] as const)("an executor that reads %s", (reads) => {
  test("tracks a curve of 40 m radius within 0.5 m and steers no faster than it may", () => {
    const centre = straightThenArc(30, 40, 60);
    const samples = runLoop({ durationS: 9, speedMps: 9, centre, limitMps: 9, reads });
    const driven = samples.filter((s) => Math.atan2(s.ego.xM - 30, 40 - s.ego.yM) < 1.2);
    expect(Math.max(...driven.map((s) => offArc(s, 30, 40)))).toBeLessThan(0.5);
    expect(last(driven).ego.yawRad).toBeGreaterThan(1);
    for (let i = 1; i < samples.length; i++) {
      const turn = samples[i]!.command.steerRad - samples[i - 1]!.command.steerRad;
      expect(Math.abs(turn)).toBeLessThanOrEqual(STEER_RATE_RADPS * 0.02 + 1e-9);
    }
  });

  test("comes back to the lane's centre from 0.8 m beside it, without swinging past it", () => {
    const samples = runLoop({ durationS: 8, speedMps: 12, offsetM: 0.8, reads });
    expect(Math.min(...samples.map((s) => s.ego.yM))).toBeGreaterThan(-0.15);
    for (const s of since(samples, 6)) expect(Math.abs(s.ego.yM)).toBeLessThan(0.12);
  });

  test("stops before a red line, softly, and stays", () => {
    const samples = runLoop({ durationS: 18, speedMps: 12, stopLineM: 70, reads });
    const frontM = last(samples).ego.xM + CAR.frontOverhangFromRearAxleM;
    expect(frontM).toBeLessThan(70);
    expect(frontM).toBeGreaterThan(65.5);
    for (const s of since(samples, 16)) expect(s.ego.speedMps).toBeLessThan(0.01);
    expect(Math.min(...samples.map((s) => s.accelMps2))).toBeGreaterThan(-3.5);
    expect(worstJerk(samples)).toBeLessThanOrEqual(JERK_MPS3 + 1e-6);
  });
});

test("the set speed is held within 0.2 m/s", () => {
  for (const limitMps of [6.3, 11, 13.9]) {
    const samples = runLoop({ durationS: 20, speedMps: limitMps - 3, limitMps });
    const target = Math.round(limitMps * 2) / 2;
    for (const s of since(samples, 12))
      expect(Math.abs(s.ego.speedMps - target), `limit ${limitMps}, ${s.tS} s`).toBeLessThan(0.2);
  }
});

test("behind a lead at 8 m/s it settles at the decision's gap, with and without a radar", () => {
  for (const radar of [true, false]) {
    const samples = runLoop({
      durationS: 35,
      speedMps: 11,
      limitMps: 13.9,
      radar,
      leadAt: (tS) => ({ xM: 45 + 8 * tS, speedMps: 8 }),
    });
    const wantedM = 2.5 + 1.5 * 8;
    for (const s of since(samples, 28)) {
      expect(s.gapM! / wantedM, `radar ${radar}, ${s.tS} s`).toBeGreaterThan(0.85);
      expect(s.gapM! / wantedM, `radar ${radar}, ${s.tS} s`).toBeLessThan(1.25);
    }
    expect(worstJerk(samples)).toBeLessThanOrEqual(JERK_MPS3 + 1e-6);
  }
});

test("silence is an emergency stop after the decision's validity, with hazard lights", () => {
  const samples = runLoop({
    durationS: 5,
    speedMps: 10,
    meddle: (decision, tS) => (tS < 1 ? decision : undefined),
  });
  const firstSilent = samples.find((s) => s.command.state === "SILENCE")!;
  const brakingM = firstSilent.ego.speedMps ** 2 / (2 * 8);
  const buildUpM = 0.4 * firstSilent.ego.speedMps;
  // the last decision is of 0.9 s and valid for 0.3 s
  expect(firstSilent.tS).toBeCloseTo(1.22, 5);
  expect(firstSilent.command.hazardLights).toBe(true);
  expect(Math.min(...samples.map((s) => s.command.accelMps2))).toBe(-8);
  expect(last(samples).ego.speedMps).toBe(0);
  expect(last(samples).ego.xM - firstSilent.ego.xM).toBeLessThan(brakingM + buildUpM);
  expect(worstJerk(samples)).toBeLessThanOrEqual(EMERGENCY_JERK_MPS3 + 1e-6);
});

test("an executor that never heard anything brakes and does not move off", () => {
  const executor = new Executor(CAR);
  const still = { stampUs: START_US, xM: 0, yM: 0, yawRad: 0, speedMps: 0 };
  for (let i = 0; i < 50; i++) {
    const command = executor.control({ ...still, stampUs: START_US + i * 20_000 });
    expect(command.state).toBe("SILENCE");
    expect(command.accelMps2).toBeLessThanOrEqual(0);
  }
});

test("a comfort stop never accelerates and follows the braking of its trajectory", () => {
  const samples = runLoop({
    durationS: 12,
    speedMps: 12,
    meddle: (decision, tS) =>
      tS < 1
        ? decision
        : {
            ...decision,
            mode: "COMFORT_STOP",
            accelLimitMps2: -1.5,
            hazardLights: true,
            trajectory: { ...decision.trajectory, accelMps2: new Array<number>(6).fill(-1.5) },
          },
  });
  const stopping = since(samples, 1.1);
  // the acceleration of before is taken back at the jerk limit
  for (const s of since(samples, 1.4)) expect(s.command.accelMps2).toBeLessThan(0);
  expect(Math.min(...stopping.map((s) => s.command.accelMps2))).toBeGreaterThan(-2.2);
  expect(stopping.some((s) => s.command.state === "STOPPING" && s.command.hazardLights)).toBe(true);
  expect(last(samples).ego.speedMps).toBe(0);
});

test("an emergency stop brakes fully whatever the maneuver says", () => {
  const samples = runLoop({
    durationS: 4,
    speedMps: 12,
    meddle: (decision, tS) =>
      tS < 1
        ? decision
        : {
            ...decision,
            mode: "EMERGENCY_STOP",
            accelLimitMps2: -8,
            trajectory: { ...decision.trajectory, accelMps2: new Array<number>(6).fill(-8) },
          },
  });
  expect(Math.min(...samples.map((s) => s.accelMps2))).toBeLessThan(-7.5);
  expect(samples.find((s) => s.ego.speedMps === 0)!.tS).toBeLessThan(3);
});

test("a decision's acceleration limit bounds what the trajectory asks for", () => {
  const samples = runLoop({
    durationS: 4,
    speedMps: 5,
    limitMps: 13.9,
    meddle: (decision) => ({ ...decision, mode: "CAUTION", accelLimitMps2: 0 }),
  });
  expect(Math.max(...samples.map((s) => s.command.accelMps2))).toBeLessThanOrEqual(0);
});

test("decisions that are late, early, old, broken or without a pose are refused by name", () => {
  const samples: unknown[] = [];
  runLoop({
    durationS: 0.15,
    speedMps: 5,
    meddle: (decision) => {
      const executor = new Executor(CAR);
      const now = decision.decidedUs;
      executor.observe({ stampUs: now, xM: 0, yM: 0, yawRad: 0, speedMps: 5 });
      const bad = { ...decision.trajectory, accelMps2: [Number.NaN, 0, 0, 0, 0, 0] };
      samples.push(
        executor.receive(decision, now),
        executor.receive(decision, now + 300_001),
        executor.receive({ ...decision, decidedUs: now + 20_001 }, now),
        executor.receive({ ...decision, decidedUs: now - 1 }, now),
        executor.receive({ ...decision, trajectory: bad }, now),
        executor.receive({ ...decision, observationStampUs: now - 100_000 }, now),
      );
      return undefined;
    },
  });
  expect(samples.slice(0, 6)).toEqual([
    undefined,
    "EXPIRED",
    "FROM_THE_FUTURE",
    "OLDER",
    "NOT_FINITE",
    "NO_POSE",
  ]);
});
