import { describe, expect, test } from "vitest";
import type { DetectedObject } from "../../contract/scene.ts";
import { GraphBuilder } from "../../world/testing/graph-builder.ts";
import { laneNet } from "../../world/traffic/lane-net.ts";
import { anObject, aScene } from "../scene.fixture.ts";
import { frontOf, viewOf } from "../view.ts";
import { RouteFollower } from "./follower.ts";
import { giveWay } from "./give-way.ts";

/** Two lanes eastwards, each of three pieces of 60 m; index 0, 1, 2 left and 3, 4, 5 right. */
function aTwoLaneRoad() {
  const b = new GraphBuilder();
  for (const yM of [0, -3.5])
    for (const xM of [0, 60, 120])
      b.lane([
        [xM, yM],
        [xM + 60, yM],
      ]);
  for (const i of [0, 1, 3, 4]) b.link(i, i + 1);
  for (const i of [0, 1, 2]) b.beside(i, i + 3);
  return laneNet(b.build("two lanes"));
}

const lanes = (...indices: number[]) => ({ lanes: indices, lengthM: 180 });
const at = (xM: number, yM: number, yawRad = 0) => ({ xM, yM, yawRad });

describe("the follower", () => {
  test("counts the driven way over the seams of lanes and ends where the route ends", () => {
    const follower = new RouteFollower(aTwoLaneRoad(), lanes(0, 1, 2));
    expect(follower.lengthM).toBeCloseTo(180, 6);
    expect(follower.update(at(10, 0.2))).toMatchObject({ lane: 0, doneM: 10, dM: 0.2 });
    expect(follower.update(at(70, 0)).lane).toBe(1);
    expect(follower.update(at(130, 0)).doneM).toBeCloseTo(130, 6);
    expect(follower.guide().endM).toBeCloseTo(40 + 50, 6);
  });

  test("tells how far a line is, wherever ego is between the samples of its lane", () => {
    const b = new GraphBuilder();
    const lane = b.lane([
      [0, 0],
      [120, 0],
    ]);
    b.stop(lane, 110, "STOP");
    const follower = new RouteFollower(laneNet(b.build("a line")), { lanes: [lane], lengthM: 120 });
    const frontM = frontOf(aScene().ego);
    for (let xM = 60; xM < 100; xM += 0.37) {
      follower.update(at(xM, 0));
      const scene = { ...aScene(), ego: { ...aScene().ego, xM } };
      const view = viewOf(scene, follower.guide());
      expect(view.lines[0]!.sM - frontM, `from ${xM} m`).toBeCloseTo(110 - xM - frontM, 6);
    }
  });

  test("stands on a shoulder that is as wide as ego, else at the lane's edge", () => {
    const follower = new RouteFollower(aTwoLaneRoad(), lanes(3, 4, 5));
    follower.update(at(10, -3.5));
    const { ego } = aScene();
    const scene = { ...aScene(), ego: { ...ego, xM: 10, yM: -3.5 } };
    const aside = (shoulder?: { readonly nearM: number; readonly farM: number }) => {
      const { shoulder: _, ...guide } = follower.guide();
      return viewOf(scene, shoulder === undefined ? guide : { ...guide, shoulder }).pullOverDM!;
    };
    const edgeDM = -(3.5 - ego.widthM) / 2 + 0.15;
    expect(aside()).toBeCloseTo(edgeDM, 6);
    expect(aside({ nearM: 3.4, farM: 3.7 })).toBeCloseTo(edgeDM, 6);
    expect(aside({ nearM: 1.75, farM: 4.25 })).toBeLessThan(-2.5);
  });

  test("a change of lanes that the route needs is told with side and room", () => {
    const follower = new RouteFollower(aTwoLaneRoad(), lanes(0, 1, 4, 5));
    follower.update(at(20, 0));
    expect(follower.guide().change).toEqual({ side: "RIGHT", withinM: 100 });
    follower.update(at(70, 0));
    expect(follower.guide().change).toEqual({ side: "RIGHT", withinM: 50 });
    follower.update(at(80, -3.2));
    expect(follower.place.lane).toBe(4);
    expect(follower.guide().change).toBeUndefined();
  });

  test("a change made long before it is needed is not taken back", () => {
    const follower = new RouteFollower(aTwoLaneRoad(), lanes(0, 1, 4, 5));
    follower.update(at(20, 0));
    follower.update(at(30, -3.2));
    expect(follower.place.lane).toBe(3);
    expect(follower.guide().change).toBeUndefined();
  });

  test("a change that is asked for later waits while the lane beside leads elsewhere", () => {
    // lanes 0, 1, 2 eastwards with 3 beside 0 that turns off, and 4 beside 2
    const b = new GraphBuilder();
    for (const xM of [0, 60, 120])
      b.lane([
        [xM, 0],
        [xM + 60, 0],
      ]);
    b.lane([
      [0, -3.5],
      [60, -3.5],
    ]);
    b.lane([
      [120, -3.5],
      [180, -3.5],
    ]);
    b.link(0, 1);
    b.link(1, 2);
    b.beside(0, 3);
    b.beside(2, 4);
    const follower = new RouteFollower(laneNet(b.build("a lane off")), lanes(0, 1, 2, 4));
    follower.update(at(30, 0));
    expect(follower.guide().change).toBeUndefined();
    follower.update(at(90, 0));
    expect(follower.guide().change).toBeUndefined();
    follower.update(at(125, 0));
    expect(follower.guide().change).toEqual({ side: "RIGHT", withinM: 55 });
  });

  test("beside the route it leads back to it, and the way is still known", () => {
    const follower = new RouteFollower(aTwoLaneRoad(), lanes(0, 1, 2));
    follower.update(at(10, 0));
    const place = follower.update(at(20, -3.5));
    expect(place).toMatchObject({ lane: 3, doneM: 20 });
    expect(place.offRouteM).toBeCloseTo(3.5, 6);
    expect(follower.guide().change).toEqual({ side: "LEFT", withinM: 40 });
  });

  test("between two lanes it stays in the one it was in", () => {
    const follower = new RouteFollower(aTwoLaneRoad(), lanes(0, 1, 2));
    follower.update(at(10, -1));
    expect(follower.update(at(12, -1.8)).lane).toBe(0);
    expect(follower.update(at(14, -2.4)).lane).toBe(3);
  });

  test("in a junction it changes lanes where the marks let it, and only there", () => {
    const through = (mayChangeLeft: boolean) => {
      const b = new GraphBuilder();
      for (const yM of [0, -3.5])
        b.lane(
          [
            [0, yM],
            [60, yM],
          ],
          { junctionId: "ring", mayChangeLeft },
        );
      b.beside(0, 1);
      const follower = new RouteFollower(laneNet(b.build("ring")), { lanes: [1], lengthM: 60 });
      follower.update(at(10, -3.5));
      return follower.update(at(20, -0.5)).lane;
    };
    expect(through(true)).toBe(0);
    expect(through(false)).toBe(1);
  });

  test("somewhere else altogether it is far off the route", () => {
    const follower = new RouteFollower(aTwoLaneRoad(), lanes(0, 1, 2));
    follower.update(at(10, 0));
    expect(follower.update(at(10, 90)).offRouteM).toBeGreaterThan(30);
  });
});

