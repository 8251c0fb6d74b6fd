import { describe, expect, test } from "vitest";
import { aCar, ahead, aPedestrian, drive, last, nearFaceM } from "./testing/drive.ts";
import { type CastLidar, ROOF_16, ROOF_32, ROOF_64 } from "./testing/ray-caster.ts";

const LIDARS: readonly (readonly [string, CastLidar])[] = [
  ["16 beams", { ...ROOF_16, azimuthCount: 900 }],
  ["32 beams", { ...ROOF_32, azimuthCount: 900 }],
  ["64 beams", { ...ROOF_64, azimuthCount: 900 }],
];

/** Height of a road whose slope goes linearly from `from` to `to` between x0 and x1. */
const bend = (from: number, to: number, x0: number, x1: number) => (x: number) => {
  const t = Math.max(0, Math.min(x1, x) - x0);
  const change = (to - from) / (x1 - x0);
  return from * Math.min(x, x0) + from * t + (change * t * t) / 2 + to * Math.max(0, x - x1);
};

describe.each(LIDARS)("%s", (_, lidar) => {
  test.each([
    ["a climb of 12 %", bend(0, 0.12, 12, 20)],
    ["a descent of 12 %", bend(0, -0.12, 12, 20)],
    ["a dip from −10 to +10 %", bend(-0.1, 0.1, 12, 32)],
    ["a crest from +10 to −10 %", bend(0.1, -0.1, 12, 37)],
    ["a road banked by 8 %", (_x: number, y: number) => 0.08 * y],
  ])("%s holds the car on it and nothing else", (_name, groundM) => {
    const world = { groundM, boxes: [aCar(20)] };
    const field = last(drive({ lidar, world, ticks: 1, onWheels: true }));
    const near = field.obstacles.filter((o) => Math.hypot(o.xM, o.yM) < 60);
    expect(near.length).toBe(1);
    expect(nearFaceM(near[0]!)).toBeCloseTo(17.75, 0.3);
    expect(field.freeSightM[0]!).toBeGreaterThan(14);
    expect(field.freeSightM[0]!).toBeLessThan(18.2);
  });

  test("sight on an empty road of any slope reaches 30 m", () => {
    for (const slope of [-0.12, 0, 0.12]) {
      const groundM = bend(0, slope, 0, 60);
      const sight = last(drive({ lidar, world: { groundM }, ticks: 1, onWheels: true }));
      const least = Math.min(...[358, 359, 0, 1, 2].map((s) => sight.freeSightM[s]!));
      expect(least, `slope ${slope}`).toBeGreaterThan(slope < 0 ? 15 : 30);
    }
  });

  test("kerbs, a crown and a speed bump of 0.1 m neither stop nor shorten sight", () => {
    const groundM = (x: number, y: number) =>
      (Math.abs(y) > 3 ? 0.15 : -0.025 * Math.abs(y)) +
      (x > 14 && x < 14.8 ? 0.1 * Math.sin((Math.PI * (x - 14)) / 0.8) : 0);
    const field = last(drive({ lidar, world: { groundM }, ticks: 1, onWheels: true }));
    expect(field.obstacles).toEqual([]);
    expect(field.freeSightM[0]!).toBeGreaterThan(30);
  });

  test("branches that hang at 2.6 m stop nothing, an arm across the road at 1 m does", () => {
    const branch = { ...aCar(15), lengthM: 3, widthM: 4, heightM: 2, baseM: 2.6, hitsPerM: 1 };
    const under = last(drive({ lidar, world: { boxes: [branch] }, ticks: 1 }));
    expect(under.obstacles).toEqual([]);
    expect(under.freeSightM[0]!).toBeGreaterThan(30);
    const arm = { ...aCar(15), lengthM: 0.1, widthM: 6, heightM: 0.35, baseM: 0.85 };
    const barred = last(drive({ lidar, world: { boxes: [arm] }, ticks: 1 }));
    expect(ahead(barred).length).toBeGreaterThan(0);
  });

  test("half of the points missing at random do not end sight", () => {
    const field = last(drive({ lidar, world: { dropoutRatio: 0.5 }, ticks: 1 }));
    const sights = [...field.freeSightM].sort((a, b) => a - b);
    expect(sights[36]!).toBeGreaterThan(14);
  });
});

test("between the rings of 16 beams sight goes on where no child could stand unseen", () => {
  const lidar = LIDARS[0]![1];
  const flat = last(drive({ lidar, world: {}, ticks: 1 }));
  // Rings at 21 and 35 m, the next at 106 m.
  expect(flat.freeSightM[0]!).toBeGreaterThan(35);
  expect(flat.freeSightM[0]!).toBeLessThan(40);
});

test("a dark thing that sends nothing back ends sight by the ground that it hides", () => {
  const boxes = [{ ...aCar(16), returnRatio: 0 }];
  for (const [name, lidar] of LIDARS) {
    const field = last(drive({ lidar, world: { boxes }, ticks: 1 }));
    expect(field.freeSightM[0]!, name).toBeLessThan(14.3);
    expect(field.freeSightM[20]!, name).toBeGreaterThan(20);
  }
});

test("ground seen on over a car is ground, also where a dip hides the bend behind it", () => {
  const groundM = bend(-0.1, 0.1, 12, 32);
  const boxes = [aCar(24), aPedestrian(18, { yM: -3.2 })];
  const world = { groundM, boxes };
  const field = last(drive({ lidar: LIDARS[1]![1], world, ticks: 1, onWheels: true }));
  expect(field.obstacles.length).toBe(2);
  for (const o of field.obstacles) expect(o.xM).toBeLessThan(27);
});

test("a lead of which seven of ten points are missing holds together and leaves no rings behind", () => {
  const boxes = [aCar(22, { vxMps: 9 })];
  const world = { boxes, dropoutRatio: 0.7 };
  const fields = drive({ lidar: ROOF_16, world, ticks: 16, egoMps: 8 });
  fields.slice(10).forEach((field, i) => {
    const [lead, ...others] = ahead(field);
    expect(others, `tick ${i + 10}`).toEqual([]);
    expect(lead!.tracked).toBe(true);
    expect(Math.abs(lead!.vxMps - 9)).toBeLessThan(0.5);
  });
});
