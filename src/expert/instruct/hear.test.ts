import { expect, test } from "vitest";
import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import type { Scene } from "../../contract/scene.ts";
import { lanePose } from "../../world/graph/along.ts";
import { GraphBuilder } from "../../world/testing/graph-builder.ts";
import { junctionGraph, straightGraph } from "../../world/testing/graphs.ts";
import { laneNet } from "../../world/traffic/lane-net.ts";
import { expertDecide } from "../decide.ts";
import { type ActiveInstruction, advanceInstruction, giveInstruction } from "../meaning.ts";
import type { NavMeaning } from "../navigator/nav-meaning.ts";
import { RouteKeeper } from "../route/keeper.ts";
import { anObject, aScene } from "../scene.fixture.ts";
import { hearInstruction, lateChangesM } from "./hear.ts";

const JUNCTION = junctionGraph({ control: "NOTHING", armM: 120 });
const STRAIGHT_ON = JUNCTION.lanes.find(({ turn }) => turn === "STRAIGHT")!;
const ACROSS: LaneRoute = {
  lanes: [STRAIGHT_ON.predecessors[0]!, STRAIGHT_ON.index, STRAIGHT_ON.successors[0]!],
  lengthM: 250,
};
const ROAD = straightGraph({ laneCount: 2, lengthM: 600, speedLimitMps: 14 });

type Moment = {
  readonly lane?: number;
  readonly sM?: number;
  readonly speedMps?: number;
  readonly tS?: number;
  readonly objects?: Scene["objects"];
};

function sceneOn(graph: LaneGraph, lane: number, moment: Moment = {}): Scene {
  const { xM, yM, yawRad } = lanePose(graph.lanes[lane]!, moment.sM ?? 20);
  const scene = aScene({ speedMps: moment.speedMps ?? 10, objects: [] });
  return {
    ...scene,
    lanes: [],
    stampUs: 1_000_000 + (moment.tS ?? 0) * 1e6,
    ego: { ...scene.ego, xM, yM, yawRad, speedMps: moment.speedMps ?? 10 },
    objects: moment.objects ?? [],
  };
}

/** An instruction that goes from moment to moment, decided on each time. */
function follow(
  graph: LaneGraph,
  route: LaneRoute,
  meaning: NavMeaning,
  moments: readonly Moment[],
) {
  const keeper = new RouteKeeper(laneNet(graph), route);
  let instruction: ActiveInstruction | undefined;
  return moments.map((moment) => {
    const scene = sceneOn(graph, moment.lane ?? route.lanes[0]!, moment);
    keeper.update(scene.ego);
    instruction ??= giveInstruction("words", meaning, scene.stampUs, scene.ego.speedMps);
    const heard = hearInstruction(keeper, scene, instruction);
    if (heard.route !== undefined) keeper.replace(heard.route, scene.ego);
    const guide = keeper.guide(lateChangesM(meaning, scene.ego.speedMps));
    const label = expertDecide(scene, heard.instruction, 20, guide);
    const { lateral } = label.maneuver;
    instruction = advanceInstruction(heard.instruction, label.answer, lateral, scene.stampUs);
    return { answer: label.answer, label, route: keeper.route, course: instruction.course! };
  });
}

const ROUTE: LaneRoute = { lanes: [0], lengthM: 600 };
const answers = (meaning: NavMeaning, moments: readonly Moment[], graph = ROAD, route = ROUTE) =>
  follow(graph, route, meaning, moments).map(({ answer }) => answer);

test("a turn that was asked for makes another route, and is done on the road behind the junction", () => {
  const right = JUNCTION.lanes.find(
    ({ turn, predecessors }) => turn === "RIGHT" && predecessors[0] === ACROSS.lanes[0],
  )!;
  const behind = right.successors[0]!;
  const [said, done] = follow(JUNCTION, ACROSS, { kind: "TURN", way: "RIGHT" }, [
    { sM: 40 },
    { lane: behind, sM: 10, tS: 12 },
  ]);
  expect(said!.answer).toBe("ACCEPTED");
  expect(said!.route.lanes.slice(0, 3)).toEqual([ACROSS.lanes[0], right.index, behind]);
  expect(done!.answer).toBe("DONE");
});

test("what the route does anyway leaves it as it is", () => {
  const [said] = follow(JUNCTION, ACROSS, { kind: "TURN", way: "STRAIGHT" }, [{ sM: 40 }]);
  expect(said!.route).toBe(ACROSS);
  expect(said!.answer).toBe("ACCEPTED");
});

