import { describe, expect, test } from "vitest";
import type { Scene } from "../../contract/scene.ts";
import { prepareScene } from "../../render/prepare.ts";
import { EgoDriver } from "../testing/ego-driver.ts";
import { junctionGraph, straightGraph } from "../testing/graphs.ts";
import { TrafficWorld, type TrafficWorldOptions } from "./traffic-world.ts";

const DT_S = 0.1;
const STAND = { steerRad: 0, accelMps2: -3 };

const onStraight = (options: Partial<TrafficWorldOptions> = {}): TrafficWorld =>
  new TrafficWorld({
    graph: straightGraph({ laneCount: 3, lengthM: 3000, oncomingCount: 2, speedLimitMps: 25 }),
    seed: 1,
    egoStart: { lane: 2, sM: 700, dM: 0 },
    egoMps: 20,
    ...options,
  });

const atJunction = (seed: number, options: Partial<TrafficWorldOptions> = {}): TrafficWorld =>
  new TrafficWorld({
    graph: junctionGraph({ control: "LIGHTS", crossings: true }),
    seed,
    egoStart: { lane: 0, sM: 150, dM: 0 },
    perKmLane: 15,
    ...options,
  });

describe("a world in lock-step", () => {
  test("same options, same bytes: objects, lights and contacts; another seed differs", () => {
    const tell = (seed: number) => {
      const world = atJunction(seed, { people: { density: 3 }, temper: { blindShare: 0.2 } });
      const out: unknown[] = [];
      for (let i = 0; i < 300; i++) {
        world.step(DT_S, STAND);
        if (i % 50 === 0) out.push(world.scene());
      }
      return JSON.stringify([out, world.contacts(), world.signalStates()]);
    };
    expect(tell(3)).toBe(tell(3));
    expect(tell(3)).not.toBe(tell(4));
  });

  test("asking for scenes changes nothing", () => {
    const [a, b] = [onStraight(), onStraight()];
    for (let i = 0; i < 100; i++) {
      for (const world of [a, b]) world.step(DT_S, { steerRad: 0, accelMps2: 0.2 });
      a.scene();
      a.objects();
    }
    expect(a.objects()).toEqual(b.objects());
  });

  test("a step that is too long or not finite is refused", () => {
    const world = onStraight();
    expect(() => world.step(0, STAND)).toThrow(/0 < dtS <= 0.5 s expected, found 0/);
    expect(() => world.step(0.1, { steerRad: Number.NaN, accelMps2: 0 })).toThrow(/NaN/);
    expect(() => onStraight({ egoStart: { lane: 99, sM: 0, dM: 0 } })).toThrow(/lane 99/);
  });

  test("ego is moved by its command, or to where another simulator says", () => {
    const world = onStraight({ perKmLane: 0 });
    const x0 = world.egoBody().xM;
    for (let i = 0; i < 10; i++) world.step(DT_S, { steerRad: 0, accelMps2: 0 });
    expect(world.egoBody().xM - x0).toBeCloseTo(20, 6);
    expect(world.egoPosition()?.lane).toBe(2);
    const pose = { xM: 100, yM: -7, yawRad: 0, speedMps: 3 };
    world.step(DT_S, { pose, accelMps2: 0.4 });
    expect(world.scene().ego).toMatchObject({ xM: 100, yM: -7, speedMps: 3, accelMps2: 0.4 });
    expect(world.egoPosition()).toMatchObject({ lane: 5 });
  });
});

