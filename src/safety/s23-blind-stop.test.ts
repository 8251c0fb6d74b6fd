import { describe, expect, test } from "vitest";
import { CAR } from "../contract/maneuver.ts";
import { rollOut } from "../geometry/bicycle.ts";
import { steady } from "./s22-own-stop.ts";
import { BlindStop, type LastDecision } from "./s23-blind-stop.ts";
import { resultProblem } from "./s24-sealable.ts";

const MS = 1000;

const aDecision = (changes: Partial<LastDecision> = {}, accelMps2 = 0.5): LastDecision => ({
  mode: "NORMAL",
  egoSpeedMps: 10,
  trajectory: rollOut(10, steady(accelMps2), steady(0.01)),
  maneuver: {
    rationale: ["FREE_ROAD", "NONE"],
    lateral: "KEEP_LANE",
    longitudinal: "KEEP_SPEED",
    targetSpeedMps: 10,
  },
  hazardLights: false,
  ...changes,
});

/** The stop asked every 100 ms from 200 ms on; answers that of `untilMs`. */
function stopAt(untilMs: number, last = aDecision()) {
  const stop = new BlindStop(last);
  let result = stop.at(200 * MS);
  for (let ms = 300; ms <= untilMs; ms += 100) result = stop.at(ms * MS);
  return result;
}

describe("S23 a silent main loop", () => {
  test.each([
    [200, "COMFORT_STOP"],
    [1000, "COMFORT_STOP"],
    [1100, "EMERGENCY_STOP"],
    [3000, "EMERGENCY_STOP"],
    [9000, "HOLD"],
  ])("after %d ms the mode is %s", (ms, mode) => {
    const { mode: found, hits } = stopAt(ms);
    expect(found).toBe(mode);
    expect(hits).toMatchObject([{ rule: "S23", mode, value: ms / 1000, limit: 0.2, unit: "s" }]);
  });

  test.each(["EMERGENCY_STOP", "HOLD"] as const)("%s is never left", (mode) => {
    expect(stopAt(200, aDecision({ mode })).mode).toBe(mode);
    expect(stopAt(200, aDecision({ mode })).hazardLights).toBe(true);
  });

  test("the vehicle slows down gently, then at the rate of a stop in lane, never accelerating", () => {
    const gentle = stopAt(900).trajectory.accelMps2[0]!;
    const firm = stopAt(2500).trajectory.accelMps2[0]!;
    expect(gentle).toBeLessThan(0);
    expect(gentle).toBeGreaterThanOrEqual(-1.5);
    expect(firm).toBe(-4);
    for (let ms = 200; ms < 6000; ms += 100)
      expect(stopAt(ms).accelLimitMps2).toBeLessThanOrEqual(0);
  });

  test("it never brakes less than the decision before it", () => {
    const braking = aDecision({ mode: "EMERGENCY_STOP" }, -8);
    expect(stopAt(200, braking).trajectory.accelMps2[0]).toBe(-8);
    expect(stopAt(200, braking).maneuver.longitudinal).toBe("EMERGENCY_BRAKE");
  });

  test("the speed is reckoned from the braking asked for", () => {
    const slow = stopAt(1000, aDecision({}, -2));
    const begin = slow.trajectory.speedMps[0]! + 0.5 * 2;
    expect(begin).toBeCloseTo(8, 1);
  });

  test("a vehicle of unknown speed is not taken for standing before the fastest one would be", () => {
    const { egoSpeedMps: _, ...blind } = aDecision();
    expect(stopAt(9000, blind)).toMatchObject({ mode: "EMERGENCY_STOP" });
    expect(stopAt(9000, blind).accelLimitMps2).toBe(-4);
    expect(stopAt(14_000, blind)).toMatchObject({ mode: "HOLD", accelLimitMps2: 0 });
    expect(stopAt(14_000, blind).maneuver.longitudinal).toBe("WAIT");
    expect(stopAt(300, blind).trajectory.speedMps[0]).toBeGreaterThan(9);
  });

  test("hazard lights that were on stay on", () => {
    expect(stopAt(200).hazardLights).toBe(false);
    expect(stopAt(200, aDecision({ hazardLights: true })).hazardLights).toBe(true);
  });

  test("an empty trajectory is no reason to fail", () => {
    const none = { accelMps2: [], curvatureInvm: [], xM: [], yM: [], yawRad: [], speedMps: [] };
    expect(stopAt(300, aDecision({ trajectory: none })).mode).toBe("COMFORT_STOP");
  });

  test("every result can be sealed", () => {
    for (let ms = 200; ms < 9000; ms += 300)
      expect(resultProblem(stopAt(ms), CAR), `${ms} ms`).toBeUndefined();
  });
});
