import { describe, expect, test } from "vitest";
import { ObstacleDetector } from "./detector.ts";
import {
  aCar,
  ahead,
  aPedestrian,
  COARSE_64,
  drive,
  last,
  nearFaceM,
  PERIOD_US,
  START_US,
} from "./testing/drive.ts";
import {
  BUMPER_32,
  type CastBox,
  type CastLidar,
  castEgoState,
  castObservation,
  castSweep,
  ROOF_16,
  ROOF_64,
  ROOF_128,
} from "./testing/ray-caster.ts";

const LIDARS: readonly (readonly [string, CastLidar])[] = [
  ["16 beams on the roof", ROOF_16],
  ["64 beams on the roof", COARSE_64],
  ["128 beams on the roof", { ...ROOF_128, azimuthCount: 900 }],
  ["32 beams in the bumper", BUMPER_32],
];

describe.each(LIDARS)("%s", (_, lidar) => {
  test.each([-0.2, 0, 0.2])("a flat road off by %d m has no ghost", (zErrorM) => {
    const field = last(drive({ lidar, world: { zErrorM }, ticks: 1 }));
    expect(field.obstacles).toEqual([]);
    expect(field.untrackedXyz.length).toBe(0);
  });

  test.each([
    [0.08, 0],
    [0.08, 10],
    [0.08, 21],
    [-0.08, 0],
    [-0.08, 15],
  ])("a road of slope %d from %d m on has no ghost", (slope, fromM) => {
    const groundM = (x: number) => slope * Math.max(0, x - fromM);
    expect(last(drive({ lidar, world: { groundM }, ticks: 1 })).obstacles).toEqual([]);
  });

  test("a cross slope of 8 % and kerbs of 0.15 m have no ghost", () => {
    const banked = (_x: number, y: number) => 0.08 * y;
    const kerbed = (_x: number, y: number) => (Math.abs(y) > 3.5 ? 0.15 : 0);
    for (const groundM of [banked, kerbed])
      expect(last(drive({ lidar, world: { groundM }, ticks: 1 })).obstacles).toEqual([]);
  });

  test("a standing car at 15 m is found in the first sweep, its rear within 0.15 m", () => {
    const [car, ...others] = ahead(
      last(drive({ lidar, world: { boxes: [aCar(17.25)] }, ticks: 1 })),
    );
    expect(others).toEqual([]);
    expect(nearFaceM(car!)).toBeCloseTo(15, 0.8);
    expect(car!.widthM + car!.lengthM).toBeGreaterThan(1.5);
  });

  test("a car on a slope of 8 % is found and the slope is not", () => {
    const groundM = (x: number) => 0.08 * Math.max(0, x - 8);
    const field = last(drive({ lidar, world: { groundM, boxes: [aCar(22)] }, ticks: 1 }));
    expect(field.obstacles.length).toBe(1);
    expect(nearFaceM(field.obstacles[0]!)).toBeCloseTo(19.75, 0.5);
  });

  test("a pedestrian at 20 m is found in the first sweep", () => {
    const found = ahead(last(drive({ lidar, world: { boxes: [aPedestrian(20)] }, ticks: 1 })));
    expect(found.length).toBe(1);
    expect(Math.hypot(found[0]!.xM - 20, found[0]!.yM)).toBeLessThan(0.5);
  });

  test("rain in the air has no ghost in 6 sweeps and leaves the car where it is", () => {
    const world = { rainRatio: 0.01, dropoutRatio: 0.1, boxes: [aCar(17)] };
    for (const field of drive({ lidar, world, ticks: 6 })) {
      expect(field.obstacles.length).toBe(1);
      expect(nearFaceM(field.obstacles[0]!)).toBeGreaterThan(14.4);
    }
  });

  test("a lead at 10 m/s is tracked from an ego at 8 m/s within 0.5 m/s after 0.5 s", () => {
    const fields = drive({
      lidar,
      world: { boxes: [aCar(17, { vxMps: 10 })] },
      ticks: 12,
      egoMps: 8,
    });
    for (const field of fields.slice(5)) {
      const [lead, ...others] = ahead(field);
      expect(others).toEqual([]);
      expect(lead!.tracked).toBe(true);
      expect(Math.abs(lead!.vxMps - 10)).toBeLessThan(0.5);
      expect(Math.abs(lead!.vyMps)).toBeLessThan(0.5);
    }
  });
});

test("a box of 0.4 m at 12 m is found by 64 and 128 beams and from the bumper", () => {
  const boxes = [{ xM: 12, yM: 0, lengthM: 0.4, widthM: 0.4, heightM: 0.4 }];
  for (const lidar of [COARSE_64, ROOF_128, BUMPER_32]) {
    const field = last(drive({ lidar, world: { boxes }, ticks: 2 }));
    expect(ahead(field).length).toBe(1);
    expect(nearFaceM(ahead(field)[0]!)).toBeCloseTo(11.8, 0.8);
  }
});

