import { expect, test } from "vitest";
import { decodeSlots } from "../tokens/slots.ts";
import { STATE_OFFSETS, STATE_VARIABLES } from "../tokens/state.ts";
import { SLOTS, TOKEN_RANGES } from "../tokens/vocabulary.ts";
import { Random } from "../world/random.ts";
import { type Sample, VARIANTS } from "./sample.ts";
import { sampleWorld } from "./samples.ts";
import { makePool } from "./sentence-pool.ts";
import { aSmallRig } from "./small-rig.fixture.ts";

const POOL = makePool(200, "train", new Random(1));

async function samplesOf(seed: number, rendered = false): Promise<Sample[]> {
  const rig = aSmallRig();
  const options = { durationS: 3, ticks: new Set([0, 12, 25]), pool: POOL };
  const samples: Sample[] = [];
  for await (const sample of sampleWorld(
    seed,
    new Random(seed),
    rendered ? { ...options, rig } : options,
  ))
    samples.push({
      ...sample,
      ...(sample.sensors
        ? { sensors: { ...sample.sensors, pillars: sample.sensors.pillars.slice() } }
        : {}),
    });
  return samples;
}

test("every variant decodes to a legal maneuver and every state id is of its variable", async () => {
  for (const seed of [1, 2, 3, 4]) {
    const samples = await samplesOf(seed);
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples)
      for (let k = 0; k < VARIANTS; k++) {
        const target = [...sample.target.subarray(k * SLOTS.length, (k + 1) * SLOTS.length)];
        const tokens = target.map((index, slot) => TOKEN_RANGES[SLOTS[slot]!].first + index);
        expect(() => decodeSlots(tokens)).not.toThrow();
        for (const [i, variable] of STATE_VARIABLES.entries()) {
          const id = sample.state[k * STATE_VARIABLES.length + i]! - STATE_OFFSETS[i]!;
          expect(id).toBeGreaterThanOrEqual(0);
          expect(id).toBeLessThan(variable.size);
        }
      }
  }
});

test("the same seed gives the same samples to the byte", async () => {
  const [a, b] = [await samplesOf(9), await samplesOf(9)];
  expect(a).toEqual(b);
});

test("a rendered sample has sensors, and history from the second sample on", async () => {
  const samples = await samplesOf(11, true);
  const plane = 256 * 128;
  const filled = (sample: Sample, channel: number) =>
    sample.sensors!.pillars.subarray(channel * plane, (channel + 1) * plane).some((v) => v > 0);
  expect(filled(samples[0]!, 0)).toBe(true);
  expect(filled(samples[0]!, 5)).toBe(false); // nothing was a second before the first tick
  expect(filled(samples[1]!, 5)).toBe(true);
  expect(samples[1]!.sensors!.images.some((v) => v > 0)).toBe(true);
});

test("an absent picture slot is black and no cell points to it", async () => {
  const [sample] = await samplesOf(11, true);
  const { images, lift } = sample!.sensors!;
  const views = 2; // band and crop of the one camera
  expect(images.subarray(views * 96 * 320 * 3).every((v) => v === 0)).toBe(true);
  expect(lift.every((index) => index < views * 480 || index === 1440)).toBe(true);
});
