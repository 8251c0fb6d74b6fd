import { describe, expect, test } from "vitest";
import type { RigCamera, Scene } from "../contract/scene.ts";
import { projectPoint } from "../geometry/camera.ts";
import { invert, transformPoint } from "../geometry/se3.ts";
import { renderCamera } from "./camera.ts";
import { cropCamera, demoRig, randomRig, scaleCamera } from "./rigs.ts";
import { aLane, anObject, aScene, aStreetScene } from "./testing/a-scene.ts";

const front = demoRig().cameras[0]!;
const small = scaleCamera(front, 320, 180);

const pixelOf = (camera: RigCamera, p: readonly [number, number, number]) => {
  const c = transformPoint(invert(camera.egoFromCamera), p);
  const q = projectPoint(camera.intrinsics, c[0], c[1], c[2])!;
  return { u: Math.round(q.uPx), v: Math.round(q.vPx) };
};
/** Pixels that differ between two scenes through one camera with the same noise. */
const changed = (a: Scene, b: Scene, camera: RigCamera): Uint8Array => {
  const pa = renderCamera(a, camera, 1);
  const pb = renderCamera(b, camera, 1);
  const out = new Uint8Array(pa.length / 3);
  for (let i = 0; i < out.length; i++)
    if (Math.abs(pa[3 * i]! - pb[3 * i]!) + Math.abs(pa[3 * i + 1]! - pb[3 * i + 1]!) > 12)
      out[i] = 1;
  return out;
};

describe("an object is painted where its box projects", () => {
  const overcast = { textureSeed: 3 };
  test.each([
    [anObject({ xM: 12, yM: 0, rgb: [250, 20, 20] })],
    [anObject({ xM: 18, yM: 4, yawRad: 0.7, rgb: [20, 40, 250] })],
    [
      anObject({
        kind: "PEDESTRIAN",
        xM: 9,
        yM: -2,
        lengthM: 0.5,
        widthM: 0.5,
        heightM: 1.8,
        rgb: [240, 240, 10],
      }),
    ],
    [anObject({ kind: "BUS", xM: 25, yM: -3, lengthM: 11, widthM: 2.5, heightM: 3.2 })],
  ])("%o", (object) => {
    const empty = aScene(overcast);
    const diff = changed(empty, aScene({ ...overcast, objects: [object] }), small);
    const { widthPx } = small.intrinsics;
    const c = Math.cos(object.yawRad);
    const s = Math.sin(object.yawRad);
    let [u0, u1, v0, v1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [i, j, z] of [-1, 1].flatMap((a) =>
      [-1, 1].flatMap((b) => [0, object.heightM].map((h) => [a, b, h] as const)),
    )) {
      const lx = (i * object.lengthM) / 2;
      const ly = (j * object.widthM) / 2;
      const p = pixelOf(small, [object.xM + lx * c - ly * s, object.yM + lx * s + ly * c, z]);
      u0 = Math.min(u0, p.u);
      u1 = Math.max(u1, p.u);
      v0 = Math.min(v0, p.v);
      v1 = Math.max(v1, p.v);
    }
    let inside = 0;
    for (let v = v0; v <= v1; v++) for (let u = u0; u <= u1; u++) inside += diff[v * widthPx + u]!;
    expect(inside / ((u1 - u0 + 1) * (v1 - v0 + 1))).toBeGreaterThan(0.35);
    // Above the box nothing has changed: shadows fall on the ground.
    let above = 0;
    for (let v = 0; v < v0 - 2; v++)
      for (let u = 0; u < widthPx; u++) above += diff[v * widthPx + u]!;
    expect(above).toBe(0);
  });
});

test("what is behind the camera leaves no trace above the ground", () => {
  const diff = changed(aScene(), aScene({ objects: [anObject({ xM: -15 })] }), small);
  const horizon = pixelOf(small, [1000, 0, 1.55]).v;
  expect(diff.subarray(0, horizon * 320).reduce((a, b) => a + b, 0)).toBe(0);
});

