import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  accelForRoom,
  isGapSafe,
  type LateralMover,
  lateralMinM,
  limitedTravel,
  oppositeMinM,
  type Responder,
  sameDirectionMinM,
  statedBraking,
  stoppingDistance,
  stopsBeforeLine,
} from "./rss.ts";

const kmh = (value: number): number => value / 3.6;
/** Defaults of the formula tests: a_max 3.5, b_min 4. */
const car = (speedMps: number, responseS: number, more: Partial<Responder> = {}): Responder => ({
  speedMps,
  responseS,
  accelMps2: 3.5,
  brakeMps2: 4,
  ...more,
});
const side = (speedMps: number, responseS: number, marginM = 0.1): LateralMover => ({
  speedMps,
  responseS,
  accelMaxMps2: 0.2,
  brakeMinMps2: 0.8,
  marginM,
});
/** Equal to every digit given. */
const digits = (found: number, expected: number, places = 4): void => {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(0.5000001 * 10 ** -places);
};

describe("the oracle table, to every digit given", () => {
  test("stated braking of 100 and 50 km/h", () => {
    digits(statedBraking(car(kmh(100), 2)), 213.7423);
    digits(statedBraking(car(kmh(100), 1)), 151.8152);
    digits(statedBraking(car(kmh(50), 2, { accelMps2: 2 })), 71.7793);
  });

  test("stopping distance of 100 km/h at 6 m/s²", () => {
    digits(stoppingDistance(kmh(100), 6), 64.3004);
  });

  test.each([
    [4, 6, 2, 2, 11, 6],
    [6, Number.POSITIVE_INFINITY, -3, 3, 6, 0],
    [10, 4, 2, 1, 10, 10],
  ])("limited move v %s, vmax %s, a %s, t %s gives s %s, v %s", (v, vmax, a, t, s, v1) => {
    const travel = limitedTravel(v, vmax, a, t);
    digits(travel.distanceM, s, 9);
    digits(travel.speedMps, v1, 9);
  });

  test("same direction, 50 behind 50 km/h: 60 m is safe, 58 m is not", () => {
    const minM = sameDirectionMinM(car(kmh(50), 2, { accelMps2: 2 }), kmh(50), 8, 0);
    digits(minM, 59.723);
    expect(isGapSafe(60, minM)).toBe(true);
    expect(isGapSafe(58, minM)).toBe(false);
  });

  test("the same with a speed limit of 50 km/h, and without acceleration", () => {
    const limited = car(kmh(50), 2, { accelMps2: 2, speedMaxMps: kmh(50) });
    digits(sameDirectionMinM(limited, kmh(50), 8, 0), 39.8341);
    digits(sameDirectionMinM(car(kmh(50), 2, { accelMps2: 0 }), kmh(50), 8, 0), 39.8341);
  });

  test("50 km/h behind a standing car, without and with a limit", () => {
    digits(sameDirectionMinM(car(kmh(50), 2, { accelMps2: 2 }), 0, 8, 0), 71.7793);
    const limited = car(kmh(50), 2, { accelMps2: 2, speedMaxMps: kmh(50) });
    digits(sameDirectionMinM(limited, 0, 8, 0), 51.8904);
  });

  test("standing behind standing: 6.1 m is safe, exactly 6.0 m is unsafe", () => {
    const minM = sameDirectionMinM(car(0, 2, { accelMps2: 2 }), 0, 8, 0);
    digits(minM, 6);
    expect(isGapSafe(6.1, minM)).toBe(true);
    expect(isGapSafe(6, minM)).toBe(false);
  });

  test("10 behind 100 km/h needs nothing but d0", () => {
    const rear = car(kmh(10), 2, { accelMps2: 2 });
    expect(sameDirectionMinM(rear, kmh(100), 8, 0)).toBe(0);
    expect(sameDirectionMinM(rear, kmh(100), 8, 2)).toBe(2);
  });

  const opposite = (v: number, rho: number, vo: number, rhoOther: number): number =>
    oppositeMinM(car(v, rho, { brakeMps2: 3 }), car(vo, rhoOther), 0, 0);

  test("opposite direction in km/h", () => {
    digits(opposite(kmh(50), 2, kmh(50), 2), 196.823);
    digits(opposite(kmh(50), 1, kmh(50), 2), 155.3555);
    digits(opposite(0, 0.5, 0, 0.5), 1.7682);
  });

  test("opposite direction takes the larger standstill gap once", () => {
    const a = car(10, 1, { brakeMps2: 3 });
    expect(oppositeMinM(a, car(10, 2), 1, 3) - oppositeMinM(a, car(10, 2), 0, 0)).toBeCloseTo(3, 9);
  });

  test.each([
    [0, 0, 1.1],
    [1, 1, 1.1965],
    [-1, -1, 1.1965],
    [5, 5, 2.9001],
    [-5, -5, 2.9001],
    [1, 0, 1.8427],
    [-1, 0, 0.4538],
    [5, 0, 5.7779],
    [-5, 0, 0],
  ])("lateral left %s km/h, right %s km/h needs %s m", (left, right, expected) => {
    digits(lateralMinM(side(kmh(left), 2), side(kmh(right), 2)), expected);
  });

  test("half of each lateral margin counts", () => {
    const base = lateralMinM(side(0, 2), side(0, 2));
    digits(lateralMinM(side(0, 2, 0.6), side(0, 2)) - base, 0.25, 9);
    digits(lateralMinM(side(0, 2, 0.6), side(0, 2, 0.6)) - base, 0.5, 9);
  });

  test.each([
    [10, 10, 28.2813],
    [20, 20, 65.7813],
    [20, 10, 84.5313],
    [30, 30, 115.7813],
    [13.8889, 0, 53.4356],
    [0, 0, 3.2813],
    [25, 30, 72.0313],
  ])("same direction, ρ 1, %s behind %s m/s needs %s m", (v, lead, expected) => {
    digits(sameDirectionMinM(car(v, 1), lead, 8, 0), expected);
  });

  test("opposite direction in m/s, ρ 1 and 2", () => {
    digits(opposite(10, 1, 10, 2), 105.25);
    digits(opposite(20, 1, 15, 2), 211.2917);
  });

  test("lateral in m/s, ρ 1 and 2", () => {
    digits(lateralMinM(side(0, 1), side(0, 2)), 0.725);
    digits(lateralMinM(side(0.5, 1), side(-0.5, 2)), 2.9125);
  });
});

