import { describe, expect, test } from "vitest";
import type { Decision, SafetyResult } from "../contract/decision.ts";
import { CAR } from "../contract/maneuver.ts";
import { lastResort } from "./s22-own-stop.ts";
import { decisionProblem, resultProblem, VALID_MS_MAX } from "./s24-sealable.ts";

const good: SafetyResult = lastResort(10, 0, "S00", "why", false, CAR);
const aDecision = (more: Partial<Decision> = {}): Decision => ({
  ...good,
  id: 1,
  observationId: 1,
  observationStampUs: 1_700_000_000_000_000,
  decidedUs: 1_700_000_000_050_000,
  validMs: 300,
  answer: "NONE",
  answerDetail: "",
  sentence: "",
  probabilities: [],
  ages: [],
  faults: [],
  modelHash: "a",
  configHash: "b",
  timing: {
    ...{ decodeMs: 0, pillarsMs: 0, bevMs: 0, obstaclesMs: 0, plannerMs: 0 },
    ...{ safetyMs: 0, sealMs: 0, totalMs: 0 },
  },
  ...more,
});
const hit = good.hits[0]!;

describe("S24 what a result must hold before it can be sealed", () => {
  test("a complete one has no problem", () => {
    expect(resultProblem(good, CAR)).toBeUndefined();
  });

  test.each([
    [{ mode: "AUTO" }, /a mode expected, found AUTO/],
    [{ verdict: "FINE" }, /a verdict expected, found FINE/],
    [{ accelLimitMps2: 2.1 }, /found 2.1/],
    [{ accelLimitMps2: -8.1 }, /found -8.1/],
    [{ accelLimitMps2: Number.NaN }, /found NaN/],
    [{ hits: [{ ...hit, rule: "S99" }] }, /rule id expected in a hit, found S99/],
    [{ hits: [{ ...hit, mode: "?" }] }, /mode expected in hit S00/],
    [{ hits: [{ ...hit, value: Number.NaN }] }, /found NaN and 0/],
    [{ hits: [hit, { ...hit, limit: Number.POSITIVE_INFINITY }] }, /found 1 and Infinity/],
    [{ maneuver: { ...good.maneuver, targetSpeedMps: 0.3 } }, /target speed/],
    [{ trajectory: { ...good.trajectory, xM: [] } }, /6 values of xM/],
  ])("%o is not sealed", (more, says) => {
    expect(resultProblem({ ...good, ...more } as SafetyResult, CAR)).toMatch(says);
  });
});

describe("S24 what a decision must hold before it can be sealed", () => {
  test("a complete one has no problem", () => {
    expect(VALID_MS_MAX).toBe(300);
    expect(decisionProblem(aDecision(), CAR)).toBeUndefined();
  });

  test.each([
    [{ id: 1.5 }, /integer id/],
    [{ observationId: Number.NaN }, /integer observationId/],
    [{ observationStampUs: Number.NaN }, /integer observationStampUs/],
    [{ decidedUs: 0.5 }, /integer decidedUs/],
    [{ validMs: 301 }, /up to 300 ms expected, found 301/],
    [{ validMs: 0 }, /found 0/],
    [{ validMs: Number.NaN }, /found NaN/],
    [{ modelHash: "" }, /hash/],
    [{ configHash: "" }, /hash/],
    [{ accelLimitMps2: 3 }, /acceleration limit/],
  ])("%o is not sealed", (more, says) => {
    expect(decisionProblem(aDecision(more), CAR)).toMatch(says);
  });
});
