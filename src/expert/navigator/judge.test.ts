import { describe, expect, test } from "vitest";
import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Answer } from "../../contract/maneuver.ts";
import { answering, drive, graph, MIDDLE_M, outcome, ramp, WIDTH_M } from "./judge.fixture.ts";
import { isSuccess, judgeInstruction } from "./judge.ts";
import { aTrace, type Instant } from "./trace.fixture.ts";

describe("speed", () => {
  const wish = { kind: "SET_SPEED", mps: 15 } as const;

  test("a speed within 0.5 m/s held for 5 s is done, and told when", () => {
    const trace = drive((tS) => ({ speedMps: ramp(tS, 10, 15.4) }));
    const verdict = judgeInstruction(wish, trace, graph);
    expect(verdict.outcome).toBe("DONE");
    // 14.5 m/s is reached at 5.33 s
    expect(verdict.atS).toBeCloseTo(10.4, 1);
    expect(isSuccess(verdict)).toBe(true);
  });

  test("0.6 m/s off, or 4 s long, is not done", () => {
    expect(
      outcome(
        wish,
        drive((tS) => ({ speedMps: ramp(tS, 10, 14.4) })),
      ),
    ).toBe("IGNORED");
    const short = drive((tS) => ({ speedMps: tS > 10 && tS < 14 ? 15 : 10 }));
    expect(outcome(wish, short)).toBe("IGNORED");
  });

  test("what holds at the end, but not yet for 5 s, is not missed yet", () => {
    const late = (tS: number) => ({ speedMps: tS < 37 ? 10 : 15 });
    expect(outcome(wish, drive(late, 36))).toBe("IGNORED");
    expect(outcome(wish, drive(late))).toBe("UNTESTED");
    expect(outcome(wish, drive(late, 43))).toBe("DONE");
  });

  test("behind a slow lead, or where bends forbid it, nothing was tested", () => {
    expect(
      outcome(
        wish,
        drive(() => ({ lead: { gapM: 20, speedMps: 10 } })),
      ),
    ).toBe("UNTESTED");
    expect(
      outcome(
        wish,
        drive(() => ({ freeMps: 11 })),
      ),
    ).toBe("UNTESTED");
  });

  test("over the limit, refusing is right and driving it is wrong", () => {
    const fast = { kind: "SET_SPEED", mps: 30 } as const;
    expect(outcome(fast, drive(answering("REFUSED_ILLEGAL")))).toBe("REFUSED_RIGHTLY");
    expect(outcome(fast, drive(answering("REFUSED_NO_LANE")))).toBe("REFUSED_WRONGLY");
    expect(
      outcome(
        fast,
        drive(() => ({ speedMps: 30 })),
      ),
    ).toBe("OBEYED_WRONGLY");
    expect(outcome(fast)).toBe("IGNORED");
    expect(outcome(wish, drive(answering("REFUSED_ILLEGAL")))).toBe("REFUSED_WRONGLY");
  });

  test("a change of speed counts from the speed when the words were given", () => {
    const more = { kind: "CHANGE_SPEED", deltaMps: 5 } as const;
    expect(
      outcome(
        more,
        drive((tS) => ({ speedMps: ramp(tS, 10, 15) })),
      ),
    ).toBe("DONE");
    expect(
      outcome(
        more,
        drive((tS) => ({ speedMps: ramp(tS, 15, 15) })),
      ),
    ).toBe("IGNORED");
    expect(
      outcome(
        more,
        drive((tS) => ({ speedMps: ramp(tS, 22, 27), ...answering("REFUSED_ILLEGAL")(tS) })),
      ),
    ).toBe("REFUSED_RIGHTLY");
  });

  test("slower without a number", () => {
    expect(
      outcome(
        { kind: "SLOW_DOWN" },
        drive((tS) => ({ speedMps: ramp(tS, 10, 8) })),
      ),
    ).toBe("DONE");
    expect(outcome({ kind: "SLOW_DOWN" })).toBe("IGNORED");
    expect(outcome({ kind: "SLOW_DOWN" }, drive(undefined, 5))).toBe("UNTESTED");
    expect(outcome({ kind: "SLOW_DOWN" }, drive(answering("REFUSED_UNSAFE")))).toBe(
      "REFUSED_WRONGLY",
    );
  });

  test("driving off and driving freely", () => {
    const stands = () => ({ speedMps: 0 });
    expect(
      outcome(
        { kind: "START" },
        drive((tS) => ({ speedMps: ramp(tS, 0, 6) })),
      ),
    ).toBe("DONE");
    expect(outcome({ kind: "START" }, drive(stands))).toBe("IGNORED");
    const aside = (leftIsFree: boolean) =>
      drive(() => ({ xM: -400, yM: -12, speedMps: 0, leftIsFree }));
    expect(outcome({ kind: "START" }, aside(true))).toBe("IGNORED");
    expect(outcome({ kind: "START" }, aside(false))).toBe("UNTESTED");
    expect(
      outcome(
        { kind: "START" },
        drive(() => ({ speedMps: 0, freeMps: 0 })),
      ),
    ).toBe("UNTESTED");
    const atRed = drive((tS) => ({
      ...stands(),
      light: { distM: 3, state: "RED" },
      ...answering("REFUSED_UNSAFE")(tS),
    }));
    expect(outcome({ kind: "START" }, atRed)).toBe("REFUSED_RIGHTLY");
    expect(
      outcome(
        { kind: "DRIVE_FREELY" },
        drive((tS) => ({ speedMps: ramp(tS, 10, 24) })),
      ),
    ).toBe("DONE");
    expect(outcome({ kind: "DRIVE_FREELY" })).toBe("IGNORED");
    expect(
      outcome(
        { kind: "DRIVE_FREELY" },
        drive(() => ({ lead: { gapM: 15, speedMps: 10 } })),
      ),
    ).toBe("DONE");
  });
});

