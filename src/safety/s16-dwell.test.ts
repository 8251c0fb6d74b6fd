import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SafetyResult } from "../contract/decision.ts";
import { LATERALS, type Lateral, LONGITUDINALS, type Longitudinal } from "../contract/maneuver.ts";
import { STRICTNESS } from "./bound.ts";
import {
  aField,
  aLead,
  aManeuver,
  aProposal,
  aTick,
  PERIOD_US,
  START_US,
} from "./fixtures.cases.ts";
import { SIDE_OF } from "./s09-lateral.ts";
import { type SafetyInput, Supervisor } from "./supervisor.ts";

/** What the planner says at one tick; its acceleration and target fit the word. */
type Say = {
  readonly word: Longitudinal;
  readonly lateral?: Lateral;
  readonly accelMps2?: number;
  readonly targetSpeedMps?: number;
  readonly curvatureInvm?: number;
};
const ACCEL_OF: Readonly<Record<Longitudinal, number>> = {
  ...{ ACCELERATE: 1, KEEP_SPEED: 0, DECELERATE: -0.5, STOP: -1, WAIT: 0, EMERGENCY_BRAKE: -6 },
};

function tickOf(tick: number, say: Say, more: Partial<SafetyInput> = {}): SafetyInput {
  const { word, lateral = "KEEP_LANE", targetSpeedMps = STRICTNESS[word] > 1 ? 0 : 15 } = say;
  const stampUs = START_US + tick * PERIOD_US;
  const accelMps2 = say.accelMps2 ?? ACCEL_OF[word];
  const proposal = aProposal(10, accelMps2, {
    maneuver: aManeuver({ lateral, longitudinal: word, targetSpeedMps }),
    ...{ stampUs, observationId: tick, curvatureInvm: say.curvatureInvm ?? 0 },
  });
  return aTick(tick, 10, { proposal, ...more });
}
const drive = (says: readonly Say[], more: Partial<SafetyInput> = {}): SafetyResult[] => {
  const s = new Supervisor();
  return says.map((say, tick) => s.supervise(tickOf(tick, say, more)));
};
const words = (...list: Longitudinal[]): Say[] => list.map((word) => ({ word }));
const wordsOf = (results: readonly SafetyResult[]) => results.map((r) => r.maneuver.longitudinal);
const sidesOf = (results: readonly SafetyResult[]) => results.map((r) => r.maneuver.lateral);
const s16 = (r: SafetyResult | undefined) => r?.hits.find((hit) => hit.rule === "S16");

