import { expect, test } from "vitest";
import type { MarkKind } from "../contract/scene.ts";
import { fillConvexInto, strokeInto } from "./fill.ts";
import { forEachMark, prepareScene } from "./prepare.ts";
import { simplifyLine } from "./simplify-line.ts";
import { aLane, anObject, aScene } from "./testing/a-scene.ts";

test("a scene is brought to ego: rear axle at the origin, x ahead", () => {
  const ego = { ...aScene().ego, xM: 100, yM: 50, yawRad: Math.PI / 2 };
  const { objects } = prepareScene(
    aScene({ ego, objects: [anObject({ xM: 97, yM: 60, yawRad: Math.PI })] }),
  );
  expect(objects[0]!.x).toBeCloseTo(10);
  expect(objects[0]!.y).toBeCloseTo(3);
  expect(objects[0]!.yaw).toBeCloseTo(Math.PI / 2);
});

test("a scene is prepared once", () => {
  const scene = aScene();
  expect(prepareScene(scene)).toBe(prepareScene(scene));
});

test("dashes of both sides of a centre line agree", () => {
  const dashed = { leftMark: "DASHED", rightMark: "NONE" } as const;
  const dashesOf = (oncoming: boolean): number[] => {
    const lane = aLane(1, oncoming ? 3.5 : 0, { ...dashed, oncoming });
    const out: number[] = [];
    forEachMark(prepareScene(aScene({ lanes: [lane] })), (ax, ay, bx, _by, kind: MarkKind) => {
      expect(kind).toBe("DASHED");
      expect(ay).toBeCloseTo(1.75);
      const low = Math.min(ax, bx);
      const high = Math.max(ax, bx);
      for (let x = -100; x < 200; x++) if (x + 0.5 > low && x + 0.5 < high) out.push(x);
    });
    return out.sort((a, b) => a - b);
  };
  // One lane runs along the other's line from its far end.
  const own = dashesOf(false);
  const other = dashesOf(true);
  expect(own.length).toBeGreaterThan(40);
  expect(other).toEqual(own);
});

test("marks end where the lane says that they change, as in a junction", () => {
  const marks = { leftMark: "SOLID", rightMark: "NONE" } as const;
  const markChanges = [
    { fromM: 0, left: "SOLID", right: "NONE" },
    { fromM: 80, left: "NONE", right: "NONE" },
    { fromM: 100, left: "NONE", right: "SOLID" },
  ] as const;
  const lane = aLane(1, 0, { ...marks, markChanges });
  const x0 = lane.centre[0]!;
  const left: number[] = [];
  const right: number[] = [];
  forEachMark(prepareScene(aScene({ lanes: [lane] })), (ax, ay, bx) => {
    (ay > 0 ? left : right).push(ax - x0, bx - x0);
  });
  expect([Math.min(...left), Math.max(...left)].map(Math.round)).toEqual([0, 80]);
  expect(Math.round(Math.min(...right))).toBe(100);
});

test("a stop sign stands right of the lane, facing those who come", () => {
  const line = { id: 1, x0M: 30, y0M: 1.7, x1M: 30, y1M: -1.7, signalIds: [] };
  const { signs } = prepareScene(aScene({ lanes: [aLane(1, 0)], stopLines: [line] }));
  expect(signs).toHaveLength(1);
  expect(signs[0]!.x).toBeCloseTo(30);
  expect(signs[0]!.y).toBeCloseTo(-2.6);
  expect(Math.cos(signs[0]!.yaw)).toBeCloseTo(-1);
});

test("a line keeps its bends and loses its straights", () => {
  const line = Float64Array.of(0, 0, 1, 0, 2, 0.01, 3, 0, 4, 2, 5, 4);
  expect([...simplifyLine(line, 0.04)]).toEqual([0, 0, 3, 0, 5, 4]);
});

const SPEC = { xMinM: 0, yMinM: 0, cellM: 1, nx: 8, ny: 8 };

test("a polygon fills the cells whose centres it holds", () => {
  const out = new Uint8Array(64);
  fillConvexInto(out, SPEC, [1, 4, 4, 1], [2, 2, 5, 5], 4, 7);
  expect(out.filter((v) => v === 7)).toHaveLength(9);
  expect(out[1 * 8 + 2]).toBe(7);
  expect(out[4 * 8 + 2]).toBe(0);
});

test("a strip between two cells gives each its half", () => {
  const out = new Uint8Array(64);
  strokeInto(out, SPEC, 0, 3, 8, 3, 0.5);
  expect([out[4 * 8 + 2], out[4 * 8 + 3], out[4 * 8 + 1]]).toEqual([128, 128, 0]);
});
