/** Override over real brokers: `waywarden override` against a service that decides ten times a second. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../cli/program.ts";
import { connectBroker } from "../wire/broker-connection.ts";
import { EmbeddedBroker } from "../wire/embedded-broker.ts";
import { findMosquitto, startMosquitto, type TestBroker } from "../wire/mosquitto.cases.ts";
import { sendOverride } from "../wire/override-client.ts";
import { encodeOverride } from "../wire/override-codec.ts";
import { topicOf } from "../wire/topics.ts";
import { aTickObservation, fakeRooms, SETTINGS } from "./fakes.cases.ts";
import { openOverride } from "./open-override.ts";
import {
  loadOverridePrivateKey,
  type OverrideKeyPaths,
  overrideKeyPaths,
} from "./override-keys.ts";
import { Pipeline } from "./pipeline.ts";
import { Publisher } from "./publisher.ts";

const TICK_MS = 100;
const mosquitto = findMosquitto();
if (!mosquitto)
  console.warn("mosquitto not found: override is tested over the embedded broker only");

const startEmbedded = async (): Promise<TestBroker> => {
  const broker = await EmbeddedBroker.start(0);
  return { url: broker.url, stop: () => broker.close() };
};

/** A service with fake rooms and the real supervisor, publisher and desk. */
async function aService(url: string, paths: OverrideKeyPaths) {
  const said: string[] = [];
  const override = await openOverride(paths, "car", (text) => said.push(text));
  const publisher = await Publisher.open({
    broker: url,
    vehicle: "car",
    key: new Uint8Array(32),
    epoch: new Uint8Array(8),
    about: { modelHash: "m", configHash: "c", software: "test", sourceName: "fake" },
    override: override.desk,
  });
  const pipeline = new Pipeline(fakeRooms(), SETTINGS, () => override.desk.input);
  const modes: string[] = [];
  let id = 0;
  const timer = setInterval(async () => {
    const observation = aTickObservation(id++);
    const { decision } = await pipeline.decide(observation, observation.stampUs + 50_000);
    modes.push(decision.mode);
    await publisher.publish(publisher.seal(decision), decision, performance.now());
  }, TICK_MS);
  const close = async () => {
    clearInterval(timer);
    await publisher.close();
    await override.close();
  };
  return { desk: override.desk, modes, said, close };
}

async function cli(...args: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const code = await runCli(["override", ...args], {
    out: (line) => out.push(line),
    say: (line) => said.push(line),
    signal: new AbortController().signal,
    isTerminal: false,
  });
  return { code, out, said };
}

describe.each([
  ["the embedded broker", startEmbedded, true],
  ["Mosquitto", () => startMosquitto(mosquitto ?? ""), mosquitto !== undefined],
] as const)("S01 over %s", (_name, start, present) => {
  let broker: TestBroker;
  let paths: OverrideKeyPaths;
  let service: Awaited<ReturnType<typeof aService>>;

  beforeEach(async () => {
    if (!present) return;
    broker = await start();
    paths = overrideKeyPaths(join(mkdtempSync(join(tmpdir(), "waywarden-override-")), "car.key"));
    service = await aService(broker.url, paths);
  });
  afterEach(async () => {
    if (!present) return;
    await service.close();
    await broker.stop();
  });
  const where = () => ["--broker", broker.url, "--key", paths.privateKey];

  test.skipIf(!present)("stop and release by the command line, each confirmed", async () => {
    const stop = await cli("stop", ...where());
    expect(stop).toMatchObject({ code: 0, said: [] });
    expect(stop.out[0]).toMatch(
      /^car: stopped, confirmed after \d+ ms, decided \d+ ms after it came$/,
    );
    expect(service.modes.at(-1)).toBe("EMERGENCY_STOP");
    const release = await cli("release", ...where());
    expect(release).toMatchObject({ code: 0, said: [] });
    expect(release.out[0]).toMatch(/^car: released, confirmed after \d+ ms$/);
    expect(service.modes.at(-1)).not.toBe("EMERGENCY_STOP");
    expect(service.desk.status.stopped).toBe(false);
    expect(service.desk.status.acceptedCount).toBeGreaterThanOrEqual(2);
  });

  test.skipIf(!present)("a release without a stop, and one by a foreign key, say why", async () => {
    const early = await cli("release", ...where());
    expect(early.code).toBe(1);
    expect(early.said[0]).toMatch(
      /^error\[WIRE_OVERRIDE_NOT_STOPPED\]: car on mqtt:.* expected, found none$/,
    );
    const foreign = sendOverride("STOP", {
      url: broker.url,
      vehicle: "car",
      privateKey: generateKeyPairSync("ed25519").privateKey,
      timeoutMs: 300,
    });
    await expect(foreign).rejects.toMatchObject({
      code: "WIRE_OVERRIDE_UNCONFIRMED",
      message: expect.stringMatching(/of STOP within 0.3 s expected, found 1 sent, none confirmed/),
    });
    expect(service.desk.status).toMatchObject({
      stopped: false,
      refusals: [{ reason: "FORGED", count: 1 }],
    });
  });

  test.skipIf(!present)("a retained or repeated STOP moves nothing after a restart", async () => {
    const key = await loadOverridePrivateKey(paths.privateKey);
    const topic = topicOf("car", "override");
    const stop = encodeOverride(topic, { kind: "STOP", counter: 5, nonce: new Uint8Array(0) }, key);
    const client = await connectBroker(broker.url);
    await client.publishAsync(topic, Buffer.from(stop), { qos: 1, retain: true });
    while (!service.desk.input.stop) await new Promise((resolve) => setTimeout(resolve, 10));
    await service.close();
    service = await aService(broker.url, paths);
    await client.publishAsync(topic, Buffer.from(stop), { qos: 1 });
    while (service.said.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await client.endAsync(true);
    expect(service.desk.status).toMatchObject({
      stopped: false,
      refusals: [
        { reason: "RETAINED", count: 1 },
        { reason: "REPLAYED", count: 1 },
      ],
    });
  });

  test.skipIf(!present)(
    "without a service, or with one that is deaf, the sender learns it",
    async () => {
      const privateKey = await loadOverridePrivateKey(paths.privateKey);
      const options = { url: broker.url, privateKey, timeoutMs: 200 };
      await expect(sendOverride("RELEASE", { ...options, vehicle: "van" })).rejects.toMatchObject({
        code: "WIRE_OVERRIDE_UNCONFIRMED",
        message: expect.stringContaining("found no status"),
      });
      const deaf = await Publisher.open({
        broker: broker.url,
        vehicle: "deaf",
        key: new Uint8Array(32),
        epoch: new Uint8Array(8),
        about: { modelHash: "m", configHash: "c", software: "test", sourceName: "fake" },
      });
      await expect(
        sendOverride("STOP", { ...options, vehicle: "deaf", timeoutMs: 5000 }),
      ).rejects.toMatchObject({
        code: "WIRE_OVERRIDE_UNHEARD",
      });
      await deaf.close();
    },
  );
});

test("without a key the command says where it looked", async () => {
  const missing = join(tmpdir(), "waywarden-no-key");
  const { code, said } = await cli("stop", "--broker", "mqtt://127.0.0.1:1", "--key", missing);
  expect(code).toBe(1);
  expect(said[0]).toMatch(
    /^error\[OVERRIDE_KEY_MISSING\]: .*waywarden-no-key: the private override/,
  );
});
