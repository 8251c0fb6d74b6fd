import { parseSync } from "@loaders.gl/core";
import { describe, expect, test } from "vitest";
import {
  FoxglovePointCloudLoader,
  type LoadedPoints,
  type PointField,
  type PointLayout,
} from "./point-cloud-loader.ts";

const WRITERS: Readonly<Record<number, (v: DataView, at: number, value: number) => void>> = {
  1: (v, at, value) => v.setUint8(at, value),
  2: (v, at, value) => v.setInt8(at, value),
  3: (v, at, value) => v.setUint16(at, value, true),
  4: (v, at, value) => v.setInt16(at, value, true),
  5: (v, at, value) => v.setUint32(at, value, true),
  6: (v, at, value) => v.setInt32(at, value, true),
  7: (v, at, value) => v.setFloat32(at, value, true),
  8: (v, at, value) => v.setFloat64(at, value, true),
};
const BYTES = [0, 1, 1, 2, 2, 4, 4, 4, 8];

/** Fields of the given types in order, each at the next free byte. */
function layoutOf(types: Readonly<Record<string, number>>, strideBytes?: number): PointLayout {
  let offsetBytes = 0;
  const fields: PointField[] = Object.entries(types).map(([name, type]) => {
    const field = { name, offsetBytes, type };
    offsetBytes += BYTES[type]!;
    return field;
  });
  return { pointStrideBytes: strideBytes ?? offsetBytes, fields };
}

function pack(layout: PointLayout, points: readonly (readonly number[])[]): ArrayBuffer {
  const buffer = new ArrayBuffer(points.length * layout.pointStrideBytes);
  const view = new DataView(buffer);
  for (const [i, point] of points.entries())
    for (const [j, field] of layout.fields.entries())
      WRITERS[field.type]!(view, i * layout.pointStrideBytes + field.offsetBytes, point[j]!);
  return buffer;
}

const load = (buffer: ArrayBuffer, own: object): LoadedPoints =>
  parseSync(buffer, FoxglovePointCloudLoader, { "foxglove-point-cloud": own });

describe("FoxglovePointCloudLoader", () => {
  for (const type of [1, 2, 3, 4, 5, 6, 7, 8])
    test(`reads coordinates of field type ${type} at any stride`, () => {
      for (const extra of [0, 1, 3, 4]) {
        const types = { x: type, y: type, z: type };
        const layout = layoutOf(types, 3 * BYTES[type]! + extra);
        const loaded = load(
          pack(layout, [
            [1, 2, 3],
            [40, 50, 60],
          ]),
          { layout },
        );
        expect([...loaded.xyz]).toEqual([1, 2, 3, 40, 50, 60]);
        expect([...loaded.intensity]).toEqual([0, 0]);
      }
    });

  test("reads negative numbers of signed types as such", () => {
    const layout = layoutOf({ x: 2, y: 4, z: 6 });
    const loaded = load(pack(layout, [[-100, -30000, -2000000]]), { layout });
    expect([...loaded.xyz]).toEqual([-100, -30000, -2000000]);
  });

  test("reads fields in any order and skips those it does not know", () => {
    const layout = layoutOf({ ring: 3, z: 7, t: 8, intensity: 1, y: 7, x: 7 });
    const loaded = load(pack(layout, [[9, 3, 123.5, 51, 2, 1]]), { layout });
    expect([...loaded.xyz]).toEqual([1, 2, 3]);
    expect(loaded.intensity[0]).toBeCloseTo(0.2, 6);
  });

  test("gives the same points from aligned and unaligned bytes", () => {
    const layout = layoutOf({ x: 7, y: 7, z: 7, intensity: 7 });
    const packed = new Uint8Array(pack(layout, [[1.5, -2.25, 3.125, 0.5]]));
    for (const byteOffset of [0, 1, 2, 3, 4]) {
      const shifted = new Uint8Array(32);
      shifted.set(packed, byteOffset);
      const loaded = load(shifted.buffer, { layout, byteOffset, byteLength: 16 });
      expect([...loaded.xyz]).toEqual([1.5, -2.25, 3.125]);
      expect(loaded.intensity[0]).toBe(0.5);
    }
  });

  for (const [type, values, expected] of [
    [1, [0, 51, 255], [0, 0.2, 1]],
    [3, [0, 13107, 65535], [0, 0.2, 1]],
    [7, [0, 0.2, 1], [0, 0.2, 1]],
    [7, [0, 51, 255], [0, 0.2, 1]],
    [8, [0, 51, 510], [0, 0.2, 1]],
    [7, [Number.NaN, -3, 0.5], [0, 0, 0.5]],
  ] as const)
    test(`scales intensity ${values.join(", ")} of type ${type} to 0…1`, () => {
      const layout = layoutOf({ x: 7, y: 7, z: 7, intensity: type });
      const loaded = load(
        pack(
          layout,
          values.map((v) => [1, 2, 3, v]),
        ),
        { layout },
      );
      for (const [i, v] of expected.entries()) expect(loaded.intensity[i]).toBeCloseTo(v, 6);
    });

  test("removes points with NaN or infinity, keeps the others in order and counts", () => {
    const layout = layoutOf({ x: 7, y: 7, z: 7, intensity: 1 });
    const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const points = [[1, 1, 1, 10], ...bad.map((b, i) => [0, 0, 0, 0].with(i, b)), [2, 2, 2, 20]];
    const loaded = load(pack(layout, points), { layout });
    expect([...loaded.xyz]).toEqual([1, 1, 1, 2, 2, 2]);
    expect([...loaded.intensity].map((v) => Math.round(v * 255))).toEqual([10, 20]);
    expect(loaded.droppedCount).toBe(3);
  });

  test("removes a double that overflows a float", () => {
    const layout = layoutOf({ x: 8, y: 8, z: 8 });
    expect(load(pack(layout, [[1e300, 0, 0]]), { layout })).toMatchObject({ droppedCount: 1 });
  });

  test("an empty cloud has no points", () => {
    const layout = layoutOf({ x: 7, y: 7, z: 7 });
    expect(load(new ArrayBuffer(0), { layout }).intensity).toHaveLength(0);
  });

  test("a layout that does not fit says expected and found", () => {
    const xyz = layoutOf({ x: 7, y: 7, z: 7 });
    const bytes = new ArrayBuffer(24);
    expect(() => load(bytes, {})).toThrow(/layout expected, found none/);
    expect(() => load(bytes, { layout: layoutOf({ x: 7, y: 7 }) })).toThrow(
      /fields x, y, z .* found x@0:f32 y@4:f32/,
    );
    expect(() => load(bytes, { layout: { ...xyz, pointStrideBytes: 10 } })).toThrow(
      /inside a stride of 10 bytes expected/,
    );
    expect(() => load(bytes, { layout: { ...xyz, pointStrideBytes: 0 } })).toThrow(
      /expected, found/,
    );
    expect(() => load(new ArrayBuffer(25), { layout: xyz })).toThrow(
      /whole points of 12 bytes expected, found 25 bytes/,
    );
    const unknown = { ...xyz, fields: xyz.fields.map((f) => ({ ...f, type: 0 })) };
    expect(() => load(bytes, { layout: unknown })).toThrow(/x@0:unknown/);
  });
});
