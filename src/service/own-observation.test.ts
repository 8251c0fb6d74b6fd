import { expect, test } from "vitest";
import { anObservation } from "../wire/fixtures.cases.ts";
import { ownObservation } from "./own-observation.ts";

test("pictures that share the memory of one message get memory of their own", () => {
  const packet = Buffer.from([255, 216, 1, 255, 216, 2]);
  const [image] = anObservation().images;
  const images = [packet.subarray(0, 3), packet.subarray(3)].map((data) => ({ ...image!, data }));
  const { owned, buffers } = ownObservation(anObservation({ images }));
  structuredClone(owned, { transfer: buffers });
  expect(new Set(buffers).size).toBe(buffers.length);
  expect([...packet]).toEqual([255, 216, 1, 255, 216, 2]);
  expect(buffers).not.toContain(packet.buffer);
});
