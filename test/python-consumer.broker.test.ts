/** examples/consume.py, run as it is against what the service publishes. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../src/wire/broker-faults.cases.ts";
import { encodeDecision } from "../src/wire/decision-codec.ts";
import { EmbeddedBroker } from "../src/wire/embedded-broker.ts";
import { aDecision } from "../src/wire/fixtures.cases.ts";
import { MqttLink } from "../src/wire/mqtt-link.ts";
import { Sealer } from "../src/wire/seal.ts";
import { topicOf } from "../src/wire/topics.ts";

const SCRIPT = join(import.meta.dirname, "..", "examples", "consume.py");
const KEY = new Uint8Array(32).fill(7);
const EPOCH = new Uint8Array(8).fill(1);
const TOPIC = topicOf("car", "decision");
const PYTHON = [process.env.WAYWARDEN_PYTHON, "python3", "/usr/bin/python3"].find(
  (name) => name && spawnSync(name, ["-c", "import paho.mqtt.client"]).status === 0,
);
if (!PYTHON)
  console.warn("no python3 with paho-mqtt (or WAYWARDEN_PYTHON): examples/consume.py is not run");

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test("the Python consumer has at most 80 lines", () => {
  expect(readFileSync(SCRIPT, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(80);
});

test.skipIf(!PYTHON)(
  "the Python consumer takes good decisions, refuses the rest, brakes at silence",
  async () => {
    const broker = await EmbeddedBroker.start(0);
    closers.push(() => broker.close());
    const keyFile = join(mkdtempSync(join(tmpdir(), "waywarden-python-")), "car.key");
    writeFileSync(keyFile, `${Buffer.from(KEY).toString("hex")}\n`);
    const port = String(new URL(broker.url).port);
    const lines: string[] = [];
    const child: ChildProcess = spawn(PYTHON!, [SCRIPT, keyFile, "127.0.0.1", port, "car"]);
    closers.push(() => child.kill("SIGKILL"));
    let text = "";
    const take = (data: Buffer) => {
      text += data.toString();
      lines.splice(0, lines.length, ...text.split("\n").slice(0, -1));
    };
    child.stdout!.on("data", take);
    child.stderr!.on("data", take);
    const seen = (part: string) => eventually(() => lines.find((line) => line.includes(part)));

    await seen("EMERGENCY_STOP: no valid decision for 300 ms");
    const link = await MqttLink.connect({
      url: broker.url,
      vehicle: "car",
      lastWill: new Uint8Array(),
    });
    closers.push(() => link.close(new Uint8Array()));
    const sealer = new Sealer({ topic: TOPIC, key: KEY, epoch: EPOCH });
    let id = 0;
    const sealed = (ageMs = 0, by = sealer) => {
      const decidedUs = (Date.now() - ageMs) * 1000;
      return by.seal(encodeDecision(aDecision({ id: id++, decidedUs })), decidedUs, 300);
    };
    const send = (bytes: Uint8Array) => link.publishDecision(bytes);

    // The first ones may come before Python has subscribed; then the counter has moved on unseen.
    await eventually(() => {
      if (lines.some((line) => /^decision \d+ CAUTION lost 0$/.test(line))) return true;
      void send(sealed());
      return undefined;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const next = sealed();
    await send(next);
    await seen(`decision ${id - 1} CAUTION`);
    await send(next);
    await seen("refused: counter");
    sealed();
    await send(sealed());
    await seen(`decision ${id - 1} CAUTION lost 1`);
    await send(sealed(400));
    await seen("refused: ['age']");
    await send(sealed(0, new Sealer({ topic: TOPIC, key: new Uint8Array(32), epoch: EPOCH })));
    await seen("'mac'");
    await send(sealed(0, new Sealer({ topic: TOPIC, key: KEY, epoch: new Uint8Array(8) })));
    await seen("'epoch'");
    await send(
      sealed(0, new Sealer({ topic: topicOf("van", "decision"), key: KEY, epoch: EPOCH })),
    );
    await seen("'form'");
    const broken = sealed();
    broken[broken.length - 1]! ^= 1;
    await send(broken);
    await seen("'crc'");
    await send(Uint8Array.of(1, 2, 3));
    const silences = () => lines.filter((line) => line.startsWith("EMERGENCY_STOP")).length;
    const before = silences();
    await eventually(() => (silences() > before ? true : undefined));
    expect(lines.filter((line) => line.includes("Traceback"))).toEqual([]);
  },
);
