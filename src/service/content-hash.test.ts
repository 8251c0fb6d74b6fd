import { expect, test } from "vitest";
import type { Sweep } from "../contract/observation.ts";
import { IDENTITY, transformPointsInto } from "../geometry/se3.ts";
import { hashOfBytes, hashOfSweep } from "./content-hash.ts";

/** Repeatable bytes that look like compressed ones. */
const noise = (length: number, seed: number): Uint8Array => {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
};
const aSweep = (seed: number, more: Partial<Sweep> = {}): Sweep => ({
  name: "top",
  stampUs: 0,
  egoFromLidar: IDENTITY,
  droppedCount: 0,
  xyz: Float32Array.from(noise(3 * 5000, seed)),
  intensity: Float32Array.from(noise(5000, seed), (b) => b / 255),
  ...more,
});

test("S04 equal bytes have an equal hash, wherever they lie in memory", () => {
  for (const length of [0, 1, 5, 8192, 8193, 300_001]) {
    const picture = noise(length, 7);
    const shifted = new Uint8Array(length + 3);
    shifted.set(picture, 3);
    expect(hashOfBytes(shifted.subarray(3))).toBe(hashOfBytes(picture));
  }
});

test("S04 pictures of 300 kB that differ from anywhere on have different hashes", () => {
  const hashes = new Set<number>();
  for (let from = 0; from < 100; from++) {
    const picture = noise(300_000, 7);
    picture.set(noise(300_000 - from * 2_900, 100 + from), from * 2_900);
    hashes.add(hashOfBytes(picture));
  }
  expect(hashes.size).toBe(100);
});

test("S04 one byte more is another picture", () => {
  expect(hashOfBytes(new Uint8Array(10))).not.toBe(hashOfBytes(new Uint8Array(11)));
});

test("S04 a frozen sweep is recognised although ego motion has moved its points", () => {
  const sweep = aSweep(3);
  const xyz = new Float32Array(sweep.xyz.length);
  transformPointsInto({ r: IDENTITY.r, t: [1.4, 0, 0] }, sweep.xyz, xyz);
  expect(hashOfSweep({ ...sweep, xyz, stampUs: 100_000 })).toBe(hashOfSweep(sweep));
  expect(hashOfSweep(aSweep(4))).not.toBe(hashOfSweep(sweep));
  expect(hashOfSweep(aSweep(3, { droppedCount: 1 }))).not.toBe(hashOfSweep(sweep));
});

test("S04 a sensor without intensities has no hash: what cannot be told apart is not judged", () => {
  expect(hashOfSweep(aSweep(3, { intensity: new Float32Array(5000) }))).toBeUndefined();
  expect(hashOfSweep(aSweep(3, { intensity: new Float32Array(0) }))).toBeUndefined();
});

test("S04 three pictures and a sweep of 100,000 points cost far less than 0.5 ms of CPU", () => {
  const pictures = [1, 2, 3].map((seed) => noise(350_000, seed));
  const sweep = aSweep(9, { intensity: Float32Array.from(noise(100_000, 9)) });
  const all = () => [...pictures.map((p) => hashOfBytes(p)), hashOfSweep(sweep)];
  for (let i = 0; i < 50; i++) all();
  const rounds = 200;
  const from = process.cpuUsage();
  for (let i = 0; i < rounds; i++) all();
  const { user, system } = process.cpuUsage(from);
  const msEach = (user + system) / 1000 / rounds;
  console.log(`content hashes: ${msEach.toFixed(3)} ms of CPU a tick`);
  expect(msEach).toBeLessThan(2);
});
