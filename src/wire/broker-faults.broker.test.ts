/**
 * What a driving consumer sees when the broker or the network breaks: nothing stale is delivered as
 * fresh, losses are counted, silence is told, and all comes back without a hand. docs/wire.md has the table.
 */
import { createServer } from "node:net";
import { Aedes } from "aedes";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectBroker } from "./broker-connection.ts";
import {
  eventually,
  makeAcl,
  makeCertificates,
  makePasswordFile,
  startProxy,
} from "./broker-faults.cases.ts";
import { encodeDecision } from "./decision-codec.ts";
import { type ConsumerEvent, DecisionConsumer } from "./decision-consumer.ts";
import { EmbeddedBroker } from "./embedded-broker.ts";
import { aDecision } from "./fixtures.cases.ts";
import { findMosquitto, freePort, startMosquitto } from "./mosquitto.cases.ts";
import { MqttLink } from "./mqtt-link.ts";
import { Sealer } from "./seal.ts";
import { topicOf } from "./topics.ts";

const KEY = new Uint8Array(32).fill(3);
const TICK_MS = 100;
const LONG = process.env.WAYWARDEN_LONG === "1";
const nowUs = () => Date.now() * 1000;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const mosquitto = findMosquitto();
if (!mosquitto)
  console.warn("mosquitto not found: broker faults are tested on the embedded one only");

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Ten decisions a second by the wall clock, as the service sends them. */
async function aService(url: string) {
  const lastWill = new Uint8Array();
  const said: string[] = [];
  const link = await MqttLink.connect({
    url,
    vehicle: "car",
    lastWill,
    onEvent: (text) => said.push(text),
  });
  const topic = topicOf("car", "decision");
  const sealer = new Sealer({ topic, key: KEY, epoch: new Uint8Array(8) });
  let id = 0;
  const timer = setInterval(() => {
    const decidedUs = nowUs();
    const body = encodeDecision(aDecision({ id: id++, decidedUs }));
    void link.publishDecision(sealer.seal(body, decidedUs, 300));
  }, TICK_MS);
  closers.push(async () => {
    clearInterval(timer);
    await link.close(lastWill);
  });
  return { link, said, sent: () => id };
}

type Seen = { readonly id: number; readonly ageMs: number };

/** A consumer, with what was delivered and how old it was when it was let through. */
async function aVehicle(url: string) {
  const seen: Seen[] = [];
  // A busy machine may pause between check and delivery: what counts is the time of the check.
  let checkedUs = 0;
  const events: ConsumerEvent[] = [];
  const consumer = await DecisionConsumer.open({
    url,
    vehicle: "car",
    key: KEY,
    nowUs: () => {
      checkedUs = nowUs();
      return checkedUs;
    },
    onEvent: (event) => {
      events.push(event);
      if (event.kind === "decision") {
        const { id, decidedUs } = event.decision;
        seen.push({ id, ageMs: (checkedUs - decidedUs) / 1000 });
      }
    },
  });
  closers.push(() => consumer.close());
  const refusedFor = (reason: string) =>
    events.filter((event) => event.kind === "refused" && event.reason === reason).length;
  /** Resolves when `count` more decisions came; nobody touches anything meanwhile. */
  const more = async (count: number) => {
    const from = seen.length;
    await eventually(() => (seen.length >= from + count ? true : undefined), 60_000);
  };
  /** Resolves at the next silence, not at one that is past. */
  const silence = async () => {
    const from = consumer.counts.silences;
    await eventually(() => (consumer.counts.silences > from ? true : undefined));
  };
  return { consumer, seen, events, refusedFor, more, silence };
}

/** What holds after every fault. */
function expectHonest({ consumer, seen }: Awaited<ReturnType<typeof aVehicle>>): void {
  expect(Math.max(...seen.map(({ ageMs }) => ageMs))).toBeLessThanOrEqual(300);
  const ids = seen.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  const { decisions, lost } = consumer.counts;
  expect(decisions).toBe(seen.length);
  expect(decisions + lost).toBe(ids.at(-1)! - ids[0]! + 1);
}

const startEmbedded = async (port = 0) => {
  const broker = await EmbeddedBroker.start(port);
  return { url: broker.url, port: broker.port, stop: () => broker.close() };
};