describe("S16 the word that slows or drives", () => {
  test("a freer word is taken 300 ms after the last change, a stricter one at once", () => {
    const results = drive(words("KEEP_SPEED", "STOP", "ACCELERATE", "ACCELERATE", "ACCELERATE"));
    expect(wordsOf(results)).toEqual(["KEEP_SPEED", "STOP", "STOP", "STOP", "ACCELERATE"]);
    expect(results.map((r) => r.verdict)).toEqual([
      ...["APPROVED", "APPROVED", "MODIFIED", "MODIFIED", "APPROVED"],
    ]);
    expect(results.every((r) => r.mode === "NORMAL")).toBe(true);
  });

  test("the hold says so: rule, time found, time expected", () => {
    const held = drive(words("KEEP_SPEED", "DECELERATE", "ACCELERATE"))[2];
    expect(s16(held)).toEqual({
      ...{ rule: "S16", mode: "NORMAL", value: 0.1, limit: 0.3, unit: "s" },
      detail: "ACCELERATE after DECELERATE: 0.3 s since the last change expected, found 0.10 s",
    });
  });

  test("the first word, and one that has been in force for 300 ms, hold nothing", () => {
    expect(wordsOf(drive(words("ACCELERATE")))).toEqual(["ACCELERATE"]);
    const long = drive(words("STOP", "STOP", "ACCELERATE"));
    expect(wordsOf(long)).toEqual(["STOP", "STOP", "ACCELERATE"]);
    expect(long.some(s16)).toBe(false);
  });

  test("what is held goes on: no acceleration, gentle braking, target and reason in force", () => {
    const results = drive([
      { word: "KEEP_SPEED" },
      { word: "DECELERATE", accelMps2: -0.9, targetSpeedMps: 6 },
      { word: "ACCELERATE", accelMps2: 2, targetSpeedMps: 15 },
    ]);
    expect(results[2]).toMatchObject({
      maneuver: { longitudinal: "DECELERATE", targetSpeedMps: 6 },
      trajectory: { accelMps2: Array(6).fill(-0.9) },
    });
    expect(results[2]!.accelLimitMps2).toBe(0);
  });

  test("hard braking that is not asked for any more is eased to 1.5 m/s²", () => {
    const results = drive([
      { word: "KEEP_SPEED" },
      { word: "STOP", accelMps2: -2.5 },
      { word: "KEEP_SPEED" },
    ]);
    expect(results[2]!.trajectory.accelMps2).toEqual(Array(6).fill(-1.5));
  });

  test("an emergency brake ends with its threat; the stop after it is held", () => {
    const results = drive(words("KEEP_SPEED", "EMERGENCY_BRAKE", "KEEP_SPEED", "STOP", "WAIT"));
    expect(wordsOf(results)).toEqual([
      ...["KEEP_SPEED", "EMERGENCY_BRAKE", "STOP", "STOP", "WAIT"],
    ]);
    expect(results[2]!.trajectory.accelMps2[0]).toBe(-1.5);
  });

  test("a held word is bounded by what is ahead like any other", () => {
    const says = words("KEEP_SPEED", "DECELERATE", "ACCELERATE");
    const field = (tick: number) =>
      aField([aLead(12, 2)], { stampUs: START_US + tick * PERIOD_US });
    const s = new Supervisor();
    const results = says.map((say, i) => s.supervise(tickOf(i, say, { obstacles: field(i) })));
    const free = new Supervisor().supervise(
      tickOf(0, { word: "ACCELERATE" }, { obstacles: field(0) }),
    );
    expect(results[2]!.accelLimitMps2).toBeLessThanOrEqual(free.accelLimitMps2);
    expect(results[2]!.accelLimitMps2).toBeLessThan(-1.5);
  });

  test("ticks without a usable proposal change nothing in the words in force", () => {
    const s = new Supervisor();
    s.supervise(tickOf(0, { word: "KEEP_SPEED" }));
    s.supervise(tickOf(1, { word: "STOP" }));
    const { proposal: _none, ...lost } = tickOf(2, { word: "STOP" });
    s.supervise(lost);
    expect(s16(s.supervise(tickOf(3, { word: "ACCELERATE" })))).toMatchObject({ value: 0.2 });
  });
});

