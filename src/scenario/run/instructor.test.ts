import { expect, test } from "vitest";
import { isSuccess } from "../../expert/navigator/judge.ts";
import { NAV_KINDS, type NavMeaning } from "../../expert/navigator/nav-meaning.ts";
import { RouteKeeper } from "../../expert/route/keeper.ts";
import { junctionGraph, straightGraph } from "../../world/testing/graphs.ts";
import type { SensorDriver, SensorInput } from "../drivers/driver.ts";
import { expertDriver } from "../drivers/expert-driver.ts";
import { ruleDriver } from "../drivers/rule-driver.ts";
import { decisionOf } from "../label-decision.ts";
import { quietWorld } from "../testing/quiet-world.ts";
import type { InstructMode } from "./draw-words.ts";
import { type DriveOptions, runDrive, type Sense } from "./drive.ts";
import { Instructor } from "./instructor.ts";

const ROAD = straightGraph({ laneCount: 2, lengthM: 900, speedLimitMps: 14 });
const ROUTE = { lanes: [0, 1], lengthM: 900 };

const optionsOf = (mode: InstructMode, seed = 3): DriveOptions => ({
  key: "run",
  worldName: "world",
  seed,
  driverName: "driver",
  periodUs: 100_000,
  delayUs: 50_000,
  timeoutS: 60,
  text: "",
  instruct: { mode, split: "train", seed },
});

/** One instruction from the first scene on. */
const told = (text: string, meaning: NavMeaning): DriveOptions => ({
  ...optionsOf("right"),
  instruct: { mode: "told", text, meaning },
});

const drive = (mode: InstructMode, driver = expertDriver(), seed = 3) =>
  runDrive(quietWorld(ROAD, ROUTE), driver, optionsOf(mode, seed));

test("a drive is given one instruction after the other, each judged before the next one comes", async () => {
  const run = await drive("right");
  const told = run.instructions!;
  expect(told.length).toBeGreaterThan(2);
  told.forEach((one, i) => {
    expect(one.judgedS).toBeGreaterThan(one.givenS);
    if (i > 0) expect(one.givenS).toBeGreaterThan(told[i - 1]!.judgedS);
  });
  expect(
    told.filter(({ verdict }) => !isSuccess(verdict) && verdict.outcome !== "UNTESTED"),
  ).toEqual([]);
  expect(run).toMatchObject({ end: "COMPLETED", infractions: [] });
  expect((await drive("right")).instructions).toEqual(told);
});

test("what must be refused is refused by the teacher, and not by who hears nothing", async () => {
  const outcomes = async (driver = expertDriver()) =>
    (await drive("wrong", driver)).instructions!.map(({ verdict }) => verdict.outcome);
  const taught = await outcomes();
  expect(taught.length).toBeGreaterThan(5);
  expect(new Set(taught)).toEqual(new Set(["REFUSED_RIGHTLY"]));
  expect(await outcomes(ruleDriver())).not.toContain("REFUSED_RIGHTLY");
});

test("who stands beside the lanes, pulled over, is told to drive on", () => {
  const world = quietWorld(ROAD, ROUTE);
  const keeper = new RouteKeeper(world.net, world.route);
  const scene = world.scene();
  keeper.update(scene.ego);
  const aside = { ...scene, ego: { ...scene.ego, yM: scene.ego.yM - 7.5, speedMps: 0 } };
  const speak = (mode: InstructMode, speedMps = 0) => {
    const { instruct } = optionsOf(mode);
    const instructor = new Instructor(world, keeper, instruct!, 0.1);
    return instructor.speak({ ...aside, ego: { ...aside.ego, speedMps } }, 10, undefined);
  };
  expect(speak("right")?.meaning).toEqual({ kind: "START" });
  expect(speak("right", 3)).toBeUndefined();
  expect(speak("wrong")).toBeUndefined();
});

test("the sentences along a route are said on the way and done by who follows it", async () => {
  const graph = junctionGraph({ control: "NOTHING", armM: 200 });
  const inside = graph.lanes.find(({ turn }) => turn === "LEFT")!;
  const route = {
    lanes: [inside.predecessors[0]!, inside.index, inside.successors[0]!],
    lengthM: 420,
  };
  const run = await runDrive(quietWorld(graph, route), expertDriver(), optionsOf("guided"));
  const turns = run.instructions!.filter(({ meaning }) => meaning.kind === "TURN");
  expect(turns.length).toBeGreaterThan(0);
  expect(turns.map(({ verdict }) => verdict.outcome)).toEqual(turns.map(() => "DONE"));
  // standing at the destination is the end, and not a vehicle that blocks the road
  expect(run.end).toBe("COMPLETED");
  expect(run.instructions!.at(-1)).toMatchObject({
    meaning: { kind: "ARRIVE" },
    verdict: { outcome: "DONE" },
  });
});