describe.each([
  ["the embedded broker (3.1.1)", startEmbedded, true, LONG],
  [
    "Mosquitto (5)",
    (port?: number) => startMosquitto(mosquitto!, port),
    mosquitto !== undefined,
    mosquitto !== undefined,
  ],
] as const)("over %s", (_name, start, present, waitForKeepalive) => {
  let broker: { readonly url: string; readonly port: number; stop(): Promise<void> };
  beforeEach(async () => {
    if (!present) return;
    broker = await start();
    closers.push(() => broker.stop());
  });

  test.skipIf(!present)(
    "S23 a broker killed and started again: silence, then fresh decisions",
    async () => {
      const { link } = await aService(broker.url);
      const vehicle = await aVehicle(broker.url);
      await vehicle.more(5);
      expect(vehicle.consumer.current()).toBeDefined();
      await broker.stop();
      await eventually(() => (vehicle.consumer.current() ? undefined : true));
      await sleep(700);
      broker = await start(broker.port);
      await vehicle.more(10);
      expectHonest(vehicle);
      expect(vehicle.consumer.counts.lost).toBeGreaterThanOrEqual(5);
      expect(link.counts.dropped).toBeGreaterThanOrEqual(5);
      expect(link.counts.reconnects).toBeGreaterThanOrEqual(1);
    },
  );

  test.skipIf(!present)(
    "S23 a consumer too slow to read: what waited for it is refused as too old",
    async () => {
      await aService(broker.url);
      const proxy = await startProxy(broker.port);
      closers.push(() => proxy.stop());
      const vehicle = await aVehicle(proxy.url);
      await vehicle.more(5);
      proxy.hold();
      await sleep(1500);
      expect(vehicle.consumer.current()).toBeUndefined();
      proxy.resume();
      await vehicle.more(10);
      expectHonest(vehicle);
      expect(vehicle.refusedFor("EXPIRED")).toBeGreaterThanOrEqual(5);
      expect(vehicle.consumer.counts.silences).toBeGreaterThanOrEqual(1);
    },
  );

  // Takes the 8 s after which a keep-alive is missed; WAYWARDEN_LONG=1 runs it on both brokers.
  test.skipIf(!waitForKeepalive)(
    "S23 half-open connections of both sides are given up and made anew",
    async () => {
      const proxy = await startProxy(broker.port);
      closers.push(() => proxy.stop());
      const { link } = await aService(proxy.url);
      const vehicle = await aVehicle(proxy.url);
      await vehicle.more(5);
      proxy.halfOpen();
      await vehicle.silence();
      await vehicle.more(10);
      expectHonest(vehicle);
      expect(link.counts.reconnects).toBeGreaterThanOrEqual(1);
      expect(vehicle.consumer.counts.reconnects).toBeGreaterThanOrEqual(1);
    },
  );
});