test("lane marks are painted where they project", () => {
  const marked = aScene({ lanes: [aLane(1, 0)], textureSeed: 3 });
  const plain = aScene({
    lanes: [aLane(1, 0, { leftMark: "NONE", rightMark: "NONE" })],
    textureSeed: 3,
  });
  const diff = changed(plain, marked, small);
  for (const y of [1.75, -1.75])
    for (const x of [7, 9, 12]) {
      const p = pixelOf(small, [x, y, 0]);
      let hits = 0;
      for (let du = -2; du <= 2; du++) hits += diff[p.v * 320 + p.u + du]!;
      expect(hits, `mark at (${x}, ${y})`).toBeGreaterThan(0);
    }
  const middle = pixelOf(small, [9, 0, 0]);
  expect(diff[middle.v * 320 + middle.u]).toBe(0);
});

test.each([
  ["RED", 0, 1],
  ["GREEN", 1, 0],
] as const)("a %s lamp shines in its colour by day and by night", (state, strong, weak) => {
  for (const light of [1, 0.02]) {
    const scene = aScene({
      light,
      signals: [{ id: 1, xM: 20, yM: -2, zM: 3, yawRad: Math.PI, state }],
    });
    const rgb = renderCamera(scene, front, 2);
    const p = pixelOf(front, [19.86, -2, 3 + (state === "RED" ? 0.37 : -0.37)]);
    const at = 3 * (p.v * front.intrinsics.widthPx + p.u);
    expect(rgb[at + strong]!).toBeGreaterThan(150);
    expect(rgb[at + strong]! - rgb[at + weak]!).toBeGreaterThan(60);
  }
});

test("brake lights redden the tail of a car", () => {
  const mean = (brakeLights: boolean) => {
    const rgb = renderCamera(
      aScene({ objects: [anObject({ xM: 10, rgb: [90, 90, 90], brakeLights })] }),
      small,
      1,
    );
    let red = 0;
    for (let i = 0; i < rgb.length; i += 3) if (rgb[i]! > 180 && rgb[i + 1]! < 120) red++;
    return red;
  };
  expect(mean(true)).toBeGreaterThan(mean(false) + 10);
});

test("the same scene, camera and seed give the same bytes; seed changes only noise", () => {
  const a = renderCamera(aStreetScene(), small, 5);
  expect(renderCamera(aStreetScene(), small, 5)).toEqual(a);
  const b = renderCamera(aStreetScene(), small, 6);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! - b[i]!;
  expect(b).not.toEqual(a);
  expect(Math.abs(sum / a.length)).toBeLessThan(1);
});

test("an empty scene still has sky and ground", () => {
  const rgb = renderCamera(aScene(), small, 1);
  expect(rgb.length).toBe(320 * 180 * 3);
  const row = (v: number) => rgb.subarray(v * 960, v * 960 + 960).reduce((a, b) => a + b, 0) / 960;
  expect(Math.abs(row(10) - row(170))).toBeGreaterThan(10);
});

test("a cut picture shows the same pixels as the cut of the whole picture", () => {
  const scene = aStreetScene({ textureSeed: 12 });
  const cut = cropCamera(front, 0, 100, 960, 400, 480, 200);
  const whole = scaleCamera(front, 480, 270);
  const a = renderCamera(scene, cut, 1);
  const b = renderCamera(scene, whole, 1);
  let sum = 0;
  for (let v = 0; v < 200; v++)
    for (let i = 0; i < 480 * 3; i++) sum += Math.abs(a[v * 1440 + i]! - b[(v + 50) * 1440 + i]!);
  expect(sum / a.length).toBeLessThan(12);
});

test("every camera of random rigs gives a picture that is neither black nor white", () => {
  for (let seed = 0; seed < 8; seed++)
    for (const camera of randomRig(seed).cameras) {
      const rgb = renderCamera(
        aStreetScene({ textureSeed: seed }),
        scaleCamera(camera, 160, 96),
        seed,
      );
      const mean = rgb.reduce((a, b) => a + b, 0) / rgb.length;
      expect(mean, `${camera.name} of rig ${seed}`).toBeGreaterThan(25);
      expect(mean, `${camera.name} of rig ${seed}`).toBeLessThan(240);
    }
});
