import { expect, test } from "vitest";
import { EgoMotion } from "./ego-motion.ts";
import { STRUCTURE_TILE_M } from "./limits.ts";
import { castEgoState, seeded } from "./testing/ray-caster.ts";
import { cutTiles } from "./tiles.ts";

/** Pose after half a second at 20 m/s. */
function aPose() {
  const motion = new EgoMotion();
  motion.advance(1e9, castEgoState(1e9, 20));
  return motion.advance(1e9 + 500_000, castEgoState(1e9 + 500_000, 20))!;
}

test("every point lands in the tile of its place in the fixed frame, wherever ego is", () => {
  const random = seeded(5);
  const count = 400;
  const xyz = new Float32Array(count * 3);
  for (let i = 0; i < count; i++)
    xyz.set([170 * random() - 55, 110 * random() - 55, 2 * random()], i * 3);
  const order = Int32Array.from({ length: count + 20 }, (_, i) => (i * 7) % count);
  const before = order.slice();
  const pose = aPose();
  expect(pose.xM).toBeCloseTo(10, 6);
  const tiles = cutTiles(xyz, order, 10, 10 + count, pose);
  expect([...order.subarray(10, 10 + count)].sort()).toEqual(
    [...before.subarray(10, 10 + count)].sort(),
  );
  expect([order[9], order[10 + count]]).toEqual([before[9], before[10 + count]]);
  const places = new Map<string, number>();
  let next = 10;
  for (const tile of tiles) {
    expect(tile.from).toBe(next);
    next = tile.to;
    const heights = [];
    for (let i = tile.from; i < tile.to; i++) {
      const p = order[i]! * 3;
      heights.push(xyz[p + 2]!);
      const column = Math.floor((xyz[p]! + pose.xM) / STRUCTURE_TILE_M);
      const place = `${column} ${Math.floor(xyz[p + 1]! / STRUCTURE_TILE_M)}`;
      expect(places.get(place) ?? tile.key).toBe(tile.key);
      places.set(place, tile.key);
    }
    expect([tile.zMinM, tile.zMaxM]).toEqual([Math.min(...heights), Math.max(...heights)]);
  }
  expect(next).toBe(10 + count);
  expect(places.size).toBe(tiles.length);
});
