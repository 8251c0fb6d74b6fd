import { createServer, type Socket } from "node:net";
import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Route } from "../contract/observation.ts";
import { encodeDecision } from "./decision-codec.ts";
import { type FeedEvent, openDecisionFeed } from "./decision-feed.ts";
import { EmbeddedBroker } from "./embedded-broker.ts";
import { aDecision } from "./fixtures.cases.ts";
import { encodeInstruction } from "./instruction-codec.ts";
import { findMosquitto, freePort, startMosquitto, type TestBroker } from "./mosquitto.cases.ts";
import { MqttLink, type MqttLinkOptions } from "./mqtt-link.ts";
import { Sealer } from "./seal.ts";
import { decodeStatus, encodeStatus, type ServiceState } from "./status-codec.ts";
import { topicOf } from "./topics.ts";

const KEY = new Uint8Array(32).fill(3);
const DECISION = topicOf("car", "decision");
const STATUS = topicOf("car", "status");
const INSTRUCTION = topicOf("car", "instruction");

const aStatus = (state: ServiceState) =>
  encodeStatus({
    state,
    vehicle: "car",
    epochHex: "00",
    modelHash: "m",
    configHash: "c",
    software: "test",
    sourceName: "test",
  });

const mosquitto = findMosquitto();
if (!mosquitto)
  console.warn("mosquitto not found in PATH, /usr/sbin or /usr/local/sbin: its tests are skipped");

const startEmbedded = async (): Promise<TestBroker> => {
  const broker = await EmbeddedBroker.start(0);
  return { url: broker.url, stop: () => broker.close() };
};