test("who drives past the destination has driven the way, and has not arrived", async () => {
  const graph = junctionGraph({ control: "NOTHING", armM: 200 });
  const straight = graph.lanes.find(({ turn }) => turn === "STRAIGHT")!;
  const lanes = [straight.predecessors[0]!, straight.index, straight.successors[0]!];
  const world = quietWorld(graph, { lanes, lengthM: 420 });
  const run = await runDrive(world, ruleDriver(), optionsOf("guided"));
  expect(run).toMatchObject({ end: "COMPLETED", completedRatio: 1 });
  const last = run.instructions!.at(-1)!;
  expect(last.meaning.kind).toBe("ARRIVE");
  expect(isSuccess(last.verdict)).toBe(false);
});

test("what is told at the start is judged once, and the drive goes on", async () => {
  const meaning = { kind: "SET_SPEED", mps: 8 } as const;
  const options = { ...told("do 8 m/s", meaning), timeoutS: 120 };
  const run = await runDrive(quietWorld(ROAD, ROUTE), expertDriver(), options);
  expect(run).toMatchObject({ end: "COMPLETED", infractions: [] });
  expect(run.instructions).toMatchObject([
    { text: "do 8 m/s", meaning, givenS: 0, verdict: { outcome: "DONE" } },
  ]);
  expect(run.instruction).toBeUndefined();
  const deaf = await runDrive(quietWorld(ROAD, ROUTE), ruleDriver(), options);
  expect(deaf.instructions).toMatchObject([{ verdict: { outcome: "IGNORED" } }]);
});

test("who stands where told to ends the drive well, and does not block the road", async () => {
  const stop = { kind: "PULL_OVER" } as const;
  for (const meaning of [
    stop,
    { kind: "SEQUENCE", steps: [{ kind: "SET_SPEED", mps: 8 }, stop] },
  ] as const) {
    const run = await runDrive(quietWorld(ROAD, ROUTE), expertDriver(), told("words", meaning));
    expect(run).toMatchObject({ end: "TIME", infractions: [] });
    expect(run.instructions).toMatchObject([{ verdict: { outcome: "DONE" } }]);
  }
});

test.each([
  ["drawn", optionsOf("mixed")],
  ["told", told("words", { kind: "SET_SPEED", mps: 8 })],
])(
  "who drives by sensors hears words, %s, and when they came, and never what they mean",
  async (_, options) => {
    const { driver, heard, sensed, sense } = anEar();
    const run = await runDrive(quietWorld(ROAD, ROUTE), driver, { ...options, sense });
    const texts = new Set(heard.map(({ text }) => text).filter((text) => text !== ""));
    expect([...texts]).toEqual(run.instructions!.map(({ text }) => text));
    for (const args of sensed) expect(args.length).toBe(4);
    for (const input of heard) {
      expect(Object.keys(input).sort()).toEqual(
        ["givenUs", "id", "images", "odometry", "stampUs", "sweeps", "text"].sort(),
      );
      const values = JSON.stringify({ ...input, text: "" });
      for (const kind of NAV_KINDS) expect(values).not.toContain(kind);
    }
  },
);

/** One that stands, and keeps what it was given. */
function anEar() {
  const heard: SensorInput[] = [];
  const sensed: unknown[][] = [];
  const sense: Sense = async (...args) => {
    sensed.push(args);
    const [scene, id, text, givenUs] = args;
    const { stampUs } = scene;
    const odometry = { stampUs, speedMps: 0, accelMps2: 0, yawRateRadps: 0, derived: false };
    return { id, stampUs, images: [], sweeps: [], odometry, text, givenUs };
  };
  const driver: SensorDriver = {
    sees: "SENSORS",
    decide: async (input) => {
      heard.push(input);
      const { maneuver, trajectory, answer } = STAND;
      const time = { id: input.id, stampUs: input.stampUs, delayUs: 50_000, validMs: 300 };
      return decisionOf({ maneuver, trajectory, answer }, 0, time);
    },
  };
  return { driver, heard, sensed, sense };
}

const ZEROS = [0, 0, 0, 0, 0, 0];
const STAND = {
  maneuver: {
    rationale: ["NONE", "NONE"],
    lateral: "KEEP_LANE",
    longitudinal: "WAIT",
    targetSpeedMps: 0,
  },
  trajectory: {
    accelMps2: ZEROS,
    curvatureInvm: ZEROS,
    xM: ZEROS,
    yM: ZEROS,
    yawRad: ZEROS,
    speedMps: ZEROS,
  },
  answer: "NONE",
} as const;
