import { expect, test } from "vitest";
import { CAR } from "../../contract/maneuver.ts";
import type { Scene } from "../../contract/scene.ts";
import { stepBicycle } from "../../geometry/bicycle.ts";
import { straightGraph } from "../../world/testing/graphs.ts";
import { expertDecide } from "../decide.ts";
import { controlOf } from "../drive.ts";
import { advanceInstruction, giveInstruction, type Meaning } from "../meaning.ts";
import { aScene } from "../scene.fixture.ts";
import { judgeInstruction } from "./judge.ts";
import { TraceRecorder } from "./record-trace.ts";

const graph = straightGraph({ laneCount: 2, speedLimitMps: 20 });
const STEP_S = 0.1;

/** The teacher on the fixture's straight road, and the trace of it. */
function driveTeacher(meaning: Meaning, seconds: number, speedMps = 8) {
  const recorder = new TraceRecorder(graph, CAR, STEP_S);
  let ego = { xM: 0, yM: -3.5, yawRad: 0, speedMps };
  let instruction = giveInstruction("words", meaning, 1_000_000, speedMps);
  for (let tick = 0; tick <= seconds / STEP_S; tick++) {
    const base = aScene({ laneCount: 2, lane: 1, limitMps: 12, stampUs: 1_000_000 + tick * 1e5 });
    const scene: Scene = { ...base, ego: { ...base.ego, ...ego } };
    const label = expertDecide(scene, instruction, 12);
    recorder.add(scene, label.answer, { freeMps: 12 });
    const { accelMps2, curvatureInvm } = controlOf(label, ego.speedMps);
    ego = stepBicycle(ego, accelMps2, curvatureInvm, STEP_S);
    const { lateral } = label.maneuver;
    instruction = advanceInstruction(instruction, label.answer, lateral, scene.stampUs);
  }
  return judgeInstruction(meaning, recorder.trace, graph);
}

test("what the teacher does on a free road is done by the judge's measure", () => {
  expect(driveTeacher({ kind: "CHANGE_LANE", side: "LEFT" }, 12).outcome).toBe("DONE");
  expect(driveTeacher({ kind: "SET_SPEED", mps: 6 }, 12).outcome).toBe("DONE");
  expect(driveTeacher({ kind: "CHANGE_SPEED", deltaMps: -2 }, 12).outcome).toBe("DONE");
  expect(driveTeacher({ kind: "STOP" }, 14).outcome).toBe("DONE");
  expect(driveTeacher({ kind: "FOLLOW_ROAD" }, 10).outcome).toBe("DONE");
});

test("what the teacher refuses is refused rightly", () => {
  for (const meaning of [
    { kind: "CHANGE_LANE", side: "RIGHT" },
    { kind: "SET_SPEED", mps: 30 },
    { kind: "KEEP_GAP", metres: 3 },
    { kind: "ILLEGAL", what: "TURN_AROUND" },
    { kind: "NONSENSE" },
  ] as const satisfies readonly Meaning[])
    expect(driveTeacher(meaning, 4), meaning.kind).toMatchObject({ outcome: "REFUSED_RIGHTLY" });
});

test("a sample tells lane, limit, light, who is around and which side is free", () => {
  const recorder = new TraceRecorder(graph, CAR, STEP_S);
  const scene = aScene({
    laneCount: 2,
    lane: 1,
    offsetM: 0.3,
    limitMps: 14,
    stopLineM: 40,
    state: "RED",
    objects: [
      { xM: 30, yM: -3.5 },
      { xM: 0, yM: 0 },
    ],
  });
  recorder.add(scene, "ACCEPTED", { freeMps: 9, lead: { gapM: 24, speedMps: 0 } });
  const [sample] = recorder.trace.samples;
  expect(sample).toMatchObject({ footing: "LANE", limitMps: 14, freeMps: 9, leftIsFree: false });
  expect(sample!.place!.dM).toBeCloseTo(0.3);
  expect(sample!.rightIsFree).toBeUndefined();
  expect(sample!.light!.state).toBe("RED");
  // bumper to bumper: 30 − 2.3 − 3.7
  expect(sample!.others[0]!.aheadM).toBeCloseTo(24);
  expect(sample!.others[1]!.aheadM).toBe(0);
});

test("beside all lanes there is no place", () => {
  const recorder = new TraceRecorder(graph, CAR, STEP_S);
  recorder.add(aScene({ laneCount: 2, lane: 1, offsetM: -8 }), "NONE", {});
  expect(recorder.trace.samples[0]!.place).toBeUndefined();
  expect(recorder.trace.samples[0]!.footing).toBe("OTHER");
});
