import { expect, test } from "vitest";
import { afterOutput, withRoute } from "./instruction-life.ts";

test("the same words given once keep their life, given again start anew", () => {
  const life = withRoute(undefined, "5 faster", 1_000_000, 10);
  expect(withRoute(life, "5 faster", 1_000_000, 12)).toBe(life);
  expect(withRoute(life, "5 faster", 2_000_000, 12).speedWhenGivenMps).toBe(12);
  expect(withRoute(life, "stop", 1_000_000, 12).text).toBe("stop");
});

test("a lane change marks its phase once, DONE latches until new words", () => {
  let life = withRoute(undefined, "change to the left lane", 0, 10);
  life = afterOutput(life, "ACCEPTED", "KEEP_LANE", 100_000);
  expect(life.phase).toBe("NONE");
  life = afterOutput(life, "ACCEPTED", "LANE_CHANGE_LEFT", 200_000);
  life = afterOutput(life, "ACCEPTED", "LANE_CHANGE_LEFT", 300_000);
  expect(life).toMatchObject({ phase: "LEFT", phaseSinceUs: 200_000 });
  life = afterOutput(life, "DONE", "KEEP_LANE", 400_000);
  life = afterOutput(life, "ACCEPTED", "LANE_CHANGE_RIGHT", 500_000);
  expect(life).toMatchObject({ phase: "DONE", phaseSinceUs: 400_000 });
  expect(withRoute(life, "stop", 600_000, 3).phase).toBe("NONE");
});