describe("living traffic", () => {
  test("it stays around ego for as long as ego drives, and appears out of sight", () => {
    const graph = straightGraph({
      laneCount: 3,
      lengthM: 9000,
      oncomingCount: 2,
      speedLimitMps: 25,
    });
    const world = onStraight({ graph, egoStart: { lane: 2, sM: 100, dM: 0 }, perKmLane: 15 });
    const driver = new EgoDriver(world);
    let known = new Set(world.flow.riders.map((r) => r.id));
    const counts: number[] = [];
    for (let i = 0; i < 1200; i++) {
      world.step(DT_S, driver.command());
      const ego = world.egoBody();
      for (const rider of world.flow.riders)
        if (!known.has(rider.id))
          expect(Math.hypot(rider.xM - ego.xM, rider.yM - ego.yM)).toBeGreaterThan(80);
      known = new Set(world.flow.riders.map((r) => r.id));
      if (i % 100 === 0) counts.push(world.flow.riders.length);
    }
    expect(world.contacts()).toEqual([]);
    expect(Math.min(...counts)).toBeGreaterThan(20);
    expect(Math.max(...counts)).toBeLessThan(45);
    expect(world.egoBody().xM).toBeGreaterThan(-2000);
  });

  test("those behind brake for an ego that stops on the road, and pass it on the other lanes", () => {
    for (const seed of [1, 2, 3]) {
      const world = onStraight({ seed, perKmLane: 14 });
      let passed = 0;
      const behind = new Set<number>();
      for (let i = 0; i < 600; i++) {
        world.step(DT_S, STAND);
        const { xM } = world.egoBody();
        for (const rider of world.flow.riders) {
          if (rider.yM > 1) continue;
          if (rider.xM < xM - 30) behind.add(rider.id);
          else if (rider.xM > xM + 10 && behind.delete(rider.id)) passed++;
        }
      }
      expect(world.contacts(), `seed ${seed}`).toEqual([]);
      expect(passed).toBeGreaterThan(5);
    }
  });

  test("drivers who do not look cut in on ego; those who look do not", () => {
    const cutIns = (blindShare: number) => {
      let count = 0;
      for (const seed of [1, 2, 3]) {
        const graph = straightGraph({ laneCount: 4, lengthM: 9000, speedLimitMps: 25 });
        const egoStart = { lane: 2, sM: 300, dM: 0 };
        const world = onStraight({ graph, egoStart, perKmLane: 30, temper: { blindShare }, seed });
        const driver = new EgoDriver(world);
        let changing = new Set<number>();
        for (let i = 0; i < 450 && world.egoContact() === undefined; i++) {
          world.step(DT_S, driver.command());
          const ego = world.egoBody();
          const now = world.flow.riders.filter((rider) => rider.change !== undefined);
          for (const rider of now) {
            const aheadM = rider.xM - ego.xM;
            const into = rider.path[rider.at] === world.egoPosition()?.lane;
            if (!changing.has(rider.id) && into && aheadM > -8 && aheadM < 25) count++;
          }
          changing = new Set(now.map((rider) => rider.id));
        }
      }
      return count;
    };
    expect(cutIns(0)).toBe(0);
    expect(cutIns(0.5)).toBeGreaterThan(3);
  });

  test("a stopped vehicle is passed, not hit", () => {
    const world = onStraight({
      stoppedShare: 0.06,
      perKmLane: 12,
      egoStart: { lane: 6, sM: 700, dM: 0 },
    });
    for (let i = 0; i < 900; i++) world.step(DT_S, STAND);
    expect(world.contacts()).toEqual([]);
    const dead = world.flow.riders.filter((r) => r.episodeUntilS === Number.POSITIVE_INFINITY);
    expect(dead.length).toBeGreaterThan(0);
  });
});