describe("S16 the side", () => {
  const left = (more: Partial<Say> = {}): Say => ({
    ...{ word: "KEEP_SPEED", lateral: "LANE_CHANGE_LEFT", curvatureInvm: 0.002, ...more },
  });
  const stay: Say = { word: "KEEP_SPEED" };

  test("a way to the side is taken 300 ms after the last change, back into the lane at once", () => {
    const results = drive([left({ curvatureInvm: 0 }), stay, left(), left(), left()]);
    expect(sidesOf(results)).toEqual([
      ...["LANE_CHANGE_LEFT", "KEEP_LANE", "KEEP_LANE", "KEEP_LANE", "LANE_CHANGE_LEFT"],
    ]);
    expect(s16(results[2])).toMatchObject({
      detail: expect.stringMatching(/^LANE_CHANGE_LEFT after KEEP_LANE: 0\.3 s/),
    });
    // The lane is kept on the way it was last driven, for no other reason than before.
    expect(results[3]!.trajectory.curvatureInvm).toEqual(results[1]!.trajectory.curvatureInvm);
    expect(results[3]!.maneuver.rationale).toEqual(["FREE_ROAD", "NONE"]);
    expect(results[3]!.verdict).toBe("MODIFIED");
  });

  test("from one side to the other the lane is kept meanwhile", () => {
    const right = left({ lateral: "LANE_CHANGE_RIGHT", curvatureInvm: -0.002 });
    expect(sidesOf(drive([stay, left(), right, right, right, right]))).toEqual([
      ...["KEEP_LANE", "LANE_CHANGE_LEFT", "KEEP_LANE", "KEEP_LANE", "KEEP_LANE"],
      "LANE_CHANGE_RIGHT",
    ]);
  });

  test("a word that leads to the same side is no change, nor are KEEP_LANE and GO_STRAIGHT", () => {
    const same = drive([
      ...[stay, { ...stay, lateral: "GO_STRAIGHT" } as const, stay, left()],
      left({ lateral: "NUDGE_LEFT" }),
    ]);
    expect(same.some(s16)).toBe(false);
  });

  test("a way round what the lane leads to is not held", () => {
    const s = new Supervisor();
    const fieldAt = (tick: number) =>
      aField([aLead(9, 0, { yM: -2.1 })], { stampUs: START_US + tick * PERIOD_US });
    const nudge: Say = { word: "KEEP_SPEED", lateral: "NUDGE_LEFT", curvatureInvm: 0.025 };
    s.supervise(tickOf(0, { ...nudge, curvatureInvm: 0 }));
    s.supervise(tickOf(1, stay));
    const round = s.supervise(tickOf(2, nudge, { obstacles: fieldAt(2) }));
    expect(s16(round)).toBeUndefined();
    expect(round.maneuver.lateral).toBe("NUDGE_LEFT");
  });

  test("where S09 refuses the side, its word stands", () => {
    const beside = (tick: number) =>
      aField([aLead(-5, 10, { yM: 3.5 })], { stampUs: START_US + tick * PERIOD_US });
    const s = new Supervisor();
    for (const [i, say] of [left(), stay].entries()) s.supervise(tickOf(i, say));
    const refused = s.supervise(tickOf(2, left(), { obstacles: beside(2) }));
    expect(s16(refused)).toBeUndefined();
    expect(refused.maneuver.rationale[0]).toBe("LANE_BLOCKED");
  });
});

describe("S16 whatever the planner says", () => {
  /** Accelerations fit the word and the envelope, so that no other rule changes a word. */
  const aSay: fc.Arbitrary<Say> = fc.record({
    word: fc.constantFrom(...LONGITUDINALS),
    lateral: fc.constantFrom(...LATERALS),
    targetSpeedMps: fc.integer({ min: 0, max: 80 }).map((k) => k / 2),
  });
  const says = fc.array(aSay, { minLength: 12, maxLength: 40 });

  test("at most one change per 300 ms, except to what is stricter", () => {
    fc.assert(
      fc.property(says, (list) => {
        const results = drive(list);
        let [wordAt, sideAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
        results.forEach((r, i) => {
          if (i === 0) return;
          const before = results[i - 1]!.maneuver;
          const wordsTo = (word: Longitudinal) => (word === "EMERGENCY_BRAKE" ? "STOP" : word);
          const from = STRICTNESS[wordsTo(before.longitudinal)];
          const to = STRICTNESS[wordsTo(r.maneuver.longitudinal)];
          if (to < from) expect(i - wordAt, `word at tick ${i}`).toBeGreaterThanOrEqual(3);
          if (to !== from) wordAt = i;
          const side = SIDE_OF[r.maneuver.lateral];
          const changes = side !== SIDE_OF[before.lateral];
          if (changes && side !== 0) expect(i - sideAt, `side at ${i}`).toBeGreaterThanOrEqual(3);
          if (changes) sideAt = i;
        });
      }),
    );
  });

  test("what is held is never less safe than what was asked for", () => {
    fc.assert(
      fc.property(says, (list) => {
        drive(list).forEach((r, i) => {
          const asked = list[i]!;
          const { longitudinal, targetSpeedMps, lateral } = r.maneuver;
          const word = asked.word === "EMERGENCY_BRAKE" ? "STOP" : asked.word;
          expect(STRICTNESS[longitudinal]).toBeGreaterThanOrEqual(STRICTNESS[word]);
          expect(targetSpeedMps).toBeLessThanOrEqual(asked.targetSpeedMps!);
          expect([0, SIDE_OF[asked.lateral!]]).toContain(SIDE_OF[lateral]);
          const fresh = new Supervisor().supervise(tickOf(i, asked));
          expect(r.accelLimitMps2).toBeLessThanOrEqual(fresh.accelLimitMps2 + 1e-9);
        });
      }),
    );
  });
});
