import { describe, expect, test } from "vitest";
import { decodeDecision, encodeDecision } from "../wire/decision-codec.ts";
import { aFreeField, aPipeline, aTickObservation } from "./fakes.cases.ts";
import type { Rooms } from "./pipeline.ts";

const DELAY_US = 50_000;
const throwing = (): never => {
  throw new TypeError("broken on purpose");
};
const reset = () => undefined;

/** Decides ticks 0…count−1. */
async function drive(count: number, rooms: Partial<Rooms> = {}, change = {}) {
  const pipeline = aPipeline(rooms);
  const ticks = [];
  for (let id = 0; id < count; id++) {
    const observation = aTickObservation(id, change);
    ticks.push(await pipeline.decide(observation, observation.stampUs + DELAY_US));
  }
  return ticks;
}

test("a free road with everything present is an approved decision that can be sent", async () => {
  const [tick] = await drive(1);
  const { decision } = tick!;
  expect(decision).toMatchObject({
    id: 0,
    observationId: 0,
    mode: "NORMAL",
    verdict: "APPROVED",
    faults: [],
    answer: "ACCEPTED",
    modelHash: "model",
    egoSpeedMps: 5,
  });
  expect(decision.decidedUs - decision.observationStampUs).toBe(DELAY_US);
  expect(decision.ages).toEqual([
    { name: "lidar/top", ageUs: DELAY_US },
    { name: "camera/front", ageUs: DELAY_US },
    { name: "ego", ageUs: DELAY_US },
  ]);
  expect(decodeDecision(encodeDecision(decision))).toEqual(decision);
});

describe("anything thrown becomes INTERNAL and an emergency stop", () => {
  test.each<[string, Partial<Rooms>]>([
    ["perception", { perception: { perceive: async () => throwing(), reset } }],
    ["perception before its first await", { perception: { perceive: throwing, reset } }],
    ["the planner", { planner: { plan: async () => throwing(), reset } }],
    ["obstacle detection", { obstacles: { update: throwing, reset } }],
    [
      "perception and obstacle detection together",
      {
        perception: { perceive: async () => throwing(), reset },
        obstacles: { update: throwing, reset },
      },
    ],
  ])("thrown by %s", async (_name, rooms) => {
    const [tick] = await drive(1, rooms);
    expect(tick!.decision.faults).toMatchObject([
      { code: "INTERNAL", detail: "TypeError: broken on purpose" },
    ]);
    expect(tick!.decision.mode).toBe("EMERGENCY_STOP");
    expect(tick!.decision.maneuver.targetSpeedMps).toBe(0);
    expect(tick!.decision.accelLimitMps2).toBeLessThan(0);
    decodeDecision(encodeDecision(tick!.decision));
  });

  test("the decisions go on at every tick and stay stopped", async () => {
    let calls = 0;
    const ticks = await drive(5, {
      obstacles: {
        update: ({ stampUs }) => (++calls === 2 ? throwing() : aFreeField(stampUs)),
        reset,
      },
    });
    expect(ticks.map((tick) => tick.decision.id)).toEqual([0, 1, 2, 3, 4]);
    expect(ticks[0]!.decision.mode).toBe("NORMAL");
    for (const tick of ticks.slice(1)) expect(tick.decision.maneuver.targetSpeedMps).toBe(0);
  });
});

test("no proposal is fault PROPOSAL_MISSING and no proposed maneuver", async () => {
  const [tick] = await drive(1, { planner: { plan: async () => ({ faults: [] }), reset } });
  const { decision } = tick!;
  expect(decision.faults.map((fault) => fault.code)).toEqual(["PROPOSAL_MISSING"]);
  expect(decision.mode).not.toBe("NORMAL");
  expect("proposedManeuver" in decision).toBe(false);
  expect(decision.answer).toBe("NONE");
});

test("no BevState means the planner is not asked", async () => {
  let asked = 0;
  const [tick] = await drive(1, {
    perception: {
      perceive: async () => ({ faults: [], timing: { decodeMs: 0, pillarsMs: 0, bevMs: 0 } }),
      reset,
    },
    planner: {
      plan: async () => {
        asked++;
        return { faults: [] };
      },
      reset,
    },
  });
  expect(asked).toBe(0);
  expect(tick!.decision.faults[0]!.detail).toMatch(/no BevState/);
});

test("neither LiDAR nor camera for a second is SENSING_ABSENT and an emergency stop", async () => {
  const ticks = await drive(12, {}, { images: [], sweeps: [] });
  const at = ticks.findIndex((tick) =>
    tick.decision.faults.some((fault) => fault.code === "SENSING_ABSENT"),
  );
  expect(at).toBe(10);
  for (const tick of ticks.slice(at))
    expect(["EMERGENCY_STOP", "HOLD"]).toContain(tick.decision.mode);
});

test("obstacles found before or after perception give the same decisions", async () => {
  const slow: Partial<Rooms> = {
    perception: {
      perceive: async (observation) => {
        await new Promise((resolve) => setImmediate(resolve));
        return aPerception(observation.stampUs);
      },
      reset,
    },
  };
  const plain = await drive(3, {
    perception: { perceive: async ({ stampUs }) => aPerception(stampUs), reset },
  });
  const delayed = await drive(3, slow);
  const { timing: _a, ...one } = plain[2]!.decision;
  const { timing: _b, ...other } = delayed[2]!.decision;
  expect(other).toEqual(one);
});

test("the order in which cameras fail does not show in the decision", async () => {
  const fault = (source: string) =>
    ({ code: "CAMERA_INVALID", detail: "broken", stampUs: 0, source }) as const;
  const failing = (...sources: string[]): Partial<Rooms> => ({
    perception: {
      perceive: async ({ stampUs }) => ({ ...aPerception(stampUs), faults: sources.map(fault) }),
      reset,
    },
  });
  const [one] = await drive(1, failing("left", "front"));
  const [other] = await drive(1, failing("front", "left"));
  expect(other!.decision.faults).toEqual(one!.decision.faults);
  expect(one!.decision.faults.map((found) => found.source)).toEqual(["front", "left"]);
});

test("the stop for an unsealable decision keeps its id and the next one follows", async () => {
  const pipeline = aPipeline();
  const observation = aTickObservation(0);
  const nowUs = observation.stampUs + DELAY_US;
  await pipeline.decide(observation, nowUs);
  const fault = { code: "SEAL_FAILED", detail: "x", stampUs: observation.stampUs } as const;
  const stop = pipeline.stopInstead(observation, nowUs, fault);
  expect(stop.decision).toMatchObject({ id: 0, mode: "EMERGENCY_STOP", faults: [fault] });
  const next = await pipeline.decide(aTickObservation(1), nowUs + 100_000);
  expect(next.decision.id).toBe(1);
});

const aPerception = (stampUs: number) => ({
  bev: {
    spec: { xMinM: 0, yMinM: 0, cellM: 1, nx: 1, ny: 1 },
    data: new Uint8Array(12),
    stampUs,
    cameras: [],
    lidars: [],
  },
  faults: [],
  timing: { decodeMs: 0, pillarsMs: 0, bevMs: 0 },
});
