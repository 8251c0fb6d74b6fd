/**
 * Bad input through the whole service: each case ends in a message that says expected, found and
 * where, or in a coded fault with the reaction of docs/safety.md. Holds for any model.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { MODES, type Mode } from "../src/contract/decision.ts";
import type { FaultCode } from "../src/contract/fault.ts";
import type { Observation } from "../src/contract/observation.ts";
import { aModelFolder, MODEL_DIR, readCard } from "../src/inference/model-folder.fixture.ts";
import { tinyPlanner } from "../src/inference/tiny-onnx.fixture.ts";
import type { Tick } from "../src/service/pipeline.ts";
import { VOCABULARY_SIZE } from "../src/tokens/vocabulary.ts";
import { freePort } from "../src/wire/mosquitto.cases.ts";
import { generateDrive, replayLog, writeLog } from "./drive-log.fixture.ts";

const SLOW_MS = 120_000;
const TICKS = 14;

let drive: Observation[];
beforeAll(async () => {
  drive = await generateDrive(TICKS);
}, SLOW_MS);

/** The drive with some of its ticks changed. */
const changed = (
  isChanged: (tick: number) => boolean,
  change: (observation: Observation) => Partial<Observation>,
): Observation[] => drive.map((o) => (isChanged(o.id) ? { ...o, ...change(o) } : o));
const between = (first: number, last: number) => (tick: number) => tick >= first && tick <= last;
const always = () => true;

const withImages = (data: (bytes: Uint8Array) => Uint8Array) => (o: Observation) => ({
  images: o.images.map((image) => ({ ...image, data: data(image.data) })),
});
const withPoints = (isBroken: (i: number) => boolean) => (o: Observation) => ({
  sweeps: o.sweeps.map((sweep) => ({
    ...sweep,
    xyz: sweep.xyz.map((v, i) => (isBroken(i) ? Number.NaN : v)),
  })),
});

const ranksOf = (ticks: readonly Tick[]) =>
  ticks.map(({ decision }) => MODES.indexOf(decision.mode));
const ticksWith = (ticks: readonly Tick[], code: FaultCode): number[] =>
  ticks.flatMap(({ decision }) =>
    decision.faults.some((fault) => fault.code === code) ? [decision.observationId] : [],
  );
const faultOf = (tick: Tick, code: FaultCode) =>
  tick.decision.faults.find((fault) => fault.code === code)!;

/** Ticks first…last are at least this strict and ask for no acceleration. */
function expectStrict(ticks: readonly Tick[], first: number, last: number, mode: Mode): void {
  for (const { decision } of ticks.slice(first, last + 1)) {
    const what = `tick ${decision.observationId} is ${decision.mode}`;
    expect(MODES.indexOf(decision.mode), what).toBeGreaterThanOrEqual(MODES.indexOf(mode));
    expect(decision.accelLimitMps2, what).toBeLessThanOrEqual(0);
    expect(decision.trajectory.accelMps2[0], what).toBeLessThanOrEqual(0);
  }
}

/** A decision for each tick, in order, with nothing in it that is no number. */
function expectWhole(ticks: readonly Tick[], count = TICKS): void {
  expect(ticks.map((tick) => tick.decision.observationId)).toEqual([...Array(count).keys()]);
  for (const { decision } of ticks) {
    const { trajectory } = decision;
    for (const values of Object.values(trajectory))
      expect(values.every(Number.isFinite)).toBe(true);
  }
}

