import { describe, expect, test } from "vitest";
import type { SafetyResult } from "../contract/decision.ts";
import { CAR, LATERALS, type Lateral } from "../contract/maneuver.ts";
import type { Obstacle } from "../contract/obstacle.ts";
import { rollOut } from "../geometry/bicycle.ts";
import {
  aField,
  aLead,
  aManeuver,
  anEgo,
  aProposal,
  aTick,
  PERIOD_US,
  START_US,
  without,
} from "./fixtures.cases.ts";
import { SIDE_OF, sideDanger } from "./s09-lateral.ts";
import { Supervisor } from "./supervisor.ts";

/** A car of 4.5 m whose rear bumper is `rearM` ahead of the ego's rear axle, `yM` to the left. */
const aCar = (rearM: number, speedMps: number, yM: number, more: Partial<Obstacle> = {}) =>
  aLead(rearM - 3.7, speedMps, { yM, ...more });
/** Curvatures that begin to move to the left at 10 m/s. */
const SWERVE = [0.006, 0.01, 0, -0.01, -0.006, 0];
const toLeft = rollOut(10, new Array<number>(6).fill(0), SWERVE);
const toRight = rollOut(
  10,
  new Array<number>(6).fill(0),
  SWERVE.map((k) => -k),
);

const danger = (cars: readonly Obstacle[], lateral: Lateral = "LANE_CHANGE_LEFT", yawRad = 0) =>
  sideDanger(cars, {
    lateral,
    trajectory: SIDE_OF[lateral] < 0 ? toRight : toLeft,
    pose: { curvatureInvm: 0, yawRad, offsetM: 0 },
    ...{ speedMps: 10, accelMps2: 0, vehicle: CAR },
  });

