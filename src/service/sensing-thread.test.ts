import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type BevInput, BevInputBuilder } from "../bev/bev-input.ts";
import type { CameraImage, Observation } from "../contract/observation.ts";
import { ObstacleDetector } from "../obstacles/detector.ts";
import {
  castEgoState,
  castObservation,
  castSweep,
  ROOF_16,
} from "../obstacles/testing/ray-caster.ts";
import { openSenses, SensingThread } from "./sensing-thread.ts";

/** The compiled entry; `npm test` builds before it tests. */
const ENTRY = resolve(import.meta.dirname, "../../dist/src/service/sensing-worker.js");
const built = existsSync(ENTRY);
if (!built) console.warn(`skipped: no ${ENTRY} (npm run build)`);

const threads: SensingThread[] = [];
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close();
});
const aThread = (entry: string) => {
  const thread = new SensingThread(entry);
  threads.push(thread);
  return thread;
};
const anEntry = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), "waywarden-thread-")), "entry.cjs");
  writeFileSync(path, text);
  return path;
};

const world = { boxes: [{ xM: 15, yM: 0, lengthM: 4.5, widthM: 1.8, heightM: 1.5, vxMps: 7 }] };
const [widthPx, heightPx] = [64, 48];
/** Looks ahead from 1.5 m; grey that grows with the tick. */
const aPicture = (tick: number, stampUs: number): CameraImage => {
  const mount = { r: [0, 0, 1, -1, 0, 0, 0, -1, 0], t: [0, 0, 1.5] } as const;
  const intrinsics = { widthPx, heightPx, fxPx: 60, fyPx: 60, cxPx: 31.5, cyPx: 23.5 };
  return {
    name: "front",
    stampUs,
    encoding: "rgb8",
    data: new Uint8Array(widthPx * heightPx * 3).fill(10 * tick + 10),
    camera: { intrinsics, mountEgoFromCamera: mount },
    egoFromCamera: mount,
  };
};
const observations = new Map<number, Observation>();
/** Cast once; who asks gets a copy. */
const anObservation = (tick: number): Observation => {
  const known = observations.get(tick) ?? castTick(tick);
  observations.set(tick, known);
  return structuredClone(known);
};
const castTick = (tick: number): Observation => {
  const stampUs = 1e15 + tick * 1e5;
  const xyz = castSweep(ROOF_16, world, { xM: 0.6 * tick, yM: 0, yawRad: 0 }, tick / 10, tick + 1);
  const seen = castObservation(tick, stampUs, xyz, castEgoState(stampUs, 6));
  return { ...seen, images: [aPicture(tick, stampUs)] };
};
const digestOf = ({ pillars, images, lift }: BevInput): string =>
  createHash("sha256").update(pillars).update(images).update(lift).digest("hex");
/** Input without wall times; comparing the arrays element by element would take seconds. */
const still = (input: BevInput) => ({
  ...{ viewCount: input.viewCount, cameras: input.cameras, lidars: input.lidars },
  faults: input.faults,
  digest: digestOf(input),
});
const inPlace = async (count: number) => {
  const [builder, detector] = [new BevInputBuilder(), new ObstacleDetector()];
  const made = [];
  for (let tick = 0; tick < count; tick++)
    made.push({
      input: still(await builder.build(anObservation(tick))),
      field: detector.update(anObservation(tick)),
    });
  return made;
};
/** As the pipeline asks: both at once. */
const ask = async (thread: SensingThread, observation: Observation) => {
  const [input, field] = await Promise.all([
    thread.inputs.build(observation),
    thread.obstacles.update(observation),
  ]);
  return { input: still(input), field };
};

test.skipIf(!built)(
  "the thread makes what is made in place, bit for bit, prepared or not, also after a reset",
  async () => {
    const thread = aThread(ENTRY);
    const expected = await inPlace(3);
    for (let tick = 0; tick < 3; tick++)
      expect(await ask(thread, anObservation(tick))).toEqual(expected[tick]);
    thread.prepare(anObservation(3));
    thread.reset();
    for (let tick = 0; tick < 3; tick++) {
      const asked = ask(thread, anObservation(tick));
      if (tick < 2) thread.prepare(anObservation(tick + 1));
      expect(await asked).toEqual(expected[tick]);
    }
  },
);

test.skipIf(!built)("what is given to the thread stays with the caller", async () => {
  const thread = aThread(ENTRY);
  const observation = anObservation(0);
  await ask(thread, observation);
  expect(observation).toEqual(anObservation(0));
});

test.skipIf(!built)("questions asked at once are answered in their order", async () => {
  const thread = aThread(ENTRY);
  const made = await Promise.all([0, 1, 2].map((tick) => ask(thread, anObservation(tick))));
  expect(made.map(({ field }) => field.stampUs)).toEqual([0, 1, 2].map((t) => 1e15 + t * 1e5));
  expect(made).toEqual(await inPlace(3));
});

test.skipIf(!built)("what throws in the thread is thrown here, and the next goes on", async () => {
  const thread = aThread(ENTRY);
  const broken = { ...anObservation(0), sweeps: [{ ...anObservation(0).sweeps[0]! }] };
  Object.assign(broken, { images: [{ ...broken.images[0]!, camera: undefined }] });
  const [input, field] = [thread.inputs.build(broken), thread.obstacles.update(broken)];
  await expect(input).rejects.toThrow(TypeError);
  expect((await field).stampUs).toBe(1e15);
  expect((await ask(thread, anObservation(1))).input.cameras).toEqual(["front"]);
});

test("a thread that breaks fails the question asked and every later one, at once", async () => {
  const thread = aThread(
    anEntry(
      'require("node:worker_threads").parentPort.on("message", () => { throw new Error("boom"); });',
    ),
  );
  await expect(thread.obstacles.update(anObservation(0))).rejects.toThrow("boom");
  await expect(ask(thread, anObservation(1))).rejects.toThrow("boom");
});

test("without a compiled entry both are made in place", async () => {
  const senses = openSenses("/nowhere/sensing-worker.js");
  expect(senses).not.toBeInstanceOf(SensingThread);
  const input = await senses.inputs.build(anObservation(0));
  const field = await senses.obstacles.update(anObservation(0));
  expect([{ input: still(input), field }]).toEqual(await inPlace(1));
  await senses.close();
});