test("16 beams find a box of 0.4 m before it is 6 m off, as the ego comes near at 5 m/s", () => {
  const boxes = [{ xM: 20, yM: 0, lengthM: 0.4, widthM: 0.4, heightM: 0.4 }];
  const fields = drive({ lidar: ROOF_16, world: { boxes }, ticks: 28, egoMps: 5 });
  expect(fields.some((field) => ahead(field).length === 1)).toBe(true);
});

test("what hangs above 2.8 m is no obstacle, what hangs at 2 m is", () => {
  const bridge = { xM: 12, yM: 0, lengthM: 3, widthM: 8, heightM: 1 };
  const high = drive({ world: { boxes: [{ ...bridge, baseM: 3.2 }] }, ticks: 1 });
  expect(last(high).obstacles).toEqual([]);
  const low = drive({ world: { boxes: [{ ...bridge, baseM: 2 }] }, ticks: 1 });
  expect(ahead(last(low)).length).toBeGreaterThan(0);
});

test("a lead that moves off and one that brakes are followed within 1 m/s", () => {
  const off = drive({ world: { boxes: [aCar(15, { axMps2: 1.5 })] }, ticks: 25 });
  off.slice(15).forEach((field, i) => {
    expect(Math.abs(ahead(field)[0]!.vxMps - 1.5 * (i + 15) * 0.1)).toBeLessThan(1);
  });
  const braking = drive({ world: { boxes: [aCar(18, { vxMps: 10, axMps2: -4 })] }, ticks: 24 });
  braking.slice(6).forEach((field, i) => {
    expect(ahead(field)[0]!.tracked).toBe(true);
    expect(Math.abs(ahead(field)[0]!.vxMps - (10 - 4 * (i + 6) * 0.1))).toBeLessThan(1);
  });
});

test("parked cars, a wall and a hedge claim no speed while the ego passes at 10 m/s", () => {
  const boxes: CastBox[] = [
    { xM: 30, yM: 9, lengthM: 60, widthM: 2, heightM: 4 },
    { xM: 20, yM: -6, lengthM: 30, widthM: 0.6, heightM: 1.2 },
  ];
  for (let x = 8; x < 60; x += 8) boxes.push(aCar(x, { yM: 4 }));
  const fields = drive({ world: { boxes }, ticks: 25, egoMps: 10 });
  let claims = 0;
  let sightings = 0;
  for (const field of fields)
    for (const o of field.obstacles) {
      sightings++;
      if (Math.hypot(o.vxMps, o.vyMps) > 0.5) claims++;
    }
  expect(sightings).toBeGreaterThan(500);
  expect(claims / sightings).toBeLessThan(0.01);
});

test("no hull of a street with walls on both sides reaches onto the road", () => {
  const boxes: CastBox[] = [
    { xM: 20, yM: 8, lengthM: 60, widthM: 2, heightM: 4 },
    { xM: 20, yM: -8, lengthM: 60, widthM: 2, heightM: 4 },
    { xM: 50, yM: 0, lengthM: 2, widthM: 18, heightM: 4 },
  ];
  for (const o of last(drive({ world: { boxes }, ticks: 1 })).obstacles)
    for (const [x, y] of o.hull) expect(x > 48.5 || Math.abs(y) > 6.5).toBe(true);
});

test("a crossing pedestrian has a sideways velocity after 0.6 s", () => {
  const boxes = [aPedestrian(12, { yM: -3, vyMps: 1.5 })];
  const field = last(drive({ world: { boxes }, ticks: 12 }));
  const walker = field.obstacles[0]!;
  expect(walker.tracked).toBe(true);
  expect(Math.abs(walker.vyMps - 1.5)).toBeLessThan(0.4);
  expect(Math.abs(walker.vxMps)).toBeLessThan(0.4);
});

describe("without ego state", () => {
  const world = { boxes: [aCar(17, { vxMps: 10 })] };

  test("obstacles are found and none is tracked", () => {
    for (const field of drive({ world, ticks: 8, withoutEgo: () => true })) {
      expect(ahead(field).length).toBe(1);
      expect(ahead(field)[0]!.tracked).toBe(false);
      expect(field.untrackedXyz.length).toBeGreaterThan(0);
    }
  });

  test("two ticks are bridged, half a second is not", () => {
    const gap = (from: number, to: number) => (tick: number) => tick >= from && tick < to;
    const bridged = drive({ world, ticks: 11, egoMps: 8, withoutEgo: gap(8, 10) });
    expect(ahead(last(bridged))[0]!.tracked).toBe(true);
    const broken = drive({ world, ticks: 14, egoMps: 8, withoutEgo: gap(8, 13) });
    expect(ahead(last(broken))[0]!.tracked).toBe(false);
  });
});

describe("untracked points", () => {
  test("hold a new obstacle until it is tracked, and then no more", () => {
    const fields = drive({ world: { boxes: [aCar(15)] }, ticks: 6 });
    expect(fields[0]!.untrackedXyz.length).toBeGreaterThan(300);
    expect(last(fields).untrackedXyz.length).toBe(0);
  });
});