/** Eastwards through a crossing at x = 50; another lane from the south, which goes first. */
function aCrossing(kind: "YIELD" | "LIGHT" | "THEY_YIELD") {
  const b = new GraphBuilder();
  const junction = { junctionId: "j" };
  const inM = b.lane([
    [0, 0],
    [40, 0],
  ]);
  const over = b.lane(
    [
      [40, 0],
      [60, 0],
    ],
    { ...junction, turn: "STRAIGHT" },
  );
  const out = b.lane([
    [60, 0],
    [120, 0],
  ]);
  const south = b.lane([
    [50, -80],
    [50, -10],
  ]);
  const across = b.lane(
    [
      [50, -10],
      [50, 10],
    ],
    { ...junction, turn: "STRAIGHT" },
  );
  const north = b.lane([
    [50, 10],
    [50, 80],
  ]);
  for (const [from, to] of [
    [inM, over],
    [over, out],
    [south, across],
    [across, north],
  ] as const)
    b.link(from, to);
  if (kind === "YIELD") b.stop(inM, 39, "YIELD");
  if (kind === "THEY_YIELD") b.stop(south, 69, "YIELD");
  if (kind === "LIGHT") b.stop(south, 69, "LIGHT", "j", 0);
  return laneNet(b.build("crossing"));
}