/** Answers the first value for which `read` is not undefined, as things arrive. */
async function eventually<T>(read: () => T | undefined): Promise<T> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const value = read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not seen within 5 s: ${read.toString()}`);
}

describe.each([
  ["the embedded broker", startEmbedded, true],
  ["Mosquitto", () => startMosquitto(mosquitto ?? ""), mosquitto !== undefined],
] as const)("over %s", (_name, start, present) => {
  let broker: TestBroker;
  const links: { close(status: Uint8Array): Promise<void> }[] = [];

  const aLink = async (changes: Partial<MqttLinkOptions> = {}) => {
    const link = await MqttLink.connect({
      url: broker.url,
      vehicle: "car",
      lastWill: aStatus("OFFLINE"),
      ...changes,
    });
    links.push(link);
    return link;
  };
  const aClient = async (topics: string[] = []): Promise<MqttClient> => {
    const client = await connectAsync(broker.url, { protocolVersion: 4 });
    links.push({ close: () => client.endAsync(true).then(() => undefined) });
    if (topics.length > 0) await client.subscribeAsync(topics, { qos: 1 });
    return client;
  };

  beforeEach(async () => {
    if (present) broker = await start();
  });
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.close(aStatus("OFFLINE"))));
    if (present) await broker.stop();
  });

  test.skipIf(!present)("every decision arrives once, in order, sealed, not retained", async () => {
    const events: FeedEvent[] = [];
    const feed = await openDecisionFeed({
      url: broker.url,
      vehicle: "car",
      key: KEY,
      onEvent: (event) => events.push(event),
    });
    links.push(feed);
    const link = await aLink();
    const sealer = new Sealer({ topic: DECISION, key: KEY, epoch: new Uint8Array(8) });
    for (let id = 0; id < 100; id++)
      await link.publishDecision(sealer.seal(encodeDecision(aDecision({ id })), 1, 300));
    await eventually(() => (events.length >= 100 ? true : undefined));
    const ids = events.map((event) => (event.kind === "decision" ? event.decision.id : event));
    expect(ids).toEqual(Array.from({ length: 100 }, (_, id) => id));
    await eventually(() => (link.counts.published === 100 ? true : undefined));
    expect(link.counts.dropped).toBe(0);
    const late: string[] = [];
    const client = await aClient();
    client.on("message", (topic) => late.push(topic));
    await client.subscribeAsync(["waywarden/v1/car/#"]);
    await client.publishAsync("waywarden/v1/car/scene", "end");
    await eventually(() => (late.includes("waywarden/v1/car/scene") ? true : undefined));
    expect(late).not.toContain(DECISION);
  });

  test.skipIf(!present)("a feed refuses what is not sealed with its key", async () => {
    const events: FeedEvent[] = [];
    const options = { url: broker.url, vehicle: "car", key: KEY };
    links.push(await openDecisionFeed({ ...options, onEvent: (event) => events.push(event) }));
    const client = await aClient();
    const forger = new Sealer({
      topic: DECISION,
      key: new Uint8Array(32),
      epoch: KEY.subarray(0, 8),
    });
    await client.publishAsync(DECISION, Buffer.from(forger.seal(new Uint8Array(4), 1, 300)));
    const refused = await eventually(() => events[0]);
    expect(refused).toMatchObject({ kind: "refused", status: "ERROR" });
    expect(refused).toMatchObject({ detail: expect.stringContaining("the mac does not fit") });
  });

  test.skipIf(!present)("status is retained and becomes OFFLINE at a clean end", async () => {
    const link = await aLink();
    link.publishStatus(aStatus("ONLINE"));
    const seen: string[] = [];
    const client = await aClient();
    client.on("message", (_topic, payload, packet) =>
      seen.push(`${decodeStatus(payload).state}${packet.retain ? " retained" : ""}`),
    );
    await client.subscribeAsync(STATUS, { qos: 1 });
    await eventually(() => seen[0]);
    expect(seen[0]).toMatch(/^ONLINE/);
    await link.close(aStatus("OFFLINE"));
    expect(await eventually(() => seen.find((text) => text.startsWith("OFFLINE")))).toBe("OFFLINE");
    const after: string[] = [];
    const second = await aClient();
    second.on("message", (_topic, payload, packet) =>
      after.push(`${decodeStatus(payload).state} ${packet.retain}`),
    );
    await second.subscribeAsync(STATUS);
    expect(await eventually(() => after[0])).toBe("OFFLINE true");
  });

  test.skipIf(!present)("a service that vanishes leaves OFFLINE by its last will", async () => {
    const sockets: Socket[] = [];
    const port = Number(new URL(broker.url).port);
    const proxy = await startProxy(port, sockets);
    const link = await aLink({ url: `mqtt://127.0.0.1:${proxy.port}` });
    link.publishStatus(aStatus("ONLINE"));
    const seen: string[] = [];
    const client = await aClient([STATUS]);
    client.on("message", (_topic, payload) => seen.push(decodeStatus(payload).state));
    await eventually(() => sockets[1]);
    await proxy.stop();
    expect(await eventually(() => seen.find((state) => state === "OFFLINE"))).toBe("OFFLINE");
  });

  test.skipIf(!present)("an instruction reaches the service with its facts", async () => {
    const routes: Route[] = [];
    await aLink({ onInstruction: (route) => routes.push(route) });
    const client = await aClient();
    const route = { text: "change lane left", givenUs: 12, speedLimitMps: 13.5 };
    await client.publishAsync(INSTRUCTION, Buffer.from(encodeInstruction(route)));
    expect(await eventually(() => routes[0])).toEqual(route);
  });

  test.skipIf(!present)("a retained instruction is refused and said so", async () => {
    const client = await aClient();
    const bytes = Buffer.from(encodeInstruction({ text: "drive faster", givenUs: 1 }));
    await client.publishAsync(INSTRUCTION, bytes, { retain: true, qos: 1 });
    const said: string[] = [];
    const routes: Route[] = [];
    const link = await aLink({
      onInstruction: (route) => routes.push(route),
      onEvent: (text) => said.push(text),
    });
    expect(await eventually(() => said[0])).toMatch(
      /a live message expected, found a retained one/,
    );
    expect(link.counts).toMatchObject({ instructions: 0, instructionsRefused: 1 });
    expect(routes).toEqual([]);
  });

  test.skipIf(!present)("a broken or huge instruction is refused, the next is taken", async () => {
    const said: string[] = [];
    const routes: Route[] = [];
    const link = await aLink({
      onInstruction: (route) => routes.push(route),
      onEvent: (text) => said.push(text),
    });
    const client = await aClient();
    await client.publishAsync(INSTRUCTION, Buffer.from("ff", "hex"));
    await client.publishAsync(INSTRUCTION, Buffer.alloc(5000));
    await client.publishAsync(
      INSTRUCTION,
      Buffer.from(encodeInstruction({ text: "stop", givenUs: 1 })),
    );
    expect(await eventually(() => routes[0]?.text)).toBe("stop");
    expect(link.counts.instructionsRefused).toBe(2);
    expect(said[1]).toMatch(/at most 4096 bytes expected, found 5000/);
  });

  test.skipIf(!present)("losing the broker drops decisions and never waits for it", async () => {
    const proxy = await startProxy(Number(new URL(broker.url).port), []);
    const said: string[] = [];
    const link = await aLink({
      url: `mqtt://127.0.0.1:${proxy.port}`,
      onEvent: (text) => said.push(text),
    });
    await proxy.stop();
    await eventually(() => said.find((text) => /lost; trying again/.test(text)));
    const startMs = performance.now();
    for (let i = 0; i < 50; i++) expect(await link.publishDecision(new Uint8Array(10))).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(500);
    expect(link.counts.dropped).toBe(50);
  });
});

