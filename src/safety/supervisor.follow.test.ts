/** The supervisor in a closed loop with one lead: it lets the ego go, and it never lets it hit. */
import { describe, expect, test } from "vitest";
import type { SafetyResult } from "../contract/decision.ts";
import { aField, aLead, anEgo, aProposal, aTick, PERIOD_US, START_US } from "./fixtures.cases.ts";
import { Supervisor } from "./supervisor.ts";

const DT_S = 0.1;
type Lead = (timeS: number) => number;
type World = {
  readonly speedMps: number;
  readonly gapM: number;
  readonly leadMps: Lead;
  /** What the planner asks for, m/s², at each tick. */
  readonly wantedMps2: (speedMps: number, gapM: number) => number;
  readonly ticks: number;
  readonly tracked?: (tick: number) => boolean;
};

/** Drives the ego by the first step of each decision; returns states and decisions. */
function drive(world: World) {
  const s = new Supervisor();
  let v = world.speedMps;
  let gap = world.gapM;
  let accel = 0;
  const log: { v: number; gap: number; r: SafetyResult }[] = [];
  for (let tick = 0; tick < world.ticks; tick++) {
    const stampUs = START_US + tick * PERIOD_US;
    const lead = world.leadMps(tick * DT_S);
    const tracked = world.tracked?.(tick) ?? true;
    const obstacle = aLead(Math.max(0, gap), tracked ? lead : 0, { tracked });
    const wanted = Math.max(-8, Math.min(2, world.wantedMps2(v, gap)));
    const r = s.supervise(
      aTick(tick, v, {
        ego: anEgo(v, { stampUs, accelMps2: accel }),
        obstacles: aField([obstacle], { stampUs }),
        proposal: aProposal(v, wanted, { stampUs, observationId: tick }),
      }),
    );
    log.push({ v, gap, r });
    const next = Math.max(0, v + r.trajectory.accelMps2[0]! * DT_S);
    accel = (next - v) / DT_S;
    gap += (lead - (v + next) / 2) * DT_S;
    v = next;
  }
  return log;
}
const least = (log: ReturnType<typeof drive>): number => Math.min(...log.map((l) => l.gap));
const permitsMotion = (r: SafetyResult): boolean => r.maneuver.targetSpeedMps > 0;

describe("waiting behind a lead and moving off behind it", () => {
  // The lead stands for 3 s, then accelerates with 1.2 m/s² to 12 m/s.
  const leadMps: Lead = (t) => Math.max(0, Math.min(12, 1.2 * (t - 3)));

  test.each([2, 2.5, 3])("from %s m: NORMAL throughout, motion when the gap opens", (gapM) => {
    const log = drive({ speedMps: 0, gapM, leadMps, wantedMps2: () => 1, ticks: 130 });
    expect(new Set(log.map((l) => l.r.mode))).toEqual(new Set(["NORMAL"]));
    expect(least(log)).toBeGreaterThanOrEqual(1);
    // From one second after the lead has moved, every decision permits motion.
    expect(log.slice(42).every((l) => permitsMotion(l.r))).toBe(true);
    expect(log.at(-1)!.v).toBeGreaterThan(7);
  });

  test("a planner that waits by itself is approved while it waits", () => {
    const log = drive({ speedMps: 0, gapM: 2.5, leadMps: () => 0, wantedMps2: () => 0, ticks: 50 });
    expect(log.every((l) => l.r.verdict === "APPROVED" && l.r.mode === "NORMAL")).toBe(true);
  });

  test("no emergency and no full brake on the way", () => {
    const log = drive({ speedMps: 0, gapM: 2.5, leadMps, wantedMps2: () => 1, ticks: 130 });
    for (const { r } of log) expect(r.trajectory.accelMps2[0]).toBeGreaterThan(-3.5);
  });
});

