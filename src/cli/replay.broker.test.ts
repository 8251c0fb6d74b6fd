import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aDrive } from "../ingest/drive.fixture.ts";
import type { ReplaySummary } from "../service/summary.ts";
import { loadVehicleKey } from "../service/vehicle-key.ts";
import { type FeedEvent, openDecisionFeed } from "../wire/decision-feed.ts";
import { EmbeddedBroker } from "../wire/embedded-broker.ts";
import { freePort } from "../wire/mosquitto.cases.ts";
import { defaultModelDir } from "./package-root.ts";
import { runCli } from "./program.ts";

/** The whole road, log to MQTT, on a small drive whose pictures are broken on purpose. */
const MODEL = process.env.WAYWARDEN_MODEL ?? defaultModelDir();
const present = existsSync(join(MODEL, "card.json"));
if (!present) console.warn(`${MODEL}/card.json not found: replay tests are skipped`);

let dir: string;
let key: Uint8Array;
let broker: EmbeddedBroker;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "waywarden-replay-"));
  key = (await loadVehicleKey(join(dir, "car.key"), true)).key;
  broker = await EmbeddedBroker.start(0);
});
afterEach(() => broker.close());

async function replay(log: string, ...more: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const args = ["replay", log, "--model", MODEL, "--key", join(dir, "car.key"), ...more];
  const code = await runCli(args, {
    out: (line) => out.push(line),
    say: (line) => said.push(line),
    signal: new AbortController().signal,
    isTerminal: false,
  });
  return { code, out, said };
}

async function summaryOf(log: string, ...more: string[]): Promise<ReplaySummary> {
  const { code, out, said } = await replay(log, "-x", "max", "--json", ...more);
  expect(said.filter((line) => line.startsWith("error"))).toEqual([]);
  expect(code).toBe(0);
  expect(out).toHaveLength(1);
  return JSON.parse(out[0]!) as ReplaySummary;
}

describe.skipIf(!present)("waywarden replay", () => {
  test("publishes one sealed decision per observation and sums up in one JSON line", async () => {
    const events: FeedEvent[] = [];
    const feed = await openDecisionFeed({
      url: broker.url,
      vehicle: "car",
      key,
      onEvent: (event) => events.push(event),
    });
    const log = await aDrive({ ticks: 12, noSweepAt: [4, 5, 8] });
    const summary = await summaryOf(log, "--broker", broker.url, "--instruction", "stop");
    await feed.close();
    expect(summary).toMatchObject({
      observations: 12,
      decisions: 12,
      published: 12,
      dropped: 0,
      complete: true,
      missing: { lidar: 3 },
      faults: { LIDAR_MISSING: 3, CAMERA_INVALID: expect.any(Number) },
    });
    const decisions = events.flatMap((event) => (event.kind === "decision" ? [event] : []));
    expect(decisions.map(({ decision }) => decision.id)).toEqual([...Array(12).keys()]);
    expect(events.filter((event) => event.kind === "refused")).toEqual([]);
    const states = events.flatMap((event) => (event.kind === "status" ? [event.status.state] : []));
    expect(states).toEqual(["STARTING", "ONLINE", "OFFLINE"]);
    const total = (counts: Record<string, number>) =>
      Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(total(summary.modes)).toBe(12);
    expect(total(summary.verdicts)).toBe(12);
  });

  test("is bit-exact at any rate, and another cruise speed is another run", async () => {
    const log = await aDrive({ ticks: 8, noSweepAt: [3] });
    const hashes = async (...more: string[]) =>
      (await summaryOf(log, "--broker", "none", ...more)).hashes;
    const first = await hashes();
    expect(await hashes()).toEqual(first);
    const { out } = await replay(log, "-x", "4", "--json", "--broker", "none");
    expect((JSON.parse(out[0]!) as ReplaySummary).hashes).toEqual(first);
    const other = await hashes("--cruise-speed", "5");
    expect(other.config).not.toBe(first.config);
    expect(other.decisions).not.toBe(first.decisions);
  });

  test("without any speed it says EGO_MISSING and never permits motion", async () => {
    const log = await aDrive({ ticks: 8, poses: false });
    const blind = await summaryOf(log, "--broker", "none");
    expect(blind).toMatchObject({ decisions: 8, permitsMotion: 0, missing: { ego: 8 } });
    expect(blind.faults.EGO_MISSING).toBe(8);
    expect(blind.modes.NORMAL).toBeUndefined();
    const told = await summaryOf(log, "--broker", "none", "--ego-speed", "5");
    expect(told.faults.EGO_MISSING).toBeUndefined();
  });

  test("with LiDAR only and with cameras only every tick has its decision", async () => {
    const log = await aDrive({ ticks: 6 });
    const lidarOnly = await summaryOf(log, "--broker", "none", "--cameras", "0");
    expect(lidarOnly).toMatchObject({ observations: 6, decisions: 6, missing: {} });
    const camerasOnly = await summaryOf(log, "--broker", "none", "--no-lidar");
    expect(camerasOnly.decisions).toBe(camerasOnly.observations);
    expect(camerasOnly.decisions).toBeGreaterThanOrEqual(6);
    expect(camerasOnly.missing.lidar).toBeUndefined();
  });

  test("a truncated log is decided as far as it goes, then it is an error", async () => {
    const log = await aDrive({ ticks: 40, chunkBytes: 2000 });
    truncateSync(log, Math.round(readFileSync(log).length / 2));
    const { code, out, said } = await replay(log, "-x", "max", "--json", "--broker", "none");
    expect(code).toBe(1);
    const summary = JSON.parse(out[0]!) as ReplaySummary;
    expect(summary.complete).toBe(false);
    expect(summary.decisions).toBeGreaterThan(0);
    expect(summary.decisions).toBeLessThan(40);
    expect(said.at(-1)).toMatch(/^error\[SOURCE_TRUNCATED\]: /);
  });

  test("a model folder that is not there, or was changed, does not start", async () => {
    const log = await aDrive({ ticks: 2 });
    const missing = await replay(log, "--broker", "none", "--model", join(dir, "none"));
    expect(missing.code).toBe(1);
    expect(missing.said.at(-1)).toMatch(/^error\[MODEL_NOT_FOUND\]: .*none\/card\.json/);
    const changed = join(dir, "model");
    cpSync(MODEL, changed, { recursive: true });
    writeFileSync(join(changed, "planner.onnx"), "not a graph");
    const wrong = await replay(log, "--broker", "none", "--model", changed);
    expect(wrong.code).toBe(1);
    expect(wrong.said.at(-1)).toMatch(/^error\[MODEL_HASH\]: .*planner\.onnx: sha256 \w+ expected/);
    expect(wrong.out).toEqual([]);
  });

  test("an unreachable broker ends it before the first decision", async () => {
    const log = await aDrive({ ticks: 2 });
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    const { code, out, said } = await replay(log, "--broker", url);
    expect(code).toBe(1);
    expect(out).toEqual([]);
    expect(said.at(-1)).toMatch(/^error\[WIRE_BROKER_UNREACHABLE\]: /);
  });

  test("pictures are written at the interval asked for", async () => {
    const pictures = join(dir, "pictures");
    const log = await aDrive({ ticks: 5 });
    const options = ["--pictures", pictures, "--picture-every", "4"];
    await summaryOf(log, "--broker", "none", ...options);
    expect(readdirSync(pictures).map((name) => name.slice(0, 7))).toEqual(["000000-", "000004-"]);
  });
});