describe("inputs outside the formulas are rejected", () => {
  const bad = (run: () => unknown, says: RegExp): void => {
    expect(run).toThrow(RangeError);
    expect(run).toThrow(says);
  };

  test("negative or non-finite longitudinal speed", () => {
    bad(() => statedBraking(car(-0.1, 1)), /speed finite and ≥ 0 expected, found -0.1/);
    bad(() => statedBraking(car(Number.NaN, 1)), /found NaN/);
    bad(() => stoppingDistance(-1, 4), /speed/);
    bad(() => sameDirectionMinM(car(1, 1), -1, 8, 0), /speed/);
    bad(() => limitedTravel(Number.POSITIVE_INFINITY, 1, 1, 1), /speed/);
    bad(() => accelForRoom(-1, 1, 4, 1), /speed/);
  });

  test("negative response time", () => {
    bad(() => statedBraking(car(1, -1)), /time finite and ≥ 0/);
    bad(() => lateralMinM(side(0, -1), side(0, 1)), /response time/);
    bad(() => accelForRoom(1, 0, 4, 1), /response time/);
  });

  test("negative gap", () => {
    bad(() => isGapSafe(-0.1, 1), /gap/);
    bad(() => isGapSafe(1, -1), /least gap/);
    bad(() => sameDirectionMinM(car(1, 1), 1, 8, -1), /standstill gap/);
    bad(() => oppositeMinM(car(1, 1), car(1, 1), -1, 0), /standstill gap/);
    bad(() => oppositeMinM(car(1, 1), car(1, 1), 0, -1), /standstill gap/);
    bad(() => stopsBeforeLine(car(1, 1), -1, 5), /standstill gap/);
    bad(() => stopsBeforeLine(car(1, 1), 0, -5), /gap/);
  });

  test("negative lateral acceleration, margin, and non-finite lateral speed", () => {
    bad(() => lateralMinM({ ...side(0, 1), accelMaxMps2: -0.1 }, side(0, 1)), /lateral accel/);
    bad(() => lateralMinM(side(0, 1), side(0, 1, -0.1)), /lateral margin/);
    bad(() => lateralMinM(side(Number.NaN, 1), side(0, 1)), /lateral speed/);
  });

  test("a brake that does not brake", () => {
    bad(() => stoppingDistance(1, 0), /brake finite and > 0/);
    bad(() => lateralMinM({ ...side(0, 1), brakeMinMps2: 0 }, side(0, 1)), /lateral brake/);
    bad(() => accelForRoom(1, 1, 0, 1), /brake/);
  });

  test("a speed limit or an acceleration that is no number", () => {
    bad(() => limitedTravel(1, -1, 1, 1), /speed limit/);
    bad(() => limitedTravel(1, Number.NaN, 1, 1), /speed limit/);
    bad(() => limitedTravel(1, 5, Number.NaN, 1), /acceleration/);
    bad(() => accelForRoom(1, 1, 4, Number.NaN), /room/);
  });
});

