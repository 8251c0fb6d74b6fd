import { expect, test } from "vitest";
import { decodeGap, decodeSlots, encodeGap, encodeSlots, type SlotValues } from "./slots.ts";
import { SLOTS, TOKEN_RANGES, VOCABULARY_SIZE } from "./vocabulary.ts";

const VALUES: SlotValues = {
  answer: "ACCEPTED",
  maneuver: {
    rationale: ["LEAD_VEHICLE", "NONE"],
    lateral: "LANE_CHANGE_LEFT",
    longitudinal: "DECELERATE",
    targetSpeedMps: 12.5,
    gapM: decodeGap(20)!,
  },
  accelCodes: [0, 1, 2, 3, 4, 17],
  curvatureCodes: [0, 10, 20, 5, 6, 7],
};

const toGlobal = (local: readonly number[]) =>
  local.map((index, slot) => TOKEN_RANGES[SLOTS[slot]!].first + index);

test("slots survive encoding and decoding", () => {
  expect(decodeSlots(toGlobal(encodeSlots(VALUES)))).toEqual(VALUES);
});

test("ranges of the vocabulary neither overlap nor leave holes", () => {
  const ranges = Object.values(TOKEN_RANGES);
  let next = 0;
  for (const { first, count } of ranges) {
    expect(first).toBe(next);
    next += count;
  }
  expect(next).toBe(VOCABULARY_SIZE);
});

test("every slot refuses ids of its neighbours' ranges instead of clipping them", () => {
  const good = toGlobal(encodeSlots(VALUES));
  for (const [slot, kind] of SLOTS.entries()) {
    const { first, count } = TOKEN_RANGES[kind];
    for (const wrong of [first - 1, first + count, Number.NaN, first + 0.5]) {
      const tokens = good.with(slot, wrong);
      expect(() => decodeSlots(tokens)).toThrow(new RegExp(`slot ${slot} \\(${kind}\\)`));
    }
  }
});

test("truncated output is an error", () => {
  expect(() => decodeSlots(toGlobal(encodeSlots(VALUES)).slice(0, 18))).toThrow(
    "19 tokens expected",
  );
});

test("gap tokens are at most 10 % apart and cover 2 to 120 m", () => {
  expect(decodeGap(1)).toBe(2);
  expect(decodeGap(45)).toBeCloseTo(120, 9);
  for (let i = 1; i < 45; i++) expect(decodeGap(i + 1)! / decodeGap(i)!).toBeLessThan(1.1);
  for (let gapM = 2; gapM <= 120; gapM += 0.37)
    expect(Math.abs(decodeGap(encodeGap(gapM))! / gapM - 1)).toBeLessThan(0.05);
  expect(encodeGap(undefined)).toBe(0);
  expect(decodeGap(0)).toBeUndefined();
});
