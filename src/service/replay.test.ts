import { describe, expect, test, vi } from "vitest";
import { SourceError } from "../contract/errors.ts";
import type { Observation } from "../contract/observation.ts";
import { decisionBytesForCompare } from "../wire/decision-codec.ts";
import { openSeal } from "../wire/seal.ts";
import { cpuMs } from "./clock.ts";
import { replayEpoch } from "./epoch.ts";
import {
  aPipeline,
  aProposalFor,
  aSource,
  aTickObservation,
  fakeRooms,
  SETTINGS,
} from "./fakes.cases.ts";
import type { Rooms, Tick } from "./pipeline.ts";
import { Publisher } from "./publisher.ts";
import { type ReplayOptions, replay } from "./replay.ts";
import { warmUp } from "./warm-up.ts";

const KEY = new Uint8Array(32).fill(9);
const EPOCH = replayEpoch("log", "model", "config");
const reset = () => undefined;

const aDrive = (count: number, lidarLessId = -1): Observation[] =>
  Array.from({ length: count }, (_, id) =>
    id === lidarLessId
      ? aTickObservation(id, {
          sweeps: [],
          faults: [{ code: "LIDAR_MISSING", detail: "none", stampUs: 0, source: "top" }],
        })
      : aTickObservation(id),
  );

async function run(
  observations: readonly Observation[],
  changes: Partial<ReplayOptions> & { rooms?: Partial<Rooms> } = {},
) {
  const ticks: Tick[] = [];
  const publisher = await Publisher.open({
    broker: "none",
    vehicle: "car",
    key: KEY,
    epoch: EPOCH,
    about: { modelHash: "model", configHash: "config", software: "test", sourceName: "fake" },
  });
  const { rooms, ...options } = changes;
  const summary = await replay({
    source: aSource(observations),
    pipeline: aPipeline(rooms),
    publisher,
    hashes: { model: "model", config: "config" },
    rate: "max",
    decisionDelayUs: 50_000,
    onTick: (tick) => void ticks.push(tick),
    ...options,
  });
  return { summary, ticks };
}

test("every observation is decided exactly once, in order, at stamp + 50 ms", async () => {
  const { summary, ticks } = await run(aDrive(30));
  expect(ticks.map((tick) => tick.decision.observationId)).toEqual(
    Array.from({ length: 30 }, (_, id) => id),
  );
  for (const { decision } of ticks)
    expect(decision.decidedUs).toBe(decision.observationStampUs + 50_000);
  expect(summary).toMatchObject({ observations: 30, decisions: 30, complete: true });
});

test("a tick without LiDAR is decided, counted and told", async () => {
  const { summary, ticks } = await run(aDrive(10, 4));
  expect(summary).toMatchObject({
    decisions: 10,
    missing: { lidar: 1 },
    faults: { LIDAR_MISSING: 1 },
    modes: { NORMAL: 4, CAUTION: 6 },
  });
  expect(ticks[4]!.decision.mode).toBe("CAUTION");
});