/** The same physics by another road: closed forms per case instead of one formula with min/max. */
const second = {
  travel(v: number, vmax: number, a: number, t: number): [number, number] {
    if (a > 0) {
      const top = v > vmax ? v : vmax;
      const tTop = (top - v) / a;
      if (tTop >= t) return [v * t + (a * t * t) / 2, v + a * t];
      return [((v + top) / 2) * tTop + top * (t - tTop), top];
    }
    if (a < 0) {
      const tStop = v / -a;
      if (tStop >= t) return [v * t + (a * t * t) / 2, v + a * t];
      return [(v * v) / (-2 * a), 0];
    }
    return [v * t, v];
  },
  braking(v: number, rho: number, a: number, b: number, vmax: number): number {
    const [s, v1] = second.travel(v, vmax, a, rho);
    const tStop = v1 / b;
    return s + v1 * tStop - (b * tStop * tStop) / 2;
  },
  same(v: number, vf: number, rho: number, a: number, b: number, bMax: number, d0: number): number {
    const free = second.braking(v, rho, a, b, 1e9) - (vf / bMax) * (vf / 2);
    return (free > 0 ? free : 0) + d0;
  },
  /** Outermost excursion towards the other car. */
  lateral(vl: number, vr: number, rl: number, rr: number, a: number, b: number, mu: number) {
    const reach = (v: number, rho: number): number => {
      const end = v + a * rho;
      const mean = (v + end) / 2;
      return mean * rho + (end > 0 ? (end / 2) * (end / b) : 0);
    };
    const d = reach(vl, rl) + reach(-vr, rr) + mu;
    return d > 0 ? d : 0;
  },
};