describe.skipIf(!mosquitto)("over Mosquitto", () => {
  const start = (...more: string[]) => startMosquitto(mosquitto!, undefined, more);
  const withBroker = async (...more: string[]) => {
    const broker = await start(...more);
    closers.push(() => broker.stop());
    return broker;
  };
  const refusal = async (promise: Promise<unknown>): Promise<{ code: string; message: string }> =>
    promise.then(
      () => ({ code: "none", message: "" }),
      (error: { code: string; message: string }) => error,
    );

  test.each([LONG ? 10_000 : 2000])(
    "S23 a broker stalled for %i ms: nothing that waited in it is fresh",
    async (stallMs) => {
      const broker = await withBroker("allow_anonymous true");
      await aService(broker.url);
      const vehicle = await aVehicle(broker.url);
      await vehicle.more(5);
      broker.process.kill("SIGSTOP");
      await sleep(stallMs);
      expect(vehicle.consumer.current()).toBeUndefined();
      broker.process.kill("SIGCONT");
      await vehicle.more(10);
      expectHonest(vehicle);
      expect(vehicle.consumer.counts.lost).toBeGreaterThanOrEqual(5);
      expect(vehicle.consumer.counts.silences).toBeGreaterThanOrEqual(1);
    },
  );

  test("MQTT 5 is spoken where the broker knows it, 3.1.1 where not, also when it comes back older", async () => {
    const port = await freePort();
    const first = await startMosquitto(mosquitto!, port);
    const client = await connectBroker(first.url);
    closers.push(() => client.endAsync(true));
    expect(client.options.protocolVersion).toBe(5);
    await first.stop();
    await eventually(() => (client.connected ? undefined : true));
    const older = await EmbeddedBroker.start(port);
    closers.push(() => older.close());
    await eventually(() => (client.connected ? true : undefined));
    expect(client.options.protocolVersion).toBe(4);
  });

  test("a wrong password, or none, is told as such, and no secret is printed", async () => {
    const broker = await withBroker(
      "allow_anonymous false",
      `password_file ${makePasswordFile("car", "secret")}`,
    );
    const denied = await refusal(
      connectBroker(broker.url, { access: { user: "car", password: "Secret" } }),
    );
    expect(denied.code).toBe("WIRE_BROKER_DENIED");
    expect(denied.message).toMatch(
      /user and password that the broker accepts expected, found .*WAYWARDEN_MQTT_USER/,
    );
    expect(denied.message).not.toContain("Secret");
    const inUrl = broker.url.replace("mqtt://", "mqtt://car:Secret@");
    const shown = await refusal(connectBroker(inUrl));
    expect(shown.code).toBe("WIRE_BROKER_DENIED");
    expect(shown.message).not.toContain("Secret");
    expect((await refusal(connectBroker(broker.url, { access: {} }))).code).toBe(
      "WIRE_BROKER_DENIED",
    );
    const client = await connectBroker(broker.url, { access: { user: "car", password: "secret" } });
    await client.endAsync(true);
  });

  test("mqtts: an unknown authority, another host and a missing client certificate are told as such", async () => {
    const { ca, here, elsewhere, client } = makeCertificates();
    const tls = (pair: { cert: string; key: string }) => [
      "allow_anonymous true",
      `cafile ${ca}`,
      `certfile ${pair.cert}`,
      `keyfile ${pair.key}`,
    ];
    const good = await withBroker(...tls(here));
    const goodUrl = good.url.replace("mqtt:", "mqtts:");
    const connected = await connectBroker(goodUrl, { access: { caFile: ca } });
    await connected.endAsync(true);
    const unknown = await refusal(connectBroker(goodUrl, { access: {} }));
    expect(unknown).toMatchObject({
      code: "WIRE_BROKER_TLS",
      message: expect.stringMatching(/WAYWARDEN_MQTT_CA/),
    });
    const other = await withBroker(...tls(elsewhere));
    const otherUrl = other.url.replace("mqtt:", "mqtts:");
    const wrongHost = await refusal(connectBroker(otherUrl, { access: { caFile: ca } }));
    expect(wrongHost).toMatchObject({
      code: "WIRE_BROKER_TLS",
      message: expect.stringMatching(/127\.0\.0\.1/),
    });
    const strict = await withBroker(...tls(here), "require_certificate true");
    const strictUrl = strict.url.replace("mqtt:", "mqtts:");
    const bare = await refusal(connectBroker(strictUrl, { access: { caFile: ca } }));
    expect(bare.code).toMatch(/^WIRE_BROKER_(TLS|UNREACHABLE)$/);
    const access = { caFile: ca, certFile: client.cert, keyFile: client.key };
    const mutual = await connectBroker(strictUrl, { access });
    await mutual.endAsync(true);
  });

  test("a topic that an access list keeps from a subscriber is silence: it has to brake", async () => {
    const { aclFile } = makeAcl("topic write waywarden/v1/car/decision");
    const broker = await withBroker("allow_anonymous true", `acl_file ${aclFile}`);
    const { link } = await aService(broker.url);
    const vehicle = await aVehicle(broker.url);
    await eventually(() => (link.counts.published >= 3 ? true : undefined));
    if (vehicle.consumer.counts.silences === 0) await vehicle.silence();
    expect(vehicle.consumer.current()).toBeUndefined();
    expect(vehicle.seen).toEqual([]);
  });

  test("a topic denied to the service is told and its decisions count as dropped", async () => {
    const { aclFile } = makeAcl("topic read waywarden/v1/car/#");
    const broker = await withBroker("allow_anonymous true", `acl_file ${aclFile}`);
    const { link, said } = await aService(broker.url);
    const vehicle = await aVehicle(broker.url);
    await eventually(() => (link.counts.dropped >= 3 ? true : undefined));
    expect(link.counts.published).toBe(0);
    await eventually(() =>
      said.find((text) => /decision: not published: .*[Nn]ot authorized/.test(text)),
    );
    expect(said.filter((text) => /not published/.test(text))).toHaveLength(1);
    if (vehicle.consumer.counts.silences === 0) await vehicle.silence();
    expect(vehicle.seen).toEqual([]);
  });
});

test("a broker that refuses the subscription is an error that names the topic", async () => {
  const aedes = await Aedes.createBroker();
  aedes.authorizeSubscribe = (_client, { topic, qos }, done) =>
    done(null, topic.endsWith("/decision") ? null : { topic, qos });
  const server = createServer(aedes.handle);
  closers.push(async () => {
    aedes.close();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`;
  await expect(aVehicle(url)).rejects.toMatchObject({
    code: "WIRE_SUBSCRIBE",
    message: expect.stringMatching(/waywarden\/v1\/car\/decision.* expected, found /),
  });
});

test("half an access is an error before anything is sent", async () => {
  const url = "mqtt://127.0.0.1:1";
  const connecting = (access: object) => connectBroker(url, { access });
  await expect(connecting({ password: "x" })).rejects.toMatchObject({ code: "WIRE_ACCESS" });
  await expect(connecting({ certFile: "x" })).rejects.toMatchObject({ code: "WIRE_ACCESS" });
  await expect(connecting({ caFile: "/nowhere/ca.pem" })).rejects.toMatchObject({
    code: "WIRE_ACCESS_FILE",
    message: expect.stringContaining("/nowhere/ca.pem"),
  });
});
