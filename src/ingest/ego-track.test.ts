import { describe, expect, test } from "vitest";
import { fromYawPitchRoll } from "../geometry/se3.ts";
import { EgoTrack } from "./ego-track.ts";
import { TfTree } from "./tf-tree.ts";

const START_US = 1e9;
const TICK_US = START_US + 900_000;
const METRES_PER_RAD = 6_371_000;
const LATITUDE_RAD = 0.8;

/** Poses and GPS positions every 100 ms up to `endS`, each source driving north at its own speed. */
function aTrack(poseMps: number | undefined, gpsMps: number, fixCount = 10): EgoTrack {
  const tf = new TfTree("base_link");
  for (let i = 0; i < 10 && poseMps !== undefined; i++) {
    const wayM = poseMps * i * 0.1;
    tf.add("map", "base_link", START_US + i * 1e5, fromYawPitchRoll(0, 0, 0, [wayM, 0, 0]));
  }
  const track = new EgoTrack(tf);
  for (let i = 10 - fixCount; i < 10; i++) {
    const latitudeRad = LATITUDE_RAD + (gpsMps * i * 0.1) / METRES_PER_RAD;
    track.addFix({ latitudeRad, longitudeRad: 0.1 }, START_US + i * 1e5);
  }
  return track;
}

describe("the second speed", () => {
  test.each([0.5, 8, 30])("is that of the GPS positions beside poses: %d m/s", (gpsMps) => {
    const { ego } = aTrack(10, gpsMps).stateAt(TICK_US, TICK_US);
    expect(ego!.speedMps).toBeCloseTo(10, 4);
    expect(ego!.secondSpeed!.source).toBe("GPS positions");
    expect(ego!.secondSpeed!.speedMps).toBeCloseTo(gpsMps, 2);
  });

  test("goes east by the cosine of the latitude", () => {
    const track = aTrack(10, 0, 0);
    for (let i = 0; i < 10; i++) {
      const longitudeRad = (6 * i * 0.1) / METRES_PER_RAD / Math.cos(LATITUDE_RAD);
      track.addFix({ latitudeRad: LATITUDE_RAD, longitudeRad }, START_US + i * 1e5);
    }
    expect(track.stateAt(TICK_US, TICK_US).ego!.secondSpeed!.speedMps).toBeCloseTo(6, 2);
  });

  test("needs four positions; fewer give none, and never a zero", () => {
    expect(aTrack(10, 8, 4).stateAt(TICK_US, TICK_US).ego!.secondSpeed).toBeDefined();
    for (const count of [0, 1, 3])
      expect(aTrack(10, 8, count).stateAt(TICK_US, TICK_US).ego).not.toHaveProperty("secondSpeed");
  });

  test("counts nothing that was stamped after asOf, and nothing of long ago", () => {
    const track = aTrack(10, 8);
    const early = START_US + 250_000;
    expect(track.stateAt(early, early).ego).not.toHaveProperty("secondSpeed");
    const late = aTrack(10, 8, 0);
    for (let i = 0; i < 10; i++)
      late.addFix({ latitudeRad: LATITUDE_RAD, longitudeRad: 0 }, START_US - 2e6 + i * 1e5);
    expect(late.stateAt(TICK_US, TICK_US).ego).not.toHaveProperty("secondSpeed");
  });

  test("does not stand beside itself: without poses the positions are the first speed", () => {
    const { ego } = aTrack(undefined, 8).stateAt(TICK_US, TICK_US);
    expect(ego!.speedMps).toBeCloseTo(8, 2);
    expect(ego).not.toHaveProperty("secondSpeed");
  });
});
