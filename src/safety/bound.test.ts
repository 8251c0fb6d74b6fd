import { describe, expect, test } from "vitest";
import { type Bounds, boundProposal, responseTo, type Watched } from "./bound.ts";
import { aManeuver, aProposal } from "./fixtures.cases.ts";

const lead = (gapM: number, speedMps: number, box = false): Watched => ({
  threat: { gapM, speedMps, tracked: true, label: "obstacle 7" },
  box,
});
/** Bounds a proposal of constant acceleration as the supervisor does. */
function bound(
  speedMps: number,
  accelMps2: number,
  watched: readonly Watched[] = [],
  more: Partial<Bounds> & { targetMps?: number } = {},
) {
  const { targetMps = 15, ...rest } = more;
  const p = aProposal(speedMps, accelMps2);
  const bounds = watched.map((w) => responseTo(speedMps, w).accelMaxMps2);
  return boundProposal({ ...p.maneuver, targetSpeedMps: targetMps }, p.trajectory, p.trajectory, {
    speedMps,
    standing: speedMps < 0.1,
    accelMaxMps2: Math.min(2, ...bounds),
    caution: false,
    speedCapMps: 40,
    watched,
    cause: "LEAD_VEHICLE",
    ...rest,
  });
}

describe("bounding a proposal", () => {
  test("nothing to bound: the proposal's own objects come back", () => {
    const p = aProposal(10, 0.5);
    const b = boundProposal(p.maneuver, p.trajectory, p.trajectory, {
      ...{
        speedMps: 10,
        standing: false,
        accelMaxMps2: 2,
        caution: false,
        speedCapMps: 40,
        watched: [],
      },
      cause: "NONE",
    });
    expect(b.unchanged).toBe(true);
    expect(b.maneuver).toBe(p.maneuver);
    expect(b.trajectory).toBe(p.trajectory);
    expect(b.accelLimitMps2).toBe(2);
  });

  test("a changed curvature alone is a change, words and target stay", () => {
    const p = aProposal(10, 0.5, { curvatureInvm: 0.01 });
    const b = boundProposal(
      p.maneuver,
      p.trajectory,
      { accelMps2: p.trajectory.accelMps2, curvatureInvm: new Array(6).fill(0.005) },
      {
        ...{
          speedMps: 10,
          standing: false,
          accelMaxMps2: 2,
          caution: false,
          speedCapMps: 40,
          watched: [],
        },
        cause: "NONE",
      },
    );
    expect(b.unchanged).toBe(false);
    expect(b.maneuver).toEqual(p.maneuver);
    expect(b.trajectory.curvatureInvm[0]).toBe(0.005);
  });

  test("CAUTION: no acceleration in any step, no target above the present speed", () => {
    const b = bound(10.3, 1, [], { caution: true });
    expect(b.trajectory.accelMps2).toEqual(new Array(6).fill(0));
    expect(b.maneuver).toMatchObject({ longitudinal: "KEEP_SPEED", targetSpeedMps: 10 });
    expect(b.accelLimitMps2).toBe(0);
  });

  test("CAUTION: braking stays as proposed", () => {
    const b = bound(10, -1, [], { caution: true, targetMps: 0 });
    expect(b.unchanged).toBe(true);
    expect(b.accelLimitMps2).toBe(0);
  });

  test("a speed cap ends the acceleration where it is reached", () => {
    const b = bound(10, 1, [], { speedCapMps: 11.2 });
    expect(b.trajectory.speedMps[5]).toBeCloseTo(11.2, 9);
    expect(b.maneuver.targetSpeedMps).toBe(11);
  });

  test("too near to the lead: it brakes, says why, and settles no faster than the lead", () => {
    const b = bound(10, 0.3, [lead(14, 5)]);
    expect(b.trajectory.accelMps2[0]).toBeLessThan(-1.3);
    expect(b.maneuver).toMatchObject({
      longitudinal: "DECELERATE",
      rationale: ["LEAD_VEHICLE", "FREE_ROAD"],
    });
    expect(b.maneuver.targetSpeedMps).toBeLessThanOrEqual(5.5);
    expect(b.accelLimitMps2).toBe(Math.min(...b.trajectory.accelMps2));
  });

  test("a full brake is named an emergency brake", () => {
    const b = bound(10, 0.3, [lead(5, 9)], { targetMps: 10 });
    expect(b.trajectory.accelMps2[0]).toBe(-4);
    expect(b.maneuver.longitudinal).toBe("EMERGENCY_BRAKE");
  });

  test("a plan that would run into d0 later is slowed from now on", () => {
    const b = bound(10, 0, [lead(24, 0)]);
    expect(b.trajectory.accelMps2[0]).toBeLessThan(-1.5);
    const movedM = b.trajectory.xM[5]!;
    expect(24 - movedM).toBeGreaterThan(1);
  });

  test("moving off behind a standing lead stops before d0", () => {
    const b = bound(0, 1, [lead(2.6, 0)]);
    expect(b.trajectory.xM[5]).toBeLessThan(1.6);
    expect(b.trajectory.xM[5]).toBeGreaterThan(0.5);
    expect(b.maneuver).toMatchObject({ longitudinal: "ACCELERATE", targetSpeedMps: 0.5 });
    expect(b.accelLimitMps2).toBeCloseTo(b.trajectory.accelMps2[0]!, 9);
  });

  test("with no room for half a metre per second it waits instead of creeping", () => {
    const b = bound(0, 0.5, [lead(1.2, 0)]);
    expect(b.trajectory.accelMps2).toEqual(new Array(6).fill(0));
    expect(b.maneuver).toMatchObject({ longitudinal: "WAIT", targetSpeedMps: 0 });
    expect(b.accelLimitMps2).toBe(0);
  });

  test("moving off behind a lead that moves off is let go", () => {
    const b = bound(0, 1, [lead(2.6, 1)]);
    expect(b.unchanged).toBe(true);
    expect(b.accelLimitMps2).toBe(2);
  });

  test("standing nearer than d0 to a lead that drives away it waits until the gap is there", () => {
    const b = bound(0, 1, [lead(0.8, 2)]);
    expect(b.maneuver.longitudinal).toBe("WAIT");
    expect(b.accelLimitMps2).toBe(0);
  });

  test("a bound without anything in sight (sight is lost) brakes to what the braking reaches", () => {
    const b = bound(10, 0, [], { accelMaxMps2: -2 });
    expect(b.trajectory.accelMps2).toEqual(new Array(6).fill(-2));
    expect(b.maneuver).toMatchObject({ longitudinal: "DECELERATE", targetSpeedMps: 4 });
  });

  test("braking down to standstill is a STOP", () => {
    expect(bound(4, 0, [], { accelMaxMps2: -2 }).maneuver).toMatchObject({
      longitudinal: "STOP",
      targetSpeedMps: 0,
    });
  });

  test("a harder word of the proposal is never softened", () => {
    const p = aProposal(10, 0);
    const maneuver = aManeuver({ longitudinal: "EMERGENCY_BRAKE", targetSpeedMps: 15 });
    const b = boundProposal(maneuver, p.trajectory, p.trajectory, {
      ...{
        speedMps: 10,
        standing: false,
        accelMaxMps2: 2,
        caution: true,
        speedCapMps: 40,
        watched: [],
      },
      cause: "NONE",
    });
    expect(b.maneuver).toMatchObject({ longitudinal: "EMERGENCY_BRAKE", targetSpeedMps: 10 });
  });

  test("a box forbids to accelerate where an obstacle would only limit", () => {
    expect(responseTo(0, lead(1.9, 0)).accelMaxMps2).toBe(2);
    expect(responseTo(0, lead(1.9, 0, true)).accelMaxMps2).toBe(0);
  });
});
