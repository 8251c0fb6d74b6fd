import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aField, aLead, aTick, PERIOD_US, START_US } from "./fixtures.cases.ts";
import { followingDistanceM, timeGapDemands, timeGapS, undercutting } from "./s12-time-gap.ts";
import { Supervisor } from "./supervisor.ts";
import type { Threat } from "./threats.ts";

const aThreat = (gapM: number, speedMps: number): Threat => ({
  gapM,
  speedMps,
  tracked: true,
  label: "obstacle 7",
});

describe("S12 the table of UN R157", () => {
  test.each([
    [7.2, 1.0],
    [10, 1.1],
    [20, 1.2],
    [25, 1.25],
    [30, 1.3],
    [40, 1.4],
    [50, 1.5],
    [60, 1.6],
    [130, 1.6],
    [0, 1.0],
  ])("at %s km/h the time gap is %s s", (kmh, gapS) => {
    expect(timeGapS(kmh / 3.6)).toBeCloseTo(gapS, 9);
  });

  test("60 km/h asks for 26.7 m, less than 7.2 km/h for nothing", () => {
    expect(followingDistanceM(60 / 3.6)).toBeCloseTo(26.667, 3);
    expect(followingDistanceM(1.99)).toBe(0);
    expect(followingDistanceM(2)).toBeCloseTo(2, 9);
  });

  test("a faster ego never needs less", () => {
    const speed = fc.double({ min: 0, max: 40, noNaN: true });
    fc.assert(
      fc.property(speed, speed, (v, more) => {
        expect(followingDistanceM(v + more)).toBeGreaterThanOrEqual(followingDistanceM(v) - 1e-9);
      }),
    );
  });
});

describe("S12 what it says", () => {
  test("a lead nearer than the table is CAUTION, with both time gaps", () => {
    const near = undercutting([{ threat: aThreat(14, 14) }, { threat: aThreat(60, 14) }], 14);
    const [d, ...none] = timeGapDemands(near, 14, false);
    expect(none).toEqual([]);
    expect(d!.mrm).toBe(false);
    expect(d!.hit).toMatchObject({ rule: "S12", mode: "CAUTION", value: 1, unit: "s" });
    expect(d!.hit.limit).toBeCloseTo(1.504, 9);
    expect(d!.hit.detail).toBe(
      "obstacle 7 14.00 m ahead: time gap of 1.50 s expected, found 1.00 s",
    );
  });

  test("exactly the table is enough", () => {
    expect(undercutting([{ threat: aThreat(followingDistanceM(10), 10) }], 10)).toEqual([]);
  });

  test("S18 a gap that opens is exempt, one that does not is not", () => {
    expect(timeGapDemands([aThreat(10, 14.6)], 14, true)).toEqual([]);
    expect(timeGapDemands([aThreat(10, 14.6)], 14, false)).toHaveLength(1);
    expect(timeGapDemands([aThreat(10, 14.4)], 14, true)).toHaveLength(1);
  });
});

describe("S12 and S18 in the supervisor", () => {
  const follow = (ticks: number, gapM: number, leadMps: number, accelMps2 = 0.5) => {
    const s = new Supervisor();
    return Array.from({ length: ticks }, (_, tick) => {
      const stampUs = START_US + tick * PERIOD_US;
      const obstacles = aField([aLead(gapM, leadMps)], { stampUs });
      return s.supervise(aTick(tick, 14, { obstacles, accelMps2 }));
    });
  };

  test("too near is CAUTION for as long as it lasts: no acceleration, but the drive goes on", () => {
    const results = follow(40, 16, 14);
    for (const r of results) {
      expect(r).toMatchObject({ mode: "CAUTION", verdict: "MODIFIED", hazardLights: false });
      expect(r.accelLimitMps2).toBeLessThanOrEqual(0);
      expect(r.maneuver.targetSpeedMps).toBeGreaterThan(0);
      expect(r.hits.map((h) => h.rule)).toContain("S12");
    }
  });

  test("S18 someone who cuts in and pulls away costs nothing for 3 s, then CAUTION", () => {
    const modes = follow(40, 18, 15, 0).map((r) => r.mode);
    expect(modes.slice(0, 31)).toEqual(new Array<string>(31).fill("NORMAL"));
    expect(modes.slice(31)).toEqual(new Array<string>(9).fill("CAUTION"));
  });

  test("a lead at the time gap of the table is NORMAL", () => {
    expect(new Set(follow(20, 21.2, 14).map((r) => r.mode))).toEqual(new Set(["NORMAL"]));
  });
});