describe("a sensor that fails", { timeout: SLOW_MS }, () => {
  test("JPEGs of zero bytes are CAMERA_INVALID of that camera; ALL_CAMERAS_MISSING forbids NORMAL", async () => {
    const log = changed(
      between(4, 8),
      withImages(() => new Uint8Array(0)),
    );
    const { ticks } = await replayLog(await writeLog(log));
    expectWhole(ticks);
    for (const code of ["CAMERA_INVALID", "ALL_CAMERAS_MISSING"] as const)
      expect(ticksWith(ticks, code)).toEqual([4, 5, 6, 7, 8]);
    const fault = faultOf(ticks[4]!, "CAMERA_INVALID");
    expect(fault.source).toBe("front");
    expect(fault.detail).toMatch(/front: .*expected, found/);
    expectStrict(ticks, 4, 8, "CAUTION");
    expectStrict(ticks, 7, 8, "COMFORT_STOP");
  });

  test("JPEGs that break off are found when decoded and have the same reaction", async () => {
    const log = changed(
      between(4, 8),
      withImages((bytes) => bytes.subarray(0, bytes.length >> 1)),
    );
    const { ticks } = await replayLog(await writeLog(log));
    expectWhole(ticks);
    for (const code of ["CAMERA_INVALID", "ALL_CAMERAS_MISSING"] as const)
      expect(ticksWith(ticks, code)).toEqual([4, 5, 6, 7, 8]);
    expectStrict(ticks, 4, 8, "CAUTION");
    expectStrict(ticks, 7, 8, "COMFORT_STOP");
  });

  test("some points that are NaN are left out and counted", async () => {
    const { ticks } = await replayLog(
      await writeLog(
        changed(
          always,
          withPoints((i) => i % 9 === 0),
        ),
      ),
    );
    expectWhole(ticks);
    expect(ticksWith(ticks, "LIDAR_INVALID")).toEqual([]);
    for (const { observation } of ticks) {
      expect(observation.sweeps[0]!.droppedCount).toBeGreaterThan(0);
      expect(observation.sweeps[0]!.xyz.every(Number.isFinite)).toBe(true);
    }
  });

  test("a sweep of nothing but NaN is LIDAR_INVALID, and blindness grows to a comfort stop", async () => {
    const { ticks } = await replayLog(await writeLog(changed(between(4, 9), withPoints(always))));
    expectWhole(ticks);
    expect(ticksWith(ticks, "LIDAR_INVALID")).toEqual([4, 5, 6, 7, 8, 9]);
    expect(faultOf(ticks[4]!, "LIDAR_INVALID").detail).toMatch(
      /top: finite points expected, found/,
    );
    expectStrict(ticks, 4, 9, "CAUTION");
    expectStrict(ticks, 7, 9, "COMFORT_STOP");
  });

  test("a LiDAR that ends for good is an emergency stop after a second", async () => {
    const long = changed(between(2, TICKS - 1), () => ({ sweeps: [] }));
    const { ticks } = await replayLog(await writeLog(long));
    expectWhole(ticks);
    expect(ticksWith(ticks, "LIDAR_MISSING")).toHaveLength(TICKS - 2);
    expectStrict(ticks, 2, TICKS - 1, "CAUTION");
    expectStrict(ticks, 12, TICKS - 1, "EMERGENCY_STOP");
  });
});