describe("a second implementation agrees to 1e-9", () => {
  const near = (a: number, b: number): boolean =>
    Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

  test("longitudinal, 24,000 grid points", () => {
    let points = 0;
    for (let v = 0; v <= 40; v += 2)
      for (const a of [-4, 0, 0.5, 2, 3.5])
        for (const rho of [0, 0.3, 0.5, 1, 2])
          for (const b of [1.5, 3, 4, 6])
            for (const vf of [0, 3.7, 11, 25, 40]) {
              const rear = { speedMps: v, responseS: rho, accelMps2: a, brakeMps2: b };
              const found = sameDirectionMinM(rear, vf, 8, 1);
              if (!near(found, second.same(v, vf, rho, a, b, 8, 1)))
                expect.fail(`v ${v} a ${a} ρ ${rho} b ${b} vf ${vf}: ${found}`);
              const capped = statedBraking({ ...rear, speedMaxMps: vf });
              if (!near(capped, second.braking(v, rho, a, b, vf)))
                expect.fail(`v ${v} a ${a} ρ ${rho} b ${b} vmax ${vf}: ${capped}`);
              points += 2;
            }
    expect(points).toBeGreaterThanOrEqual(20_000);
  });

  test("opposite and lateral, 13,000 grid points", () => {
    let points = 0;
    for (let v = 0; v <= 40; v += 2)
      for (let vo = 0; vo <= 40; vo += 2)
        for (const rho of [0.2, 0.5, 1, 2])
          for (const a of [0, 1, 3.5]) {
            const found = oppositeMinM(
              { speedMps: v, responseS: rho, accelMps2: a, brakeMps2: 3 },
              { speedMps: vo, responseS: 2, accelMps2: a, brakeMps2: 4 },
              1,
              2,
            );
            const expected =
              second.braking(v, rho, a, 3, 1e9) + second.braking(vo, 2, a, 4, 1e9) + 2;
            if (!near(found, expected)) expect.fail(`v ${v} vo ${vo} ρ ${rho} a ${a}: ${found}`);
            points++;
          }
    for (let vl = -3; vl <= 3; vl += 0.25)
      for (let vr = -3; vr <= 3; vr += 0.25)
        for (const rho of [0.5, 1, 2])
          for (const a of [0, 0.2, 0.5, 1]) {
            const mover = (speedMps: number, responseS: number): LateralMover => ({
              speedMps,
              responseS,
              accelMaxMps2: a,
              brakeMinMps2: 0.8,
              marginM: 0.1,
            });
            const found = lateralMinM(mover(vl, rho), mover(vr, 2));
            if (!near(found, second.lateral(vl, vr, rho, 2, a, 0.8, 0.1)))
              expect.fail(`lateral ${vl} ${vr} ρ ${rho} a ${a}: ${found}`);
            points++;
          }
    expect(points).toBeGreaterThanOrEqual(12_000);
  });

  test("accelForRoom is the inverse of stated braking", () => {
    for (let v = 0; v <= 40; v += 1)
      for (let roomM = 0; roomM <= 200; roomM += 5) {
        const a = accelForRoom(v, 0.5, 4, roomM);
        if (a * 0.5 + v >= 0 && Number.isFinite(a))
          expect(second.braking(v, 0.5, a, 4, 1e9)).toBeCloseTo(roomM, 8);
        else expect(roomM).toBeLessThan(v * 0.25 + 1e-9);
      }
    expect(accelForRoom(10, 0.5, 4, 2.4)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("monotone where it must be", () => {
  const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const EPS = 1e-9;

  test("d_min grows with ego speed, response time and acceleration, falls with the lead's speed and the brake", () => {
    fc.assert(
      fc.property(
        fc.tuple(real(0, 40), real(0, 40), real(0, 2), real(0, 3.5), real(2, 8)),
        fc.tuple(real(0, 5), real(0, 5), real(0, 1), real(0, 1), real(0, 3)),
        ([v, vf, rho, a, b], [dv, dvf, dRho, da, db]) => {
          const at = (v: number, vf: number, rho: number, a: number, b: number): number =>
            sameDirectionMinM(
              { speedMps: v, responseS: rho, accelMps2: a, brakeMps2: b },
              vf,
              8,
              1,
            );
          const base = at(v, vf, rho, a, b);
          expect(at(v + dv, vf, rho, a, b)).toBeGreaterThanOrEqual(base - EPS);
          expect(at(v, vf, rho + dRho, a, b)).toBeGreaterThanOrEqual(base - EPS);
          expect(at(v, vf, rho, a + da, b)).toBeGreaterThanOrEqual(base - EPS);
          expect(at(v, vf + dvf, rho, a, b)).toBeLessThanOrEqual(base + EPS);
          expect(at(v, vf, rho, a, b + db)).toBeLessThanOrEqual(base + EPS);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a safe gap stays safe when it grows, a line that is reached stays reached", () => {
    fc.assert(
      fc.property(real(0, 100), real(0, 100), real(0, 20), real(0, 40), (gap, min, more, v) => {
        if (isGapSafe(gap, min)) expect(isGapSafe(gap + more, min)).toBe(true);
        const r = { speedMps: v, responseS: 0.5, accelMps2: 0, brakeMps2: 4 };
        if (stopsBeforeLine(r, 1, gap)) expect(stopsBeforeLine(r, 1, gap + more)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("lateral distance grows when the cars approach each other", () => {
    fc.assert(
      fc.property(real(-3, 3), real(-3, 3), real(0, 1), (l, r, more) => {
        const base = lateralMinM(side(l, 1), side(r, 2));
        expect(lateralMinM(side(l + more, 1), side(r, 2))).toBeGreaterThanOrEqual(base - EPS);
        expect(lateralMinM(side(l, 1), side(r - more, 2))).toBeGreaterThanOrEqual(base - EPS);
      }),
      { numRuns: 500 },
    );
  });
});
