import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BODY_FROM_OPTICAL,
  compose,
  fromQuaternion,
  fromYawPitchRoll,
  IDENTITY,
  interpolate,
  invert,
  toQuaternion,
  transformPoint,
  yawOf,
} from "./se3.ts";

const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
const expectSame = (a: readonly number[], b: readonly number[], digits = 9) =>
  a.forEach((v, i) => {
    expect(v).toBeCloseTo(b[i]!, digits);
  });

describe("rigid transforms", () => {
  test("a transform composed with its inverse is the identity", () => {
    fc.assert(
      fc.property(angle, angle, angle, (yaw, pitch, roll) => {
        const a = fromYawPitchRoll(yaw, pitch, roll, [3, -2, 1]);
        const i = compose(a, invert(a));
        expectSame(i.r, IDENTITY.r);
        expectSame(i.t, IDENTITY.t);
      }),
    );
  });
  test("a rotation survives the way through a quaternion", () => {
    fc.assert(
      fc.property(angle, angle, angle, (yaw, pitch, roll) => {
        const a = fromYawPitchRoll(yaw, pitch, roll, [0, 0, 0]);
        expectSame(fromQuaternion(toQuaternion(a.r), a.t).r, a.r, 7);
      }),
    );
  });
  test("half turns survive the way through a quaternion: a camera that looks right stays so", () => {
    for (const yaw of [Math.PI, -Math.PI / 2, Math.PI / 2, 0]) {
      const a = compose(fromYawPitchRoll(yaw, 0, 0, [0, 0, 0]), BODY_FROM_OPTICAL);
      expectSame(fromQuaternion(toQuaternion(a.r), a.t).r, a.r);
    }
  });
  test("a pose half way between two headings has the middle heading, over the ±π seam too", () => {
    const a = fromYawPitchRoll(3.0, 0, 0, [0, 0, 0]);
    const b = fromYawPitchRoll(-3.0, 0, 0, [2, 0, 0]);
    const half = interpolate(a, b, 0.5);
    expect(Math.abs(yawOf(half))).toBeCloseTo(Math.PI, 9);
    expect(half.t[0]).toBeCloseTo(1, 12);
  });
  test("camera axes turn into body axes: forward z becomes x, right x becomes −y, down y becomes −z", () => {
    expectSame(transformPoint(BODY_FROM_OPTICAL, [0, 0, 1]), [1, 0, 0]);
    expectSame(transformPoint(BODY_FROM_OPTICAL, [1, 0, 0]), [0, -1, 0]);
    expectSame(transformPoint(BODY_FROM_OPTICAL, [0, 1, 0]), [0, 0, -1]);
  });
  test("a quaternion of zero length is refused", () => {
    expect(() => fromQuaternion([0, 0, 0, 0], [0, 0, 0])).toThrow(/length > 0 expected/);
  });
});
