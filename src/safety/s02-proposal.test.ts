import { describe, expect, test } from "vitest";
import { CAR, type Maneuver, type Proposal, type Trajectory } from "../contract/maneuver.ts";
import { SLOTS, TOKEN_RANGES } from "../tokens/vocabulary.ts";
import { aManeuver, aProposal } from "./fixtures.cases.ts";
import {
  maneuverProblem,
  proposalProblem,
  SLOT_RANGES,
  trajectoryProblem,
} from "./s02-proposal.ts";

const problem = (p: Proposal, egoMps: number | undefined = 10): string | undefined =>
  proposalProblem(p, 5, egoMps, CAR);
const good = aProposal(10, 0.5);

test("S02 the checker's own slot table equals the vocabulary", () => {
  expect(SLOT_RANGES).toEqual(
    SLOTS.map((kind) => {
      const { first, count } = TOKEN_RANGES[kind];
      return [first, first + count - 1];
    }),
  );
});

test("S02 a well-formed proposal has no problem, with and without a known ego speed", () => {
  expect(problem(good)).toBeUndefined();
  expect(proposalProblem(good, 5, undefined, CAR)).toBeUndefined();
});

describe("S02 tokens and probabilities", () => {
  const swap = (list: readonly number[], at: number, value: number): number[] =>
    list.map((old, i) => (i === at ? value : old));

  test("a truncated token list is refused", () => {
    expect(problem({ ...good, tokens: good.tokens.slice(0, 18) })).toMatch(/19 tokens.*found 18/);
    expect(problem({ ...good, tokens: [] })).toMatch(/found 0/);
  });

  test.each([
    [3, 999],
    [3, -1],
    [0, 0.5],
    [18, Number.NaN],
    [0, SLOT_RANGES[0]![1] + 1],
    [4, SLOT_RANGES[4]![0] - 1],
  ])("slot %s refuses token %s", (slot, token) => {
    expect(problem({ ...good, tokens: swap(good.tokens, slot, token) })).toMatch(
      new RegExp(`in slot ${slot}`),
    );
  });

  test("probabilities and margins are 0…1 and complete", () => {
    for (const key of ["probabilities", "margins"] as const) {
      expect(problem({ ...good, [key]: good[key].slice(1) })).toMatch(`19 ${key} expected`);
      for (const wrong of [Number.NaN, 1.1, -0.1])
        expect(problem({ ...good, [key]: swap(good[key], 2, wrong) })).toMatch(`found ${wrong}`);
    }
  });
});

describe("S02 the maneuver", () => {
  const wrong = (more: object): string | undefined =>
    maneuverProblem({ ...aManeuver(), ...more } as Maneuver);

  test.each([
    [{ rationale: ["FREE_ROAD"] }, /two rationales/],
    [{ rationale: ["FREE_ROAD", "BOREDOM"] }, /BOREDOM/],
    [{ lateral: "FLY" }, /lateral word expected, found FLY/],
    [{ longitudinal: "REVERSE" }, /longitudinal word expected, found REVERSE/],
    [{ targetSpeedMps: -0.5 }, /found -0.5/],
    [{ targetSpeedMps: 40.5 }, /found 40.5/],
    [{ targetSpeedMps: 10.2 }, /found 10.2/],
    [{ targetSpeedMps: Number.NaN }, /found NaN/],
    [{ gapM: 1.9 }, /gap of 2…120 m expected, found 1.9/],
    [{ gapM: 121 }, /found 121/],
    [{ gapM: Number.NaN }, /found NaN/],
  ])("refuses %o", (more, says) => {
    expect(wrong(more)).toMatch(says);
    expect(problem({ ...good, maneuver: { ...aManeuver(), ...more } as Maneuver })).toMatch(says);
  });

  test("accepts the ends of its ranges", () => {
    for (const more of [{ targetSpeedMps: 0 }, { targetSpeedMps: 40 }, { gapM: 2 }, { gapM: 120 }])
      expect(wrong(more)).toBeUndefined();
  });
});

describe("S02 the trajectory", () => {
  const t = good.trajectory;
  const columns = ["accelMps2", "curvatureInvm", "xM", "yM", "yawRad", "speedMps"] as const;

  test.each(columns)("refuses a short, missing or non-finite %s", (name) => {
    expect(trajectoryProblem({ ...t, [name]: t[name].slice(1) }, CAR)).toMatch(
      new RegExp(`6 values of ${name} expected, found 5`),
    );
    const { [name]: _, ...rest } = t;
    expect(trajectoryProblem(rest as Trajectory, CAR)).toMatch(/found 0/);
    const nan = t[name].map((v, i) => (i === 3 ? Number.NaN : v));
    expect(trajectoryProblem({ ...t, [name]: nan }, CAR)).toMatch(`finite ${name} expected`);
  });

  test("refuses an acceleration or a curvature that no code means", () => {
    const all = (value: number): number[] => t.accelMps2.map(() => value);
    expect(trajectoryProblem({ ...t, accelMps2: all(2.1) }, CAR)).toMatch(/-8…2 m\/s²/);
    expect(trajectoryProblem({ ...t, accelMps2: all(-8.1) }, CAR)).toMatch(/found -8.1/);
    expect(trajectoryProblem({ ...t, curvatureInvm: all(0.25) }, CAR)).toMatch(/±0.244/);
    expect(trajectoryProblem({ ...t, curvatureInvm: all(-0.25) }, CAR)).toMatch(/±0.244/);
  });

  test("refuses positions or speeds that its own codes do not give", () => {
    const shift = (list: readonly number[], by: number): number[] => list.map((v) => v + by);
    expect(problem({ ...good, trajectory: { ...t, yM: shift(t.yM, 0.6) } })).toMatch(/0.60 m/);
    expect(problem({ ...good, trajectory: { ...t, speedMps: shift(t.speedMps, 0.3) } })).toMatch(
      /0.30 m\/s/,
    );
    expect(problem(good, 11)).toMatch(/step 0/);
  });
});

describe("S02 the rest of the proposal", () => {
  test("refuses a proposal for an observation that is yet to come", () => {
    expect(problem({ ...good, observationId: 6 })).toMatch(/observation 5 or earlier/);
    expect(problem({ ...good, observationId: Number.NaN })).toMatch(/found NaN/);
    expect(problem({ ...good, observationId: 5 })).toBeUndefined();
  });

  test("refuses a stamp that is no number and an answer that is no word", () => {
    expect(problem({ ...good, stampUs: Number.NaN })).toMatch(/finite stamp/);
    expect(problem({ ...good, answer: "MAYBE" as never })).toMatch(/MAYBE/);
  });

  test("a proposal without any trajectory is refused, not an error", () => {
    const none = undefined as unknown as Parameters<typeof trajectoryProblem>[0];
    expect(trajectoryProblem(none, CAR)).toBe("6 values of accelMps2 expected, found 0");
  });
});
