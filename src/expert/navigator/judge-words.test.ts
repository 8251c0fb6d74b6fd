import { describe, expect, test } from "vitest";
import { answering, drive, graph, MIDDLE_M, outcome, ramp, WIDTH_M } from "./judge.fixture.ts";
import { judgeInstruction } from "./judge.ts";
import type { NavMeaning } from "./nav-meaning.ts";
import type { Instant } from "./trace.fixture.ts";

describe("wrong words", () => {
  test("nonsense is to be refused as such", () => {
    const words = { kind: "NONSENSE" } as const;
    expect(outcome(words, drive(answering("REFUSED_NOT_UNDERSTOOD")))).toBe("REFUSED_RIGHTLY");
    expect(outcome(words, drive(answering("REFUSED_UNSAFE")))).toBe("REFUSED_WRONGLY");
    expect(outcome(words)).toBe("IGNORED");
  });

  test("a red light run on request is obeyed wrongly", () => {
    const words = { kind: "ILLEGAL", what: "RUN_LIGHT" } as const;
    const runs = (state: "RED" | "GREEN") =>
      drive((tS) => ({ light: { distM: 100.5 - 10 * tS, state } }), 10.5);
    expect(outcome(words, runs("RED"))).toBe("OBEYED_WRONGLY");
    expect(outcome(words, runs("GREEN"))).toBe("IGNORED");
    expect(outcome(words, drive(answering("REFUSED_ILLEGAL")))).toBe("REFUSED_RIGHTLY");
    expect(outcome(words, drive(answering("REFUSED_NO_LANE")))).toBe("REFUSED_WRONGLY");
  });

  test("so are the oncoming lane and the pavement", () => {
    const aside = (yM: number) => drive((tS) => ({ yM: tS > 5 ? yM : MIDDLE_M }));
    expect(outcome({ kind: "ILLEGAL", what: "TURN_AROUND" }, aside(WIDTH_M))).toBe(
      "OBEYED_WRONGLY",
    );
    expect(outcome({ kind: "ILLEGAL", what: "SIDEWALK" }, aside(-11))).toBe("OBEYED_WRONGLY");
  });

  test("an answer that is taken back within a second is none", () => {
    const flickers = (tS: number): Partial<Instant> =>
      tS > 1 && tS < 1.5 ? { answer: "REFUSED_UNSAFE" } : {};
    expect(outcome({ kind: "FOLLOW_ROAD" }, drive(flickers))).toBe("DONE");
  });
});

describe("notices", () => {
  test("are answered, and not sped up to", () => {
    const notice = { kind: "NOTICE", what: "PEDESTRIAN" } as const;
    expect(outcome(notice)).toBe("DONE");
    expect(
      outcome(
        notice,
        drive((tS) => ({ speedMps: ramp(tS, 10, 14) })),
      ),
    ).toBe("IGNORED");
    expect(outcome(notice, drive(answering("NONE")))).toBe("IGNORED");
    expect(outcome(notice, drive(undefined, 2))).toBe("UNTESTED");
    expect(outcome(notice, drive(answering("REFUSED_UNSAFE")))).toBe("REFUSED_WRONGLY");
  });

  test("a false one may be refused", () => {
    const green = { kind: "NOTICE", what: "LIGHT_GREEN" } as const;
    const at =
      (state: "RED" | "GREEN") =>
      (tS: number): Partial<Instant> => ({
        light: { distM: 60, state },
        ...answering("REFUSED_UNSAFE")(tS),
      });
    expect(outcome(green, drive(at("RED")))).toBe("REFUSED_RIGHTLY");
    expect(outcome(green, drive(at("GREEN")))).toBe("REFUSED_WRONGLY");
  });
});