describe("a lead that brakes is answered", () => {
  test.each([
    ["gently", 2],
    ["firmly", 4],
    ["fully", 8],
  ])("%s: no contact though the planner keeps its speed", (_, brake) => {
    const log = drive({
      speedMps: 15,
      gapM: 24,
      leadMps: (t) => Math.max(0, 15 - brake * Math.max(0, t - 1)),
      wantedMps2: () => 0,
      ticks: 150,
    });
    expect(least(log)).toBeGreaterThan(0.3);
    expect(log.at(-1)!.v).toBeLessThan(0.2);
    expect(log.some((l) => l.r.hits.some((h) => h.rule === "S07"))).toBe(true);
    // Standing behind the standing lead at the end is waiting, not HOLD.
    expect(log.at(-1)!.r.mode).toBe("NORMAL");
  });

  test("even a planner that accelerates all the time does not get it to the lead", () => {
    const log = drive({
      speedMps: 15,
      gapM: 40,
      leadMps: (t) => Math.max(0, 12 - 3 * Math.max(0, t - 2)),
      wantedMps2: () => 2,
      ticks: 200,
    });
    expect(least(log)).toBeGreaterThan(0.3);
  });

  test("a standing queue is met with a stop before d0, from every speed", () => {
    for (const speedMps of [3, 8, 14, 20, 27]) {
      const gapM = (speedMps * speedMps) / 5 + speedMps + 10;
      const log = drive({ speedMps, gapM, leadMps: () => 0, wantedMps2: () => 0.5, ticks: 300 });
      expect(least(log)).toBeGreaterThan(0.7);
      expect(log.some((l) => l.r.mode === "EMERGENCY_STOP")).toBe(false);
    }
  });
});

describe("following without needless interference", () => {
  test("a human-like follower with 1.6 s time gap is approved", () => {
    const log = drive({
      speedMps: 14,
      gapM: 24,
      leadMps: (t) => 14 + Math.sin(t / 3),
      wantedMps2: (v, gap) => Math.max(-2, Math.min(1, 0.2 * (gap - 2 - 1.6 * v))),
      ticks: 300,
    });
    const changed = log.filter((l) => l.r.verdict !== "APPROVED").length;
    expect(changed / log.length).toBeLessThan(0.05);
    expect(new Set(log.map((l) => l.r.mode))).toEqual(new Set(["NORMAL"]));
  });

  test("a comfortable stop behind a standing lead is not interfered with", () => {
    const log = drive({
      speedMps: 10,
      gapM: 60,
      leadMps: () => 0,
      wantedMps2: (v, gap) => (gap < 3 ? -1 : Math.max(-3, -(v * v) / (2 * (gap - 2.5)))),
      ticks: 200,
    });
    expect(new Set(log.map((l) => l.r.mode))).toEqual(new Set(["NORMAL"]));
    expect(log.filter((l) => l.r.hits.some((h) => h.rule === "S07")).length).toBe(0);
    expect(log.at(-1)!.gap).toBeGreaterThan(1.5);
  });

  test("a lead that is not tracked yet for 0.5 s costs seconds, not the drive", () => {
    const log = drive({
      speedMps: 14,
      gapM: 30,
      leadMps: () => 14,
      wantedMps2: () => 0.3,
      ticks: 100,
      tracked: (tick) => tick >= 5,
    });
    expect(log.at(-1)!.r.mode).toBe("NORMAL");
    expect(permitsMotion(log.at(-1)!.r)).toBe(true);
    expect(log.some((l) => l.r.hazardLights)).toBe(false);
  });
});

test("a modified decision names the rule that spoke, with value and limit", () => {
  const leadMps: Lead = (t) => Math.max(0, Math.min(6, 1.2 * (t - 1)));
  const log = drive({ speedMps: 0, gapM: 3, leadMps, wantedMps2: () => 2, ticks: 90 });
  const modified = log.filter((l) => l.r.verdict === "MODIFIED");
  expect(modified.length).toBeGreaterThan(10);
  for (const { r } of modified) {
    expect(r.hits.length).toBeGreaterThan(0);
    for (const hit of r.hits) expect(Number.isFinite(hit.value - hit.limit)).toBe(true);
  }
});
