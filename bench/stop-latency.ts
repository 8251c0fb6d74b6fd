/**
 * How long from a human's STOP to the decision that obeys it, through a real broker?
 * `node dist/bench/stop-latency.js [LOG] [--runs 100] [--broker mqtt://127.0.0.1:1883]`: starts `drive`, and
 * `feed --loop` where a log is given; without one the safety layer decides alone. Each run sends a signed
 * STOP at a random phase of the tick and waits for the first sealed decision in which S01 speaks. Writes
 * bench/results/stop-latency.json; ends with 1 where a run took longer than its limit.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findPackage } from "../src/cli/package-root.ts";
import type { Decision } from "../src/contract/decision.ts";
import { wallNowUs } from "../src/service/clock.ts";
import { loadOverridePrivateKey, overrideKeyPaths } from "../src/service/override-keys.ts";
import { loadVehicleKey } from "../src/service/vehicle-key.ts";
import { connectBroker } from "../src/wire/broker-connection.ts";
import { DecisionConsumer } from "../src/wire/decision-consumer.ts";
import { sendOverride } from "../src/wire/override-client.ts";
import { encodeOverride } from "../src/wire/override-codec.ts";
import { publishOptions, topicOf } from "../src/wire/topics.ts";
import { Random } from "../src/world/random.ts";
import { commitOf } from "./environment.ts";

const START_LIMIT_MS = 60_000;
/** A STOP that is not obeyed by then has failed. */
const STOP_LIMIT_MS = 2000;
/** A tick, and what deciding and the broker take beside it. */
const TICK_MS = 100;
const SEED = 20_251_128;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "100" },
    broker: { type: "string", default: "mqtt://127.0.0.1:1883" },
  },
});
const { root } = findPackage();
const url = values.broker;
const log = positionals[0] === undefined ? undefined : resolve(positionals[0]);
const vehicle = `stop-bench-${process.pid}`;
const running: ChildProcess[] = [];

function waywarden(...args: string[]): ChildProcess {
  const main = join(root, "bin", "waywarden.mjs");
  const where = ["--broker", url, "--vehicle", vehicle];
  const child = spawn(
    process.execPath,
    ["--single-threaded-gc", "--always-sparkplug", main, ...args, ...where],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  running.push(child);
  return child;
}

const obeys = ({ hits, mode }: Decision): boolean =>
  hits.some(({ rule, detail }) => rule === "S01" && detail.includes("STOP")) &&
  (mode === "EMERGENCY_STOP" || mode === "HOLD");

/** Resolves with the first decision from now on that fits, and when it was received. */
class Ear {
  #waiting: { fits: (d: Decision) => boolean; heard: (ms: number) => void } | undefined;

  take(decision: Decision): void {
    if (!this.#waiting?.fits(decision)) return;
    this.#waiting.heard(performance.now());
    this.#waiting = undefined;
  }

  async hear(fits: (d: Decision) => boolean, limitMs: number): Promise<number> {
    const heard = new Promise<number>((done) => {
      this.#waiting = { fits, heard: done };
    });
    const late = wait(limitMs, undefined, { ref: false }).then(() => {
      throw new Error(`a decision within ${limitMs} ms expected, found none`);
    });
    return Promise.race([heard, late]);
  }
}

async function measure(): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), "waywarden-stop-"));
  const keyPath = join(folder, "car.key");
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify({ host: { http: { enabled: false } } }));
  const { key } = await loadVehicleKey(keyPath, true);
  const ear = new Ear();
  const consumer = await DecisionConsumer.open({
    ...{ url, vehicle, key, nowUs: wallNowUs, followRestarts: true },
    onEvent: (event) => {
      if (event.kind === "decision") ear.take(event.decision);
    },
  });
  const drive = waywarden("drive", "--config", config, "--key", keyPath, "--quiet");
  if (log !== undefined) waywarden("feed", log, "--loop", "--cameras", "3");
  const started = ({ egoSpeedMps }: Decision) => log === undefined || egoSpeedMps !== undefined;
  await ear.hear(started, START_LIMIT_MS);
  const privateKey = await loadOverridePrivateKey(overrideKeyPaths(keyPath).privateKey);
  const client = await connectBroker(url);
  const topic = topicOf(vehicle, "override");
  const random = new Random(SEED);
  const times: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    await wait(TICK_MS * (3 + random.next()));
    const stop = { kind: "STOP", counter: run, nonce: new Uint8Array(0) } as const;
    const bytes = Buffer.from(encodeOverride(topic, stop, privateKey));
    const heard = ear.hear(obeys, STOP_LIMIT_MS);
    const sentMs = performance.now();
    client.publish(topic, bytes, publishOptions("override"));
    times.push((await heard) - sentMs);
    await sendOverride("RELEASE", { url, vehicle, privateKey });
  }
  drive.kill("SIGTERM");
  await once(drive, "exit");
  await client.endAsync(true);
  await consumer.close();
  return times.sort((a, b) => a - b);
}

try {
  const times = await measure();
  const at = (q: number) =>
    Number(times[Math.min(times.length - 1, Math.floor(q * times.length))]!.toFixed(1));
  const latencyMs = { min: at(0), p50: at(0.5), p99: at(0.99), max: at(1) };
  const result = {
    question: "time from sending a STOP to receiving the decision that obeys it",
    ...{ commit: commitOf(root), log: log && basename(log), runs: times.length, tickMs: TICK_MS },
    machine: { cpu: cpus()[0]?.model, cores: availableParallelism(), load: loadavg() },
    latencyMs,
  };
  mkdirSync(join(root, "bench", "results"), { recursive: true });
  const out = join(root, "bench", "results", "stop-latency.json");
  writeFileSync(out, `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify(result, null, 2));
} finally {
  for (const child of running) child.kill("SIGKILL");
}
