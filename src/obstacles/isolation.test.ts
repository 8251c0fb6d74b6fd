import { expect, test } from "vitest";
import { dropIsolated } from "./isolation.ts";
import { seeded } from "./testing/ray-caster.ts";

/** Indices that stay, by comparing each point with all near ones and with the rays beside it. */
function keptBySlowLook(xyz: Float32Array, sparseness: number): number[] {
  const count = xyz.length / 3;
  const kept: number[] = [];
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [xyz[i * 3]!, xyz[i * 3 + 1]!, xyz[i * 3 + 2]!];
    const reach = sparseness * Math.max(0.12, 0.021 * Math.hypot(x, y));
    let found = Math.hypot(x, y) >= 15;
    for (let j = 0; j < count && !found; j++) {
      if (Math.hypot(xyz[j * 3]!, xyz[j * 3 + 1]!) >= 15 && Math.abs(i - j) > 1) continue;
      const [dx, dy, dz] = [xyz[j * 3]! - x, xyz[j * 3 + 1]! - y, xyz[j * 3 + 2]! - z];
      found = j !== i && Math.hypot(dx, dy, dz) < reach;
    }
    if (found) kept.push(i);
  }
  return kept;
}

test("points stay that have a neighbour within reach, or are far, and cells go along", () => {
  const random = seeded(11);
  for (const sparseness of [1, 1.7, 3]) {
    const before = Float32Array.from({ length: 1500 }, (_, i) =>
      i % 3 === 2 ? 2.5 * random() - 1 : 24 * random() - 12,
    );
    const xyz = before.slice();
    const cells = Uint16Array.from({ length: 500 }, (_, i) => i);
    const count = dropIsolated(xyz, cells, 500, sparseness);
    const kept = keptBySlowLook(before, sparseness);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(500);
    expect([...cells.subarray(0, count)]).toEqual(kept);
    expect([...xyz.subarray(0, count * 3)]).toEqual(
      kept.flatMap((i) => [...before.subarray(i * 3, i * 3 + 3)]),
    );
  }
});
