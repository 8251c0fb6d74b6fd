import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ObstacleDetector } from "../obstacles/detector.ts";
import {
  castEgoState,
  castObservation,
  castSweep,
  ROOF_16,
} from "../obstacles/testing/ray-caster.ts";
import { ObstacleThread, openObstacles } from "./obstacle-thread.ts";

/** The compiled entry; `npm test` builds before it tests. */
const ENTRY = resolve(import.meta.dirname, "../../dist/src/service/obstacle-worker.js");
const built = existsSync(ENTRY);
if (!built) console.warn(`skipped: no ${ENTRY} (npm run build)`);

const threads: ObstacleThread[] = [];
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close();
});
const aThread = (entry: string) => {
  const thread = new ObstacleThread(entry);
  threads.push(thread);
  return thread;
};

const world = { boxes: [{ xM: 15, yM: 0, lengthM: 4.5, widthM: 1.8, heightM: 1.5, vxMps: 7 }] };
const anObservation = (tick: number) => {
  const stampUs = 1e15 + tick * 1e5;
  const xyz = castSweep(ROOF_16, world, { xM: 0.6 * tick, yM: 0, yawRad: 0 }, tick / 10, tick + 1);
  return castObservation(tick, stampUs, xyz, castEgoState(stampUs, 6));
};

test.skipIf(!built)(
  "the thread finds what the detector finds, bit for bit, also after a reset",
  async () => {
    const thread = aThread(ENTRY);
    const expected = new ObstacleDetector();
    const run = async () => {
      for (let tick = 0; tick < 6; tick++)
        expect(await thread.update(anObservation(tick))).toEqual(
          expected.update(anObservation(tick)),
        );
    };
    await run();
    thread.reset();
    expected.reset();
    await run();
  },
);

test.skipIf(!built)("questions asked at once are answered in their order", async () => {
  const thread = aThread(ENTRY);
  const fields = await Promise.all([0, 1, 2].map((tick) => thread.update(anObservation(tick))));
  expect(fields.map((field) => field.stampUs)).toEqual([0, 1, 2].map((t) => 1e15 + t * 1e5));
});

test("a thread that breaks fails the question asked and every later one, at once", async () => {
  const entry = join(mkdtempSync(join(tmpdir(), "waywarden-thread-")), "broken.cjs");
  writeFileSync(
    entry,
    'require("node:worker_threads").parentPort.on("message", () => { throw new Error("boom"); });',
  );
  const thread = aThread(entry);
  await expect(thread.update(anObservation(0))).rejects.toThrow("boom");
  await expect(thread.update(anObservation(1))).rejects.toThrow("boom");
});

test("without a compiled entry obstacles are found in place", async () => {
  const room = openObstacles("/nowhere/obstacle-worker.js");
  expect(room).not.toBeInstanceOf(ObstacleThread);
  const field = await room.update(anObservation(0));
  expect(field).toEqual(new ObstacleDetector().update(anObservation(0)));
  await room.close();
});
