import { describe, expect, test } from "vitest";
import type { DriverInput } from "../contract/observation.ts";
import { anEgo, aTick, PERIOD_US, START_US } from "./fixtures.cases.ts";
import { type OverrideInput, OverrideLatch } from "./s01-override.ts";
import { type SafetyInput, Supervisor } from "./supervisor.ts";

const IDLE: DriverInput = { brake: false, steer: false, cancel: false, accelerator: false };
const STOP: OverrideInput = { stop: true, releaseCount: 0 };
const released = (releaseCount: number): OverrideInput => ({ stop: false, releaseCount });

const hitOf = (latch: OverrideLatch, standing = false) => latch.demands(standing)[0]?.hit;

describe("S01 the latch", () => {
  test("S01 without a word from a human it asks for nothing", () => {
    const latch = new OverrideLatch();
    latch.step(undefined, undefined);
    latch.step(released(0), IDLE);
    expect(latch.latched).toBe(false);
    expect(latch.demands(true)).toEqual([]);
  });

  test("S01 a STOP asks for an emergency stop, starts no minimal-risk maneuver, and stays", () => {
    const latch = new OverrideLatch();
    latch.step(STOP, undefined);
    expect(latch.demands(false)).toEqual([
      { hit: expect.objectContaining({ rule: "S01", mode: "EMERGENCY_STOP" }), mrm: false },
    ]);
    latch.step(undefined, undefined);
    latch.step(released(0), IDLE);
    expect(latch.latched).toBe(true);
    expect(hitOf(latch)?.detail).toBe("override: STOP, until released");
  });

  test.each(["brake", "steer", "cancel"] as const)("S01 the driver's %s latches", (act) => {
    const latch = new OverrideLatch();
    latch.step(undefined, { ...IDLE, [act]: true });
    latch.step(undefined, IDLE);
    expect(latch.latched).toBe(true);
    expect(hitOf(latch)?.detail).toBe(`override: driver's ${act}, until released`);
  });

  test("S01 the first cause is the one that is told", () => {
    const latch = new OverrideLatch();
    latch.step(undefined, { ...IDLE, steer: true });
    latch.step(STOP, undefined);
    expect(hitOf(latch)?.detail).toContain("steer");
  });

  test("S01 a new release lifts it, the same one never twice", () => {
    const latch = new OverrideLatch();
    latch.step(STOP, undefined);
    latch.step(released(1), undefined);
    expect(latch.latched).toBe(false);
    latch.step({ stop: true, releaseCount: 1 }, undefined);
    latch.step(released(1), undefined);
    expect(latch.latched).toBe(true);
    latch.step(released(0), undefined);
    expect(latch.latched).toBe(true);
    latch.step(released(2), undefined);
    expect(latch.latched).toBe(false);
  });

  test("S01 a release while the brake is pressed is used up: letting go re-engages nothing", () => {
    const latch = new OverrideLatch();
    latch.step(undefined, { ...IDLE, brake: true });
    latch.step(released(1), { ...IDLE, brake: true });
    latch.step(released(1), IDLE);
    expect(latch.latched).toBe(true);
    latch.step(released(2), IDLE);
    expect(latch.latched).toBe(false);
  });

  test("S01 a release that is no number lifts nothing; a stop that is unreadable is a stop", () => {
    const latch = new OverrideLatch();
    latch.step(STOP, undefined);
    latch.step(released(Number.NaN), undefined);
    expect(latch.latched).toBe(true);
    const other = new OverrideLatch();
    other.step({ releaseCount: 1 } as unknown as OverrideInput, undefined);
    expect(other.latched).toBe(true);
  });

  test("S01 once it stood it holds, even if the vehicle rolls; a release ends the hold", () => {
    const latch = new OverrideLatch();
    latch.step(STOP, undefined);
    expect(hitOf(latch, true)?.mode).toBe("HOLD");
    expect(hitOf(latch, false)?.mode).toBe("HOLD");
    latch.step(released(1), undefined);
    latch.step({ stop: true, releaseCount: 1 }, undefined);
    expect(hitOf(latch, false)?.mode).toBe("EMERGENCY_STOP");
  });

  test("S01 the accelerator takes over the speed alone, for as long as it is pressed", () => {
    const latch = new OverrideLatch();
    latch.step(undefined, { ...IDLE, accelerator: true });
    expect(latch.latched).toBe(false);
    expect(hitOf(latch)).toMatchObject({ rule: "S01", mode: "CAUTION" });
    latch.step(undefined, IDLE);
    expect(latch.demands(false)).toEqual([]);
    latch.step(STOP, { ...IDLE, accelerator: true });
    expect(hitOf(latch)?.mode).toBe("EMERGENCY_STOP");
  });
});

