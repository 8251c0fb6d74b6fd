import { expect, test } from "vitest";
import {
  encodeState,
  type PlannerState,
  STATE_OFFSETS,
  STATE_VARIABLES,
  STATE_VOCABULARY_SIZE,
  stateMissingId,
} from "./state.ts";

const STATE: PlannerState = {
  speedMps: 10,
  accelMps2: 0,
  yawRateRadps: 0,
  cruiseSpeedMps: 13.9,
  sinceInstructionS: 0,
  speedWhenGivenMps: 10,
  phase: "NONE",
  sincePhaseS: 0,
};

test("each variable keeps to its own range of ids", () => {
  const ids = encodeState(STATE);
  for (const [i, id] of ids.entries()) {
    expect(id).toBeGreaterThanOrEqual(STATE_OFFSETS[i]!);
    expect(id).toBeLessThan(STATE_OFFSETS[i]! + STATE_VARIABLES[i]!.size);
  }
  expect(STATE_OFFSETS.at(-1)! + STATE_VARIABLES.at(-1)!.size).toBe(STATE_VOCABULARY_SIZE);
});

test("not known is an id of its own, never the id of zero", () => {
  const zero = encodeState({ ...STATE, speedMps: 0 })[0]!;
  const missing = encodeState({ ...STATE, speedMps: undefined })[0]!;
  expect(missing).not.toBe(zero);
  expect(missing).toBe(stateMissingId(0));
});

test("NaN is refused: missing must be said as undefined", () => {
  expect(() => encodeState({ ...STATE, accelMps2: Number.NaN })).toThrow("accelMps2");
});

test("speed has bins of 0.25 m/s", () => {
  const id = (speedMps: number) => encodeState({ ...STATE, speedMps })[0]!;
  expect(id(5.25) - id(5)).toBe(1);
  expect(id(99)).toBe(id(40));
});
