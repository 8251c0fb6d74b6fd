import { describe, expect, test } from "vitest";
import { AbsenceClock, absenceDemand, modeOfAbsence } from "./absence.ts";

describe("the ladder of absence", () => {
  test.each([
    [1, "CAUTION"],
    [300_000, "CAUTION"],
    [300_001, "COMFORT_STOP"],
    [1_000_000, "COMFORT_STOP"],
    [1_000_001, "EMERGENCY_STOP"],
    [60_000_000, "EMERGENCY_STOP"],
  ] as const)("%s µs of absence ask for %s", (us, mode) => {
    expect(modeOfAbsence(us)).toBe(mode);
  });

  test("only an absence above one second starts a minimal-risk maneuver", () => {
    expect(absenceDemand("ego", 1_000_000, "S03", "CAUTION", "x").mrm).toBe(false);
    expect(absenceDemand("ego", 1_000_001, "S03", "CAUTION", "x").mrm).toBe(true);
  });

  test("the first reaction of the fault table is kept where it is stricter", () => {
    const d = absenceDemand("proposal", 100_000, "S02", "COMFORT_STOP", "no proposal");
    expect(d.hit).toEqual({
      rule: "S02",
      mode: "COMFORT_STOP",
      value: 0.1,
      limit: 0.3,
      unit: "s",
      detail: "proposal absent for 100 ms: no proposal",
    });
  });

  test("the limit in the hit is the next step of the ladder", () => {
    expect(absenceDemand("ego", 300_000, "S03", "CAUTION", "x").hit.limit).toBe(0.3);
    expect(absenceDemand("ego", 300_001, "S03", "CAUTION", "x").hit.limit).toBe(1);
  });
});

describe("the clock of absence", () => {
  test("counts from the last arrival, and an arrival clears it", () => {
    const clock = new AbsenceClock();
    expect(clock.update("ego", true, 1_000_000, 100_000)).toBe(0);
    expect(clock.update("ego", false, 1_100_000, 100_000)).toBe(100_000);
    expect(clock.update("ego", false, 1_200_000, 100_000)).toBe(200_000);
    expect(clock.update("ego", true, 1_300_000, 100_000)).toBe(0);
    expect(clock.update("ego", false, 1_400_000, 100_000)).toBe(100_000);
  });

  test("before the first arrival it counts from the tick before the first", () => {
    const clock = new AbsenceClock();
    expect(clock.update("sight", false, 5_000_000, 100_000)).toBe(100_000);
    expect(clock.update("sight", false, 5_100_000, 100_000)).toBe(200_000);
  });

  test("groups are timed apart", () => {
    const clock = new AbsenceClock();
    clock.update("ego", true, 0, 100_000);
    clock.update("sight", true, 300_000, 100_000);
    expect(clock.update("ego", false, 400_000, 100_000)).toBe(400_000);
    expect(clock.update("sight", false, 400_000, 100_000)).toBe(100_000);
  });
});