describe("gap", () => {
  const behind = (gapM: number) => () => ({ lead: { gapM, speedMps: 10 } });

  test("in metres: within 15 %, held for 5 s", () => {
    const wish = { kind: "KEEP_GAP", metres: 20 } as const;
    expect(outcome(wish, drive(behind(22.9)))).toBe("DONE");
    expect(outcome(wish, drive(behind(23.1)))).toBe("IGNORED");
    expect(outcome(wish, drive(behind(16.9)))).toBe("IGNORED");
    expect(outcome(wish)).toBe("UNTESTED");
    expect(outcome(wish, drive(answering("REFUSED_UNSAFE")))).toBe("REFUSED_WRONGLY");
  });

  test("in seconds: of the speed, with or without room for standing", () => {
    const wish = { kind: "KEEP_GAP", seconds: 2 } as const;
    expect(outcome(wish, drive(behind(17.1)))).toBe("DONE");
    expect(outcome(wish, drive(behind(25.2)))).toBe("DONE");
    expect(outcome(wish, drive(behind(16.8)))).toBe("IGNORED");
    expect(outcome(wish, drive(behind(25.5)))).toBe("IGNORED");
  });

  test("one that is too short is to be refused as unsafe", () => {
    const wish = { kind: "KEEP_GAP", metres: 5 } as const;
    expect(outcome(wish, drive(answering("REFUSED_UNSAFE")))).toBe("REFUSED_RIGHTLY");
    expect(outcome(wish, drive(behind(5)))).toBe("OBEYED_WRONGLY");
    expect(outcome(wish, drive(behind(20)))).toBe("IGNORED");
  });

  test("a gap to one as fast as the limit cannot be closed", () => {
    const wish = { kind: "KEEP_GAP", metres: 20 } as const;
    const far = (freeMps: number) => drive(() => ({ freeMps, lead: { gapM: 40, speedMps: 10 } }));
    expect(outcome(wish, far(10.2))).toBe("UNTESTED");
    expect(outcome(wish, far(14))).toBe("IGNORED");
  });

  test("a change counts from the gap when the words were given", () => {
    const wish = { kind: "CHANGE_GAP", deltaM: 10 } as const;
    const opens = (tS: number) => ({ lead: { gapM: ramp(tS, 20, 30), speedMps: 10 } });
    expect(outcome(wish, drive(opens))).toBe("DONE");
    expect(outcome(wish, drive(behind(20)))).toBe("IGNORED");
    expect(outcome(wish)).toBe("UNTESTED");
    expect(outcome(wish, drive(answering("REFUSED_NO_LANE")))).toBe("REFUSED_RIGHTLY");
    expect(outcome({ kind: "CHANGE_GAP", deltaS: 1 }, drive(opens))).toBe("DONE");
    const nearer = { kind: "CHANGE_GAP", deltaM: -16 } as const;
    expect(
      outcome(
        nearer,
        drive((tS) => ({ ...behind(20)(), ...answering("REFUSED_UNSAFE")(tS) })),
      ),
    ).toBe("REFUSED_RIGHTLY");
    expect(
      outcome(
        nearer,
        drive((tS) => ({ lead: { gapM: ramp(tS, 20, 4), speedMps: 10 } })),
      ),
    ).toBe("OBEYED_WRONGLY");
  });
});

