import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Decision } from "../../contract/decision.ts";
import type { Rig } from "../../contract/scene.ts";
import { anObject } from "../../expert/scene.fixture.ts";
import { openRecording } from "../../record/read-recording.ts";
import { scaleCamera } from "../../render/rigs.ts";
import type { SensorDriver } from "../../scenario/drivers/driver.ts";
import { runDrive } from "../../scenario/run/drive.ts";
import type { RunResult } from "../../scenario/run/result.ts";
import { quietWorld } from "../../scenario/testing/quiet-world.ts";
import { decisionBytesForCompare } from "../../wire/decision-codec.ts";
import { findMosquitto, startMosquitto, type TestBroker } from "../../wire/mosquitto.cases.ts";
import { straightGraph } from "../../world/testing/graphs.ts";
import { defaultModelDir, findPackage } from "../package-root.ts";
import { observationOf, openModelDriver } from "./model-driver.ts";
import { openMqttDriver } from "./mqtt-driver.ts";
import { makeSense, simulatedRig } from "./sense.ts";

const PERIOD_US = 100_000;
const DELAY_US = 50_000;
const DRIVE_S = 3;
const LIMIT_MS = 900_000;

/** The service is another process and runs from dist. */
const built = existsSync(join(findPackage().root, "dist", "src", "service", "run-lock-step.js"));
if (!built) console.warn("dist is missing or old: tests of simulate --via mqtt are skipped");
const mosquitto = findMosquitto();

const rig: Rig = (() => {
  const { cameras, ...rest } = simulatedRig();
  return { ...rest, cameras: cameras.slice(0, 1).map((c) => scaleCamera(c, 352, 198)) };
})();

type Drive = { readonly result: RunResult; readonly decisions: readonly Decision[] };

/** Three seconds behind a slow car; `onDecision` may do harm. */
async function drive(
  driver: SensorDriver,
  onDecision: (index: number) => Promise<void> = async () => undefined,
): Promise<Drive> {
  const graph = straightGraph({ laneCount: 1, lengthM: 500, speedLimitMps: 14 });
  const others = (tS: number) => [anObject(3, { xM: -200 + 3 * tS, yM: 0, speedMps: 3 })];
  const world = quietWorld(graph, { lanes: [0, 1], lengthM: 500 }, { others });
  const decisions: Decision[] = [];
  const result = await runDrive(world, driver, {
    ...{ key: "run", worldName: "world", seed: 1, driverName: "model" },
    ...{ periodUs: PERIOD_US, delayUs: DELAY_US, timeoutS: DRIVE_S, text: "" },
    sense: makeSense(rig, 1),
    onDecision: async (_scene, decision) => {
      decisions.push(decision);
      await onDecision(decisions.length);
    },
  });
  return { result, decisions };
}

const openVia = (broker: string, record?: string) =>
  openMqttDriver({
    broker,
    modelDir: defaultModelDir(),
    delayUs: DELAY_US,
    observe: (input) => observationOf(input, rig, PERIOD_US),
    ...(record === undefined ? {} : { record }),
  });

describe.skipIf(!built)("a drive over MQTT", () => {
  let direct: Drive;
  beforeAll(async () => {
    const driver = await openModelDriver({
      ...{ modelDir: defaultModelDir(), safety: "on", rig },
      ...{ periodUs: PERIOD_US, delayUs: DELAY_US },
    });
    direct = await drive(driver);
    await driver.close?.();
  }, LIMIT_MS);

  async function sameOver(broker: string): Promise<void> {
    const record = join(mkdtempSync(join(tmpdir(), "waywarden-via-")), "run.mcap");
    const { driver, trouble } = await openVia(broker, record);
    const { result, decisions } = await drive(driver);
    await driver.close?.();
    expect(trouble()).toBeUndefined();
    expect(JSON.stringify(result)).toBe(JSON.stringify(direct.result));
    expect(decisions.length).toBe(direct.decisions.length);
    decisions.forEach((decision, i) => {
      const wanted = decisionBytesForCompare(direct.decisions[i]!);
      expect(decisionBytesForCompare(decision)).toEqual(wanted);
    });
    const recording = await openRecording(record);
    expect(recording.decisionCount).toBe(decisions.length);
    expect(recording.end).toMatchObject({ reason: "complete" });
    await recording.close();
  }

  test("is the direct one: 30 decisions by networks, each observation once", () => {
    expect(direct.result.end).toBe("TIMEOUT");
    expect(direct.decisions.length).toBe(10 * DRIVE_S + 1);
    expect(direct.decisions.filter((d) => d.proposedManeuver).length).toBeGreaterThan(25);
  });

  test(
    "over the embedded broker has the same result and decisions, to the byte",
    () => sameOver("embedded"),
    LIMIT_MS,
  );

  describe.skipIf(!mosquitto)("over Mosquitto", () => {
    let broker: TestBroker;
    beforeAll(async () => {
      broker = await startMosquitto(mosquitto!);
    });
    afterAll(() => broker.stop());

    test("the same again", () => sameOver(broker.url), LIMIT_MS);

    test(
      "a broker that dies in the run ends it with its name, and the next run is another one",
      async () => {
        const dying = await startMosquitto(mosquitto!);
        const { driver } = await openVia(dying.url);
        const lost = drive(driver, (count) => (count === 3 ? dying.stop() : Promise.resolve()));
        await expect(lost).rejects.toMatchObject({
          code: "WIRE_BROKER_LOST",
          message: expect.stringContaining(dying.url),
        });
        await driver.close?.();
        await expect(openVia(dying.url)).rejects.toMatchObject({
          code: "WIRE_BROKER_UNREACHABLE",
        });
      },
      LIMIT_MS,
    );

    test(
      "a service that cannot start is told with its own words",
      async () => {
        const opening = openMqttDriver({
          ...{ broker: broker.url, modelDir: "/nowhere", delayUs: DELAY_US },
          observe: (input) => observationOf(input, rig, PERIOD_US),
        });
        await expect(opening).rejects.toMatchObject({
          code: "WIRE_SERVICE_ENDED",
          message: expect.stringMatching(/the service ended: error\[MODEL_/),
        });
      },
      LIMIT_MS,
    );
  });
});
