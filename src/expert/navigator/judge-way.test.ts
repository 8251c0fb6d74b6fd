import { describe, expect, test } from "vitest";
import type { LaneGraph } from "../../contract/lane-graph.ts";
import { junctionGraph } from "../../world/testing/graphs.ts";
import { judgeInstruction } from "./judge.ts";
import type { NavMeaning } from "./nav-meaning.ts";
import { exitCount, ringLanes } from "./rings.ts";
import { highway, roundabout } from "./roads.fixture.ts";
import { alongLanes } from "./trace.fixture.ts";
import type { DriveTrace } from "./trace.ts";
import { nodeAfter, nodesAhead } from "./ways.ts";

const outcome = (meaning: NavMeaning, trace: DriveTrace, graph: LaneGraph) =>
  judgeInstruction(meaning, trace, graph).outcome;

const refused = (trace: DriveTrace, answer: "REFUSED_NO_LANE" | "REFUSED_UNSAFE"): DriveTrace => ({
  ...trace,
  samples: trace.samples.map((sample) => ({ ...sample, answer })),
});

describe("junctions", () => {
  const graph = junctionGraph({ control: "LIGHTS" });
  const inbound = graph.lanes.findIndex(({ stops }) => stops.length > 0);
  /** The way over the junction by a turn, and a good piece of the road behind it. */
  const over = (turn: "LEFT" | "RIGHT" | "STRAIGHT", speedMps = 10) => {
    const inside = graph.lanes[inbound]!.successors.find((i) => graph.lanes[i]!.turn === turn)!;
    const lanes = [inbound, inside, graph.lanes[inside]!.successors[0]!];
    return alongLanes(graph, lanes, { speedMps, fromM: 120 });
  };

  test("a node knows its turns and its looks", () => {
    const node = nodeAfter(graph, inbound)!;
    expect(node.branches.map(({ turn }) => turn).sort()).toEqual(["LEFT", "RIGHT", "STRAIGHT"]);
    expect(node.looks).toEqual(["LIGHTS", "CROSSING"]);
    const [first] = nodesAhead(graph, { lane: inbound, sM: 120 }, 400);
    expect(first!.atM).toBeCloseTo(graph.lanes[inbound]!.lengthM - 120);
  });

  test("the turn taken is done, another is not", () => {
    for (const way of ["LEFT", "RIGHT", "STRAIGHT"] as const)
      for (const driven of ["LEFT", "RIGHT", "STRAIGHT"] as const)
        for (const extra of [{}, { inM: 80 }, { at: "LIGHTS" }] as const)
          expect(outcome({ kind: "TURN", way, ...extra }, over(driven), graph)).toBe(
            way === driven ? "DONE" : "IGNORED",
          );
  });

  test("before the junction nothing is known yet", () => {
    const trace = over("LEFT");
    const short = { ...trace, samples: trace.samples.slice(0, 40) };
    expect(outcome({ kind: "TURN", way: "LEFT" }, short, graph)).toBe("UNTESTED");
  });

  test("a turn where there is no road is to be refused, one that exists is not", () => {
    const missing = { kind: "TURN", way: "LEFT", inM: 400 } as const;
    expect(outcome(missing, refused(over("STRAIGHT"), "REFUSED_NO_LANE"), graph)).toBe(
      "REFUSED_RIGHTLY",
    );
    expect(outcome(missing, refused(over("STRAIGHT"), "REFUSED_UNSAFE"), graph)).toBe(
      "REFUSED_WRONGLY",
    );
    expect(outcome(missing, over("STRAIGHT"), graph)).toBe("IGNORED");
    const there = { kind: "TURN", way: "LEFT" } as const;
    expect(outcome(there, refused(over("STRAIGHT"), "REFUSED_NO_LANE"), graph)).toBe(
      "REFUSED_WRONGLY",
    );
    const sign = { kind: "TURN", way: "LEFT", at: "STOP_SIGN" } as const;
    expect(outcome(sign, refused(over("LEFT"), "REFUSED_NO_LANE"), graph)).toBe("REFUSED_RIGHTLY");
  });

  test("from the side of the road a turn counts by the lane beside", () => {
    const meaning: NavMeaning = {
      kind: "SEQUENCE",
      steps: [{ kind: "PULL_OVER" }, { kind: "TURN", way: "LEFT" }],
    };
    const from = (trace: DriveTrace): DriveTrace => {
      const { place, ...first } = trace.samples[0]!;
      const { lane, sM } = place!;
      const aside = { ...first, beside: { lane, sM }, footing: "SHOULDER", speedMps: 0 } as const;
      return { ...trace, samples: [...Array(40).fill(aside), ...trace.samples] };
    };
    const stands = { ...from(over("LEFT")), samples: from(over("LEFT")).samples.slice(0, 40) };
    expect(outcome(meaning, stands, graph)).toBe("UNTESTED");
    expect(outcome(meaning, from(over("LEFT")), graph)).toBe("DONE");
    expect(outcome(meaning, from(over("STRAIGHT")), graph)).toBe("IGNORED");
  });

  test("turning before the condition is met is too early, going straight on is not", () => {
    const turned = (way: "LEFT" | "STRAIGHT") => {
      const condition = { kind: "DRIVEN", metres: 10_000 } as const;
      const meaning = { kind: "WHEN", condition, step: { kind: "TURN", way } } as const;
      return outcome(meaning, over(way), graph);
    };
    expect(turned("LEFT")).toBe("IGNORED");
    expect(turned("STRAIGHT")).toBe("UNTESTED");
  });

  test("after the next junction is a condition", () => {
    const meaning: NavMeaning = {
      kind: "WHEN",
      condition: { kind: "JUNCTION" },
      step: { kind: "SET_SPEED", mps: 10 },
    };
    expect(outcome(meaning, over("LEFT"), graph)).toBe("DONE");
    const never = { ...over("LEFT"), samples: over("LEFT").samples.slice(0, 40) };
    expect(outcome(meaning, never, graph)).toBe("UNTESTED");
  });
});

