import { expect, test } from "vitest";
import { CAR } from "../../contract/maneuver.ts";
import type { Rig } from "../../contract/scene.ts";
import { aScene } from "../../expert/scene.fixture.ts";
import { rasterizeBev } from "../../render/bev-truth.ts";
import { Executor } from "../../scenario/executor/executor.ts";
import type { Tick } from "../../service/pipeline.ts";
import { defaultModelDir } from "../package-root.ts";
import { TruthPerception } from "../truth-perception.ts";
import { openModelDriver } from "./model-driver.ts";
import { makeSense, sensorsNeeded, simulatedRig } from "./sense.ts";

const PERIOD_US = 100_000;
const TICKS = 4;

function smallRig(): Rig {
  const rig = simulatedRig();
  return { ...rig, cameras: rig.cameras.slice(0, 1) };
}

test.each(["on", "off"] as const)(
  "with safety %s the service's own pipeline decides on rendered sensors, and the executor obeys",
  async (safety) => {
    const rig = smallRig();
    const modelDir = defaultModelDir();
    const driver = await openModelDriver({
      modelDir,
      safety,
      rig,
      periodUs: PERIOD_US,
      delayUs: 50_000,
    });
    const sense = makeSense(rig, 1);
    const executor = new Executor(CAR);
    try {
      for (let id = 0; id < TICKS; id++) {
        const stampUs = 1_000_000 + id * PERIOD_US;
        const scene = { ...aScene({ speedMps: 8, laneCount: 2 }), stampUs };
        const decision = await driver.decide(await sense(scene, id, "", 0));
        expect(decision).toMatchObject({ observationId: id, observationStampUs: stampUs });
        expect(decision.faults.filter((f) => f.code === "INTERNAL")).toEqual([]);
        expect(decision.proposedManeuver).toBeDefined();
        const state = { stampUs, xM: 0, yM: 0, yawRad: 0, speedMps: 8 };
        executor.observe(state);
        expect(executor.receive(decision, decision.decidedUs)).toBeUndefined();
        const command = executor.control({ ...state, stampUs: decision.decidedUs });
        expect(command.state).not.toBe("SILENCE");
        if (safety === "off") expect(decision.hits).toEqual([]);
      }
    } finally {
      await driver.close?.();
    }
  },
);

test("with the true BevState the planner decides without a sensor, and each time by the scene shown", async () => {
  const rig = sensorsNeeded({ bev: "truth", safety: "off" });
  const truth = new TruthPerception();
  const ticks: Tick[] = [];
  const driver = await openModelDriver({
    modelDir: defaultModelDir(),
    safety: "off",
    rig,
    periodUs: PERIOD_US,
    delayUs: 50_000,
    truth,
    onTick: (tick) => void ticks.push(tick),
  });
  const sense = makeSense(rig, 1);
  try {
    const scene = aScene({ speedMps: 8, laneCount: 2, objects: [{ xM: 25 }] });
    truth.show(scene);
    const decision = await driver.decide(await sense(scene, 0, "", 0));
    expect(decision.proposedManeuver).toBeDefined();
    expect(ticks[0]!.bev).toMatchObject({ lidars: ["truth"], data: rasterizeBev(scene) });
    const later = { ...scene, stampUs: scene.stampUs + PERIOD_US };
    const unseen = await driver.decide(await sense(later, 1, "", 0));
    expect(unseen.faults.map(({ code }) => code)).toContain("INTERNAL");
  } finally {
    await driver.close?.();
  }
});