describe("S09 who makes a lane change dangerous", () => {
  test("nobody there: nobody", () => {
    expect(danger([])).toBeUndefined();
  });

  test("a car beside, standing or moving, on the side of the change only", () => {
    for (const speedMps of [0, 10, 15]) {
      expect(danger([aCar(-1, speedMps, 3.5)])).toMatchObject({ gapM: 0, minM: 1 });
      expect(danger([aCar(-1, speedMps, -3.5)])).toBeUndefined();
      expect(danger([aCar(-1, speedMps, -3.5)], "LANE_CHANGE_RIGHT")).toBeDefined();
    }
  });

  test("a car two lanes over is not in the way, unless it comes nearer", () => {
    expect(danger([aCar(-1, 10, 7)])).toBeUndefined();
    expect(danger([aCar(-1, 10, 7, { vyMps: -1.5 })])).toBeDefined();
  });

  test("a follower in the target lane: same-direction RSS from it to the ego", () => {
    // 10 behind 10 m/s with ρ 1, b 4 and 8: 10 + 12.5 − 6.25 + 1 = 17.25 m behind the rear bumper.
    const behind = (gapM: number, speedMps: number) => aCar(-1 - gapM - 4.5, speedMps, 3.5);
    expect(danger([behind(17.2, 10)])).toMatchObject({ minM: 17.25 });
    expect(danger([behind(17.3, 10)])).toBeUndefined();
    expect(danger([behind(30, 15)])).toBeDefined();
    expect(danger([behind(60, 15)])).toBeUndefined();
    expect(danger([behind(5, 0)])).toBeUndefined();
  });

  test("a follower of unknown speed counts as fast as the ego", () => {
    const unknown = { tracked: false };
    expect(danger([aCar(-15, 0, 3.5, unknown)])).toBeDefined();
    expect(danger([aCar(-30, 0, 3.5, unknown)])).toBeUndefined();
  });

  test("a lead, a standing car and an oncoming car in the target lane", () => {
    const ahead = (gapM: number, speedMps: number) => danger([aCar(3.7 + gapM, speedMps, 3.5)]);
    expect(ahead(12, 10)).toBeDefined();
    expect(ahead(12.5, 10)).toBeUndefined();
    expect(ahead(18, 0)).toBeDefined();
    expect(ahead(19, 0)).toBeUndefined();
    expect(ahead(35, -10)).toBeDefined();
    expect(ahead(90, -10)).toBeUndefined();
  });

  test("a car ahead or behind in the own lane is not beside", () => {
    expect(danger([aCar(12, 10, 0), aCar(-8, 12, 0)])).toBeUndefined();
  });

  test("what cannot be used or hangs high is left out; what is unseen is nearer by two sigma", () => {
    expect(danger([aCar(-1, 10, 3.5, { vxMps: Number.NaN })])).toBeUndefined();
    expect(danger([aCar(-1, 10, 3.5, { zMinM: 3 })])).toBeUndefined();
    const follower = aCar(-1 - 17.3 - 4.5, 10, 3.5, { unseenUs: 100_000, sigmaM: 0.5 });
    expect(danger([follower])).toBeDefined();
  });

  test("the road bends: what is beside the bend is beside", () => {
    const curvatureInvm = 0.02;
    const trajectory = rollOut(
      10,
      new Array<number>(6).fill(0),
      SWERVE.map((k) => k + 0.02),
    );
    const w = {
      lateral: "LANE_CHANGE_LEFT",
      ...{ trajectory, speedMps: 10, accelMps2: 0, vehicle: CAR },
      pose: { curvatureInvm, yawRad: 0, offsetM: 0 },
    } as const;
    // 12 m along the arc of radius 50 m, one lane to its left.
    const angle = 12 * curvatureInvm;
    const hull = [
      [46.5 * Math.sin(angle), 50 - 46.5 * Math.cos(angle)],
      [46.5 * Math.sin(angle) + 0.5, 50 - 46.5 * Math.cos(angle)],
      [46.5 * Math.sin(angle), 50.5 - 46.5 * Math.cos(angle)],
    ] as const;
    const [xM, yM] = hull[0];
    const bike = aLead(0, 5, {
      xM,
      yM,
      hull,
      vxMps: 5 * Math.cos(angle),
      vyMps: 5 * Math.sin(angle),
    });
    expect(sideDanger([bike], w)).toBeDefined();
    expect(sideDanger([{ ...bike, vxMps: 30, vyMps: 7 }], w)).toBeUndefined();
  });

  test("a nudge needs only the way it goes", () => {
    expect(danger([aCar(-1, 10, 2.6)], "NUDGE_LEFT")).toBeDefined();
    expect(danger([aCar(-1, 10, 3.8)], "NUDGE_LEFT")).toBeUndefined();
    expect(danger([aCar(-1, 10, 3.8)], "LANE_CHANGE_LEFT")).toBeDefined();
    expect(danger([aCar(-1, 10, -2.6)], "PULL_OVER")).toBeDefined();
  });

  test("moving to the side already, a car needs more room beside it", () => {
    expect(danger([aCar(-1, 10, 3.8)], "NUDGE_LEFT", 0.15)).toBeDefined();
  });

  test("before a turn those who pass on its side count, not what stands there", () => {
    const bike = aCar(-6, 5, -2.5, { lengthM: 1.8 });
    expect(danger([bike], "TURN_RIGHT")).toBeDefined();
    expect(danger([{ ...bike, vxMps: 0 }], "TURN_RIGHT")).toBeUndefined();
    expect(danger([{ ...bike, tracked: false }], "TURN_RIGHT")).toBeUndefined();
    expect(danger([bike], "TURN_LEFT")).toBeUndefined();
    expect(danger([aCar(8, 5, -2.5)], "TURN_RIGHT")).toBeUndefined();
  });

  test("words that keep the lane have no side", () => {
    for (const lateral of LATERALS.filter((l) => SIDE_OF[l] === 0))
      expect(danger([aCar(-1, 10, 3.5)], lateral)).toBeUndefined();
  });
});

