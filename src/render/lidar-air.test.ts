import { describe, expect, test } from "vitest";
import type { RigLidar, Scene, SceneWeather } from "../contract/scene.ts";
import { castLidarEgo } from "./lidar.ts";
import { demoRig } from "./rigs.ts";
import { anObject, aScene } from "./testing/a-scene.ts";

const clean: RigLidar = { ...demoRig().lidars[0]!, noiseM: 0, dropoutProb: 0 };

/** Number of points at ranges [from, to) m that stand above the road. */
function standing(scene: Scene, lidar: RigLidar, fromM: number, toM: number): number {
  const { xyz } = castLidarEgo(scene, lidar, 1);
  let count = 0;
  for (let i = 0; i < xyz.length; i += 3) {
    const range = Math.hypot(xyz[i]!, xyz[i + 1]!);
    if (xyz[i + 2]! > 0.4 && range >= fromM && range < toM) count++;
  }
  return count;
}

describe("rain", () => {
  const truck = (xM: number) =>
    anObject({ kind: "TRUCK", xM, lengthM: 9, widthM: 2.5, heightM: 3.6, speedMps: 0 });
  const wet = (weather: SceneWeather, xM: number) => aScene({ objects: [truck(xM)], weather });

  test("answers from drops near the unit, more in heavier rain", () => {
    const drops = (rain: number) => standing(wet({ rain }, 60), clean, 0, 8);
    expect(drops(0)).toBe(0);
    expect(drops(0.3)).toBeGreaterThan(200);
    expect(drops(0.9)).toBeGreaterThan(2 * drops(0.3));
  });

  test("takes far bodies away and leaves near ones", () => {
    const count = (weather: SceneWeather, xM: number) => {
      const wall = { ...truck(xM), kind: "STATIC" as const, lengthM: 1, widthM: 8 };
      return standing(aScene({ objects: [wall], weather }), clean, xM - 6, xM + 6);
    };
    const share = (xM: number) => count({ rain: 1 }, xM) / count({}, xM);
    expect(share(20)).toBeGreaterThan(0.8);
    expect(share(100)).toBeLessThan(0.75);
  });

  test("fog of 50 m hides a truck at 80 m", () => {
    expect(standing(wet({}, 80), clean, 74, 86)).toBeGreaterThan(20);
    expect(standing(wet({ visibilityM: 50 }, 80), clean, 74, 86)).toBeLessThan(3);
  });

  test("spray behind a fast truck answers, behind a slow one it does not", () => {
    const behind = (speedMps: number) => {
      const objects = [{ ...truck(25), speedMps }];
      return standing(aScene({ objects, weather: { wetness: 1 } }), clean, 15, 20);
    };
    expect(behind(0)).toBe(0);
    expect(behind(25)).toBeGreaterThan(20);
  });
});

describe("a turn that takes 0.1 s", () => {
  const ego = (speedMps: number, yawRateRadps: number) => ({
    ...aScene().ego,
    ...{ speedMps, yawRateRadps },
  });
  const rolling = { ...clean, turnS: 0.1 };
  const tailXs = (scene: Scene, lidar: RigLidar) => {
    const { xyz } = castLidarEgo(scene, lidar, 1);
    const xs: number[] = [];
    for (let i = 0; i < xyz.length; i += 3)
      if (xyz[i + 2]! > 0.5 && xyz[i + 2]! < 3 && Math.abs(xyz[i + 1]!) < 1.2) xs.push(xyz[i]!);
    return xs.filter((x) => x > 10 && x < 40).sort((a, b) => a - b);
  };
  const wall = (speedMps: number) =>
    anObject({ kind: "STATIC", xM: 25, lengthM: 1, widthM: 2.4, heightM: 3, speedMps });

  test("leaves standing bodies in place while ego drives and turns", () => {
    const xs = tailXs(aScene({ objects: [wall(0)], ego: ego(20, 0.2) }), rolling);
    expect(xs.length).toBeGreaterThan(100);
    expect(Math.abs(xs[0]! - 24.5)).toBeLessThan(1e-3);
    expect(Math.abs(xs.at(-1)! - 24.5)).toBeLessThan(1e-3);
  });

  test("shows moving bodies where they were when the beam passed", () => {
    // Straight ahead is column 0: a whole turn before the stamp.
    const xs = tailXs(aScene({ objects: [wall(-10)], ego: ego(20, 0) }), rolling);
    expect(xs.length).toBeGreaterThan(100);
    // Its columns left of the axis are the first of the turn, those right of it the last.
    expect(xs.at(-1)!).toBeGreaterThan(25.4);
    expect(xs.at(-1)!).toBeLessThan(25.51);
    expect(xs[0]!).toBeGreaterThan(24.49);
    expect(xs[0]!).toBeLessThan(24.6);
  });
});
