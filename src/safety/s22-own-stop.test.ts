import { describe, expect, test } from "vitest";
import { CAR } from "../contract/maneuver.ts";
import { lastResort, ownStop, steady } from "./s22-own-stop.ts";
import { resultProblem } from "./s24-sealable.ts";

describe("S22 the stop that needs nothing but numbers", () => {
  test("brakes on the given curvature, keeps the lane, target speed 0", () => {
    const plan = ownStop(10, steady(-1.5), steady(0.01), false, "NONE", CAR);
    expect(plan.maneuver).toEqual({
      rationale: ["NONE", "NONE"],
      lateral: "KEEP_LANE",
      longitudinal: "STOP",
      targetSpeedMps: 0,
    });
    expect(plan.trajectory.speedMps[5]).toBeCloseTo(5.5, 9);
    expect(plan.trajectory.yawRad[5]).toBeGreaterThan(0);
  });

  test("harder than the nominal 3.5 is an emergency brake", () => {
    expect(ownStop(10, steady(-3.5), steady(0), false, "NONE", CAR).maneuver.longitudinal).toBe(
      "STOP",
    );
    expect(ownStop(10, steady(-4), steady(0), false, "LEAD_BRAKING", CAR).maneuver).toMatchObject({
      longitudinal: "EMERGENCY_BRAKE",
      rationale: ["LEAD_BRAKING", "NONE"],
    });
  });

  test("standing it waits where it is", () => {
    const plan = ownStop(0.05, steady(-4), steady(0), true, "NONE", CAR);
    expect(plan.maneuver.longitudinal).toBe("WAIT");
    expect(plan.trajectory.accelMps2).toEqual(steady(0));
    expect(plan.trajectory.xM).toEqual(steady(0));
  });

  test("a curvature that the speed does not allow is held within it, to both sides", () => {
    const left = ownStop(20, steady(-4), steady(0.2), false, "NONE", CAR).trajectory;
    expect(left.curvatureInvm[0]).toBeCloseTo(3 / 400, 9);
    const right = ownStop(20, steady(-4), steady(-0.2), false, "NONE", CAR).trajectory;
    expect(right.curvatureInvm[0]).toBeCloseTo(-3 / 400, 9);
  });

  test("the last resort can be sealed from any speed and curvature, and stays in HOLD", () => {
    for (const held of [false, true])
      for (const speed of [0, 13, 40])
        for (const curvature of [-0.24, 0, 0.24]) {
          const result = lastResort(speed, curvature, "S00", "why", held, CAR);
          expect(resultProblem(result, CAR)).toBeUndefined();
          expect(result).toMatchObject({
            mode: held ? "HOLD" : "EMERGENCY_STOP",
            verdict: "REPLACED",
            hazardLights: true,
            accelLimitMps2: -4,
            hits: [{ rule: "S00", detail: "why" }],
          });
        }
  });
});
