import { expect, test } from "vitest";
import type { Lens } from "../contract/observation.ts";
import type { RigCamera } from "../contract/scene.ts";
import { bendInto, prepareLens } from "../geometry/lens.ts";
import { invert, transformPoint } from "../geometry/se3.ts";
import { renderCamera } from "./camera.ts";
import { cameraMount, intrinsicsOf } from "./rigs.ts";
import { anObject, aScene } from "./testing/a-scene.ts";

const WIDTH = 320;
const lens: Lens = {
  model: "equidistant",
  coefficients: [0.01, -0.002, 0, 0],
  intrinsics: {
    ...{ widthPx: WIDTH, heightPx: WIDTH, fxPx: 95, fyPx: 95 },
    ...{ cxPx: 159.5, cyPx: 159.5 },
  },
  cameraFromLens: [1, 0, 0, 0, 1, 0, 0, 0, 1],
};
const fisheye: RigCamera = {
  name: "fisheye",
  intrinsics: intrinsicsOf(160, 96, 1.4),
  egoFromCamera: cameraMount(0, 0.1, 0, [1.5, 0, 1.6]),
  lens,
};

test.each([0, 30, -52, 75, -88])("a pillar at %i° is painted where the lens bends it", (deg) => {
  const bearing = (deg * Math.PI) / 180;
  const [x, y] = [1.5 + 9 * Math.cos(bearing), 9 * Math.sin(bearing)];
  const pillar = anObject({
    ...{ kind: "STATIC", xM: x, yM: y, yawRad: bearing, lengthM: 0.8, widthM: 0.8, heightM: 3 },
    rgb: [250, 10, 250],
  });
  const empty = renderCamera(aScene({ textureSeed: 3 }), fisheye, 1);
  const painted = renderCamera(aScene({ textureSeed: 3, objects: [pillar] }), fisheye, 1);
  let [n, u, v] = [0, 0, 0];
  for (let i = 0; i < empty.length; i += 3) {
    // Only what turned magenta: a shadow does not.
    const magenta = (p: Uint8Array) => p[i]! + p[i + 2]! - 2 * p[i + 1]!;
    if (magenta(painted) - magenta(empty) < 60) continue;
    n++;
    u += (i / 3) % WIDTH;
    v += Math.floor(i / 3 / WIDTH);
  }
  expect(n).toBeGreaterThan(40);
  const middle = transformPoint(invert(fisheye.egoFromCamera), [x, y, 1.5]);
  const at = new Float64Array(2);
  expect(bendInto(prepareLens(lens), middle[0], middle[1], middle[2], at)).toBe(true);
  expect(Math.abs(u / n - at[0]!)).toBeLessThan(2);
  expect(Math.abs(v / n - at[1]!)).toBeLessThan(4);
});

test("the corners that the lens does not show are black, the middle is not", () => {
  const folding = { ...lens, coefficients: [-0.12, 0, 0, 0] };
  const rgb = renderCamera(aScene(), { ...fisheye, lens: folding }, 1);
  expect(rgb.length).toBe(WIDTH * WIDTH * 3);
  expect([rgb[0], rgb[1], rgb[2]]).toEqual([0, 0, 0]);
  expect(rgb[3 * (160 * WIDTH + 160)]!).toBeGreaterThan(20);
});
