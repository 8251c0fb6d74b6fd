import { expect, test } from "vitest";
import { aResult } from "./result.fixture.ts";
import type { CollisionReport } from "./result.ts";
import { formatEstimate, runLine, summarize } from "./summary.ts";

const aHit = (more: Partial<CollisionReport>): CollisionReport => ({
  tS: 3,
  withId: 7,
  kind: "CAR",
  striker: "EGO",
  side: "FRONT",
  egoMps: 5,
  otherMps: 0,
  avoidable: true,
  ...more,
});

const rowsOf = (runs: Parameters<typeof summarize>[0]) =>
  Object.fromEntries(summarize(runs).map((row) => [row.name, row]));

test("shares count runs, and a collision by another is not ego's", () => {
  const rows = rowsOf([
    aResult(),
    aResult({ collisions: [aHit({ striker: "OTHER", avoidable: false })] }),
    aResult({ collisions: [aHit({}), aHit({})] }),
    aResult({ end: "TIMEOUT", completedRatio: 0.5 }),
  ]);
  expect(rows["runs without any breach"]!.estimate!.value).toBe(25);
  expect(rows["runs with a collision"]!.estimate!.value).toBe(50);
  expect(rows["runs with a collision that ego caused"]!.estimate!.value).toBe(25);
  expect(rows["runs with a collision that a careful driver avoids"]!.estimate!.value).toBe(25);
  expect(rows["route completed"]!.estimate!.value).toBe(87.5);
});

test("a run that lasted its time is no failure, and how far it got is not counted", () => {
  const rows = rowsOf([aResult(), aResult({ end: "TIME", completedRatio: 0.3 })]);
  expect(rows["runs without any breach"]!.estimate!.value).toBe(100);
  expect(rows["route completed"]!.estimate).toMatchObject({ value: 100, count: 1 });
});

test("what was never measured is a dash and not a zero", () => {
  const rows = rowsOf([aResult()]);
  expect(formatEstimate(rows["time within comfort bounds"]!)).toBe("-");
  expect(formatEstimate(rows["mean speed"]!)).toBe("7.00 m/s (7.00 to 7.00)");
});

test("a run's line names its breaches", () => {
  const red = { kind: "RED_LIGHT", tS: 12.34, xM: 0, yM: 0, detail: "" } as const;
  expect(runLine(aResult({ infractions: [red] }))).toBe(
    "town route 1: COMPLETED, score 100.0, 100 % of 400 m, 7.0 m/s; RED_LIGHT at 12.3 s",
  );
});