describe("what is not in a log", { timeout: SLOW_MS }, () => {
  test("a camera without calibration is CALIBRATION_MISSING, is not used, and NORMAL is forbidden", async () => {
    const { ticks } = await replayLog(await writeLog(drive, { calibrations: false }));
    expectWhole(ticks);
    expect(ticksWith(ticks, "CALIBRATION_MISSING")).toHaveLength(TICKS);
    expect(faultOf(ticks[0]!, "CALIBRATION_MISSING").detail).toMatch(
      /front: a calibration \(frame front\) expected, found none/,
    );
    for (const { bev } of ticks) expect(bev?.cameras ?? []).toEqual([]);
    expectStrict(ticks, 0, TICKS - 1, "CAUTION");
  });

  test("no speed is EGO_MISSING and no proposal: nothing that lets the vehicle move", async () => {
    const { ticks, summary } = await replayLog(await writeLog(drive, { poses: () => false }));
    expectWhole(ticks);
    expect(ticksWith(ticks, "EGO_MISSING")).toHaveLength(TICKS);
    expect(ticksWith(ticks, "PROPOSAL_MISSING")).toHaveLength(TICKS);
    expect(faultOf(ticks[5]!, "PROPOSAL_MISSING").detail).toMatch(
      /expected, found none: no ego speed/,
    );
    expect(summary.permitsMotion).toBe(0);
    expectStrict(ticks, 0, TICKS - 1, "CAUTION");
    expectStrict(ticks, 3, TICKS - 1, "COMFORT_STOP");
    expectStrict(ticks, 10, TICKS - 1, "EMERGENCY_STOP");
    for (const { decision } of ticks) expect(decision.egoSpeedMps).toBeUndefined();
  });

  test("a hole in the transforms is EGO_STALE, then EGO_MISSING, and it ends with the hole", async () => {
    const log = await writeLog(drive, { poses: (tick) => tick < 3 || tick > 9 });
    const { ticks } = await replayLog(log);
    expectWhole(ticks);
    const stale = ticksWith(ticks, "EGO_STALE");
    const missing = ticksWith(ticks, "EGO_MISSING").filter((tick) => tick > 0);
    expect(stale.length).toBeGreaterThan(0);
    expect(missing.length).toBeGreaterThan(0);
    expect(Math.max(...stale)).toBeLessThan(Math.min(...missing));
    expect(Math.max(...missing)).toBeLessThan(12);
    const first = Math.min(...stale);
    expectStrict(ticks, first, Math.max(...missing), "CAUTION");
    expectStrict(ticks, first + 3, Math.max(...missing), "COMFORT_STOP");
  });

  test("cameras only: decided at every tick, but nothing unseen by a LiDAR is driven into", async () => {
    const { ticks } = await replayLog(await writeLog(changed(always, () => ({ sweeps: [] }))));
    expectWhole(ticks);
    for (const { observation, bev } of ticks) {
      expect(observation.expectedLidars).toEqual([]);
      expect(bev?.cameras).toEqual(["front"]);
    }
    expectStrict(ticks, 0, TICKS - 1, "COMFORT_STOP");
  });

  test("LiDAR only: no camera is expected, so none is missed", async () => {
    const { ticks } = await replayLog(await writeLog(changed(always, () => ({ images: [] }))));
    expectWhole(ticks);
    for (const code of ["CAMERA_MISSING", "ALL_CAMERAS_MISSING", "CAMERA_INVALID"] as const)
      expect(ticksWith(ticks, code)).toEqual([]);
    for (const { bev } of ticks) expect(bev?.lidars).toEqual(["top"]);
    expect(ticks.at(-1)!.proposal).toBeDefined();
  });
});

