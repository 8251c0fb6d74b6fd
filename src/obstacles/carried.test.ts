import { describe, expect, test } from "vitest";
import { ObstacleDetector } from "./detector.ts";
import { carriedSight } from "./free-sight.ts";
import {
  aCar,
  ahead,
  aPedestrian,
  COARSE_64,
  drive,
  nearFaceM,
  PERIOD_US,
  START_US,
} from "./testing/drive.ts";
import { castEgoState, castObservation, castSweep } from "./testing/ray-caster.ts";

const holeOf = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i + 10);

describe("missing sweeps", () => {
  const world = { boxes: [aCar(17, { vxMps: 10 })] };

  test("a tracked lead is carried forward at its speed with growing uncertainty", () => {
    const fields = drive({ world, ticks: 14, egoMps: 8, missing: [8, 9, 10, 11] });
    const leads = fields.map((field) => ahead(field)[0]!);
    expect(fields.map((f) => f.carried).indexOf(true)).toBe(8);
    for (let i = 8; i < 12; i++) {
      expect(leads[i]!.id).toBe(leads[7]!.id);
      expect(leads[i]!.unseenUs).toBe((i - 7) * PERIOD_US);
      expect(leads[i]!.sigmaM).toBeGreaterThan(leads[i - 1]!.sigmaM);
      expect(nearFaceM(leads[i]!)).toBeCloseTo(14.75 + 0.2 * i, 0.5);
    }
    expect(leads[12]!.id).toBe(leads[7]!.id);
    expect(leads[12]!.unseenUs).toBe(0);
  });

  test.each([
    [1, -7],
    [3, -7],
    [10, -7],
    [10, 0],
    [10, 2],
  ])(
    "over %d of them a lead that changes its speed by %d m/s² is within two sigma, and known again",
    (count, axMps2) => {
      // The lead is steady until the hole and changes its speed from then on.
      const since = 1;
      const steady = aCar(20, { vxMps: 9 });
      const change = (t: number) => (t < since ? 0 : (axMps2 * (t - since) ** 2) / 2);
      const detector = new ObstacleDetector();
      const ids = new Set<number>();
      for (let i = 0; i < 10 + count + 3; i++) {
        const timeS = i / 10;
        const stopS = axMps2 < 0 ? since + 9 / -axMps2 : Number.POSITIVE_INFINITY;
        const t = Math.min(timeS, stopS);
        const rearM = 20 - 2.25 + 9 * t + change(t);
        const box = { ...steady, xM: rearM + 2.25, vxMps: 0 };
        const stampUs = START_US + i * PERIOD_US;
        const missing = holeOf(count).includes(i);
        const xyz = missing
          ? undefined
          : castSweep(COARSE_64, { boxes: [box] }, { xM: 6 * timeS, yM: 0, yawRad: 0 }, 0, i + 1);
        const field = detector.update(castObservation(i, stampUs, xyz, castEgoState(stampUs, 6)));
        expect(field.carried).toBe(missing);
        const lead = ahead(field)[0]!;
        if (i >= 9) ids.add(lead.id);
        if (i < 9) continue;
        const errorM = Math.abs(nearFaceM(lead) - (rearM - 6 * timeS));
        expect(errorM).toBeLessThan(missing ? 0.15 + 2 * lead.sigmaM : 0.2);
        if (i >= 10 + count + 1) expect(lead.tracked).toBe(true);
      }
      expect([...ids].length).toBe(1);
    },
  );

  test("uncertainty of what moves grows as full braking allows, of what stands more slowly", () => {
    const boxes = [aCar(24, { vxMps: 9 }), aCar(20, { yM: 5 })];
    const fields = drive({ world: { boxes }, ticks: 20, egoMps: 8, missing: holeOf(10) });
    const sigmasOf = (yM: number) =>
      fields.map((f) => f.obstacles.find((o) => Math.abs(o.yM - yM) < 1.5)!.sigmaM);
    const moving = sigmasOf(0);
    const standing = sigmasOf(5);
    expect(2 * moving[19]!).toBeGreaterThan(4);
    expect(2 * moving[19]!).toBeLessThan(5.5);
    expect(2 * standing[19]!).toBeGreaterThan(2);
    expect(standing[19]!).toBeLessThan(moving[19]!);
    for (let i = 10; i < 20; i++) {
      expect(moving[i]!).toBeGreaterThan(moving[i - 1]!);
      expect(standing[i]!).toBeGreaterThan(standing[i - 1]!);
    }
  });

  test("nothing is carried for longer than a second and a half", () => {
    const fields = drive({ world, ticks: 26, egoMps: 8, missing: holeOf(16) });
    expect(ahead(fields[24]!).length).toBe(1);
    expect(fields[25]!.obstacles).toEqual([]);
    expect(fields[25]!.carried).toBe(true);
  });

  test("a sweep without points is carried forward as a missing one", () => {
    const detector = new ObstacleDetector();
    const state = (i: number) => castEgoState(START_US + i * PERIOD_US, 0);
    const xyz = castSweep(COARSE_64, { boxes: [aCar(15)] }, { xM: 0, yM: 0, yawRad: 0 }, 0, 1);
    detector.update(castObservation(0, START_US, xyz, state(0)));
    const empty = castObservation(1, START_US + PERIOD_US, new Float32Array(0), state(1));
    const field = detector.update(empty);
    expect(field.carried).toBe(true);
    expect(ahead(field).length).toBe(1);
  });

  test("untracked points and free sight move with the ego", () => {
    const fields = drive({ world: { boxes: [aCar(20)] }, ticks: 2, egoMps: 10, missing: [1] });
    expect(fields[1]!.untrackedXyz[0]! - fields[0]!.untrackedXyz[0]!).toBeCloseTo(-1, 3);
    expect(fields[0]!.freeSightM[0]! - fields[1]!.freeSightM[0]!).toBeCloseTo(1, 3);
  });

  test("free sight turns with the ego and is the least of what a direction may be", () => {
    const sight = new Float32Array(360).fill(30);
    sight[20] = 8;
    const at = (yawRad: number) => ({ xM: 0, yM: 0, yawRad });
    const turned = carriedSight(sight, at(0), at((10.4 * Math.PI) / 180));
    expect([...turned.subarray(8, 12)]).toEqual([30, 8, 8, 30]);
    expect([...turned].filter((m) => m === 8).length).toBe(2);
    expect(carriedSight(sight, at(0), { xM: 3, yM: 4, yawRad: 0 })[20]).toBe(3);
  });
});