test("a route that changes lanes too late for a way gives place to one that does not", () => {
  const b = new GraphBuilder();
  const lane = (x0M: number, x1M: number, yM: number, turn?: "STRAIGHT" | "RIGHT") =>
    b.lane(
      [
        [x0M, yM],
        [x1M, turn === "RIGHT" ? yM - (x1M - x0M) : yM],
      ],
      turn === undefined ? {} : { junctionId: "j", turn },
    );
  const [left, right] = [lane(0, 100, 0), lane(0, 100, -3.5)];
  const [leftOn, rightOn] = [lane(100, 120, 0, "STRAIGHT"), lane(100, 120, -3.5, "STRAIGHT")];
  const [leftOut, rightOut] = [lane(120, 400, 0), lane(120, 400, -3.5)];
  const turns = lane(100, 120, -3.5, "RIGHT");
  const out = b.lane([
    [120, -23.5],
    [300, -203.5],
  ]);
  for (const [from, to] of [
    [left, leftOn],
    [leftOn, leftOut],
    [right, rightOn],
    [rightOn, rightOut],
    [right, turns],
    [turns, out],
  ] as const)
    b.link(from, to);
  b.beside(left, right);
  b.beside(leftOut, rightOut);
  const route = { lanes: [right, left, leftOn, leftOut], lengthM: 400 };
  const straight = { kind: "TURN", way: "STRAIGHT" } as const;
  const said = (sM: number) =>
    follow(b.build("lanes"), route, straight, [{ lane: right, sM, speedMps: 14 }])[0]!;
  expect(said(20)).toMatchObject({ answer: "ACCEPTED", route });
  const near = said(60);
  expect(near.answer).toBe("ACCEPTED");
  expect(near.route.lanes.slice(0, 3)).toEqual([right, rightOn, rightOut]);
});

test("ways that are not there, or too near for the speed, are refused and the route stays", () => {
  const [none] = follow(ROAD, ROUTE, { kind: "TURN", way: "LEFT" }, [{}]);
  expect(none).toMatchObject({ answer: "REFUSED_NO_LANE", route: ROUTE });
  expect(none!.label.maneuver.rationale).toContain("INSTRUCTION_REFUSED");
  const nearM = JUNCTION.lanes[ACROSS.lanes[0]!]!.lengthM - 8;
  const late = follow(JUNCTION, ACROSS, { kind: "TURN", way: "RIGHT" }, [
    { sM: nearM, speedMps: 13 },
  ]);
  expect(late[0]).toMatchObject({ answer: "REFUSED_UNSAFE", route: ACROSS });
  expect(answers({ kind: "GO_TO", aheadM: 30, leftM: 40 }, [{}])).toEqual(["REFUSED_NO_LANE"]);
  expect(answers({ kind: "ROUNDABOUT", exit: 2 }, [{}])).toEqual(["REFUSED_NO_LANE"]);
  expect(answers({ kind: "CHANGE_LANE", side: "LEFT" }, [{}])).toEqual(["REFUSED_NO_LANE"]);
  expect(answers({ kind: "OVERTAKE", side: "RIGHT" }, [{}])).toEqual(["REFUSED_NOT_UNDERSTOOD"]);
});

test("what comes after driving freely waits until ego has driven so", () => {
  const steps = [{ kind: "DRIVE_FREELY" }, { kind: "CHANGE_SPEED", deltaMps: -5 }] as const;
  const at = (tS: number, speedMps: number) => ({ tS, speedMps, sM: 20 + 8 * tS });
  const steady = [at(0, 5), at(9, 8), at(12, 13.5), at(15, 13.6), at(17.3, 13.6)];
  const ran = follow(ROAD, ROUTE, { kind: "SEQUENCE", steps: [...steps] }, steady);
  expect(ran.map(({ course }) => course.step)).toEqual([0, 0, 0, 0, 1]);
  // never let to, it does not wait for good
  const slow = follow(ROAD, ROUTE, { kind: "SEQUENCE", steps: [...steps] }, [
    at(0, 5),
    at(41, 5),
    at(47, 5),
  ]);
  expect(slow.map(({ course }) => course.step)).toEqual([0, 0, 1]);
});

test("a change of speed counts from the words, a second one from when the first was held", () => {
  const more = { kind: "CHANGE_SPEED", deltaMps: 2 } as const;
  const at = (tS: number, speedMps: number) => ({ tS, speedMps, sM: 20 + 10 * tS });
  const ran = follow(ROAD, ROUTE, { kind: "SEQUENCE", steps: [more, { ...more, deltaMps: -4 }] }, [
    at(0, 8),
    at(2, 10),
    at(7.2, 10.2),
    at(9, 8),
    at(10, 6),
    at(15.2, 6.3),
  ]);
  expect(ran.map(({ course }) => course.step)).toEqual([0, 0, 1, 1, 1, 1]);
  expect(ran[2]!.course.start.speedMps).toBe(10.2);
  expect(ran.map(({ answer }) => answer)).toEqual([...Array(5).fill("ACCEPTED"), "DONE"]);
  expect(ran[3]!.label.maneuver.targetSpeedMps).toBe(6);
  // from 13 m/s on, 2 m/s more would be over the limit of 14 m/s
  expect(answers(more, [at(0, 13)])).toEqual(["REFUSED_ILLEGAL"]);
});