describe("free sight", () => {
  test("ends at the car ahead and reaches further beside it", () => {
    const field = last(drive({ world: { boxes: [aCar(17.25)] }, ticks: 1 }));
    expect(field.freeSightM.length).toBe(360);
    expect(field.freeSightM[0]!).toBeGreaterThan(13.5);
    expect(field.freeSightM[0]!).toBeLessThan(15.2);
    expect(field.freeSightM[15]!).toBeGreaterThan(25);
  });

  test("ends where a hole begins in the ground", () => {
    const groundM = (x: number, y: number) => (x > 14 && x < 22 && Math.abs(y) < 3 ? -6 : 0);
    const field = last(drive({ world: { groundM }, ticks: 1 }));
    expect(field.freeSightM[0]!).toBeLessThan(15);
    expect(field.freeSightM[30]!).toBeGreaterThan(20);
  });
});

describe("the detector", () => {
  const world = { rainRatio: 0.005, boxes: [aCar(17, { vxMps: 10 }), aPedestrian(14, { yM: 4 })] };

  test("gives the same field for the same observations", () => {
    expect(drive({ world, ticks: 8, egoMps: 8 })).toEqual(drive({ world, ticks: 8, egoMps: 8 }));
  });

  test("does not write to the sweep it is given", () => {
    const xyz = castSweep(COARSE_64, world, { xM: 0, yM: 0, yawRad: 0 }, 0, 1);
    const copy = xyz.slice();
    new ObstacleDetector().update(castObservation(0, START_US, xyz, castEgoState(START_US, 0)));
    expect(xyz).toEqual(copy);
  });

  test("takes two LiDARs as one cloud", () => {
    const ego = { xM: 0, yM: 0, yawRad: 0 };
    const one = castObservation(
      0,
      START_US,
      castSweep(BUMPER_32, { boxes: [aCar(15)] }, ego, 0, 1),
      castEgoState(START_US, 0),
    );
    const two = castObservation(
      0,
      START_US,
      castSweep(ROOF_16, { boxes: [aCar(15)] }, ego, 0, 2),
      undefined,
    );
    const both = { ...one, sweeps: [...one.sweeps, ...two.sweeps] };
    const single = new ObstacleDetector().update(one).obstacles[0]!;
    const merged = new ObstacleDetector().update(both).obstacles[0]!;
    expect(merged.pointCount).toBeGreaterThan(single.pointCount);
  });

  test("forgets its tracks on reset", () => {
    const detector = new ObstacleDetector();
    const xyz = castSweep(COARSE_64, { boxes: [aCar(15)] }, { xM: 0, yM: 0, yawRad: 0 }, 0, 1);
    for (let i = 0; i < 6; i++) {
      const stampUs = START_US + i * PERIOD_US;
      detector.update(castObservation(i, stampUs, xyz, castEgoState(stampUs, 0)));
    }
    detector.reset();
    const stampUs = START_US + 6 * PERIOD_US;
    const missing = castObservation(6, stampUs, undefined, castEgoState(stampUs, 0));
    expect(detector.update(missing).obstacles).toEqual([]);
  });

  test("points of the ego's own body are no obstacle", () => {
    const flat = castSweep(COARSE_64, {}, { xM: 0, yM: 0, yawRad: 0 }, 0, 1);
    const roof: number[] = [];
    for (let x = -1.2; x < 4; x += 0.1) for (let y = -1; y <= 1; y += 0.1) roof.push(x, y, 1.5);
    const xyz = Float32Array.from([...flat, ...roof]);
    const field = new ObstacleDetector().update(
      castObservation(0, START_US, xyz, castEgoState(START_US, 0)),
    );
    expect(field.obstacles).toEqual([]);
  });
});

test("mirrors of a moving lead move with it and are no standing thing in its place", () => {
  const mirror = (yM: number): CastBox => ({
    ...{ xM: 14.5, yM, lengthM: 0.12, widthM: 0.22, heightM: 0.2, baseM: 0.95, vxMps: 7 },
  });
  const lead = aCar(15, { vxMps: 7 });
  const world = { boxes: [lead, mirror(1.15), mirror(-1.15)] };
  const fields = drive({ lidar: ROOF_64, world, ticks: 20, egoMps: 6 });
  for (const field of fields.slice(11))
    for (const o of ahead(field)) expect(o.vxMps, `obstacle ${o.id}`).toBeGreaterThan(5);
});

test("a post that stands beside the way of a moving lead is not carried along", () => {
  const post: CastBox = { xM: 21, yM: 1.2, lengthM: 0.15, widthM: 0.15, heightM: 1 };
  const fields = drive({ world: { boxes: [aCar(15, { vxMps: 7 }), post] }, ticks: 16, egoMps: 6 });
  const posts = fields
    .slice(8)
    .flatMap((field) =>
      field.obstacles.filter((o) => o.lengthM < 0.6 && Math.abs(o.yM - 1.2) < 0.3),
    );
  expect(posts.length).toBeGreaterThan(0);
  for (const o of posts) expect(Math.abs(o.vxMps)).toBeLessThan(0.5);
});