describe("roundabouts", () => {
  const { graph, inbound, outbound, past, between } = roundabout(4);
  /** From arm 0 round to the n-th exit. */
  const round = (exit: number) => {
    const lanes = [inbound[0]!, graph.lanes[inbound[0]!]!.successors[0]!];
    for (let k = 0; k < exit; k++) lanes.push(between[k]!, ...(k < exit - 1 ? [past[k + 1]!] : []));
    const arm = exit % 4;
    const leaves = graph.lanes[outbound[arm]!]!.predecessors[0]!;
    return alongLanes(graph, [...lanes, leaves, outbound[arm]!], { speedMps: 8, fromM: 100 });
  };

  test("the ring is found, junctions and blocks of houses are none", () => {
    expect([...ringLanes(graph)].sort((a, b) => a - b)).toEqual(
      [...past, ...between].sort((a, b) => a - b),
    );
    expect(exitCount(graph, between[1]!)).toBe(4);
    expect(ringLanes(junctionGraph({ control: "NOTHING" })).size).toBe(0);
    expect(ringLanes(junctionGraph({ control: "NOTHING", laneCount: 2 })).size).toBe(0);
  });

  test("exits are counted from the entry", () => {
    for (const driven of [1, 2, 3, 4])
      for (const exit of [1, 2, 3, 4])
        expect(
          outcome({ kind: "ROUNDABOUT", exit }, round(driven), graph),
          `${driven} ${exit}`,
        ).toBe(driven === exit ? "DONE" : "IGNORED");
    const entry = round(2);
    const short = { ...entry, samples: entry.samples.slice(0, 120) };
    expect(outcome({ kind: "ROUNDABOUT", exit: 2 }, short, graph)).toBe("UNTESTED");
  });

  test("going round is no turn, and an exit is one to the right", () => {
    const leaves = outbound.map((lane) => graph.lanes[lane]!.predecessors[0]!);
    const lanes = graph.lanes.map((lane, i) => {
      const turn = leaves.includes(i) ? "RIGHT" : past.includes(i) ? "LEFT" : undefined;
      return turn === undefined ? lane : { ...lane, turn };
    }) as LaneGraph["lanes"];
    const named = { ...graph, lanes };
    const inside = refused(alongLanes(named, [between[0]!], { speedMps: 8 }), "REFUSED_NO_LANE");
    expect(outcome({ kind: "TURN", way: "LEFT" }, inside, named)).toBe("REFUSED_RIGHTLY");
    expect(outcome({ kind: "TURN", way: "RIGHT" }, inside, named)).toBe("REFUSED_WRONGLY");
  });

  test("an exit too many is to be refused", () => {
    const wish = { kind: "ROUNDABOUT", exit: 5 } as const;
    expect(outcome(wish, refused(round(1), "REFUSED_NO_LANE"), graph)).toBe("REFUSED_RIGHTLY");
    expect(outcome(wish, round(4), graph)).toBe("IGNORED");
    const fine = { kind: "ROUNDABOUT", exit: 4 } as const;
    expect(outcome(fine, refused(round(1), "REFUSED_NO_LANE"), graph)).toBe("REFUSED_WRONGLY");
  });
});

