import { expect, test } from "vitest";
import type { CameraImage } from "../contract/observation.ts";
import { projectPoint } from "../geometry/camera.ts";
import {
  BODY_FROM_OPTICAL,
  compose,
  fromYawPitchRoll,
  invert,
  transformPoint,
} from "../geometry/se3.ts";
import { pixelFinder } from "./pixel-finder.ts";

const K = { widthPx: 320, heightPx: 180, fxPx: 210, fyPx: 205, cxPx: 158.5, cyPx: 92.25 };
const egoFromCamera = compose(
  fromYawPitchRoll(0.3, -0.05, 0.02, [1.4, 0.2, 1.6]),
  BODY_FROM_OPTICAL,
);
const image: CameraImage = {
  name: "front",
  stampUs: 0,
  encoding: "jpeg",
  data: new Uint8Array(1),
  camera: { intrinsics: K, mountEgoFromCamera: egoFromCamera },
  egoFromCamera,
};

test("the finder agrees with transformPoint and projectPoint everywhere around the vehicle", () => {
  const find = pixelFinder(image, K);
  let seen = 0;
  for (let x = -20; x <= 60; x += 3.7)
    for (let y = -30; y <= 30; y += 2.9)
      for (const z of [-0.4, 0.3, 1.6, 5]) {
        const pixel = projectPoint(K, ...transformPoint(invert(egoFromCamera), [x, y, z]));
        const u = pixel ? Math.round(pixel.uPx) : -1;
        const v = pixel ? Math.round(pixel.vPx) : -1;
        const inside = u >= 0 && u < K.widthPx && v >= 0 && v < K.heightPx;
        if (inside) seen++;
        expect(find(x, y, z)).toBe(inside ? v * K.widthPx + u : -1);
      }
  expect(seen).toBeGreaterThan(100);
});

test("a point that is not a number has no pixel", () => {
  expect(pixelFinder(image, K)(Number.NaN, 0, 0)).toBe(-1);
});
