import { expect, test } from "vitest";
import { cellOf } from "../geometry/bev-index.ts";
import { PILLAR_SPEC } from "./pillar-spec.ts";
import { PILLAR_BYTES, Pillarizer, pastOccupancyInto } from "./pillarize.ts";

const CELLS = PILLAR_SPEC.nx * PILLAR_SPEC.ny;

function aCloud(points: readonly (readonly [number, number, number])[]) {
  return {
    xyz: Float32Array.from(points.flat()),
    intensity: new Float32Array(points.length).fill(0.5),
  };
}

function pillarize(points: readonly (readonly [number, number, number])[]) {
  const out = new Uint8Array(PILLAR_BYTES).fill(7);
  const { xyz, intensity } = aCloud(points);
  const raised = new Pillarizer().pillarizeInto(xyz, intensity, out);
  return { out, raised };
}

test("a cell holds count, highest, lowest and mean intensity of its points", () => {
  const { out } = pillarize([
    [10.1, 0.1, 0],
    [10.2, 0.2, 1.5],
    [10.3, 0.3, 0.5],
  ]);
  const c = cellOf(PILLAR_SPEC, 10.2, 0.2);
  expect(out[c]).toBe(64); // 32·log2(1 + 3)
  expect(out[CELLS + c]).toBe(1 + Math.round((1.5 + 1) * (254 / 5)));
  expect(out[2 * CELLS + c]).toBe(1 + Math.round(1 * (254 / 5)));
  expect(out[3 * CELLS + c]).toBe(128);
});

test("an empty cell is 0 in every channel and old content is overwritten", () => {
  const { out } = pillarize([]);
  expect(out.subarray(0, 4 * CELLS).every((v) => v === 0)).toBe(true);
});

test("points outside the grid are left out, not clamped to its border", () => {
  const { out, raised } = pillarize([
    [500, 0, 1],
    [-40, 0, 1],
    [10, 33, 1],
  ]);
  expect(out.subarray(0, CELLS).every((v) => v === 0)).toBe(true);
  expect(raised.xy.length).toBe(0);
});

test("raised points stand out of their own neighbourhood, so a slope is not raised", () => {
  const slope = Array.from({ length: 200 }, (_, i) => [i * 0.25, 0, i * 0.25 * 0.08] as const);
  expect(pillarize(slope).raised.xy.length).toBe(0);
  const { raised } = pillarize([...slope, [20, 0.2, 1.6 + 1]]);
  expect([...raised.xy]).toEqual([20, Math.fround(0.2)]);
});

test("past points are moved to where they are after ego motion", () => {
  const out = new Uint8Array(PILLAR_BYTES);
  const raised = { xy: Float32Array.from([20, 1]) };
  pastOccupancyInto(raised, { yawRad: Math.PI / 2, txM: -3, tyM: 0 }, 4, out);
  const c = cellOf(PILLAR_SPEC, -4, 20);
  expect(out[4 * CELLS + c]).toBe(40);
  expect(out.reduce((n, v) => n + (v > 0 ? 1 : 0), 0)).toBe(1);
});

test("absent history is an empty plane", () => {
  const out = new Uint8Array(PILLAR_BYTES).fill(9);
  pastOccupancyInto(undefined, { yawRad: 0, txM: 0, tyM: 0 }, 5, out);
  expect(out.subarray(5 * CELLS).every((v) => v === 0)).toBe(true);
});