describe("lanes", () => {
  const left = { kind: "CHANGE_LANE", side: "LEFT" } as const;
  const moves =
    (lanes: number, settle = true) =>
    (tS: number) => {
      const yM = ramp(tS, MIDDLE_M, MIDDLE_M + lanes * WIDTH_M);
      return { yM, yawRad: settle && yM === MIDDLE_M + lanes * WIDTH_M ? 0 : 0.08 * lanes };
    };

  test("the lane reached and the heading settled", () => {
    expect(outcome(left, drive(moves(1)))).toBe("DONE");
    expect(outcome({ kind: "CHANGE_LANE", side: "RIGHT" }, drive(moves(-1)))).toBe("DONE");
  });

  test("half way, the other side, or still drifting is not done", () => {
    expect(outcome(left, drive(moves(0.4)))).toBe("IGNORED");
    expect(outcome(left, drive(moves(-1)))).toBe("IGNORED");
    expect(outcome(left, drive(moves(1, false)))).toBe("IGNORED");
  });

  test("a lane that is not there, or never free, may be refused; a free one may not", () => {
    const leftmost = (answer: Answer) => drive((tS) => ({ yM: 0, ...answering(answer)(tS) }));
    expect(outcome(left, leftmost("REFUSED_NO_LANE"))).toBe("REFUSED_RIGHTLY");
    expect(outcome(left, leftmost("ACCEPTED"))).toBe("IGNORED");
    const busy = drive((tS) => ({ leftIsFree: false, ...answering("REFUSED_UNSAFE", 6)(tS) }));
    expect(outcome(left, busy)).toBe("REFUSED_RIGHTLY");
    expect(outcome(left, drive(answering("REFUSED_UNSAFE", 6)))).toBe("REFUSED_WRONGLY");
    expect(
      outcome(
        left,
        drive(() => ({ leftIsFree: false })),
      ),
    ).toBe("UNTESTED");
  });

  test("a solid line is obeyed", () => {
    const solid: LaneGraph = {
      ...graph,
      lanes: graph.lanes.map((lane) => ({ ...lane, mayChangeLeft: false })),
    };
    expect(outcome(left, drive(answering("REFUSED_ILLEGAL")), solid)).toBe("REFUSED_RIGHTLY");
    expect(outcome(left, drive(moves(1)), solid)).toBe("OBEYED_WRONGLY");
  });

  test("overtaken is two car lengths, on the side that was said", () => {
    const passes = (endM: number, leftM: number) => (tS: number) => ({
      others: [
        { id: 7, kind: "CAR" as const, aheadM: passing(tS, endM), leftM: tS < 5 ? 0 : leftM },
      ],
    });
    // 20 m ahead, from 8 to 12 s beside, then behind
    const passing = (tS: number, endM: number) =>
      tS < 8 ? 20 - 2.4 * tS : tS < 12 ? 0 : Math.max(endM, 12 - tS);
    const wish = { kind: "OVERTAKE", side: "LEFT" } as const;
    expect(outcome(wish, drive(passes(-12, -WIDTH_M)))).toBe("DONE");
    expect(outcome(wish, drive(passes(-9, -WIDTH_M)))).toBe("IGNORED");
    expect(outcome(wish, drive(passes(-12, WIDTH_M)))).toBe("IGNORED");
    expect(outcome({ kind: "OVERTAKE", side: "RIGHT" }, drive(passes(-12, WIDTH_M)))).toBe("DONE");
    expect(outcome(wish)).toBe("UNTESTED");
    expect(outcome(wish, drive(answering("REFUSED_UNSAFE")))).toBe("REFUSED_RIGHTLY");
    const free = drive((tS) => ({ ...passes(-12, 0)(tS), ...answering("REFUSED_UNSAFE")(tS) }));
    expect(outcome(wish, free)).toBe("REFUSED_WRONGLY");
  });

  test("following the road is staying in the lane and moving", () => {
    const wish = { kind: "FOLLOW_ROAD" } as const;
    expect(outcome(wish)).toBe("DONE");
    expect(outcome(wish, drive(moves(1)))).toBe("IGNORED");
    expect(
      outcome(
        wish,
        drive(() => ({ yM: 30 })),
      ),
    ).toBe("IGNORED");
    expect(
      outcome(
        wish,
        drive(() => ({ speedMps: 0 })),
      ),
    ).toBe("IGNORED");
    expect(outcome(wish, drive(undefined, 3))).toBe("UNTESTED");
    expect(outcome(wish, drive(answering("REFUSED_UNSAFE")))).toBe("REFUSED_WRONGLY");
  });

  test("a lane change that was under way at the words may be finished, and no other begun", () => {
    const wish = { kind: "FOLLOW_ROAD" } as const;
    // 1 m on the way to the left at the words, in the middle of the left lane after 3 s
    const finishes = (tS: number, thenM = 0): Partial<Instant> => {
      const yM = Math.min(MIDDLE_M + WIDTH_M, MIDDLE_M + 1 + 0.9 * tS);
      return { yM: tS < 5 ? yM : yM + thenM, yawRad: tS < 3 ? 0.09 : 0 };
    };
    expect(
      outcome(
        wish,
        drive((tS) => finishes(tS)),
      ),
    ).toBe("DONE");
    expect(
      outcome(
        wish,
        drive((tS) => finishes(tS, -WIDTH_M)),
      ),
    ).toBe("IGNORED");
  });

  test("standing at a red light or in a queue, no lane is free to be taken", () => {
    const waits = (more: Partial<Instant>) =>
      drive((tS) => ({ xM: -400 + tS / 100, speedMps: 0, leftIsFree: true, ...more }));
    expect(outcome(left, waits({ freeMps: 0 }))).toBe("UNTESTED");
    expect(outcome(left, waits({ freeMps: 14, lead: { gapM: 3, speedMps: 0 } }))).toBe("UNTESTED");
    expect(outcome(left, waits({ freeMps: 14 }))).toBe("IGNORED");
  });
});

