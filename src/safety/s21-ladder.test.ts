import { describe, expect, test } from "vitest";
import { Ladder, RUNGS } from "./s21-ladder.ts";

const S = 1_000_000;

describe("S21 the ladder", () => {
  test("its rungs are 1.5, 4 and 8 m/s²", () => {
    expect(RUNGS.map((r) => r.brakeMps2)).toEqual([1.5, 4, 8]);
  });

  test("before a stop nothing is due", () => {
    const ladder = new Ladder();
    expect(ladder.rung).toBeUndefined();
    expect(ladder.accelAt(5 * S)).toBe(0);
  });

  test("a comfort stop ramps with 0.6 m/s³ to 1.5 m/s²", () => {
    const ladder = new Ladder();
    ladder.descend(0, 0, 0);
    expect(ladder.accelAt(0)).toBeCloseTo(0, 12);
    expect(ladder.accelAt(1 * S)).toBeCloseTo(-0.6, 9);
    expect(ladder.accelAt(2.5 * S)).toBeCloseTo(-1.5, 9);
    expect(ladder.accelAt(9 * S)).toBe(-1.5);
    ladder.profile(0).forEach((a, i) => {
      expect(a).toBeCloseTo(Math.max(-1.5, -0.6 * (i + 0.5) * 0.5), 9);
    });
  });

  test("the ramp starts where the vehicle brakes already, never from an acceleration", () => {
    const braking = new Ladder();
    braking.descend(0, 0, -1);
    expect(braking.accelAt(0)).toBe(-1);
    const hard = new Ladder();
    hard.descend(0, 0, -3);
    expect(hard.accelAt(0)).toBe(-1.5);
    const speeding = new Ladder();
    speeding.descend(0, 0, 2);
    expect(speeding.accelAt(0)).toBeCloseTo(0, 12);
  });

  test("goes down from where it is, with 5 m/s³, and the emergency brake at once", () => {
    const ladder = new Ladder();
    ladder.descend(0, 0, 0);
    ladder.descend(1, 1 * S, 0);
    expect(ladder.rung).toBe(1);
    expect(ladder.accelAt(1 * S)).toBeCloseTo(-0.6, 9);
    expect(ladder.accelAt(1.2 * S)).toBeCloseTo(-1.6, 9);
    expect(ladder.accelAt(2 * S)).toBe(-4);
    ladder.descend(2, 2 * S, 0);
    expect(ladder.accelAt(2 * S + 10)).toBe(-8);
  });

  test("never goes up, and the same rung again changes nothing", () => {
    const ladder = new Ladder();
    ladder.descend(2, 0, 0);
    ladder.descend(1, S, 0);
    ladder.descend(0, S, 0);
    ladder.descend(2, S, 0);
    expect(ladder.rung).toBe(2);
    expect(ladder.accelAt(S)).toBe(-8);
    const comfort = new Ladder();
    comfort.descend(0, 0, 0);
    comfort.descend(0, S, 0);
    expect(comfort.accelAt(S)).toBeCloseTo(-0.6, 9);
  });

  test("left after a comfort stop, the next one starts anew", () => {
    const ladder = new Ladder();
    ladder.descend(0, 0, 0);
    ladder.leave();
    expect(ladder.rung).toBeUndefined();
    ladder.descend(0, 10 * S, 0);
    expect(ladder.accelAt(11 * S)).toBeCloseTo(-0.6, 9);
  });
});