describe("trouble at the start", () => {
  test("an unreachable broker is an error that names URL, finding and remedy", async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    const connecting = MqttLink.connect({ url, vehicle: "car", lastWill: new Uint8Array() });
    await expect(connecting).rejects.toMatchObject({
      code: "WIRE_BROKER_UNREACHABLE",
      message: expect.stringMatching(
        new RegExp(
          `^${url}: an MQTT broker .* expected, found .*ECONNREFUSED.*; .*--broker embedded`,
        ),
      ),
    });
  });

  test("a server that never answers is given up after the limit", async () => {
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const connecting = MqttLink.connect({
      url: `mqtt://127.0.0.1:${port}`,
      vehicle: "car",
      lastWill: new Uint8Array(),
      connectTimeoutMs: 200,
    });
    await expect(connecting).rejects.toThrow(/answers within 0.2 s expected/);
    await new Promise((resolve) => silent.close(resolve));
  });

  test.each(["127.0.0.1:1883", "http://localhost", "", "mqtt://"])(
    "%j is not a broker URL",
    async (url) => {
      const connecting = MqttLink.connect({ url, vehicle: "car", lastWill: new Uint8Array() });
      await expect(connecting).rejects.toMatchObject({
        code: expect.stringMatching(/^WIRE_BROKER/),
      });
    },
  );

  test("a taken port is told and another one is used", async () => {
    const first = await EmbeddedBroker.start(0);
    const second = await EmbeddedBroker.start(first.port);
    expect(second.takenPort).toBe(first.port);
    expect(second.port).not.toBe(first.port);
    const client = await connectAsync(second.url, { protocolVersion: 4 });
    await client.endAsync(true);
    await second.close();
    await first.close();
  });
});

/** A broker that stops answering acknowledges nothing but keeps the connection open. */
test("a stalled broker costs one limit, then decisions are dropped at once", async () => {
  const broker = await EmbeddedBroker.start(0);
  const proxy = await startProxy(broker.port, []);
  const link = await MqttLink.connect({
    url: `mqtt://127.0.0.1:${proxy.port}`,
    vehicle: "car",
    lastWill: aStatus("OFFLINE"),
  });
  proxy.stall();
  const startMs = performance.now();
  const sent: boolean[] = [];
  for (let i = 0; i < 40; i++) sent.push(await link.publishDecision(new Uint8Array(10)));
  expect(performance.now() - startMs).toBeLessThan(1500);
  expect(sent.filter(Boolean)).toHaveLength(16);
  expect(link.counts.dropped).toBe(24);
  await proxy.stop();
  await link.close(aStatus("OFFLINE"));
  await broker.close();
});

/** A TCP proxy that can vanish or fall silent, as networks do. */
async function startProxy(port: number, sockets: Socket[]) {
  const { connect } = await import("node:net");
  let stalled = false;
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    sockets.push(near, far);
    near.on("data", (data) => stalled || far.write(data));
    far.on("data", (data) => stalled || near.write(data));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    stall: () => {
      stalled = true;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