describe("a log that cannot be read", { timeout: SLOW_MS }, () => {
  test("cut off: what is readable is decided, then the summary says where it ends", async () => {
    const path = await writeLog(drive, { chunkBytes: 20_000 });
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const { ticks, summary } = await replayLog(path);
    expect(summary.complete).toBe(false);
    expect(summary.error?.code).toBe("SOURCE_TRUNCATED");
    expect(summary.error?.message).toContain(path);
    expect(summary.error?.message).toMatch(/expected, found .*byte \d+/);
    expect(ticks.length).toBeGreaterThan(2);
    expectWhole(ticks, ticks.length);
    expect(ticks.length).toBeLessThan(TICKS);
    expect(ticksWith(ticks, "MESSAGE_INVALID")).toContain(ticks.length - 1);
  });

  test("unknown schemas: the topics that are there are told", async () => {
    const none = drive.map((o) => ({ ...o, sweeps: [], images: [] }));
    const path = await writeLog(none, {
      also: (writer, startUs) =>
        writer.writeBytes("/radar", "acme.RadarScan", startUs, Uint8Array.of(1, 2)),
    });
    await expect(replayLog(path)).rejects.toMatchObject({
      code: "SOURCE_NO_SENSORS",
      message: expect.stringMatching(
        /channel in protobuf expected, found .*\/radar \(acme\.RadarScan/,
      ),
    });
  });

  test("an unknown schema beside known ones is left alone", async () => {
    const path = await writeLog(drive.slice(0, 3), {
      also: (writer, startUs) =>
        writer.writeBytes("/radar", "acme.RadarScan", startUs, Uint8Array.of(1, 2)),
    });
    const { ticks } = await replayLog(path);
    expectWhole(ticks, 3);
    expect(ticksWith(ticks, "MESSAGE_INVALID")).toEqual([]);
  });
});

describe("a start that must not happen", { timeout: SLOW_MS }, () => {
  /** Replays and tells what was thrown and how many decisions came before. */
  async function refusal(spec: Parameters<typeof replayLog>[1]) {
    let decided = 0;
    const path = await writeLog(drive.slice(0, 3));
    const error = await replayLog(path, { ...spec, onTick: () => decided++ }).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(decided).toBe(0);
    return error;
  }

  test("a model of the wrong shape", async () => {
    const modelDir = aModelFolder({
      files: { planner: tinyPlanner(VOCABULARY_SIZE + 1, "finite") },
    });
    expect(await refusal({ modelDir })).toMatchObject({
      code: "MODEL_SHAPE",
      message: expect.stringMatching(
        /planner\.onnx: input "mask" .* expected, found float32\[19,211\]/,
      ),
    });
  });

  test("a model with the wrong hash", async () => {
    const modelDir = aModelFolder({
      card: (card) => ({
        ...card,
        files: { ...card.files, bev: { ...card.files.bev, sha256: "0".repeat(64) } },
      }),
    });
    expect(await refusal({ modelDir })).toMatchObject({
      code: "MODEL_HASH",
      message: expect.stringMatching(
        /bev\.onnx: sha256 0{64} expected by card\.json, found \w{64}/,
      ),
    });
  });

  test("a model of another vocabulary", async () => {
    const modelDir = aModelFolder({
      card: (card) => ({ ...card, slots: [...card.slots].reverse() }),
    });
    expect(await refusal({ modelDir })).toMatchObject({ code: "MODEL_VOCABULARY" });
  });

  test("a broker that cannot be reached", async () => {
    const broker = `mqtt://127.0.0.1:${await freePort()}`;
    expect(await refusal({ broker })).toMatchObject({
      code: "WIRE_BROKER_UNREACHABLE",
      message: expect.stringContaining(broker),
    });
  });
});

describe("a model that goes wrong while driving", { timeout: SLOW_MS }, () => {
  test("NaN from the planner is MODEL_OUTPUT_NON_FINITE and a stop, at every tick", async () => {
    expect(readCard().files.planner.file).toBe("planner.onnx");
    const modelDir = aModelFolder({ files: { planner: tinyPlanner(VOCABULARY_SIZE, "nan") } });
    const { ticks } = await replayLog(await writeLog(drive), { modelDir });
    expect(modelDir).not.toBe(MODEL_DIR);
    expectWhole(ticks);
    expect(ticksWith(ticks, "MODEL_OUTPUT_NON_FINITE")).toEqual(
      ticks.slice(1).map((tick) => tick.decision.observationId),
    );
    expect(faultOf(ticks[3]!, "MODEL_OUTPUT_NON_FINITE").detail).toMatch(
      /planner\.onnx output logits: finite numbers expected, found/,
    );
    for (const { proposal } of ticks) expect(proposal).toBeUndefined();
    expectStrict(ticks, 0, TICKS - 1, "CAUTION");
    expectStrict(ticks, 1, TICKS - 1, "COMFORT_STOP");
    expect(ranksOf(ticks).at(-1)).toBeGreaterThanOrEqual(MODES.indexOf("EMERGENCY_STOP"));
  });
});
