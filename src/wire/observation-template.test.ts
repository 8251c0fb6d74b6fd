import { expect, test } from "vitest";
import { anObservation } from "./fixtures.cases.ts";
import { decodeMarkedObservation, encodeObservation } from "./observation-codec.ts";
import { ObservationTemplate } from "./observation-template.ts";

/** Buffers and arrays alike. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [...(value as Uint8Array)];
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

const MARK = { epoch: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), counter: 77 };

test("a stamped template decodes to the observation with all stamps moved", () => {
  const observation = anObservation();
  const template = new ObservationTemplate(observation);
  const shiftUs = 240_000_000_000_123;
  const small = { id: 300, stampUs: observation.stampUs + shiftUs };
  for (const by of [shiftUs, 0, 2 * shiftUs, shiftUs]) {
    const expected = {
      ...observation,
      ...small,
      images: observation.images.map((i) => ({ ...i, stampUs: i.stampUs + by })),
      sweeps: observation.sweeps.map((s) => ({ ...s, stampUs: s.stampUs + by })),
    };
    const found = decodeMarkedObservation(template.encode(small, by, MARK));
    const direct = decodeMarkedObservation(encodeObservation(expected, MARK));
    expect(plain(found)).toEqual(plain(direct));
    expect(found.mark.counter).toBe(77);
  }
});

test("stamps that are no times of this age are refused", () => {
  const odd = anObservation({ sweeps: [{ ...anObservation().sweeps[0]!, stampUs: 5 }] });
  expect(() => new ObservationTemplate(odd)).toThrow(/stamps of 8 bytes expected/);
  const template = new ObservationTemplate(anObservation());
  expect(() => template.encode({}, -1.5e15, MARK)).toThrow(/a stamp of this age/);
});
