import { expect, test } from "vitest";
import { AllowedPace, type PaceBounds } from "./allowed-pace.ts";

function paceOf(seconds: number, at: (tS: number) => PaceBounds): AllowedPace {
  const pace = new AllowedPace();
  for (let i = 0; i < seconds * 10; i++) pace.add(at(i / 10), 0.1);
  return pace;
}

test("half the limit on a free road is half the pace", () => {
  const slow = paceOf(100, () => ({ speedMps: 5, freeMps: 10 }));
  expect(slow.ratio).toBeGreaterThan(0.5);
  expect(slow.ratio).toBeLessThan(0.52);
});

test("behind a slow vehicle its speed is what is allowed", () => {
  const lead = { gapM: 12, speedMps: 4 };
  expect(paceOf(20, () => ({ speedMps: 4, freeMps: 14, lead })).ratio).toBeCloseTo(1, 3);
  const far = { gapM: 80, speedMps: 4 };
  expect(paceOf(20, () => ({ speedMps: 4, freeMps: 14, lead: far })).ratio).toBeLessThan(0.5);
});

test("waiting at a closed line costs nothing, and moving off takes its time", () => {
  expect(paceOf(30, () => ({ speedMps: 0, freeMps: 14, closedM: 2 })).ratio).toBeUndefined();
  const starts = paceOf(8, (t) => ({ speedMps: 1.5 * t, freeMps: 20 }));
  expect(starts.ratio).toBeGreaterThan(0.97);
});

test("driving over the limit does not make up for waiting", () => {
  const pace = paceOf(60, (t) => ({ speedMps: t < 30 ? 0 : 20, freeMps: 10 }));
  expect(pace.ratio).toBe(1);
  expect(pace.allowedM).toBeGreaterThan(560);
});
