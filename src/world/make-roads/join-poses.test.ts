import { describe, expect, test } from "vitest";
import { type LinePose, poseAt } from "../opendrive/reference-line.ts";
import { Random } from "../random.ts";
import { joinPoses, wrapRad } from "./join-poses.ts";
import { lengthOf } from "./new-road.ts";

const pose = (xM: number, yM: number, yawRad: number, curvatureInvm = 0): LinePose => ({
  xM,
  yM,
  yawRad,
  curvatureInvm,
});

function expectJoined(from: LinePose, to: LinePose): void {
  const pieces = joinPoses(from, to);
  const end = poseAt(pieces, lengthOf(pieces));
  expect(Math.hypot(end.xM - to.xM, end.yM - to.yM)).toBeLessThan(1e-6);
  expect(Math.abs(wrapRad(end.yawRad - to.yawRad))).toBeLessThan(1e-9);
  expect(end.curvatureInvm).toBeCloseTo(to.curvatureInvm, 9);
  expect(poseAt(pieces, 0).curvatureInvm).toBeCloseTo(from.curvatureInvm, 9);
  for (const [i, piece] of pieces.entries()) {
    if (i === 0) continue;
    const before = poseAt(pieces.slice(0, i), piece.sM);
    expect(Math.hypot(before.xM - piece.xM, before.yM - piece.yM)).toBeLessThan(1e-9);
    expect(Math.abs(before.yawRad - piece.yawRad)).toBeLessThan(1e-12);
    expect(before.curvatureInvm).toBeCloseTo(poseAt(pieces, piece.sM).curvatureInvm, 9);
  }
}

describe("three spirals join two poses", () => {
  test("straight on they are lines of just that length", () => {
    const pieces = joinPoses(pose(1, 2, 0), pose(41, 2, 0));
    expect(pieces.map(({ shape }) => shape.kind)).toEqual(["LINE", "LINE", "LINE"]);
    expect(lengthOf(pieces)).toBeCloseTo(40, 9);
  });

  test("along a circle they are arcs of it", () => {
    const pieces = joinPoses(pose(20, 0, Math.PI / 2, 1 / 20), pose(0, 20, Math.PI, 1 / 20));
    for (const { shape } of pieces) {
      const ends =
        shape.kind === "SPIRAL"
          ? [shape.startInvm, shape.endInvm]
          : shape.kind === "ARC"
            ? [shape.curvatureInvm]
            : [0];
      for (const k of ends) expect(k).toBeCloseTo(1 / 20, 9);
    }
    expect(lengthOf(pieces)).toBeCloseTo(10 * Math.PI, 6);
  });

  test("turns, lane shifts and ways into a ring end where they should", () => {
    expectJoined(pose(0, 0, 0), pose(15, 15, Math.PI / 2));
    expectJoined(pose(0, 0, 0), pose(12, -9, -Math.PI / 2));
    expectJoined(pose(0, 0, 0), pose(60, 3.5, 0));
    expectJoined(pose(32, 1.75, Math.PI), pose(20.1, 9, 0.42 + Math.PI / 2, 1 / 22));
  });

  test("200 random pairs within what roads ask for", () => {
    const rng = new Random(5);
    for (let i = 0; i < 200; i++) {
      const turn = rng.range(-1.8, 1.8);
      const reach = rng.range(15, 200);
      const chord = turn / 2 + rng.range(-0.25, 0.25);
      const from = pose(rng.range(-500, 500), rng.range(-500, 500), rng.range(-3, 3));
      const yaw = from.yawRad + chord;
      expectJoined(
        from,
        pose(
          from.xM + reach * Math.cos(yaw),
          from.yM + reach * Math.sin(yaw),
          from.yawRad + turn,
          rng.range(-0.2, 0.2) / reach,
        ),
      );
    }
  });

  test("a goal that no such curve reaches is an error that names it", () => {
    expect(() => joinPoses(pose(0, 0, 0), pose(0, 0, 1))).toThrow(RangeError);
  });
});
