import { describe, expect, test } from "vitest";
import { aField, aLead, anEgo } from "./fixtures.cases.ts";
import { egoProblem, fieldProblem, isObstacleValid } from "./s02-validity.ts";

describe("S02 the ego state", () => {
  test("a normal one has no problem", () => {
    expect(egoProblem(anEgo(13))).toBeUndefined();
    expect(egoProblem(anEgo(-0.3))).toBeUndefined();
  });

  test.each([
    [{ speedMps: Number.NaN }, /speed of -10…70 m\/s expected, found NaN/],
    [{ speedMps: Number.POSITIVE_INFINITY }, /found Infinity/],
    [{ speedMps: 70.1 }, /found 70.1/],
    [{ speedMps: -10.1 }, /found -10.1/],
    [{ accelMps2: 20.1 }, /acceleration within ±20/],
    [{ accelMps2: Number.NaN }, /found NaN/],
    [{ yawRateRadps: 3.1 }, /yaw rate within ±3/],
    [{ yawRateRadps: -3.1 }, /yaw rate within ±3/],
    [{ stampUs: Number.NaN }, /finite stamp/],
  ])("%o is absent, not a zero", (more, says) => {
    expect(egoProblem(anEgo(10, more))).toMatch(says);
  });
});

describe("S02 the obstacle field", () => {
  test("a normal one has no problem, an empty one neither", () => {
    expect(fieldProblem(aField([aLead(10, 5)]))).toBeUndefined();
    expect(fieldProblem(aField())).toBeUndefined();
    expect(fieldProblem(aField([], { untrackedXyz: new Float32Array([1, 2, 3]) }))).toBeUndefined();
  });

  test.each([
    "xM",
    "yM",
    "yawRad",
    "lengthM",
    "widthM",
    "zMinM",
    "sigmaM",
    "unseenUs",
    "vxMps",
    "vyMps",
  ] as const)("an obstacle with NaN in %s is no obstacle", (key) => {
    expect(isObstacleValid(aLead(10, 5, { [key]: Number.NaN }))).toBe(false);
    expect(fieldProblem(aField([aLead(10, 5, { [key]: Number.NaN })]))).toMatch(/obstacle 7/);
  });

  test.each([
    { vxMps: 101 },
    { vyMps: -101 },
    { lengthM: -1 },
    { widthM: -1 },
    { sigmaM: -1 },
    { hull: [[Number.NaN, 0]] as const },
    { hull: [[0, Number.POSITIVE_INFINITY]] as const },
  ])("an obstacle with %o is no obstacle", (more) => {
    expect(isObstacleValid(aLead(10, 5, more))).toBe(false);
  });

  test("a stamp, a length or a point that is no number is told with what was found", () => {
    expect(fieldProblem(aField([], { stampUs: Number.NaN }))).toMatch(/finite stamp/);
    expect(fieldProblem(aField([], { untrackedXyz: new Float32Array(4) }))).toMatch(
      /\[N, 3\] untracked points expected, found 4 numbers/,
    );
    expect(
      fieldProblem(aField([], { untrackedXyz: new Float32Array([0, 0, Number.NaN]) })),
    ).toMatch(/found NaN at number 2/);
  });
});
