/**
 * Override against everything that can go wrong, in the whole pipeline: at 100 random ticks and during
 * every fault, STOP is obeyed by the very next decision, and nothing but a fresh release lifts it.
 */
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Decision, MODES } from "../contract/decision.ts";
import { FAULT_CODES } from "../contract/fault.ts";
import type { Observation } from "../contract/observation.ts";
import { encodeOverride, type Override } from "../wire/override-codec.ts";
import { topicOf } from "../wire/topics.ts";
import { aFault, aTickObservation, fakeRooms, SETTINGS, START_US } from "./fakes.cases.ts";
import { NONCE_VALID_MS, OverrideDesk } from "./override-desk.ts";
import { Pipeline, type Rooms } from "./pipeline.ts";

const TOPIC = topicOf("car", "override");
const SEED = 20_251_128;
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const forger = generateKeyPairSync("ed25519").privateKey;

/** A pipeline with its desk and a clock of its own. */
function aVehicle(changes: Partial<Rooms> = {}) {
  const clock = { nowMs: 0 };
  const seen = new Set<number>();
  let drawn = 0;
  const desk = new OverrideDesk({
    topic: TOPIC,
    publicKey,
    ledger: { has: (counter) => seen.has(counter), add: (counter) => void seen.add(counter) },
    nowMs: () => clock.nowMs,
    randomBytes: (count) => new Uint8Array(count).fill(++drawn),
  });
  const pipeline = new Pipeline(fakeRooms(changes), SETTINGS, () => desk.input);
  let counter = 0;
  return {
    desk,
    clock,
    send: (kind: Override["kind"], changed: Partial<Override> = {}, key = privateKey) => {
      const nonce = kind === "STOP" ? new Uint8Array(0) : desk.status.nonce;
      const override = { kind, counter: counter++, nonce, ...changed };
      return desk.receive(encodeOverride(TOPIC, override, key), false);
    },
    tick: async (observation: Observation): Promise<Decision> => {
      clock.nowMs += 100;
      desk.refresh();
      const { decision } = await pipeline.decide(observation, observation.stampUs + 50_000);
      desk.noteDecision(decision);
      return decision;
    },
  };
}

const stops = ({ mode, maneuver, accelLimitMps2 }: Decision): boolean =>
  MODES.indexOf(mode) >= MODES.indexOf("EMERGENCY_STOP") &&
  maneuver.targetSpeedMps === 0 &&
  accelLimitMps2 <= 0;

/** Faults that ingest can tell, and those of rooms that break. */
const TROUBLES: readonly (readonly [string, Partial<Observation>, Partial<Rooms>])[] = [
  ...FAULT_CODES.map((code) => [code, { faults: [aFault(code)] }, {}] as const),
  ["no sweep", { sweeps: [] }, {}],
  ["no image", { images: [] }, {}],
  ["nothing sensed", { sweeps: [], images: [] }, {}],
  [
    "NaN speed",
    {
      ego: {
        stampUs: START_US,
        speedMps: Number.NaN,
        accelMps2: 0,
        yawRateRadps: 0,
        derived: true,
      },
    },
    {},
  ],
  ["period 0", { periodUs: 0 }, {}],
  [
    "a planner that throws",
    {},
    {
      planner: {
        plan: async () => {
          throw new Error("planner broke");
        },
        reset: () => undefined,
      },
    },
  ],
  [
    "obstacles that throw",
    {},
    {
      obstacles: {
        update: () => {
          throw new Error("obstacles broke");
        },
        reset: () => undefined,
      },
    },
  ],
];