describe("S01 in the supervisor", () => {
  const speedAt = (tick: number) => Math.max(0, 10 - 0.35 * Math.max(0, tick - 3));
  const at = (tick: number, more: Partial<SafetyInput> = {}, speedMps = speedAt(tick)) =>
    aTick(tick, speedMps, more);
  const withDriver = (tick: number, driver: Partial<DriverInput>): SafetyInput =>
    at(tick, {
      ego: anEgo(speedAt(tick), {
        stampUs: START_US + tick * PERIOD_US,
        driver: { ...IDLE, ...driver },
      }),
    });

  test("S01 the tick of the STOP already brakes in its lane, with hazard lights", () => {
    const s = new Supervisor();
    for (let tick = 0; tick < 3; tick++) s.supervise(at(tick));
    const result = s.supervise(at(3, { override: STOP }));
    expect(result).toMatchObject({ mode: "EMERGENCY_STOP", verdict: "REPLACED" });
    expect(result.hazardLights).toBe(true);
    expect(result.maneuver).toMatchObject({ lateral: "KEEP_LANE", targetSpeedMps: 0 });
    expect(result.accelLimitMps2).toBeLessThan(0);
    expect(result.trajectory.speedMps.at(-1)).toBe(0);
    expect(result.hits[0]).toMatchObject({ rule: "S01", mode: "EMERGENCY_STOP" });
    expect(result.hits.map((hit) => hit.rule)).toContain("S21");
  });

  test("S01 it becomes HOLD at standstill, and a release leads back over COMFORT_STOP", () => {
    const s = new Supervisor();
    s.supervise(at(0));
    let tick = 1;
    for (; tick < 40; tick++) s.supervise(at(tick, { override: STOP }));
    const held = s.supervise(at(tick++, { override: STOP }, 0));
    expect(held).toMatchObject({ mode: "HOLD", accelLimitMps2: 0 });
    const modes: string[] = [];
    for (let i = 0; i < 7; i++)
      modes.push(s.supervise(at(tick++, { override: released(1) }, 0)).mode);
    expect(modes).toEqual([...new Array(5).fill("COMFORT_STOP"), "NORMAL", "NORMAL"]);
  });

  test("S01 a minimal-risk maneuver that a fault started outlives the release", () => {
    const s = new Supervisor();
    s.supervise(at(0, { override: STOP }));
    const fault = { code: "INTERNAL", detail: "test", stampUs: START_US } as const;
    s.supervise(at(1, { override: STOP, faults: [fault] }));
    expect(s.supervise(at(2, { override: released(1) })).mode).toBe("EMERGENCY_STOP");
  });

  test.each(["brake", "steer", "cancel"] as const)(
    "S01 the driver's %s disengages in its tick, even where the ego state is unusable",
    (act) => {
      const s = new Supervisor();
      s.supervise(at(0));
      expect(s.supervise(withDriver(1, { [act]: true })).mode).toBe("EMERGENCY_STOP");
      const broken = new Supervisor();
      const { ego, ...rest } = withDriver(0, { [act]: true });
      const result = broken.supervise({ ...rest, ego: { ...ego!, speedMps: Number.NaN } });
      expect(result.mode).toBe("EMERGENCY_STOP");
    },
  );

  test("S01 the accelerator leaves the way as proposed and permits no acceleration", () => {
    const s = new Supervisor();
    s.supervise(at(0));
    const input = withDriver(1, { accelerator: true });
    const result = s.supervise(input);
    expect(result).toMatchObject({ mode: "CAUTION", accelLimitMps2: 0 });
    expect(result.trajectory.curvatureInvm).toEqual(input.proposal!.trajectory.curvatureInvm);
  });

  test("S01 reset forgets it, and a STOP still in force latches anew", () => {
    const s = new Supervisor();
    s.supervise(at(0, { override: STOP }));
    s.reset();
    expect(s.supervise(at(1)).mode).toBe("NORMAL");
    s.reset();
    expect(s.supervise(at(2, { override: STOP })).mode).toBe("EMERGENCY_STOP");
  });
});