describe("bit-exact", () => {
  test("two replays at different rates give the same bytes and hash", async () => {
    const fast = await run(aDrive(12, 4));
    const paced = await run(aDrive(12, 4), { rate: 20 });
    expect(paced.summary.hashes).toEqual(fast.summary.hashes);
    const bytes = (ticks: readonly Tick[]) =>
      ticks.map((tick) => Buffer.from(decisionBytesForCompare(tick.decision)).toString("hex"));
    expect(bytes(paced.ticks)).toEqual(bytes(fast.ticks));
  });

  test("warming up leaves no trace in the decisions", async () => {
    const cold = await run(aDrive(12, 4));
    let rounds = 0;
    const rooms = fakeRooms();
    const { plan } = rooms.planner;
    const supervise = vi.spyOn(rooms.supervisor, "supervise");
    const planner: Rooms["planner"] = {
      plan: (input) => {
        rounds++;
        return plan(input);
      },
      reset,
    };
    const warm = await run(aDrive(12, 4), {
      warmUp: (first, nowUs) => warmUp({ ...rooms, planner }, SETTINGS, first, nowUs),
    });
    expect(rounds).toBe(3);
    expect(supervise).toHaveBeenCalledTimes(11);
    const judged = supervise.mock.lastCall![0];
    expect(judged.ego?.speedMps).toBeGreaterThan(0);
    expect(judged.proposal).toBeDefined();
    expect(judged.obstacles?.untrackedXyz.length).toBeGreaterThan(0);
    expect(warm.summary.hashes).toEqual(cold.summary.hashes);
    expect(warm.summary.decisions).toBe(12);
  });

  test("another speed on one tick changes the hash", async () => {
    const drive = aDrive(5);
    const other = [...drive];
    other[3] = { ...other[3]!, ego: { ...other[3]!.ego!, speedMps: 5.25 } };
    const hashes = [await run(drive), await run(other)].map((x) => x.summary.hashes.decisions);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test("the epoch is that of log, model and config", () => {
    expect(replayEpoch("log", "model", "config")).toEqual(EPOCH);
    for (const other of [
      replayEpoch("log2", "model", "config"),
      replayEpoch("log", "model2", "config"),
      replayEpoch("log", "model", "config2"),
    ])
      expect(other).not.toEqual(EPOCH);
  });
});

test("a rate paces the ticks by their stamps", async () => {
  const { summary } = await run(aDrive(6), { rate: 10 });
  expect(summary.wallS).toBeGreaterThanOrEqual(0.049);
  expect(summary.wallS).toBeLessThan(1);
});

test("time before the first decision is not charged to the decisions", async () => {
  const burn = async () => {
    const end = cpuMs() + 200;
    while (cpuMs() < end) for (let i = 0; i < 1e6; i++) Math.sqrt(i);
  };
  const { summary } = await run(aDrive(4), { warmUp: burn });
  expect(summary.firstDecisionS).toBeGreaterThanOrEqual(0.2);
  expect(summary.cpuMsPerDecision).toBeGreaterThan(0);
  expect(summary.cpuMsPerDecision).toBeLessThan(50);
});

test("an abort ends after the tick at hand and is told", async () => {
  const abort = new AbortController();
  const { summary } = await run(aDrive(30), {
    rate: 1,
    signal: abort.signal,
    onTick: ({ observation }) => {
      if (observation.id === 2) abort.abort();
    },
  });
  expect(summary).toMatchObject({ decisions: 3, complete: false });
});

test("a source that breaks off is decided as far as it goes, and the summary says why", async () => {
  const source = {
    ...aSource([]),
    observations: async function* () {
      yield* aDrive(3);
      throw new SourceError("SOURCE_TRUNCATED", "drive.mcap: cut at byte 9");
    },
  };
  for (const rate of ["max", 100] as const) {
    const { summary } = await run([], { source, rate });
    expect(summary).toMatchObject({
      decisions: 3,
      complete: false,
      error: { code: "SOURCE_TRUNCATED", message: "drive.mcap: cut at byte 9" },
    });
  }
});

test("an instruction from outside holds from the next tick on, at log time", async () => {
  let asked = 0;
  const { ticks } = await run(aDrive(4), {
    takeInstruction: () => (++asked === 3 ? { text: "stop", givenUs: 1 } : undefined),
  });
  expect(ticks.map((tick) => tick.observation.route.text)).toEqual([
    "follow the road",
    "follow the road",
    "stop",
    "stop",
  ]);
  const third = ticks[2]!.observation;
  expect(third.route.givenUs).toBe(third.stampUs);
  expect(ticks[3]!.observation.route.givenUs).toBe(third.stampUs);
});

test("S24 a decision that cannot be sealed becomes an emergency stop that is", async () => {
  const planner: Rooms["planner"] = {
    plan: async ({ observation }) => ({
      proposal: {
        ...aProposalFor(observation),
        probabilities: observation.id === 1 ? [Number.NaN] : [0.5],
      },
      faults: [],
    }),
    reset,
  };
  const { ticks, summary } = await run(aDrive(3), { rooms: { planner } });
  expect(ticks[1]!.decision).toMatchObject({
    id: 1,
    mode: "EMERGENCY_STOP",
    faults: [{ code: "SEAL_FAILED" }],
  });
  expect(ticks[1]!.decision.faults[0]!.detail).toMatch(/Decision\.probabilities\.0/);
  expect(summary.faults).toMatchObject({ SEAL_FAILED: 1 });
  expect(ticks[2]!.decision.id).toBe(2);
});

test("what the publisher seals opens with the vehicle's key at its topic", async () => {
  const publisher = await Publisher.open({
    broker: "none",
    vehicle: "car",
    key: KEY,
    epoch: EPOCH,
    about: { modelHash: "m", configHash: "c", software: "test", sourceName: "fake" },
  });
  const { ticks } = await run(aDrive(1));
  const sealed = publisher.seal(ticks[0]!.decision);
  const opened = openSeal(sealed, {
    topic: "waywarden/v1/car/decision",
    key: KEY,
    state: undefined,
  });
  expect(opened).toMatchObject({ status: "OK", validMs: 300 });
});