test("a condition is waited for before anything is done, but nonsense is refused at once", () => {
  const when = (step: NavMeaning) =>
    ({ kind: "WHEN", condition: { kind: "DRIVEN", metres: 50 }, step }) as NavMeaning;
  const moments = [{ sM: 20 }, { sM: 50, tS: 3 }, { sM: 71, tS: 5.1 }];
  const ran = follow(ROAD, ROUTE, when({ kind: "STOP" }), moments);
  expect(ran.map(({ course }) => course.waits)).toEqual([true, true, false]);
  expect(ran[1]!.label.maneuver.longitudinal).not.toBe("STOP");
  expect(ran[2]!.label.maneuver.rationale[0]).toBe("INSTRUCTION_STOP");
  expect(answers(when({ kind: "NONSENSE" }), [moments[0]!])).toEqual(["REFUSED_NOT_UNDERSTOOD"]);
});

test("a lane that is never free is refused after a while, one that was free is not", () => {
  const right: NavMeaning = { kind: "CHANGE_LANE", side: "RIGHT" };
  const beside = (sM: number) => {
    const { xM, yM } = lanePose(ROAD.lanes[ROAD.lanes[0]!.rightIndex!]!, sM);
    return [anObject(7, { xM, yM, speedMps: 10 })];
  };
  const moments = Array.from({ length: 9 }, (_, tS) => ({ tS, sM: 20 + 10 * tS }));
  const blocked = moments.map((m) => ({ ...m, objects: beside(m.sM) }));
  expect(answers(right, blocked).at(-1)).toBe("REFUSED_UNSAFE");
  expect(answers(right, [moments[0]!, ...blocked.slice(1)]).at(-1)).toBe("ACCEPTED");
});

test("several instructions can be tried on one scene, and none of them changes the road", () => {
  const keeper = new RouteKeeper(laneNet(JUNCTION), ACROSS);
  const scene = sceneOn(JUNCTION, ACROSS.lanes[0]!, { sM: 40 });
  keeper.update(scene.ego);
  const ways = ["LEFT", "RIGHT", "STRAIGHT"] as const;
  const hear = (way: (typeof ways)[number]) =>
    hearInstruction(keeper, scene, giveInstruction(way, { kind: "TURN", way }, scene.stampUs, 10));
  const first = ways.map(hear);
  expect(first.map(({ route }) => route === undefined)).toEqual([false, false, true]);
  expect(ways.map(hear)).toEqual(first);
  expect(keeper.route).toBe(ACROSS);
});

test("who is to be passed and was out of sight at the words is looked out for", () => {
  const meaning: NavMeaning = {
    kind: "WHEN",
    condition: { kind: "PAST", what: "MOTORCYCLE" },
    step: { kind: "STOP" },
  };
  const { xM, yM } = lanePose(ROAD.lanes[0]!, 200);
  const objects = [anObject(7, { kind: "MOTORCYCLE", xM, yM: yM + 4, speedMps: 0 })];
  const moments = [20, 140, 215].map((sM, i) => ({ sM, tS: 8 * i, objects }));
  const ran = follow(ROAD, ROUTE, meaning, moments);
  expect(ran.map(({ course }) => course.start.pastId)).toEqual([undefined, 7, undefined]);
  expect(ran.map(({ course }) => course.waits)).toEqual([true, true, false]);
});

test("told to go on along the road, ego does not leave its lane for the route", () => {
  const off: LaneRoute = { lanes: [0, 2, 3], lengthM: 600 };
  const [told] = follow(ROAD, off, { kind: "FOLLOW_ROAD" }, [{ sM: 220 }]);
  expect(told!.route.lanes.slice(0, 2)).toEqual([0, 1]);
  expect(told!.label.maneuver.lateral).toBe("KEEP_LANE");
  const keeper = new RouteKeeper(laneNet(ROAD), off);
  const scene = sceneOn(ROAD, 0, { sM: 220 });
  keeper.update(scene.ego);
  const silent = giveInstruction("", { kind: "FOLLOW_ROAD" }, scene.stampUs, 10);
  expect(hearInstruction(keeper, scene, silent).route).toBeUndefined();
});

test("ego pulls over at the side of the road, not beside a lane that it must not change to", () => {
  const lanes = ROAD.lanes.map((lane) => ({ ...lane, mayChangeRight: false }));
  const closed = { ...ROAD, lanes };
  const lateral = (lane: number) =>
    follow(closed, { lanes: [lane], lengthM: 600 }, { kind: "PULL_OVER" }, [{ lane }])[0]!.label
      .maneuver.lateral;
  expect(lateral(0)).toBe("KEEP_LANE");
  expect(lateral(2)).toBe("PULL_OVER");
});

test("a point in a lane that begins too near before it is refused as unsafe", () => {
  // the left lane is open to ego from x = 0 on only
  const lanes = ROAD.lanes.map((lane, i) => (i === 2 ? { ...lane, mayChangeLeft: false } : lane));
  const late = { ...ROAD, lanes };
  const goTo = (aheadM: number) =>
    answers({ kind: "GO_TO", aheadM, leftM: 3.5 }, [{ lane: 2, sM: 240 }], late, {
      lanes: [2, 3],
      lengthM: 600,
    });
  expect(goTo(70)).toEqual(["REFUSED_UNSAFE"]);
  expect(goTo(110)).toEqual(["ACCEPTED"]);
});
