import { expect, test } from "vitest";
import { transformPoint } from "../geometry/se3.ts";
import { cropCamera, demoRig, randomRig, scaleCamera } from "./rigs.ts";

test("random rigs differ, repeat by seed and keep within what vehicles have", () => {
  expect(randomRig(3)).toEqual(randomRig(3));
  expect(randomRig(3)).not.toEqual(randomRig(4));
  for (let seed = 0; seed < 200; seed++) {
    const { cameras, lidars } = randomRig(seed);
    expect(cameras[0]!.name).toBe("front");
    expect(cameras.length).toBeLessThanOrEqual(3);
    expect(new Set(cameras.map((c) => c.name)).size).toBe(cameras.length);
    expect(lidars).toHaveLength(1);
    const { elevationsRad, beamCount, egoFromLidar, maxRangeM } = lidars[0]!;
    expect(elevationsRad).toHaveLength(beamCount);
    for (let i = 1; i < beamCount; i++)
      expect(elevationsRad[i]!).toBeGreaterThan(elevationsRad[i - 1]!);
    expect(egoFromLidar.t[2]).toBeGreaterThanOrEqual(1.5);
    expect(maxRangeM).toBeGreaterThanOrEqual(60);
  }
});

test("the front camera looks ahead and the left camera to the left", () => {
  const [front, left, right] = demoRig().cameras;
  const ahead = (camera: typeof front) => {
    const p = transformPoint(camera!.egoFromCamera, [0, 0, 10]);
    return Math.atan2(p[1] - camera!.egoFromCamera.t[1], p[0] - camera!.egoFromCamera.t[0]);
  };
  expect(ahead(front)).toBeCloseTo(0);
  expect(ahead(left)).toBeGreaterThan(0.8);
  expect(ahead(right)).toBeLessThan(-0.8);
});

test("a scaled or cut camera keeps its field of view", () => {
  const camera = demoRig().cameras[0]!;
  const half = scaleCamera(camera, 480, 270).intrinsics;
  expect(half.fxPx).toBeCloseTo(camera.intrinsics.fxPx / 2);
  expect(half.cxPx).toBeCloseTo(239.5);
  const cut = cropCamera(camera, 0, 54, 960, 432, 320, 144).intrinsics;
  expect(cut.fxPx).toBeCloseTo(camera.intrinsics.fxPx / 3);
  expect(cut.heightPx).toBe(144);
});
