import { expect, test } from "vitest";
import { boxOf, hullOf, hullOfHulls } from "./outline.ts";
import { seeded } from "./testing/ray-caster.ts";

/** Points of a face of 4 m and a side of 2 m of something turned by `yawRad`, with noise of ±1 cm. */
function anL(yawRad: number, count: number): Float32Array {
  const random = seeded(3);
  const xyz = new Float32Array(count * 3);
  const [c, s] = [Math.cos(yawRad), Math.sin(yawRad)];
  for (let i = 0; i < count; i++) {
    const noise = 0.02 * (random() - 0.5);
    const [u, w] = i % 3 === 0 ? [noise, 2 * random()] : [4 * random(), noise];
    xyz.set([10 + c * u - s * w, 5 + s * u + c * w, random()], i * 3);
  }
  return xyz;
}
const inOrder = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

test("a hull of many points leaves none outside by more than its 32 directions miss", () => {
  const xyz = anL(0.4, 900);
  const hull = hullOf(xyz, inOrder(900), 0, 900, 1);
  for (let i = 0; i < 900; i++)
    hull.forEach(([ax, ay], e) => {
      const [bx, by] = hull[(e + 1) % hull.length]!;
      const turn = (bx - ax) * (xyz[i * 3 + 1]! - ay) - (by - ay) * (xyz[i * 3]! - ax);
      expect(turn / Math.hypot(bx - ax, by - ay)).toBeGreaterThan(-0.01);
    });
});

test("a hull of few points is exact, counter-clockwise, without points inside or on edges", () => {
  const xyz = Float32Array.from([0, 0, 0, 4, 0, 0, 2, 0, 0, 4, 2, 0, 1, 1, 0, 0, 2, 0, 0, 0, 0]);
  const corners = [
    [0, 0],
    [4, 0],
    [4, 2],
    [0, 2],
  ] as const;
  expect(hullOf(xyz, inOrder(7), 0, 7, 1)).toEqual(corners);
  expect(hullOfHulls([corners.slice(0, 2), corners.slice(2), [[1, 1]]])).toEqual(corners);
});

test("the box of an L lies along its sides, whatever the heading", () => {
  for (const yawRad of [0, 0.4, 1.2]) {
    const xyz = anL(yawRad, 300);
    const order = inOrder(300);
    const box = boxOf(hullOf(xyz, order, 0, 300, 1), xyz, order, 0, 300);
    expect(Math.abs(Math.sin(box.yawRad - yawRad))).toBeLessThan(0.02);
    expect(Math.abs(box.lengthM - 4)).toBeLessThan(0.1);
    expect(Math.abs(box.widthM - 2)).toBeLessThan(0.1);
  }
});
