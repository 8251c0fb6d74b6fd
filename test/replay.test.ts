/** Replay is exact: the same log gives the same decisions, bit for bit, at any rate. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Observation } from "../src/contract/observation.ts";
import type { Tick } from "../src/service/pipeline.ts";
import { decisionBytesForCompare } from "../src/wire/decision-codec.ts";
import { generateDrive, replayLog, writeLog } from "./drive-log.fixture.ts";

const SLOW_MS = 120_000;
const TICKS = 15;
const ROOT = resolve(import.meta.dirname, "..");
const PANDASET = resolve(
  ROOT,
  process.env.WAYWARDEN_SHARED ?? "../shared",
  "data/logs/pandaset-002.mcap",
);
const present = existsSync(PANDASET);
if (!present) console.warn(`skipped: no recorded log at ${PANDASET} (set WAYWARDEN_SHARED)`);

const bytesOf = (ticks: readonly Tick[]): string[] =>
  ticks.map((tick) => Buffer.from(decisionBytesForCompare(tick.decision)).toString("hex"));

function expectOnceInOrder(ticks: readonly Tick[]): void {
  const ids = [...ticks.keys()];
  expect(ticks.map((tick) => tick.observation.id)).toEqual(ids);
  expect(ticks.map((tick) => tick.decision.observationId)).toEqual(ids);
  expect(ticks.map((tick) => tick.decision.id)).toEqual(ids);
  for (const { observation, decision } of ticks) {
    expect(decision.observationStampUs).toBe(observation.stampUs);
    expect(decision.decidedUs).toBe(observation.stampUs + 50_000);
  }
}

describe("a generated drive with a missing sweep", { timeout: SLOW_MS }, () => {
  let drive: Observation[];
  let path: string;
  let first: Awaited<ReturnType<typeof replayLog>>;
  beforeAll(async () => {
    drive = (await generateDrive(TICKS)).map((o) => (o.id === 7 ? { ...o, sweeps: [] } : o));
    path = await writeLog(drive);
    first = await replayLog(path);
  }, SLOW_MS);

  test("gives the same decisions twice and at another rate, each observation once and in order", async () => {
    expectOnceInOrder(first.ticks);
    expect(first.ticks).toHaveLength(TICKS);
    expect(first.summary).toMatchObject({
      observations: TICKS,
      decisions: TICKS,
      complete: true,
      missing: { lidar: 1 },
    });
    const again = await replayLog(path);
    expect(again.summary.hashes).toEqual(first.summary.hashes);
    const paced = await replayLog(path, { rate: 4 });
    expect(paced.summary.hashes).toEqual(first.summary.hashes);
    expect(bytesOf(paced.ticks)).toEqual(bytesOf(first.ticks));
  });

  test("another word, another model setting or another bit of a sensor is another replay", async () => {
    const { summary } = first;
    const config = await replayLog(path, { config: { cruiseSpeedMps: 4 } });
    expect(config.summary.hashes.config).not.toBe(summary.hashes.config);
    expect(config.summary.hashes.decisions).not.toBe(summary.hashes.decisions);
    const other = await writeLog(drive.map((o) => (o.id === 3 ? { ...o, sweeps: [] } : o)));
    const touched = await replayLog(other);
    expect(touched.summary.hashes.log).not.toBe(summary.hashes.log);
    expect(touched.summary.hashes.decisions).not.toBe(summary.hashes.decisions);
  });

  test("ends at once when aborted, and what was decided stands", async () => {
    const abort = new AbortController();
    const { ticks, summary } = await replayLog(path, {
      signal: abort.signal,
      onTick: ({ observation }) => {
        if (observation.id === 4) abort.abort();
      },
    });
    expect(ticks).toHaveLength(5);
    expectOnceInOrder(ticks);
    expect(summary.complete).toBe(false);
  });
});

describe.skipIf(!present)("PandaSet sequence 002", { timeout: SLOW_MS }, () => {
  test("its first ten ticks are decided once, in order, and the same twice", async () => {
    const run = async () => {
      const abort = new AbortController();
      const { ticks } = await replayLog(PANDASET, {
        config: { cameraCountMax: 1 },
        signal: abort.signal,
        onTick: ({ observation }) => {
          if (observation.id === 9) abort.abort();
        },
      });
      return ticks;
    };
    const ticks = await run();
    expect(ticks).toHaveLength(10);
    expectOnceInOrder(ticks);
    for (const { observation, bev, decision } of ticks) {
      expect(observation.sweeps[0]!.intensity.length).toBeGreaterThan(50_000);
      expect(bev?.cameras).toEqual(["cam_front"]);
      expect(decision.sentence.length).toBeGreaterThan(10);
    }
    expect(bytesOf(await run())).toEqual(bytesOf(ticks));
  });
});
