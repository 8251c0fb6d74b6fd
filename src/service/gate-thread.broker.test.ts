import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeDecision, encodeDecision } from "../wire/decision-codec.ts";
import { aDecision } from "../wire/fixtures.cases.ts";
import { findMosquitto, startMosquitto } from "../wire/mosquitto.cases.ts";
import { openSeal, type SealState } from "../wire/seal.ts";
import { wallNowUs } from "./clock.ts";
import { GateThread } from "./gate-thread.ts";

/** The compiled entry; `npm test` builds before it tests. */
const ENTRY = resolve(import.meta.dirname, "../../dist/src/service/gate-worker.js");
const broker = findMosquitto();
const listener = findMosquitto("mosquitto_sub");
const ready = broker !== undefined && listener !== undefined && existsSync(ENTRY);
if (!ready)
  console.warn("skipped: mosquitto, mosquitto_sub and a build (npm run build) are needed");

const TOPIC = "waywarden/v1/car/decision";
const KEY = new Uint8Array(32).fill(7);
const EPOCH = Uint8Array.of(1, 1, 2, 3, 5, 8, 13, 21);
const BLOCKS_MS = process.env.WAYWARDEN_LONG ? [100, 1000, 10_000] : [100, 1000];

describe.skipIf(!ready)("S23 an event loop that is blocked in earnest", () => {
  let mosquitto: Awaited<ReturnType<typeof startMosquitto>>;
  beforeAll(async () => {
    mosquitto = await startMosquitto(broker!);
  });
  afterAll(() => mosquitto.stop());

  /** A subscriber in a process of its own; answers what it got, in order. */
  function subscribe(): { child: ChildProcess; lines: string[] } {
    const args = ["-p", String(mosquitto.port), "-t", TOPIC, "-F", "%x"];
    const child = spawn(listener!, args, { stdio: ["ignore", "pipe", "ignore"] });
    const lines: string[] = [];
    let rest = "";
    child.stdout!.on("data", (data: Buffer) => {
      const parts = (rest + data.toString()).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
    });
    return { child, lines };
  }

  const until = async (what: () => boolean) => {
    for (let i = 0; i < 1000 && !what(); i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(what()).toBe(true);
  };

  test.each(BLOCKS_MS)(
    "for %d ms: the thread publishes, one unbroken line of seals",
    async (ms) => {
      const failures: Error[] = [];
      const setup = { url: mosquitto.url, vehicle: "car", key: KEY, epoch: EPOCH };
      const gate = await GateThread.open(setup, (error) => failures.push(error), ENTRY);
      const { child, lines } = subscribe();
      let id = 0;
      const pass = (alarmSeen: number) => {
        const decision = aDecision({ id: id++, decidedUs: wallNowUs(), mode: "NORMAL" });
        gate.pass({ decision, body: encodeDecision(decision), alarmSeen });
      };
      // The subscription is known to stand when a message has come.
      await until(() => {
        if (lines.length === 0) pass(gate.alarm.number);
        return lines.length > 0;
      });
      const before = gate.blindCount;
      pass(gate.alarm.number);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      const { number, mrm } = gate.alarm;
      const count = gate.blindCount;
      pass(number);
      await gate.close();
      await until(() => lines.length > count - before);
      child.kill();
      let state: SealState | undefined;
      const decisions = lines.map((line) => {
        const opened = openSeal(Buffer.from(line, "hex"), { topic: TOPIC, key: KEY, state });
        expect(opened.status).toBe("OK");
        state = opened.state;
        return decodeDecision(opened.body!);
      });
      const blind = decisions.filter(({ faults }) =>
        faults.some(({ code }) => code.startsWith("WATCHDOG_")),
      );
      // Ten a second where the machine is quiet; a busy one gives the thread its turns later.
      expect(blind.length).toBeGreaterThanOrEqual(ms === 100 ? 0 : ms / 1000);
      expect(blind.every(({ mode }) => mode !== "NORMAL" && mode !== "CAUTION")).toBe(true);
      if (ms > 2000) expect(mrm).toBe(true);
      expect(failures).toEqual([]);
    },
  );

  test("a broker that is not there is told with its code", async () => {
    const setup = { url: "mqtt://127.0.0.1:1", vehicle: "car", key: KEY, epoch: EPOCH };
    const opening = GateThread.open(setup, () => undefined, ENTRY);
    await expect(opening).rejects.toMatchObject({ code: "WIRE_BROKER_UNREACHABLE" });
  });
});
