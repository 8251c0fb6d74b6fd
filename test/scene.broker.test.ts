/** `waywarden scene` against a real broker: examples/scene_client.py as it is, and simulators that err. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../src/cli/program.ts";
import type { Decision } from "../src/contract/decision.ts";
import { eventually } from "../src/wire/broker-faults.cases.ts";
import { DecisionReader } from "../src/wire/decision-reader.ts";
import { EmbeddedBroker } from "../src/wire/embedded-broker.ts";
import { findMosquitto, startMosquitto, type TestBroker } from "../src/wire/mosquitto.cases.ts";
import { aSentScene, NAN_STAND_IN, sceneBytes } from "../src/wire/scene.fixture.ts";
import { decodeSceneRefusal } from "../src/wire/scene-refusal-codec.ts";
import { decodeStatus } from "../src/wire/status-codec.ts";
import { topicOf } from "../src/wire/topics.ts";

/** Networks are loaded and pictures rendered; on a machine with much else to do this takes minutes. */
const LONG_MS = 600_000;
const SCRIPT = join(import.meta.dirname, "..", "examples", "scene_client.py");
const PYTHON = [process.env.WAYWARDEN_PYTHON, "python3", "/usr/bin/python3"].find(
  (name) => name && spawnSync(name, ["-c", "import paho.mqtt.client"]).status === 0,
);
if (!PYTHON)
  console.warn(
    "no python3 with paho-mqtt (or WAYWARDEN_PYTHON): examples/scene_client.py is not run",
  );
const mosquitto = findMosquitto();
if (!mosquitto) console.warn("mosquitto not found: Scenes go through the embedded broker instead");

const startBroker = async (): Promise<TestBroker> => {
  if (mosquitto) return startMosquitto(mosquitto);
  const broker = await EmbeddedBroker.start(0);
  return { url: broker.url, stop: () => broker.close() };
};

const dir = mkdtempSync(join(tmpdir(), "waywarden-scene-"));
const closers: (() => unknown)[] = [];
let broker: TestBroker;
beforeAll(async () => {
  broker = await startBroker();
}, LONG_MS);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await broker.stop();
}, LONG_MS);

/** The command, running; each vehicle has its own. */
async function aService(vehicle: string, ...more: string[]) {
  const said: string[] = [];
  const stop = new AbortController();
  const keyFile = join(dir, `${vehicle}.key`);
  const common = ["--broker", broker.url, "--vehicle", vehicle, "--key", keyFile];
  const ended = runCli(["scene", ...common, ...more], {
    out: (line) => said.push(line),
    say: (line) => said.push(line),
    signal: stop.signal,
    isTerminal: false,
  });
  const close = async () => {
    stop.abort();
    return ended;
  };
  closers.push(close);
  await eventually(() => said.find((line) => line.startsWith("waiting for scenes")), LONG_MS);
  return { said, close, key: () => Buffer.from(readFileSync(keyFile, "utf8").trim(), "hex") };
}

/** A simulator that asks and waits for what comes back: a decision by its seal, or a refusal. */
async function aSimulator(vehicle: string, key: Uint8Array) {
  const client: MqttClient = await connectAsync(broker.url);
  closers.push(() => client.endAsync(true));
  const answers: object[] = [];
  const states: ReturnType<typeof decodeStatus>[] = [];
  const reader = new DecisionReader(topicOf(vehicle, "decision"), key);
  client.on("message", (topic, payload) => {
    if (topic === topicOf(vehicle, "status")) states.push(decodeStatus(payload));
    else if (topic === topicOf(vehicle, "refusal")) answers.push(decodeSceneRefusal(payload));
    else answers.push(reader.read(payload));
  });
  for (const kind of ["decision", "refusal", "status"] as const)
    await client.subscribeAsync(topicOf(vehicle, kind), { qos: 1 });
  const ask = async (changes: Record<string, unknown>) => {
    const before = answers.length;
    const bytes = sceneBytes(aSentScene(changes));
    await client.publishAsync(topicOf(vehicle, "scene"), Buffer.from(bytes), { qos: 1 });
    return eventually(() => answers[before], LONG_MS);
  };
  return { ask, answers, states };
}

const at = (session: string, id: number, changes: Record<string, unknown> = {}) => ({
  ...{ session, id, stampUs: 1_000_000 + id * 100_000 },
  ...changes,
});
const decided = (id: number) => ({
  kind: "decision",
  lostCount: 0,
  decision: expect.objectContaining({ id, observationId: id }),
});

