import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minDistanceM, modeOfStage, respond, STAGES, s07Demand } from "./s07-longitudinal.ts";
import type { Threat } from "./threats.ts";

const aThreat = (gapM: number, speedMps: number): Threat => ({
  gapM,
  speedMps,
  tracked: true,
  label: "obstacle 7",
});

describe("S07 d_min with the operating table", () => {
  test("ρ 0.5, b 4/8, d0 1: 10 m/s behind standing needs 18.5 m", () => {
    expect(minDistanceM(10, 0, 0)).toBeCloseTo(5 + 12.5 + 1, 9);
  });

  test("standing behind standing needs d0", () => {
    expect(minDistanceM(0, 0, 0)).toBe(1);
  });

  test("the proposal's own acceleration counts", () => {
    expect(minDistanceM(10, 2, 10)).toBeCloseTo(5.25 + 121 / 8 - 100 / 16 + 1, 9);
  });

  test("oncoming traffic needs room for both to stop", () => {
    expect(minDistanceM(10, 0, -10)).toBeCloseTo(55.167, 3);
  });
});

describe("S07 the proper response", () => {
  test("a free road permits 2 m/s²", () => {
    expect(respond(10, aThreat(100, 10))).toMatchObject({ stage: "FREE", accelMaxMps2: 2 });
  });

  test("just above d_min the acceleration is limited to what keeps the gap safe", () => {
    const r = respond(10, aThreat(13, 10));
    expect(r.stage).toBe("LIMIT");
    expect(minDistanceM(10, r.accelMaxMps2, 10)).toBeLessThan(13);
    expect(minDistanceM(10, r.accelMaxMps2, 10)).toBeCloseTo(13, 5);
  });

  test("below d_min it brakes in proportion to what is lacking", () => {
    const minM = minDistanceM(10, 0, 10);
    const r = respond(10, aThreat(minM * 0.9, 10));
    expect(r).toMatchObject({ stage: "BRAKE", minM });
    expect(r.accelMaxMps2).toBeCloseTo(-0.8, 9);
  });

  test("exactly d_min is not enough", () => {
    expect(respond(10, aThreat(minDistanceM(10, 0, 10), 10)).accelMaxMps2).toBeLessThanOrEqual(0);
  });

  test("below half of d_min the brake is full", () => {
    const r = respond(10, aThreat(minDistanceM(10, 0, 10) * 0.5, 10));
    expect(r).toMatchObject({ stage: "FULL", accelMaxMps2: -4 });
  });

  test("closing on a standing car it brakes at least what stops before d0", () => {
    const r = respond(10, aThreat(18, 0));
    expect(r.stage).toBe("BRAKE");
    expect(r.accelMaxMps2).toBeCloseTo(-100 / 2 / 17, 9);
  });

  test("where b_min no longer avoids contact the brake is 8", () => {
    expect(respond(10, aThreat(12, 0))).toMatchObject({ stage: "EMERGENCY", accelMaxMps2: -8 });
  });

  test("a gap that opens is not braked for harder than 2", () => {
    const minM = minDistanceM(25, 0, 27);
    const r = respond(25, aThreat(minM * 0.3, 27));
    expect(r).toMatchObject({ stage: "BRAKE", accelMaxMps2: -2 });
    expect(r.ttcS).toBe(Number.POSITIVE_INFINITY);
  });

  test("S13 below the TTC floor of 1.5 s the brake is full, though d_min holds", () => {
    const r = respond(4, aThreat(5.9, 0));
    expect(r.minM).toBeLessThan(5.9);
    expect(r).toMatchObject({ stage: "FULL", accelMaxMps2: -4, byTtc: true });
    expect(r.ttcS).toBeCloseTo(1.475, 9);
  });

  test("S13 the floor spares an approach that a comfortable brake still ends before d0", () => {
    const r = respond(2, aThreat(2.8, 0));
    expect(r.ttcS).toBeLessThan(1.5);
    expect(r).toMatchObject({ byTtc: false, stage: "LIMIT" });
    expect(r.accelMaxMps2).toBeGreaterThan(0);
  });

  test("standing too near to a standing car only forbids to move off", () => {
    for (const gapM of [0, 0.5, 1])
      expect(respond(0, aThreat(gapM, 0))).toMatchObject({ stage: "LIMIT", accelMaxMps2: 0 });
  });

  test("an oncoming car brakes on its own part: 14 against 14 m/s at 50 m is no emergency", () => {
    expect(respond(14, aThreat(50, -14)).stage).toBe("FULL");
    expect(respond(14, aThreat(40, -14)).stage).toBe("EMERGENCY");
    expect(respond(14, aThreat(110, -14)).stage).toBe("FREE");
  });

  test("a track that creeps towards the ego is standing", () => {
    expect(respond(5, aThreat(20, -0.4))).toEqual(respond(5, aThreat(20, 0)));
  });

  test("full brakes are CAUTION, emergencies EMERGENCY_STOP, bounding is NORMAL driving", () => {
    expect(STAGES.map(modeOfStage)).toEqual([
      "NORMAL",
      "NORMAL",
      "NORMAL",
      "CAUTION",
      "EMERGENCY_STOP",
    ]);
  });
});

