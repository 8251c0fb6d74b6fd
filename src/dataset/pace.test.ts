import { expect, test } from "vitest";
import { paceOf } from "./pace.ts";

test("fewer samples of a world come from fewer moments of a shorter drive", () => {
  const usual = paceOf("truth");
  const few = paceOf("truth", 21);
  expect(few).toMatchObject({ moments: 3, eyes: 6, stepTicks: usual.stepTicks });
  expect(few.durationS).toBeLessThan(usual.durationS);
  expect(few.durationS / few.moments).toBeGreaterThanOrEqual(4);
  expect(few.oldMoments / 21).toBeCloseTo(usual.oldMoments / 168, 1);
});

test("what is usual, asked for by number, is the same pace", () => {
  expect(paceOf("truth", 168)).toEqual(paceOf("truth"));
  expect(paceOf("rendered", 4)).toEqual(paceOf("rendered"));
});

test("few samples of a world are shared with few other drivers", () => {
  expect(paceOf("truth", 3)).toMatchObject({ moments: 1, eyes: 2 });
  expect(paceOf("truth", 1)).toMatchObject({ moments: 1, eyes: 0, oldMoments: 1 });
});

test("a driven world lends no places: its samples are moments", () => {
  expect(paceOf("truth", 7, false)).toMatchObject({ moments: 7, eyes: 0, durationS: 28 });
});
