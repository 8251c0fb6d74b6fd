import { expect, test } from "vitest";
import type { DetectedObject } from "../contract/scene.ts";
import { fromYawPitchRoll } from "../geometry/se3.ts";
import { castLidar, castLidarEgo } from "./lidar.ts";
import { laserBoxesOf } from "./lidar-boxes.ts";
import { prepareScene } from "./prepare.ts";
import { demoRig, randomRig } from "./rigs.ts";
import { anObject, aScene, aStreetScene } from "./testing/a-scene.ts";

const clean = { ...demoRig().lidars[0]!, noiseM: 0, dropoutProb: 0 };

test("points above the ground lie on the faces of boxes", () => {
  const scene = aStreetScene({ blocks: [] });
  const boxes = laserBoxesOf(prepareScene(scene));
  const { xyz } = castLidarEgo(scene, clean, 3);
  let worstM = 0;
  let checked = 0;
  for (let i = 0; i < xyz.length; i += 3) {
    const [x, y, z] = [xyz[i]!, xyz[i + 1]!, xyz[i + 2]!];
    if (z < 0.25) continue;
    let nearest = Infinity;
    for (let b = 0; b < boxes.count; b++) {
      const dx = x - boxes.x[b]!;
      const dy = y - boxes.y[b]!;
      const lx = Math.abs(dx * boxes.cos[b]! + dy * boxes.sin[b]!) - boxes.hl[b]!;
      const ly = Math.abs(dy * boxes.cos[b]! - dx * boxes.sin[b]!) - boxes.hw[b]!;
      const lz = Math.max(boxes.z0[b]! - z, z - boxes.z1[b]!);
      nearest = Math.min(nearest, Math.abs(Math.max(lx, ly, lz)));
    }
    worstM = Math.max(worstM, nearest);
    checked++;
  }
  console.log(
    `LiDAR points on box faces: ${checked} points, largest error ${worstM.toExponential(1)} m`,
  );
  expect(checked).toBeGreaterThan(500);
  expect(worstM).toBeLessThan(0.05);
});

test("flat ground lies within 10 cm of zero out to 40 m", () => {
  const { xyz } = castLidarEgo(aScene(), clean, 1);
  expect(xyz.length / 3).toBeGreaterThan(20_000);
  for (let i = 0; i < xyz.length; i += 3) expect(Math.abs(xyz[i + 2]!)).toBeLessThan(0.1);
});

test("a car shadows the ground behind it but for the gap under its body", () => {
  const count = (objects: readonly DetectedObject[]) => {
    const { xyz } = castLidarEgo(aScene({ objects }), clean, 1);
    let onCar = 0;
    let behind = 0;
    for (let i = 0; i < xyz.length; i += 3) {
      if (Math.abs(xyz[i + 1]!) > 0.4) continue;
      if (xyz[i]! > 7.5 && xyz[i]! < 12.4 && xyz[i + 2]! > 0.3) onCar++;
      if (xyz[i]! > 13.5 && xyz[i]! < 25) behind++;
    }
    return { onCar, behind };
  };
  const open = count([]);
  const shadowed = count([anObject({ xM: 10, heightM: 1.6 })]);
  expect(shadowed.onCar).toBeGreaterThan(50);
  expect(open.behind).toBeGreaterThan(50);
  expect(shadowed.behind).toBeLessThan(open.behind * 0.1);
});

test("a tilted and turned sensor sees the same car in the same place", () => {
  const scene = aScene({ objects: [anObject({ xM: 15, yM: 4 })] });
  const tilted = { ...clean, egoFromLidar: fromYawPitchRoll(2.1, 0.05, -0.04, [0.9, 0, 1.85]) };
  const centre = (lidar: typeof clean) => {
    const { xyz } = castLidarEgo(scene, lidar, 1);
    let n = 0;
    let x = 0;
    for (let i = 0; i < xyz.length; i += 3)
      if (xyz[i + 2]! > 0.3) {
        x += xyz[i]!;
        n++;
      }
    return { n, x: x / n };
  };
  const a = centre(clean);
  const b = centre(tilted);
  expect(b.n).toBeGreaterThan(a.n * 0.6);
  expect(b.n).toBeLessThan(a.n * 1.6);
  expect(b.x).toBeCloseTo(a.x, 0);
});

test("points stay in the sensor frame, within range and with intensity 0..1", () => {
  for (let seed = 0; seed < 6; seed++) {
    const lidar = randomRig(seed).lidars[0]!;
    const { xyz, intensity } = castLidar(aStreetScene({ textureSeed: seed }), lidar, seed);
    expect(intensity.length * 3).toBe(xyz.length);
    expect(intensity.length).toBeGreaterThan(1000);
    for (let i = 0; i < intensity.length; i++) {
      const range = Math.hypot(xyz[3 * i]!, xyz[3 * i + 1]!, xyz[3 * i + 2]!);
      if (!(range < lidar.maxRangeM + 0.01 && intensity[i]! >= 0 && intensity[i]! <= 1))
        expect.fail(`point ${i}: range ${range}, intensity ${intensity[i]}`);
    }
  }
});

test("the same seed gives the same points and another seed others", () => {
  const lidar = demoRig().lidars[0]!;
  const a = castLidar(aStreetScene(), lidar, 5);
  expect(castLidar(aStreetScene(), lidar, 5)).toEqual(a);
  expect(castLidar(aStreetScene(), lidar, 6).xyz).not.toEqual(a.xyz);
});

test("dropout removes its share of the points", () => {
  const all = castLidar(aScene(), clean, 1).intensity.length;
  const half = castLidar(aScene(), { ...clean, dropoutProb: 0.5 }, 1).intensity.length;
  expect(half / all).toBeGreaterThan(0.47);
  expect(half / all).toBeLessThan(0.53);
});
