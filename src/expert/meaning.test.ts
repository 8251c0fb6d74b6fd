import { expect, test } from "vitest";
import { advanceInstruction, giveInstruction, nextPhase } from "./meaning.ts";

test("the phase follows the lateral maneuver that was put out", () => {
  expect(nextPhase("NONE", "ACCEPTED", "LANE_CHANGE_LEFT")).toBe("LEFT");
  expect(nextPhase("NONE", "ACCEPTED", "LANE_CHANGE_RIGHT")).toBe("RIGHT");
  expect(nextPhase("NONE", "ACCEPTED", "PULL_OVER")).toBe("PULL_OVER");
  expect(nextPhase("LEFT", "ACCEPTED", "KEEP_LANE")).toBe("LEFT");
});

test("done stays done", () => {
  expect(nextPhase("LEFT", "DONE", "KEEP_LANE")).toBe("DONE");
  expect(nextPhase("DONE", "ACCEPTED", "LANE_CHANGE_LEFT")).toBe("DONE");
});

test("the time of a phase is when it began", () => {
  const given = giveInstruction("left lane", { kind: "CHANGE_LANE", side: "LEFT" }, 1_000_000, 9);
  const under = advanceInstruction(given, "ACCEPTED", "LANE_CHANGE_LEFT", 2_000_000);
  const later = advanceInstruction(under, "ACCEPTED", "LANE_CHANGE_LEFT", 3_000_000);
  expect(given.phase).toBe("NONE");
  expect(later).toEqual({ ...given, phase: "LEFT", phaseSinceUs: 2_000_000 });
});
