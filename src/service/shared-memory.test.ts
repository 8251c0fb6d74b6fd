import { expect, test } from "vitest";
import { anObservation } from "../wire/fixtures.cases.ts";
import { tellable } from "./shared-memory.ts";

test("pictures that lie in one message get memory of their own, and the message stays", () => {
  const packet = Buffer.from([255, 216, 1, 255, 216, 2]);
  const [image] = anObservation().images;
  const images = [packet.subarray(0, 3), packet.subarray(3)].map((data) => ({ ...image!, data }));
  const told = tellable(anObservation({ images })).images;
  expect(told.map(({ data }) => data.buffer.byteLength)).toEqual([3, 3]);
  told[0]!.data.fill(0);
  expect([...told[1]!.data]).toEqual([255, 216, 2]);
  expect([...packet]).toEqual([255, 216, 1, 255, 216, 2]);
});

test("points and raw pictures go by shared memory, and what was given keeps its own", () => {
  const [image] = anObservation().images;
  const raw = { ...image!, encoding: "mono8", data: Uint8Array.of(1, 2, 3) } as const;
  const observation = anObservation({ images: [raw] });
  const told = structuredClone(tellable(observation));
  for (const { xyz, intensity } of told.sweeps)
    for (const { buffer } of [xyz, intensity]) expect(buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(told.images[0]!.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...told.images[0]!.data]).toEqual([1, 2, 3]);
  expect(told.sweeps.map(({ xyz }) => [...xyz])).toEqual(
    observation.sweeps.map(({ xyz }) => [...xyz]),
  );
  for (const { xyz } of observation.sweeps) expect(xyz.buffer).toBeInstanceOf(ArrayBuffer);
});