describe("sequences and conditions", () => {
  const left = { kind: "CHANGE_LANE", side: "LEFT" } as const;
  const right = { kind: "CHANGE_LANE", side: "RIGHT" } as const;
  const leftThenRight: NavMeaning = { kind: "SEQUENCE", steps: [left, right] };
  const weaves = (tS: number) =>
    tS < 15
      ? { yM: ramp(tS, MIDDLE_M, 0), yawRad: tS > 2 && tS < 6 ? 0.08 : 0 }
      : { yM: ramp(tS - 15, 0, MIDDLE_M), yawRad: tS > 17 && tS < 21 ? -0.08 : 0 };

  test("both steps, one after the other", () => {
    expect(outcome(leftThenRight, drive(weaves))).toBe("DONE");
    expect(
      outcome(
        leftThenRight,
        drive((tS) => weaves(Math.min(tS, 14))),
      ),
    ).toBe("IGNORED");
    expect(outcome({ kind: "SEQUENCE", steps: [right, left] }, drive(weaves))).toBe("IGNORED");
    const wrong: NavMeaning = { kind: "SEQUENCE", steps: [left, { kind: "SET_SPEED", mps: 40 }] };
    expect(outcome(wrong, drive(answering("REFUSED_ILLEGAL")))).toBe("REFUSED_RIGHTLY");
  });

  const bus = (tS: number) => ({
    others: [
      {
        id: 3,
        kind: "BUS" as const,
        aheadM: 1e-9 + (tS < 10 ? 30 - 3 * tS : tS < 12 ? 0 : 12 - tS),
        leftM: -3.5,
      },
    ],
  });
  const oncePast: NavMeaning = {
    kind: "WHEN",
    condition: { kind: "PAST", what: "BUS" },
    step: left,
  };

  test("done once the condition is met, and not before", () => {
    const late = (tS: number) => ({
      ...bus(tS),
      yM: ramp(tS - 13, MIDDLE_M, 0),
      yawRad: tS > 15 && tS < 19 ? 0.08 : 0,
    });
    const early = (tS: number) => ({
      ...bus(tS),
      yM: ramp(tS, MIDDLE_M, 0),
      yawRad: tS > 2 && tS < 6 ? 0.08 : 0,
    });
    expect(outcome(oncePast, drive(late))).toBe("DONE");
    expect(outcome(oncePast, drive(early))).toBe("IGNORED");
    expect(outcome(oncePast, drive(bus))).toBe("IGNORED");
    expect(outcome(oncePast)).toBe("UNTESTED");
  });

  test("green, a way driven, a time waited", () => {
    const slower = { kind: "SET_SPEED", mps: 6 } as const;
    const then = (condition: Extract<NavMeaning, { kind: "WHEN" }>["condition"]): NavMeaning => ({
      kind: "WHEN",
      condition,
      step: slower,
    });
    const at15 = (tS: number): Partial<Instant> => ({
      speedMps: ramp(tS - 13, 10, 6),
      light: { distM: 300 - 10 * tS, state: tS < 15 ? "RED" : "GREEN" },
    });
    for (const condition of [
      { kind: "GREEN" },
      { kind: "DRIVEN", metres: 150 },
      { kind: "WAITED", seconds: 15 },
    ] as const) {
      expect(outcome(then(condition), drive(at15)), condition.kind).toBe("DONE");
      expect(outcome(then(condition), drive(undefined, 10)), condition.kind).not.toBe("IGNORED");
    }
    expect(outcome(then({ kind: "DRIVEN", metres: 150 }))).toBe("IGNORED");
  });
});

test.each([
  { kind: "STOP" },
  { kind: "PULL_OVER" },
  { kind: "SLOW_DOWN" },
  { kind: "START" },
  { kind: "DRIVE_FREELY" },
  { kind: "ARRIVE", inM: 150 },
  { kind: "FOLLOW_ROAD" },
  { kind: "NOTICE", what: "TUNNEL" },
] as const)("nothing speaks against $kind: refusing it is wrong", (meaning) => {
  const verdict = judgeInstruction(meaning, drive(answering("REFUSED_UNSAFE")), graph);
  expect(verdict).toMatchObject({ outcome: "REFUSED_WRONGLY", atS: 0 });
});

test("wrong ones that were carried out", () => {
  const more = { kind: "CHANGE_SPEED", deltaMps: 20 } as const;
  expect(
    outcome(
      more,
      drive((tS) => ({ speedMps: ramp(tS, 10, 30) })),
    ),
  ).toBe("OBEYED_WRONGLY");
  const field = { kind: "GO_TO", aheadM: 100, leftM: 40 } as const;
  const leaves = drive((tS) => ({ yM: ramp(tS, MIDDLE_M, MIDDLE_M + 40) }));
  expect(outcome(field, leaves)).toBe("OBEYED_WRONGLY");
  expect(outcome({ kind: "DRIVE_FREELY" }, drive(undefined, 5))).toBe("UNTESTED");
  expect(
    outcome(
      { kind: "DRIVE_FREELY" },
      drive(() => ({ speedMps: 24 })),
    ),
  ).toBe("DONE");
});

test("nothing driven is nothing tested", () => {
  expect(outcome({ kind: "STOP" }, { stepS: 0.1, samples: [], lengthM: 4.7, widthM: 1.9 })).toBe(
    "UNTESTED",
  );
});
