import { describe, expect, test } from "vitest";
import { fromYawPitchRoll, IDENTITY, yawOf } from "../geometry/se3.ts";
import { HOLE_US, TfTree } from "./tf-tree.ts";

const at = (x: number, yaw = 0) => fromYawPitchRoll(yaw, 0, 0, [x, 0, 0]);
const NOW = Number.MAX_SAFE_INTEGER;

/** map → base_link at 10 m/s, samples at the given times, s. */
function driving(...timesS: number[]): TfTree {
  const tf = new TfTree("base_link");
  for (const s of timesS) tf.add("map", "base_link", 1e9 + s * 1e6, at(10 * s));
  return tf;
}
const xAt = (tf: TfTree, s: number, asOfS = 1e6) =>
  tf.lookup("map", "base_link", 1e9 + s * 1e6, 1e9 + asOfS * 1e6)?.t[0];

describe("TfTree", () => {
  test("gives the pose between two samples", () => {
    const tf = driving(0, 0.1);
    expect(xAt(tf, 0.05)).toBeCloseTo(0.5, 9);
    expect(xAt(tf, 0.1)).toBeCloseTo(1, 9);
  });

  test("turns on the short way between headings", () => {
    const tf = new TfTree("base_link");
    tf.add("map", "base_link", 1e9, at(0, 3.1));
    tf.add("map", "base_link", 1e9 + 100_000, at(0, -3.1));
    const half = tf.lookup("map", "base_link", 1e9 + 50_000, NOW)!;
    expect(Math.abs(yawOf(half))).toBeCloseTo(Math.PI, 9);
  });

  test("goes a little beyond the samples at constant velocity, both ways", () => {
    const tf = driving(0, 0.1, 0.2);
    expect(xAt(tf, 0.25)).toBeCloseTo(2.5, 9);
    expect(xAt(tf, -0.1)).toBeCloseTo(-1, 9);
  });

  test("holds a single sample", () => {
    expect(xAt(driving(0.2), 0.1)).toBeCloseTo(2, 9);
  });

  test("does not take the slope from samples a millisecond apart", () => {
    const tf = new TfTree("base_link");
    tf.add("map", "base_link", 1e9, at(0));
    tf.add("map", "base_link", 1e9 + 100_000, at(1));
    tf.add("map", "base_link", 1e9 + 101_000, at(1.2));
    expect(tf.lookup("map", "base_link", 1e9 + 201_000, NOW)!.t[0]).toBeCloseTo(2.388, 2);
  });

  test("a hole of more than 0.3 s is missing, inside and beyond the samples", () => {
    const tf = driving(0, 0.1, 0.5, 0.6);
    expect(xAt(tf, 0.3)).toBeUndefined();
    expect(xAt(tf, 0.05)).toBeDefined();
    expect(xAt(tf, 0.6 + HOLE_US / 1e6)).toBeDefined();
    expect(xAt(tf, 0.61 + HOLE_US / 1e6)).toBeUndefined();
  });

  test("a vehicle that stands exactly still still needs poses", () => {
    const tf = new TfTree("base_link");
    for (const s of [0, 0.1]) tf.add("map", "base_link", 1e9 + s * 1e6, at(3));
    expect(tf.lookup("map", "base_link", 1e9 + 2e6, NOW)).toBeUndefined();
  });

  test("knows nothing that is stamped after asOf", () => {
    const tf = driving(0, 0.1, 0.2);
    expect(xAt(tf, 0.15, 0.1)).toBeCloseTo(1.5, 9);
    expect(xAt(tf, 0.1, -1)).toBeUndefined();
    expect(tf.egoStampsUs(0, 1e9 + 100_000)).toEqual([1e9, 1e9 + 100_000]);
  });

  test("a mounting holds at any stamp until it is seen to move", () => {
    const tf = driving(0, 0.1);
    tf.add("base_link", "cam", 1e9, at(1.5));
    tf.add("base_link", "cam", 1e9 + 100_000, at(1.51));
    expect(tf.lookup("base_link", "cam", 1e9 + 5e6, NOW)!.t[0]).toBeCloseTo(1.51, 9);
    tf.add("base_link", "cam", 1e9 + 200_000, at(1.5, 0.2));
    expect(tf.lookup("base_link", "cam", 1e9 + 5e6, NOW)).toBeUndefined();
  });

  test("a transform without a stamp always holds", () => {
    const tf = new TfTree("base_link");
    tf.add("base_link", "lidar", undefined, at(2));
    expect(tf.lookup("base_link", "lidar", 5, 5)!.t[0]).toBe(2);
    expect(tf.lookup("lidar", "base_link", 5, 5)!.t[0]).toBe(-2);
  });

  test("joins frames through their common ancestor", () => {
    const tf = driving(0, 0.1);
    tf.add("base_link", "mast", undefined, at(1));
    tf.add("mast", "cam", undefined, at(0.5));
    tf.add("base_link", "lidar", undefined, at(-1));
    expect(tf.lookup("lidar", "cam", 1e9, NOW)!.t[0]).toBeCloseTo(2.5, 9);
    expect(tf.lookup("map", "cam", 1e9 + 50_000, NOW)!.t[0]).toBeCloseTo(2, 9);
    expect(tf.lookup("cam", "cam", 1e9, NOW)).toEqual(IDENTITY);
    expect(tf.lookup("cam", "moon", 1e9, NOW)).toBeUndefined();
    expect(tf.lookup("moon", "cam", 1e9, NOW)).toBeUndefined();
  });

  test("odom is the fixed frame where there is one, for it does not jump; else the topmost", () => {
    const tf = new TfTree("base_link");
    expect(tf.fixedFrame()).toBeUndefined();
    tf.add("odom", "base_link", 1e9, at(0));
    tf.add("map", "odom", 1e9, at(0));
    expect(tf.fixedFrame()).toBe("odom");
    expect(driving(0).fixedFrame()).toBe("map");
  });

  test("an edge that would close a loop is not taken", () => {
    const tf = driving(0);
    tf.add("base_link", "map", 1e9, at(9));
    expect(tf.fixedFrame()).toBe("map");
    expect(xAt(tf, 0)).toBe(0);
  });

  test("sorts samples that come late, replaces a repeated one and forgets old ones", () => {
    const tf = driving(0, 0.2, 0.1);
    expect(tf.egoStampsUs(0, NOW)).toEqual([1e9, 1e9 + 100_000, 1e9 + 200_000]);
    tf.add("map", "base_link", 1e9 + 100_000, at(7));
    expect(xAt(tf, 0.1)).toBe(7);
    for (let s = 1; s < 60; s++) tf.add("map", "base_link", 1e9 + s * 1e5, at(s));
    expect(tf.egoStampsUs(0, NOW).length).toBeLessThanOrEqual(31);
  });
});
