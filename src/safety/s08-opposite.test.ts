import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aField, aLead, aTick } from "./fixtures.cases.ts";
import { respond, s07Demand } from "./s07-longitudinal.ts";
import { isOncoming, oppositeAccelMps2, oppositeDistanceM, passesBefore } from "./s08-opposite.ts";
import { Supervisor } from "./supervisor.ts";

describe("S08 d_min to oncoming traffic", () => {
  test("both stop before they meet; who is on the correct side is not known, so the stricter", () => {
    // Ego correct: 5 + 100/6 and 20 + 100/8; the other correct: 5 + 100/8 and 20 + 100/6; d0 1.
    expect(oppositeDistanceM(10, 0, 10)).toBeCloseTo(5 + 20 + 100 / 6 + 100 / 8 + 1, 9);
    // The faster one is the one that may brake gently.
    expect(oppositeDistanceM(20, 0, 5)).toBeCloseTo(10 + 400 / 6 + 10 + 25 / 8 + 1, 9);
    expect(oppositeDistanceM(5, 0, 20)).toBeCloseTo(2.5 + 25 / 8 + 40 + 400 / 6 + 1, 9);
  });

  test("the largest acceleration is the inverse of d_min", () => {
    const speed = fc.double({ min: 0.5, max: 30, noNaN: true });
    fc.assert(
      fc.property(speed, speed, fc.double({ min: 0, max: 2, noNaN: true }), (v, o, a) => {
        const gapM = oppositeDistanceM(v, a, o);
        expect(oppositeAccelMps2(v, gapM, o)).toBeCloseTo(a, 6);
      }),
    );
  });

  test("a track that creeps towards the ego is not oncoming", () => {
    expect(isOncoming(-0.5)).toBe(false);
    expect(isOncoming(-0.6)).toBe(true);
  });
});

describe("S08 what it says", () => {
  test("short of d_min it brakes in proportion, and speaks as S08", () => {
    const threat = { gapM: 80, speedMps: -14, tracked: true, label: "obstacle 7" };
    const response = respond(14, threat);
    expect(response.stage).toBe("BRAKE");
    expect(response.accelMaxMps2).toBeLessThan(-0.5);
    expect(response.accelMaxMps2).toBeGreaterThan(-2);
    const { rule, detail } = s07Demand(threat, response, 0)!.hit;
    expect(rule).toBe("S08");
    expect(detail).toMatch(/obstacle 7 oncoming, least 93\.1/);
  });

  test("an oncoming car far enough away changes nothing", () => {
    const far = { gapM: 120, speedMps: -14, tracked: true, label: "obstacle 7" };
    expect(respond(14, far).accelMaxMps2).toBe(2);
  });

  test("in the supervisor a car that comes in the own lane is braked for", () => {
    const r = new Supervisor().supervise(aTick(0, 10, { obstacles: aField([aLead(40, -10)]) }));
    expect(r.hits[0]).toMatchObject({ rule: "S08", limit: oppositeDistanceM(10, 0, 10) });
    expect(r.accelLimitMps2).toBeLessThan(-0.5);
    expect(r.hazardLights).toBe(false);
  });
});

describe("S08 traffic that has left before the ego gets there", () => {
  test("crossing far away is not oncoming, along the path it is", () => {
    expect(passesBefore(60, 10, -10, 5, 6.3)).toBe(true);
    expect(passesBefore(60, 10, -10, 0.5, 6.3)).toBe(false);
    expect(passesBefore(10, 10, -10, 5, 6.3)).toBe(false);
    expect(passesBefore(60, 10, 12, 5, 6.3)).toBe(false);
  });

  test("a nearer one, or a faster ego, never passes before where the other does not", () => {
    const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        ...[real(0, 100), real(0, 30), real(-20, 20), real(-10, 10), real(0, 1), real(0, 10)],
        (gap, v, along, across, share, more) => {
          if (passesBefore(gap * share, v, along, across, 6))
            expect(passesBefore(gap, v, along, across, 6)).toBe(true);
          if (v > along && passesBefore(gap, v + more, along, across, 6))
            expect(passesBefore(gap, v, along, across, 6)).toBe(true);
        },
      ),
    );
  });

  test("such a car is taken for a standing one", () => {
    const crossing = aLead(60, -8, { vyMps: 6 });
    const judge = (cars: Parameters<typeof aField>[0]) =>
      new Supervisor().supervise(aTick(0, 10, { obstacles: aField(cars) }));
    expect(judge([crossing])).toMatchObject({ mode: "NORMAL", hits: [] });
    expect(judge([{ ...crossing, vyMps: 0 }]).accelLimitMps2).toBeLessThan(
      judge([crossing]).accelLimitMps2 + 1e-9,
    );
  });
});
