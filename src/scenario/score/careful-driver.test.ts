import { expect, test } from "vitest";
import { boxesOverlap } from "../../world/box.ts";
import { BRAKE_MAX_MPS2, type EncounterSample, judgeEncounter } from "./careful-driver.ts";
import type { MovingBox } from "./pdms.ts";

const STEP_S = 0.1;
const car = (xM: number, yM: number, speedMps: number, yawRad = 0): MovingBox => ({
  xM,
  yM,
  yawRad,
  speedMps,
  lengthM: 4.5,
  widthM: 1.9,
});

/** ego at constant speed along x until it touches the other. */
function record(egoMps: number, otherAt: (tS: number) => MovingBox, longestS = 10) {
  const samples: EncounterSample[] = [];
  for (let t = 0; t <= longestS; t += STEP_S) {
    const ego = car(egoMps * t, 0, egoMps);
    const other = otherAt(t);
    samples.push({ ego, other });
    if (boxesOverlap(ego, other)) return samples;
  }
  throw new Error("a collision expected");
}

/** A slower car beside changes into ego's lane at 1 m/s, its rear `gapM` ahead when it begins. */
const cutIn = (egoMps: number, otherMps: number, gapM: number) =>
  record(egoMps, (t) => {
    const begins = 2;
    const startM = egoMps * begins + gapM + 4.5 - otherMps * begins;
    return car(startM + otherMps * t, Math.max(0, 3.5 - Math.max(0, t - begins)), otherMps);
  });

/**
 * Braking distance of the model against a vehicle that is `closing` m/s slower: way in the closing
 * frame until the speeds are equal, from the perceived moment.
 */
function neededM(closing: number): number {
  const buildUp = (BRAKE_MAX_MPS2 * 0.6) / 2;
  const left = closing - buildUp;
  const whileBuildingUp = closing * 0.6 - (BRAKE_MAX_MPS2 * 0.36) / 6;
  return closing * 1.15 + whileBuildingUp + left ** 2 / (2 * BRAKE_MAX_MPS2);
}

test("the boundary of an avoidable cut-in is the model's braking distance", () => {
  const closing = 10;
  // 0.375 m of the lane change pass before it can be perceived, at 1 m/s
  const boundaryM = neededM(closing) + closing * 0.375;
  expect(judgeEncounter(cutIn(25, 15, boundaryM + 2.5), STEP_S).avoids).toBe(true);
  expect(judgeEncounter(cutIn(25, 15, boundaryM - 2.5), STEP_S).avoids).toBe(false);
});

test("up to 14.5 m/s of closing speed, waiting for 2.0 s to collision would change no verdict", () => {
  // who is perceived farther off than this waits in the model of the regulation until it is so near
  const waitsUntilM = (closing: number) => closing * (2.0 + 0.4);
  for (let closing = 3; closing <= 14.5; closing += 0.5)
    expect(neededM(closing), `${closing} m/s`).toBeLessThan(waitsUntilM(closing));
  expect(neededM(16)).toBeGreaterThan(waitsUntilM(16));
});

test("a standing car in the lane is avoidable from any distance that was in sight", () => {
  const samples = record(14, () => car(100, 0.3, 0));
  expect(judgeEncounter(samples, STEP_S).avoids).toBe(true);
});

test("one that steps out at the last moment cannot be avoided", () => {
  const person = (t: number): MovingBox => ({
    ...car(40, 3 - 2 * Math.max(0, t - 1.5), 2, -Math.PI / 2),
    lengthM: 0.5,
    widthM: 0.5,
  });
  const verdict = judgeEncounter(record(14, person), STEP_S);
  expect(verdict.avoids).toBe(false);
  expect(verdict.perceivedBeforeS).toBeLessThan(1.5);
});

test("who is hit from behind could not have avoided it", () => {
  const samples = record(5, (t) => car(-30 + 15 * t, 0, 15));
  expect(judgeEncounter(samples, STEP_S)).toEqual({ avoids: false });
});

test("a lead that brakes fully is avoidable at two seconds and not at half a second", () => {
  const lead = (gapM: number) => (t: number) => {
    const brakingS = Math.min(Math.max(0, t - 1), 20 / 8);
    const x = 20 * Math.min(t, 1) + 20 * brakingS - 4 * brakingS ** 2;
    return car(gapM + 4.5 + x, 0, Math.max(0, 20 - 8 * brakingS));
  };
  expect(judgeEncounter(record(20, lead(40)), STEP_S).avoids).toBe(true);
  expect(judgeEncounter(record(20, lead(10)), STEP_S).avoids).toBe(false);
});