/** Where ego must wait, for a car from the south `awayM` before the crossing. */
function waitFor(
  awayM: number,
  speedMps: number,
  {
    kind = "YIELD" as "YIELD" | "LIGHT" | "THEY_YIELD",
    egoX = 15,
    egoMps = 8,
    red = false,
    first = undefined as Partial<DetectedObject> | undefined,
  } = {},
) {
  const net = aCrossing(kind);
  const follower = new RouteFollower(net, { lanes: [0, 1, 2], lengthM: 120 });
  follower.update(at(egoX, 0));
  const guide = follower.guide();
  const car: Partial<DetectedObject> = { xM: 50, yM: -awayM, yawRad: Math.PI / 2, speedMps };
  const base = aScene();
  const signals = red ? [{ id: 0, xM: 50, yM: 0, zM: 4, yawRad: 0, state: "RED" as const }] : [];
  const ego = { ...base.ego, xM: egoX, speedMps: egoMps };
  const others = first === undefined ? [] : [anObject(8, { ...car, ...first })];
  const scene = { ...base, ego, objects: [anObject(9, car), ...others], signals };
  const originM = Math.min(egoX, 40);
  return giveWay(guide, scene, {
    sM: originM,
    speedMps: egoMps,
    frontM: 3.7,
    rearM: 1,
    maxMpsAt: () => 14,
  });
}

describe("giving way", () => {
  test("waits before the shared ground for one that arrives at the same time", () => {
    const wait = waitFor(35, 10)!;
    expect(wait.forId).toBe(9);
    // the ways cross at x = 50; ego is 15 m into the guide
    expect(wait.stopM).toBeGreaterThan(40);
    expect(wait.stopM).toBeLessThan(48.5);
  });

  test("does not wait for one that is far away, has passed, or stands at a red light", () => {
    expect(waitFor(79, 5, { egoX: 30 })).toBeUndefined();
    expect(waitFor(-20, 10)).toBeUndefined();
    expect(waitFor(15, 0, { kind: "LIGHT", red: true })).toBeUndefined();
  });

  test("who has the right of way waits only for one that is on the junction already", () => {
    expect(waitFor(35, 10, { kind: "THEY_YIELD" })).toBeUndefined();
    expect(waitFor(3, 1, { kind: "THEY_YIELD", egoX: 25 })?.forId).toBe(9);
  });

  test("whoever drives with its nose in the junction before ego is there goes first", () => {
    const comes = { kind: "THEY_YIELD", egoX: 25 } as const;
    expect(waitFor(12, 2, comes)?.forId).toBe(9);
    // not one that stands there, or is still before it, and not when ego is in the junction itself
    expect(waitFor(12, 0.2, comes)).toBeUndefined();
    expect(waitFor(14, 2, comes)).toBeUndefined();
    expect(waitFor(12, 2, { ...comes, egoX: 37, egoMps: 3 })).toBeUndefined();
  });

  test("who comes up behind one that stands and lets ego go is not waited for", () => {
    const standing = { egoX: 43, egoMps: 0 };
    const first = { yM: -16, speedMps: 0 };
    expect(waitFor(35, 8, standing)?.forId).toBe(9);
    expect(waitFor(35, 8, { ...standing, first })).toBeUndefined();
    // behind it, or as long as ego is still driving, it holds nobody up
    expect(waitFor(35, 8, { ...standing, first: { ...first, yM: -50 } })?.forId).toBe(9);
    expect(waitFor(35, 8, { egoX: 25, first })).toBeDefined();
  });

  test("past the point of no return it goes on", () => {
    expect(waitFor(20, 12, { egoX: 41, egoMps: 12 })).toBeUndefined();
  });
});
