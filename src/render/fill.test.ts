import { expect, test } from "vitest";
import { Random } from "../world/random.ts";
import { fillConvexInto, type RasterSpec, strokeInto } from "./fill.ts";

const SPEC: RasterSpec = { xMinM: -8, yMinM: -5, cellM: 0.5, nx: 40, ny: 24 };

/** Value of each cell, by what is said of its centre (x, y), m. */
function everyCell(value: (x: number, y: number) => number): Uint8Array {
  const { xMinM, yMinM, cellM, nx, ny } = SPEC;
  return Uint8Array.from({ length: nx * ny }, (_, at) =>
    value(xMinM + (Math.floor(at / ny) + 0.5) * cellM, yMinM + ((at % ny) + 0.5) * cellM),
  );
}

test("a stroke covers what its definition covers, whichever cells are looked at", () => {
  const rng = new Random(3);
  for (let k = 0; k < 300; k++) {
    const [ax, bx] = [rng.range(-12, 16), rng.range(-12, 16)];
    const [ay, by] = rng.chance(0.2) ? [1.25, 1.25] : [rng.range(-8, 10), rng.range(-8, 10)];
    const halfM = rng.range(0.05, 1.2);
    const out = new Uint8Array(SPEC.nx * SPEC.ny);
    strokeInto(out, SPEC, ax, ay, bx, by, halfM);
    const len = Math.hypot(bx - ax, by - ay);
    const [ux, uy] = [(bx - ax) / len, (by - ay) / len];
    const wanted = everyCell((x, y) => {
      const along = (x - ax) * ux + (y - ay) * uy;
      const across = Math.abs((y - ay) * ux - (x - ax) * uy);
      const sideways = Math.min(1, (halfM - across) / 0.5 + 0.5, 4 * halfM);
      const end = Math.min(along, len - along) / 0.5 + 0.5;
      return sideways <= 0 || end <= 0 ? 0 : sideways * Math.min(1, end) * 255 + 0.5;
    });
    const wrong = [...out.keys()].filter((at) => Math.abs(out[at]! - wanted[at]!) > 1);
    expect(wrong, `stroke ${k}`).toEqual([]);
  }
});

test("a convex polygon fills the cells whose centres lie in it", () => {
  const rng = new Random(4);
  for (let k = 0; k < 200; k++) {
    const [x, y, yaw] = [rng.range(-9, 13), rng.range(-6, 8), rng.range(-3.2, 3.2)];
    const [hl, hw] = [rng.range(0.2, 9), rng.range(0.2, 3)];
    const [c, s] = k % 5 === 0 ? [1, 0] : [Math.cos(yaw), Math.sin(yaw)];
    const corners = [
      [hl, hw],
      [hl, -hw],
      [-hl, -hw],
      [-hl, hw],
    ] as const;
    const out = new Uint8Array(SPEC.nx * SPEC.ny);
    const px = corners.map(([a, b]) => x + a * c - b * s);
    const py = corners.map(([a, b]) => y + a * s + b * c);
    fillConvexInto(out, SPEC, px, py, 4, 9);
    const insideM = (cx: number, cy: number) =>
      Math.min(
        hl - Math.abs((cx - x) * c + (cy - y) * s),
        hw - Math.abs((cy - y) * c - (cx - x) * s),
      );
    const surely = everyCell((cx, cy) => (insideM(cx, cy) > 1e-6 ? 9 : 0));
    const perhaps = everyCell((cx, cy) => (insideM(cx, cy) > -1e-6 ? 9 : 0));
    const wrong = [...out.keys()].filter((at) => ![surely[at], perhaps[at]].includes(out[at]));
    expect(wrong, `polygon ${k}`).toEqual([]);
  }
});

test("a polygon of too many points is refused", () => {
  const many = Array.from({ length: 17 }, (_, i) => Math.cos(i));
  const sides = Array.from({ length: 17 }, (_, i) => Math.sin(i));
  const out = new Uint8Array(SPEC.nx * SPEC.ny);
  expect(() => fillConvexInto(out, SPEC, many, sides, 17, 1)).toThrow(/at most 16 points/);
});
