import { describe, expect, test } from "vitest";
import { CAR } from "../contract/maneuver.ts";
import type { Obstacle } from "../contract/obstacle.ts";
import { aLead } from "./fixtures.cases.ts";
import { SweptPath } from "./swept-path.ts";
import { threatOf } from "./threats.ts";

const steady = (value: number): number[] => new Array<number>(6).fill(value);
const aPath = (curvature = 0): SweptPath =>
  new SweptPath(CAR).lay(10, steady(0), steady(curvature), 60);
const see = (o: Obstacle, path = aPath()) => threatOf(o, path, CAR);

describe("an obstacle as a threat on the path", () => {
  test("a lead ahead: gap from bumper to its rear face, speed along the path", () => {
    expect(see(aLead(12, 6))).toEqual({
      gapM: 12,
      speedMps: 6,
      tracked: true,
      label: "obstacle 7",
    });
  });

  test("an obstacle beside the corridor is none", () => {
    expect(see(aLead(12, 6, { yM: 2.2 }))).toBeUndefined();
    expect(see(aLead(12, 6, { yM: 2.1 }))).toBeDefined();
  });

  test("a velocity that is not known counts as standing", () => {
    const threat = see(aLead(12, 6, { tracked: false }));
    expect(threat).toMatchObject({ speedMps: 0, tracked: false, label: "untracked obstacle 7" });
  });

  test("an oncoming car has a negative speed along the path", () => {
    expect(see(aLead(30, -8))!.speedMps).toBe(-8);
  });

  test("in a bend the velocity is projected on the path where it would be met", () => {
    const path = aPath(0.02);
    const angle = 0.6;
    const at = [50 * Math.sin(angle), 50 * (1 - Math.cos(angle))] as const;
    const hull = [
      [at[0], at[1]],
      [at[0] + 0.1, at[1] + 0.1],
      [at[0], at[1] + 0.1],
    ] as const;
    const threat = see(
      aLead(0, 0, { hull, vxMps: 5 * Math.cos(angle), vyMps: 5 * Math.sin(angle) }),
      path,
    )!;
    expect(threat.speedMps).toBeCloseTo(5, 1);
  });

  test("a truck across the road is seen though no corner of it is in the corridor", () => {
    const hull = [
      [15, -6],
      [17.5, -6],
      [17.5, 6],
      [15, 6],
    ] as const;
    expect(see(aLead(0, 0, { hull }))!.gapM).toBeCloseTo(11.3, 6);
  });

  test("the box stands in for a missing hull", () => {
    const threat = see(aLead(9, 0, { hull: [] }))!;
    expect(threat.gapM).toBeCloseTo(9, 6);
    const turned = see(aLead(9, 0, { hull: [], yawRad: Math.PI / 2 }))!;
    expect(turned.gapM).toBeCloseTo(9 + 2.25 - 0.9, 6);
  });

  test("what hangs higher than 2.5 m is passed under", () => {
    expect(see(aLead(12, 0, { zMinM: 2.6 }))).toBeUndefined();
    expect(see(aLead(12, 0, { zMinM: 2.4 }))).toBeDefined();
  });

  test("carried forward unseen, it is nearer by two sigma, never behind the bumper", () => {
    const unseen = { unseenUs: 100_000, sigmaM: 0.5 };
    expect(see(aLead(12, 6, unseen))!.gapM).toBeCloseTo(11, 9);
    expect(see(aLead(0.5, 6, unseen))!.gapM).toBe(0);
    expect(see(aLead(12, 6, { sigmaM: 0.5 }))!.gapM).toBe(12);
  });

  test("a car abreast counts only where the body itself would touch it", () => {
    const beside = (yM: number): Obstacle => ({
      ...aLead(-2, 0, { yM }),
      xM: 4,
    });
    expect(see(beside(1.95))).toBeUndefined();
    expect(see(beside(1.8))).toMatchObject({ gapM: 0 });
  });

  test("what is far beyond the horizon is left out before any geometry", () => {
    expect(see(aLead(500, 0))).toBeUndefined();
  });
});