describe("S07 what it says", () => {
  const say = (v: number, threat: Threat, wanted: number) =>
    s07Demand(threat, respond(v, threat), wanted)?.hit;

  test("nothing where the proposal is allowed", () => {
    expect(say(10, aThreat(60, 10), 0.5)).toBeUndefined();
    expect(say(10, aThreat(13, 10), 0)).toBeUndefined();
    expect(say(0, aThreat(0.8, 0), 0)).toBeUndefined();
  });

  test("gap, least gap and the bound where it restricts", () => {
    expect(say(10, aThreat(10, 10), 0.5)).toEqual({
      rule: "S07",
      mode: "NORMAL",
      value: 10,
      limit: 12.25,
      unit: "m",
      detail:
        "gap 10.00 m to obstacle 7 at 10.0 m/s, least 12.25 m: acceleration at most -1.47 m/s²",
    });
  });

  test("a proposal that brakes by itself still hears that the gap is short", () => {
    expect(say(10, aThreat(10, 10), -3)).toBeDefined();
  });

  test("oncoming traffic is named so", () => {
    expect(say(14, aThreat(50, -14), 0)!.detail).toMatch(/obstacle 7 oncoming, least 93.17 m/);
  });
});

describe("S07 is monotone", () => {
  const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const EPS = 1e-6;
  const rank = (v: number, t: Threat): number => STAGES.indexOf(respond(v, t).stage);

  test("a shorter gap never gives a larger bound or a milder stage", () => {
    fc.assert(
      fc.property(real(0, 40), real(-20, 40), real(0, 120), real(0, 1), (v, vf, gap, share) => {
        const near = aThreat(gap * share, vf);
        const far = aThreat(gap, vf);
        expect(respond(v, near).accelMaxMps2).toBeLessThanOrEqual(
          respond(v, far).accelMaxMps2 + EPS,
        );
        expect(rank(v, near)).toBeGreaterThanOrEqual(rank(v, far));
      }),
      { numRuns: 3000 },
    );
  });

  test("a slower threat never gives a larger bound", () => {
    fc.assert(
      fc.property(real(0, 40), real(-20, 40), real(0, 120), real(0, 10), (v, vf, gap, less) => {
        const slow = respond(v, aThreat(gap, vf - less)).accelMaxMps2;
        expect(slow).toBeLessThanOrEqual(respond(v, aThreat(gap, vf)).accelMaxMps2 + EPS);
      }),
      { numRuns: 3000 },
    );
  });

  test("a faster ego never gets a larger bound", () => {
    fc.assert(
      fc.property(real(0, 40), real(-20, 40), real(0, 120), real(0, 10), (v, vf, gap, more) => {
        const fast = respond(v + more, aThreat(gap, vf)).accelMaxMps2;
        expect(fast).toBeLessThanOrEqual(respond(v, aThreat(gap, vf)).accelMaxMps2 + EPS);
      }),
      { numRuns: 3000 },
    );
  });

  test("the bound is always a number of −8…2", () => {
    fc.assert(
      fc.property(real(0, 70), real(-100, 100), real(0, 1000), (v, vf, gap) => {
        const { accelMaxMps2 } = respond(v, aThreat(gap, vf));
        expect(accelMaxMps2).toBeGreaterThanOrEqual(-8);
        expect(accelMaxMps2).toBeLessThanOrEqual(2);
      }),
      { numRuns: 3000 },
    );
  });
});
