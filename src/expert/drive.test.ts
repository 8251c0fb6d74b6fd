import { expect, test } from "vitest";
import {
  ACCEL_CODES_MPS2,
  CURVATURE_CODES_RATIO,
  GAP_MAX_M,
  GAP_MIN_M,
} from "../contract/maneuver.ts";
import { Random } from "../world/random.ts";
import { createWorld, type WorldOptions } from "../world/world.ts";
import { expertDecide } from "./decide.ts";
import { driveTick } from "./drive.ts";
import { giveInstruction, type Meaning } from "./meaning.ts";
import { rollOutExpert, type Tick } from "./rollout.ts";

const EMPTY_ROAD: WorldOptions = {
  nominal: true,
  start: "MOVING",
  plan: {
    density: 0.001,
    blocker: false,
    cutIn: false,
    crossing: false,
    cyclist: false,
    signal: "NONE",
    episodeRateHz: 0,
  },
};

/** Drives with one instruction; returns how the answers went and the time of the last change. */
function driveWith(seed: number, meaning: Meaning, durationS: number, options: WorldOptions) {
  const world = createWorld(seed, options);
  const first = world.scene();
  let instruction = giveInstruction(meaning.kind, meaning, first.stampUs, first.ego.speedMps);
  const answers: string[] = [];
  let doneS: number | undefined;
  while (world.timeS() < durationS && !world.collision()) {
    const scene = world.scene();
    const label = expertDecide(scene, instruction, world.layout.limitMps);
    if (answers[answers.length - 1] !== label.answer) answers.push(label.answer);
    if (label.answer === "DONE") doneS ??= world.timeS();
    instruction = driveTick(world, scene.ego.speedMps, scene.stampUs, instruction, label);
  }
  return { world, answers, doneS };
}

test("every label of many rollouts is within its vocabulary and consistent in itself", () => {
  let ticks = 0;
  const check = ({ scene, label, instruction }: Tick) => {
    ticks++;
    const { maneuver: m, accelCodes, curvatureCodes, answer } = label;
    const fine =
      accelCodes.length === 6 &&
      curvatureCodes.length === 6 &&
      accelCodes.every((c) => ACCEL_CODES_MPS2[c] !== undefined) &&
      curvatureCodes.every((c) => CURVATURE_CODES_RATIO[c] !== undefined) &&
      m.targetSpeedMps >= 0 &&
      m.targetSpeedMps <= 40 &&
      Number.isInteger(m.targetSpeedMps * 2) &&
      (m.gapM === undefined || (m.gapM >= GAP_MIN_M && m.gapM <= GAP_MAX_M)) &&
      (m.longitudinal !== "WAIT" || (m.targetSpeedMps === 0 && scene.ego.speedMps < 0.3)) &&
      (!m.lateral.startsWith("LANE_CHANGE") || instruction.meaning.kind === "CHANGE_LANE") &&
      (!answer.startsWith("REFUSED") || m.rationale.includes("INSTRUCTION_REFUSED")) &&
      m.rationale[0] !== m.rationale[1];
    if (!fine) expect.fail(`seed scene ${scene.id}: ${JSON.stringify(label)}`);
  };
  for (let seed = 0; seed < 15; seed++) rollOutExpert(seed, new Random(seed), 25, {}, check);
  expect(ticks).toBeGreaterThan(3000);
});

test("labels are pure: the same scene and words give the same label", () => {
  rollOutExpert(4, new Random(4), 5, {}, ({ scene, instruction, label }) => {
    const again = expertDecide(structuredClone(scene), instruction, createWorld(4).layout.limitMps);
    expect(again).toEqual(label);
  });
});

test("from nominal starts the expert hits nothing, runs no red light and gets on", () => {
  let share = 0;
  for (let seed = 500; seed < 530; seed++) {
    const run = rollOutExpert(seed, new Random(seed), 30, { nominal: true, instruct: false });
    expect(run.world.collision()?.egoCaused ?? false, `seed ${seed}`).toBe(false);
    expect(run.ranRedCount, `seed ${seed}`).toBe(0);
    share += run.meanMps / run.cruiseMps / 30;
  }
  expect(share).toBeGreaterThan(0.45);
});

test("on an empty road a lane change is done within 8 s, on both sides", () => {
  let changes = 0;
  for (let seed = 0; seed < 12; seed++)
    for (const side of ["LEFT", "RIGHT"] as const) {
      const egoLane = side === "LEFT" ? 1 : 0;
      const options = {
        ...EMPTY_ROAD,
        roadClass: "HIGHWAY" as const,
        plan: { ...EMPTY_ROAD.plan, egoLane },
      };
      const probe = createWorld(seed, options).scene();
      if (probe.objects.some((o) => Math.hypot(o.xM - probe.ego.xM, o.yM - probe.ego.yM) < 38))
        continue;
      const { doneS, world } = driveWith(seed, { kind: "CHANGE_LANE", side }, 9, options);
      changes++;
      expect(doneS, `seed ${seed} ${side}`).toBeLessThan(8);
      const there = world.layout.lanes[side === "LEFT" ? 0 : 1]!;
      expect(Math.abs(world.egoRoad().d - there.dM)).toBeLessThan(0.5);
    }
  expect(changes).toBeGreaterThan(8);
});

test("stop and pull over end in standing, pulled over at the right edge", () => {
  for (let seed = 0; seed < 6; seed++) {
    const stop = driveWith(seed, { kind: "STOP" }, 25, { ...EMPTY_ROAD, roadClass: "RURAL" });
    expect(stop.answers[stop.answers.length - 1], `seed ${seed}`).toBe("DONE");
    const over = driveWith(seed, { kind: "PULL_OVER" }, 40, { ...EMPTY_ROAD, roadClass: "RURAL" });
    expect(over.answers[over.answers.length - 1], `seed ${seed}`).toBe("DONE");
    const { layout } = over.world;
    expect(over.world.egoRoad().d - 0.95 - layout.rightEdgeM).toBeLessThan(1.2);
  }
});

test("a queue that moves off is followed", () => {
  for (let seed = 0; seed < 8; seed++) {
    const world = createWorld(seed, { start: "QUEUE", roadClass: "HIGHWAY" });
    let instruction = giveInstruction("", { kind: "FOLLOW_ROAD" }, 0, 0);
    let waited = 0;
    while (world.timeS() < 20) {
      const scene = world.scene();
      const label = expertDecide(scene, instruction, world.layout.limitMps);
      if (label.maneuver.longitudinal === "WAIT") waited++;
      instruction = driveTick(world, scene.ego.speedMps, scene.stampUs, instruction, label);
    }
    expect(waited, `seed ${seed}`).toBeGreaterThan(2);
    expect(world.scene().ego.speedMps, `seed ${seed}`).toBeGreaterThan(1.5);
  }
});

test("a label costs well under a millisecond", () => {
  const world = createWorld(21, { roadClass: "CITY" });
  const scene = world.scene();
  const instruction = giveInstruction("", { kind: "FOLLOW_ROAD" }, scene.stampUs, 0);
  for (let i = 0; i < 200; i++) expertDecide(scene, instruction, 14);
  const startMs = performance.now();
  for (let i = 0; i < 300; i++) expertDecide(scene, instruction, 14);
  expect((performance.now() - startMs) / 300).toBeLessThan(1);
});