describe("people", () => {
  test("they cross at the painted crossings and nobody touches them", () => {
    let crossed = 0;
    for (const seed of [1, 2, 3]) {
      const world = atJunction(seed, {
        graph: junctionGraph({ control: seed === 1 ? "LIGHTS" : "PRIORITY", crossings: true }),
        people: { density: 5 },
        perKmLane: 12,
      });
      const crossing = new Set<number>();
      for (let i = 0; i < 900; i++) {
        world.step(DT_S, STAND);
        for (const walker of world.people.walkers) {
          if (walker.mode === "CROSS") crossing.add(walker.id);
          else if (crossing.delete(walker.id)) crossed++;
        }
      }
      expect(world.contacts(), `seed ${seed}`).toEqual([]);
    }
    expect(crossed).toBeGreaterThan(40);
  });

  test("people who do not look are hit sooner or later: the looking is what protects them", () => {
    let hits = 0;
    for (const seed of [1, 2, 3]) {
      const graph = junctionGraph({ control: "PRIORITY", crossings: true });
      const people = { density: 6, heedlessShare: 1 };
      const world = atJunction(seed, { graph, people, perKmLane: 25 });
      for (let i = 0; i < 900; i++) world.step(DT_S, STAND);
      hits += world
        .contacts()
        .filter((c) => c.bKind === "PEDESTRIAN" || c.aKind === "PEDESTRIAN").length;
    }
    expect(hits).toBeGreaterThan(0);
  });
});

describe("the Scene", () => {
  test("it can be rendered, names only what is in it, and its lane leads from behind ego to far ahead", () => {
    const scenes: Scene[] = [];
    const world = atJunction(5, { people: { density: 3 }, egoStart: { lane: 0, sM: 150, dM: 0 } });
    for (let i = 0; i < 50; i++) {
      world.step(DT_S, STAND);
      scenes.push(world.scene());
    }
    const scene = scenes.at(-1)!;
    expect(() => prepareScene(scene)).not.toThrow();
    const ids = new Set(scene.lanes.map((lane) => lane.id));
    expect(ids.size).toBe(scene.lanes.length);
    for (const lane of scene.lanes)
      for (const id of [lane.leftId, lane.rightId]) if (id !== undefined) expect(ids).toContain(id);
    for (const line of scene.stopLines)
      for (const id of line.signalIds) expect(scene.signals.map((s) => s.id)).toContain(id);
    expect(scene.stopLines.length).toBeGreaterThan(3);
    expect(scene.blocks.length).toBeGreaterThan(5);
    expect(scene.speedLimitMps).toBe(13.9);
    const own = scene.lanes.find((lane) => lane.id === 0)!;
    const far = (i: number) =>
      Math.hypot(own.centre[i]! - scene.ego.xM, own.centre[i + 1]! - scene.ego.yM);
    expect(own.oncoming).toBe(false);
    expect(far(0)).toBeGreaterThan(50);
    expect(far(own.centre.length - 2)).toBeGreaterThan(100);
    for (const lane of scene.lanes)
      for (let i = 2; i < lane.centre.length; i += 2)
        expect(
          Math.hypot(
            lane.centre[i]! - lane.centre[i - 2]!,
            lane.centre[i + 1]! - lane.centre[i - 1]!,
          ),
        ).toBeLessThanOrEqual(2.01);
    expect(scene.lanes.some((lane) => lane.oncoming)).toBe(true);
  });

  test("lane, neighbours and offset of ego are told on a road of several lanes", () => {
    const scene = onStraight().scene();
    const own = scene.lanes.find((lane) => lane.id === 2)!;
    expect(own).toMatchObject({ leftId: 0, rightId: 4, oncoming: false });
    expect(scene.lanes.filter((lane) => lane.oncoming)).toHaveLength(2);
  });
});

test("a contact tells who hit whom and where", () => {
  const world = onStraight({ perKmLane: 25, people: { density: 0 } });
  for (let i = 0; i < 300 && world.egoContact() === undefined; i++)
    world.step(DT_S, { steerRad: 0, accelMps2: 3 });
  const contact = world.egoContact()!;
  expect(contact).toMatchObject({ aId: 0, aSide: "FRONT", bSide: "REAR", strikerId: 0 });
  expect(contact.relativeMps).toBeGreaterThan(3);
  expect(world.flow.riders.find((r) => r.id === contact.bId)?.wreck).toBe(true);
});