describe("S09 in the supervisor", () => {
  type Scene = { readonly cars?: readonly Obstacle[]; readonly lateral?: Lateral; v?: number };
  const tick = (
    t: number,
    { cars = [], lateral = "LANE_CHANGE_LEFT", v = 10 }: Scene,
    yawRate = 0,
  ) => {
    const stampUs = START_US + t * PERIOD_US;
    const bend = lateral === "TURN_RIGHT" ? SWERVE.map(() => 0.06) : SWERVE;
    const curvatureInvm = bend.map((k) => k * Math.sign(SIDE_OF[lateral]));
    const maneuver = aManeuver({ lateral, targetSpeedMps: 12, longitudinal: "ACCELERATE" });
    return aTick(t, v, {
      ego: anEgo(v, { stampUs, yawRateRadps: yawRate }),
      obstacles: aField(cars, { stampUs }),
      proposal: aProposal(v, 0.3, { stampUs, observationId: t, maneuver, curvatureInvm }),
    });
  };
  const beside = aCar(-1, 10, 3.5);
  const drive = (ticks: number, scene: Scene, yawRate = 0): SafetyResult[] => {
    const s = new Supervisor();
    return Array.from({ length: ticks }, (_, t) => s.supervise(tick(t, scene, yawRate)));
  };

  test("a free lane change is approved", () => {
    expect(drive(1, {})[0]).toMatchObject({ mode: "NORMAL", verdict: "APPROVED" });
  });

  test("with a car beside it is refused, not braked for: the lane is kept and the drive goes on", () => {
    const [r] = drive(1, { cars: [beside] });
    expect(r).toMatchObject({
      ...{ mode: "NORMAL", verdict: "MODIFIED", hazardLights: false },
      maneuver: { lateral: "KEEP_LANE", rationale: ["LANE_BLOCKED", "FREE_ROAD"] },
    });
    expect(r!.hits[0]).toMatchObject({ rule: "S09", mode: "NORMAL", value: 0, limit: 1 });
    expect(r!.trajectory.yM.every((y) => Math.abs(y) < 0.01)).toBe(true);
    expect(r!.accelLimitMps2).toBeGreaterThan(0);
  });

  test("one that stays refused for 3 s is slowed down for, and taken up again when it is free", () => {
    const s = new Supervisor();
    const results = Array.from({ length: 40 }, (_, t) =>
      s.supervise(tick(t, { cars: t < 35 ? [beside] : [] })),
    );
    expect(results[29]!.accelLimitMps2).toBeGreaterThan(0);
    expect(results[30]!.accelLimitMps2).toBe(-1.5);
    expect(results[30]!.mode).toBe("NORMAL");
    expect(results[36]!.maneuver.lateral).toBe("LANE_CHANGE_LEFT");
  });

  test("standing beside standing traffic it may still move off in its lane", () => {
    const results = drive(40, { cars: [aCar(-1, 0, 3.5)], v: 0 });
    expect(results[39]!.accelLimitMps2).toBeGreaterThan(0);
    expect(results[39]!.maneuver.lateral).toBe("KEEP_LANE");
  });

  test("half-way over, the vehicle is set parallel to the road where it is", () => {
    const s = new Supervisor();
    // As the proposal steers: 0.06 rad/s for 1 s.
    for (let t = 0; t < 10; t++) s.supervise(tick(t, {}, 0.06));
    const r = s.supervise(tick(10, { cars: [aCar(-1, 10, 3)] }, 0.06));
    expect(r.maneuver.lateral).toBe("KEEP_LANE");
    const [first, second, , , , last] = r.trajectory.curvatureInvm;
    expect(first).toBeLessThan(0.006);
    expect(second).toBeLessThan(-0.004);
    expect(last).toBeCloseTo(0, 9);
  });

  test("into something that must be braked for it is refused, as the present path is free", () => {
    const points = new Float32Array([11, 1.3, 1, 11, 1.4, 1, 11, 1.5, 1]);
    const input = tick(0, {});
    const obstacles = { ...input.obstacles!, untrackedXyz: points };
    const r = new Supervisor().supervise({ ...input, obstacles });
    expect(r).toMatchObject({ mode: "NORMAL", maneuver: { lateral: "KEEP_LANE" } });
    expect(r.hits[0]).toMatchObject({ rule: "S09", unit: "mps2" });
  });

  test("without an obstacle field nothing can be judged: refused", () => {
    const s = new Supervisor();
    s.supervise(tick(0, {}));
    const r = s.supervise(without(tick(1, {}), "obstacles"));
    expect(r.maneuver.lateral).toBe("KEEP_LANE");
    expect(r.hits.map((h) => h.rule)).toContain("S09");
  });

  test("before a turn whoever passes is let pass: the way is held and the vehicle slows down", () => {
    const bike = aCar(-6, 5, -2.5, { lengthM: 1.8 });
    const [r] = drive(1, { cars: [bike], lateral: "TURN_RIGHT", v: 5 });
    expect(r).toMatchObject({ mode: "NORMAL", accelLimitMps2: -1.5 });
    expect(r!.maneuver).toMatchObject({ lateral: "KEEP_LANE", longitudinal: "DECELERATE" });
    expect(Math.abs(r!.trajectory.yM[5]!)).toBeLessThan(0.01);
  });

  test("within a turn the way is kept and the vehicle slows down", () => {
    const s = new Supervisor();
    for (let t = 0; t < 10; t++) s.supervise(tick(t, { lateral: "TURN_RIGHT", v: 5 }, -0.4));
    // On the old road, whose heading is 0.44 rad to the left, 4 m behind and 2 m to the right.
    const hull = [
      [-3, -3.7],
      [-2.5, -3.5],
      [-2.8, -3.2],
    ] as const;
    const bike = aLead(0, 0, { hull, xM: -2.8, yM: -3.5, vxMps: 4.6, vyMps: 2 });
    const r = s.supervise(tick(10, { cars: [bike], lateral: "TURN_RIGHT", v: 5 }, -0.4));
    expect(r.accelLimitMps2).toBeLessThanOrEqual(-1.5);
    expect(r.trajectory.curvatureInvm[1]).toBeLessThan(0);
  });
});
