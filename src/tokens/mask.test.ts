import { expect, test } from "vitest";
import { LATERALS } from "../contract/maneuver.ts";
import { buildMask, MASKED, type MaskFacts } from "./mask.ts";
import { SLOTS, TOKEN_RANGES, VOCABULARY_SIZE } from "./vocabulary.ts";

const row = (mask: Float32Array, slot: number) =>
  mask.subarray(slot * VOCABULARY_SIZE, (slot + 1) * VOCABULARY_SIZE);

test("every slot may only choose from its own range", () => {
  const mask = buildMask({ speedLimitMps: undefined, junctionAhead: true });
  for (const [slot, kind] of SLOTS.entries()) {
    const { first, count } = TOKEN_RANGES[kind];
    const open = [...row(mask, slot).entries()].filter(([, v]) => v === 0).map(([i]) => i);
    expect(open).toEqual(Array.from({ length: count }, (_, i) => first + i));
  }
});

test("turns are masked where a map knows of no junction, and only there", () => {
  const { first } = TOKEN_RANGES.LATERAL;
  const offered = (facts: MaskFacts) => {
    const lateral = row(buildMask(facts), SLOTS.indexOf("LATERAL"));
    return LATERALS.filter((_, i) => lateral[first + i] === 0);
  };
  const speedLimitMps = undefined;
  expect(offered({ speedLimitMps, junctionAhead: false })).toEqual(
    LATERALS.filter((name) => !/^TURN|GO_STRAIGHT/.test(name)),
  );
  expect(offered({ speedLimitMps, junctionAhead: true })).toEqual(LATERALS);
  expect(offered({ speedLimitMps })).toEqual(LATERALS);
});

test("no target speed above the limit can be chosen, and zero always can", () => {
  const { first } = TOKEN_RANGES.TARGET_SPEED;
  const slot = SLOTS.indexOf("TARGET_SPEED");
  const limited = row(buildMask({ speedLimitMps: 8.33, junctionAhead: false }), slot);
  expect(limited[first + 16]).toBe(0); // 8.0 m/s
  expect(limited[first + 17]).toBe(Math.fround(MASKED)); // 8.5 m/s
  const stop = row(buildMask({ speedLimitMps: 0, junctionAhead: false }), slot);
  expect(stop[first]).toBe(0);
  expect(stop[first + 1]).toBe(Math.fround(MASKED));
});