describe("standing", () => {
  const stops = (yM: number) => (tS: number) => ({
    xM: -400,
    yM: ramp(tS, MIDDLE_M, yM),
    speedMps: Math.max(0, 10 - tS),
  });

  test("stop: stands for 2 s, wherever", () => {
    expect(outcome({ kind: "STOP" }, drive(stops(MIDDLE_M)))).toBe("DONE");
    expect(outcome({ kind: "STOP" })).toBe("IGNORED");
    expect(outcome({ kind: "STOP" }, drive(undefined, 4))).toBe("UNTESTED");
    expect(outcome({ kind: "STOP" }, drive(answering("REFUSED_UNSAFE")))).toBe("REFUSED_WRONGLY");
  });

  test("pull over: stands at the edge of a road without a shoulder, on the shoulder of one with", () => {
    const wish = { kind: "PULL_OVER" } as const;
    const edge = -2 * WIDTH_M - 0.6;
    expect(outcome(wish, drive(stops(edge)))).toBe("DONE");
    expect(outcome(wish, drive(stops(-2 * WIDTH_M)))).toBe("IGNORED");
    expect(outcome(wish, drive(stops(MIDDLE_M)))).toBe("IGNORED");
    expect(outcome(wish, drive(undefined, 10))).toBe("UNTESTED");
    const broad = withShoulder();
    expect(outcome(wish, shoulderDrive(broad, edge), broad)).toBe("IGNORED");
    expect(outcome(wish, shoulderDrive(broad, -2.5 * WIDTH_M - 1.2), broad)).toBe("DONE");
  });

  test("beside a lane that must not be changed to there is no side to pull over to", () => {
    const wish = { kind: "PULL_OVER" } as const;
    const lanes = graph.lanes.map((lane) => ({ ...lane, mayChangeRight: false }));
    const closed = { ...graph, lanes };
    const onwards = drive(undefined, 60);
    expect(outcome(wish, onwards)).toBe("IGNORED");
    expect(outcome(wish, onwards, closed)).toBe("UNTESTED");
    expect(outcome(wish, drive(stops(MIDDLE_M - 0.6)), closed)).toBe("IGNORED");
  });

  test("the edge of a junction is no side of the road", () => {
    const lanes = graph.lanes.map((lane) => ({ ...lane, junctionId: "1" }));
    const wish = { kind: "PULL_OVER" } as const;
    expect(outcome(wish, drive(stops(-2 * WIDTH_M - 0.6)), { ...graph, lanes })).toBe("IGNORED");
  });

  test("driving freely: gaps that open and close again leave no room", () => {
    const waits = (tS: number) => ({ speedMps: 0, freeMps: tS % 4 < 1.5 ? 18 : 0 });
    expect(outcome({ kind: "DRIVE_FREELY" }, drive(waits))).toBe("UNTESTED");
    const stands = () => ({ speedMps: 0, freeMps: 10 });
    expect(outcome({ kind: "DRIVE_FREELY" }, drive(stands))).toBe("IGNORED");
    const dawdles = () => ({ speedMps: 15, freeMps: 25 });
    expect(outcome({ kind: "DRIVE_FREELY" }, drive(dawdles, 22))).toBe("UNTESTED");
    expect(outcome({ kind: "DRIVE_FREELY" }, drive(dawdles, 25))).toBe("IGNORED");
  });

  test("arrived is standing within 15 % or 20 m of where the way was said to end", () => {
    const arrives = (endM: number) =>
      drive((tS) => ({ xM: -400 + Math.min(endM, 10 * tS), speedMps: 10 * tS < endM ? 10 : 0 }));
    const wish = { kind: "ARRIVE", inM: 150 } as const;
    expect(outcome(wish, arrives(170))).toBe("DONE");
    expect(outcome(wish, arrives(390))).toBe("IGNORED");
    expect(outcome(wish, arrives(125))).toBe("UNTESTED");
  });

  test("a point on the road is reached, one beside it is to be refused", () => {
    const wish = { kind: "GO_TO", aheadM: 100, leftM: 0 } as const;
    expect(outcome(wish)).toBe("DONE");
    expect(outcome({ ...wish, leftM: 3 })).toBe("IGNORED");
    expect(outcome(wish, drive(undefined, 5))).toBe("UNTESTED");
    expect(outcome(wish, drive(answering("REFUSED_NO_LANE")))).toBe("REFUSED_WRONGLY");
    expect(outcome({ ...wish, leftM: 40 }, drive(answering("REFUSED_NO_LANE")))).toBe(
      "REFUSED_RIGHTLY",
    );
  });
});

/** The road with a shoulder of 2.5 m, as OpenDRIVE numbers its lanes. */
function withShoulder(): LaneGraph {
  const lanes = graph.lanes.map((lane, i) => ({
    ...lane,
    roadId: "1",
    laneId: -1 - Math.floor(i / 2),
    section: i % 2,
  }));
  const [edge] = lanes.filter((lane) => lane.laneId === -3);
  const shoulder = {
    ...edge!,
    index: lanes.length,
    laneId: -4,
    kind: "SHOULDER" as const,
    yM: edge!.yM.map((y) => y - 3),
    widthM: edge!.widthM.map(() => 2.5),
  };
  return { ...graph, lanes: [...lanes, shoulder] };
}

const shoulderDrive = (on: LaneGraph, yM: number) =>
  aTrace(on, 40, (tS) => ({
    xM: -400,
    yM: ramp(tS, MIDDLE_M, yM),
    speedMps: Math.max(0, 10 - tS),
  }));