describe("highways", () => {
  const { graph, before, middle, after, offRamp, onRamp } = highway();
  const exits = alongLanes(graph, [before[1]!, offRamp], { speedMps: 25, fromM: 200 });
  const stays = alongLanes(graph, [before[1]!, middle[1]!], { speedMps: 25, fromM: 200 });

  test("the exit taken or passed", () => {
    const leave = { kind: "LEAVE_HIGHWAY", inM: 400 } as const;
    expect(outcome(leave, exits, graph)).toBe("DONE");
    expect(outcome(leave, stays, graph)).toBe("IGNORED");
    expect(outcome(leave, refused(stays, "REFUSED_NO_LANE"), graph)).toBe("REFUSED_WRONGLY");
    const past = alongLanes(graph, [middle[1]!, after[1]!], { speedMps: 25, fromM: 20 });
    expect(outcome(leave, refused(past, "REFUSED_NO_LANE"), graph)).toBe("REFUSED_RIGHTLY");
    expect(outcome(leave, past, graph)).toBe("IGNORED");
    const short = { ...stays, samples: stays.samples.slice(0, 20) };
    expect(outcome(leave, short, graph)).toBe("UNTESTED");
  });

  test("keep left and keep right are the sides of the fork", () => {
    expect(outcome({ kind: "BEAR", side: "RIGHT" }, exits, graph)).toBe("DONE");
    expect(outcome({ kind: "BEAR", side: "LEFT" }, exits, graph)).toBe("IGNORED");
    expect(outcome({ kind: "BEAR", side: "LEFT" }, stays, graph)).toBe("DONE");
    const noFork = refused(alongLanes(graph, [after[0]!]), "REFUSED_NO_LANE");
    expect(outcome({ kind: "BEAR", side: "LEFT" }, noFork, graph)).toBe("REFUSED_RIGHTLY");
  });

  test("keep right, then take the exit", () => {
    const meaning: NavMeaning = {
      kind: "SEQUENCE",
      steps: [{ kind: "CHANGE_LANE", side: "RIGHT" }, { kind: "LEAVE_HIGHWAY" }],
    };
    const fromLeft = alongLanes(graph, [before[0]!], { speedMps: 25, fromM: 100 });
    const samples = [...fromLeft.samples.slice(0, 20), ...exits.samples];
    expect(outcome(meaning, { ...exits, samples }, graph)).toBe("DONE");
    expect(outcome(meaning, fromLeft, graph)).toBe("UNTESTED");
  });

  test("on the highway is in one of its lanes and settled", () => {
    const enter = { kind: "ENTER_HIGHWAY" } as const;
    const joins = alongLanes(graph, [onRamp, after[1]!], { speedMps: 20 });
    expect(outcome(enter, joins, graph)).toBe("DONE");
    expect(outcome(enter, alongLanes(graph, [onRamp], { speedMps: 20 }), graph)).toBe("UNTESTED");
    const ramp = alongLanes(graph, [onRamp], { speedMps: 20 });
    const lap = { ...ramp, samples: Array.from({ length: 8 }, () => ramp.samples).flat() };
    expect(outcome(enter, lap, graph)).toBe("IGNORED");
    expect(outcome(enter, refused(joins, "REFUSED_UNSAFE"), graph)).toBe("REFUSED_WRONGLY");
    expect(outcome(enter, refused(alongLanes(graph, [offRamp]), "REFUSED_NO_LANE"), graph)).toBe(
      "REFUSED_RIGHTLY",
    );
  });
});