describe("sweeps with holes", () => {
  const cutAhead = (xyz: Float32Array) => {
    const kept: number[] = [];
    for (let i = 0; i < xyz.length; i += 3)
      if (Math.abs(Math.atan2(xyz[i + 1]!, xyz[i]!)) > 0.35)
        kept.push(xyz[i]!, xyz[i + 1]!, xyz[i + 2]!);
    return Float32Array.from(kept);
  };

  test("a lead in directions without any point is carried, not seen through", () => {
    const world = { boxes: [aCar(17, { vxMps: 10 })] };
    const spoil = (xyz: Float32Array, i: number) => (i >= 10 && i < 15 ? cutAhead(xyz) : xyz);
    const fields = drive({ world, ticks: 17, egoMps: 8, spoil });
    const { id } = ahead(fields[9]!)[0]!;
    for (const field of fields.slice(10)) expect(ahead(field).map((o) => o.id)).toEqual([id]);
    expect(ahead(fields[14]!)[0]!.unseenUs).toBe(5 * PERIOD_US);
    expect(ahead(fields[14]!)[0]!.sigmaM).toBeGreaterThan(ahead(fields[10]!)[0]!.sigmaM);
  });

  test("what a sweep sees through is forgotten within three sweeps", () => {
    const world = { boxes: [aCar(15)] };
    const detector = new ObstacleDetector();
    const counts = Array.from({ length: 14 }, (_, i) => {
      const stampUs = START_US + i * PERIOD_US;
      const xyz = castSweep(COARSE_64, i < 10 ? world : {}, { xM: 0, yM: 0, yawRad: 0 }, 0, i + 1);
      const state = castEgoState(stampUs, 0);
      return detector.update(castObservation(i, stampUs, xyz, state)).obstacles.length;
    });
    expect(counts[9]).toBe(1);
    expect(counts[13]).toBe(0);
  });
});

describe("something nearer", () => {
  test("hides a walker for half a second, and they are known again", () => {
    const van = aCar(10, { yM: 1.5, lengthM: 1, widthM: 1.2, heightM: 2.2 });
    const boxes = [van, aPedestrian(17, { yM: -1, vyMps: 2.4 })];
    const fields = drive({ world: { boxes }, ticks: 24 });
    const walkers = fields.map((f) => f.obstacles.find((o) => o.xM > 14));
    const { id } = walkers[7]!;
    const unseen = walkers.filter((o) => o && o.unseenUs > 0);
    expect(unseen.length).toBeGreaterThan(1);
    for (const o of walkers.slice(7)) expect(o?.id).toBe(id);
    for (const o of unseen) expect(o!.sigmaM).toBeGreaterThan(walkers[7]!.sigmaM);
  });

  test("hides all but a part of a crossing car, which stays the same one", () => {
    const van = aCar(11, { yM: 3, lengthM: 3, widthM: 2, heightM: 2.4 });
    const crossing = aCar(20, { yM: -4, yawRad: Math.PI / 2, vyMps: 5 });
    const fields = drive({ world: { boxes: [van, crossing] }, ticks: 30 });
    const cars = fields.map((f) => f.obstacles.filter((o) => o.xM > 17 && o.pointCount >= 5));
    const { id } = cars[7]![0]!;
    const partly = cars.flatMap((list) => list.filter((o) => o.lengthM < 2.5));
    expect(partly.length).toBeGreaterThan(2);
    for (const list of cars.slice(7, 20)) expect(list.map((o) => o.id)).toContain(id);
  });
});
