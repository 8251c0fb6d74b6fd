import { describe, expect, test } from "vitest";
import { UnusableInputError } from "../io.ts";
import { flagsOf } from "./plan.fixture.ts";
import { checkFlags, driverLabel, headOf, planRuns } from "./plan.ts";

describe("a model that was helped, or not watched over,", () => {
  test("is never called just model", () => {
    expect(driverLabel(flagsOf())).toBe("model");
    expect(driverLabel(flagsOf({ bev: "truth" }))).toBe("model (ablation: true BevState)");
    expect(driverLabel(flagsOf({ safety: "off" }))).toBe("model (safety off)");
    expect(driverLabel(flagsOf({ bev: "truth", safety: "off" }))).toBe(
      "model (ablation: true BevState, safety off)",
    );
    expect(driverLabel(flagsOf({ driver: "expert" }))).toBe("expert");
  });

  test("has other runs and another head than the scored one, so that no file mixes the two", () => {
    const [scored, helped] = [flagsOf(), flagsOf({ bev: "truth" })];
    expect(headOf(helped, "1")).not.toEqual(headOf(scored, "1"));
    const keys = [scored, helped].flatMap((flags) => planRuns(flags).map(({ key }) => key));
    expect(new Set(keys).size).toBe(4);
  });
});

test("truth for who sees it anyway is refused by name", () => {
  expect(() => checkFlags(flagsOf({ bev: "truth" }))).not.toThrow();
  expect(() => checkFlags(flagsOf({ bev: "truth", driver: "rule" }))).toThrow(UnusableInputError);
  expect(() => checkFlags(flagsOf({ bev: "truth", driver: "rule" }))).toThrow(/found rule/);
});

test("a wanted sky is part of the worlds, their keys and the head; without one all is as it was", () => {
  const [any, fog] = [flagsOf({ count: 2 }), flagsOf({ count: 2, weather: "FOG" })];
  expect(planRuns(fog).map(({ world }) => world.sky)).toEqual(["FOG", "FOG"]);
  expect(planRuns(fog)[0]!.key).toContain(" FOG ");
  expect(headOf(fog, "1")).toEqual({ ...headOf(any, "1"), weather: "FOG" });
  expect(Object.keys(planRuns(any)[0]!.world)).not.toContain("sky");
});