test("the Python simulator has at most 60 lines", () => {
  expect(readFileSync(SCRIPT, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(60);
});

test.skipIf(!PYTHON)(
  "the Python simulator gets one decision for each Scene, drives on and stops behind a standing box",
  async () => {
    const service = await aService("python", "--truth");
    const { hostname, port } = new URL(broker.url);
    const child = spawn(PYTHON!, [SCRIPT, hostname, port, "python"]);
    closers.push(() => child.kill("SIGKILL"));
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => {
        text += data.toString();
      });
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code, text).toBe(0);
    const steps = text
      .trimEnd()
      .split("\n")
      .map((line) => /^(\d+) decision (\d+) x (\S+) m (\S+) m\/s (.+)$/.exec(line)!.slice(1));
    expect(steps).toHaveLength(100);
    for (const [i, [step, id]] of steps.entries())
      expect([step, id]).toEqual([`${i + 1}`, `${i + 1}`]);
    const xM = steps.map((step) => Number(step[2]));
    const speedMps = steps.map((step) => Number(step[3]));
    expect(xM[40]!).toBeGreaterThan(25);
    expect(speedMps.at(-1)!).toBeLessThan(0.5);
    // The box begins at 57.75 m, and ego reaches 3.7 m beyond its rear axle.
    expect(xM.at(-1)!).toBeLessThan(57.75 - 3.7);
    expect(xM.at(-1)!).toBeGreaterThan(40);
    expect(service.said.at(-1)).toMatch(/^session [0-9a-f]{32} ends after scene 100$/);
    expect(await service.close()).toBe(0);
  },
  LONG_MS,
);

describe("simulators that err", () => {
  let service: Awaited<ReturnType<typeof aService>>;
  let simulator: Awaited<ReturnType<typeof aSimulator>>;
  beforeAll(async () => {
    service = await aService("errs", "--truth", "--silence", "0.5");
    simulator = await aSimulator("errs", service.key());
  }, LONG_MS);

  test(
    "NaN, no lanes, a Scene twice: each is refused by element, and the next one is driven",
    async () => {
      const { ask } = simulator;
      expect(await ask(at("first", 1))).toEqual(decided(1));
      const box = { ...aSentScene().objects[0]!, xM: NAN_STAND_IN };
      expect(await ask(at("first", 2, { objects: [box] }))).toMatchObject({
        ...{ reason: "FIELD", session: "first", sceneId: 2, element: "objects[0].x_m" },
        detail: expect.stringContaining("objects[0].x_m: metres from -10000000 to 10000000"),
      });
      expect(await ask(at("first", 2, { lanes: [] }))).toMatchObject({ element: "lanes" });
      expect(await ask(at("first", 2))).toEqual(decided(2));
      expect(await ask(at("first", 2))).toMatchObject({ reason: "ID", sceneId: 2 });
      expect(await ask(at("first", 3))).toEqual(decided(3));
    },
    LONG_MS,
  );

  test(
    "one that stops is told in the status, and another one may then begin",
    async () => {
      const { ask, states } = simulator;
      const silent = () => states.find(({ scene }) => scene?.silent && scene.lastSceneId === 3);
      const { scene } = await eventually(silent, LONG_MS);
      expect(scene).toMatchObject({ lastSceneId: 3, silenceLimitS: 0.5, decidedCount: 3 });
      expect(scene!.refusals).toEqual([
        { reason: "FIELD", count: 2 },
        { reason: "ID", count: 1 },
      ]);
      expect(await ask(at("second", 1, { last: true }))).toEqual(decided(1));
      expect(await ask(at("first", 4))).toMatchObject({ reason: "SESSION", session: "first" });
      expect(service.said).toContain("session second ends after scene 1");
    },
    LONG_MS,
  );
});

test(
  "of two publishers the second is refused while the first drives on; sensors are rendered",
  async () => {
    const service = await aService("two", "--silence", "3600");
    const { ask } = await aSimulator("two", service.key());
    expect(await ask(at("first", 1))).toEqual(decided(1));
    expect(await ask(at("other", 1))).toMatchObject({
      ...{ reason: "SESSION", session: "other", sceneId: 1 },
      detail: expect.stringContaining("a scene of session first expected, which is being driven"),
    });
    const answer = await ask(at("first", 2));
    expect(answer).toEqual(decided(2));
    const { decision } = answer as { decision: Decision };
    const seenBy = decision.ages.map(({ name }) => name).join(" ");
    for (const name of ["front", "front_left", "front_right", "top"])
      expect(seenBy).toContain(name);
    expect(decision.faults).toEqual([]);
  },
  LONG_MS,
);