test("S01 a STOP at 100 random ticks is obeyed by the next decision, a release gives the way back", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      async (at, for_) => {
        const vehicle = aVehicle();
        for (let id = 0; id < at; id++)
          expect((await vehicle.tick(aTickObservation(id))).mode).toBe("NORMAL");
        expect(vehicle.send("STOP")).toBeUndefined();
        for (let id = at; id < at + for_; id++)
          expect(stops(await vehicle.tick(aTickObservation(id)))).toBe(true);
        expect(vehicle.desk.status.reactionMs).toBe(100);
        expect(vehicle.send("RELEASE")).toBeUndefined();
        let id = at + for_;
        for (; id < at + for_ + 5; id++)
          expect((await vehicle.tick(aTickObservation(id))).mode).toBe("COMFORT_STOP");
        expect((await vehicle.tick(aTickObservation(id))).mode).toBe("NORMAL");
      },
    ),
    { numRuns: 100, seed: SEED },
  );
});

test.each(TROUBLES)(
  "S01 during %s a STOP at any tick is obeyed by the next decision",
  async (_name, trouble, rooms) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 0, max: 15 }),
        async (stopAt, troubleAt) => {
          const vehicle = aVehicle(rooms);
          for (let id = 0; id < 20; id++) {
            if (id === stopAt) expect(vehicle.send("STOP")).toBeUndefined();
            const decision = await vehicle.tick(
              aTickObservation(id, id >= troubleAt ? trouble : {}),
            );
            if (id >= stopAt) expect(stops(decision), `tick ${id}`).toBe(true);
          }
        },
      ),
      { numRuns: 5, seed: SEED },
    );
  },
);

test("S01 a release that is stale, forged, repeated or made up is refused in all of 100 runs", async () => {
  const attack = fc.constantFrom(
    "stale",
    "forged",
    "repeated",
    "made up",
    "replayed",
  ) as fc.Arbitrary<"stale" | "forged" | "repeated" | "made up" | "replayed">;
  await fc.assert(
    fc.asyncProperty(attack, fc.integer({ min: 1, max: 20 }), async (how, waitTicks) => {
      const vehicle = aVehicle();
      let id = 0;
      vehicle.send("STOP", { counter: 900 });
      await vehicle.tick(aTickObservation(id++));
      const early = vehicle.desk.status.nonce;
      expect(vehicle.send("RELEASE", { counter: 901 })).toBeUndefined();
      vehicle.send("STOP", { counter: 902 });
      for (let i = 0; i < waitTicks; i++) await vehicle.tick(aTickObservation(id++));
      const attempt = () => {
        switch (how) {
          case "stale":
            vehicle.clock.nowMs += NONCE_VALID_MS;
            return vehicle.send("RELEASE");
          case "forged":
            return vehicle.send("RELEASE", {}, forger);
          case "repeated":
            return vehicle.send("RELEASE", { nonce: early });
          case "made up":
            return vehicle.send("RELEASE", { nonce: new Uint8Array(16).fill(255) });
          case "replayed":
            return vehicle.send("RELEASE", { counter: 901 });
        }
      };
      const expected = { forged: "FORGED", replayed: "REPLAYED" }[how as string] ?? "STALE_NONCE";
      expect(attempt()).toBe(expected);
      expect(stops(await vehicle.tick(aTickObservation(id)))).toBe(true);
      expect(vehicle.desk.status.refusals).toEqual([{ reason: expected, count: 1 }]);
    }),
    { numRuns: 100, seed: SEED },
  );
});

test("S01 the driver's brake stops in its tick; a release over the wire gives the way back", async () => {
  const vehicle = aVehicle();
  const idle = { brake: false, steer: false, cancel: false, accelerator: false };
  const tick = (id: number, brake: boolean) => {
    const observation = aTickObservation(id);
    return vehicle.tick({
      ...observation,
      ego: { ...observation.ego!, driver: { ...idle, brake } },
    });
  };
  expect((await tick(0, false)).mode).toBe("NORMAL");
  expect(stops(await tick(1, true))).toBe(true);
  expect(vehicle.desk.status.stopped).toBe(true);
  expect(stops(await tick(2, false))).toBe(true);
  expect(vehicle.send("RELEASE")).toBeUndefined();
  expect((await tick(3, false)).mode).toBe("COMFORT_STOP");
  expect(vehicle.desk.status.stopped).toBe(false);
});
