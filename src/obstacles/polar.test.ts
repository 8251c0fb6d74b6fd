import { expect, test } from "vitest";
import { SECTORS, sectorOf } from "./polar.ts";
import { seeded } from "./testing/ray-caster.ts";

const sectorByMath = (x: number, y: number): number => {
  const sector = Math.round((Math.atan2(y, x) * SECTORS) / (2 * Math.PI));
  return (sector + SECTORS) % SECTORS;
};
/** Degrees from the middle of a sector to a direction, 0…180. */
const offMiddle = (sector: number, x: number, y: number): number =>
  Math.abs(((sector - (Math.atan2(y, x) * 180) / Math.PI + 540) % 360) - 180);

test("a direction lies in the sector around it, to 0.01°, in every eighth of a turn", () => {
  const random = seeded(5);
  let others = 0;
  for (let i = 0; i < 200_000; i++) {
    const [x, y] = [Math.fround(200 * random() - 100), Math.fround(200 * random() - 100)];
    const sector = sectorOf(x, y);
    if (sector !== sectorByMath(x, y)) others++;
    if (offMiddle(sector, x, y) > 0.51) expect.fail(`(${x}, ${y}) is put into ${sector}`);
  }
  expect(others).toBeLessThan(200_000 * 0.02);
});

test("borders between sectors are met from both sides, and axes and diagonals in the middle", () => {
  for (let s = 0; s < SECTORS; s++) {
    const at = (degrees: number) => [
      Math.cos(degrees / 57.29577951),
      Math.sin(degrees / 57.29577951),
    ];
    const [x0, y0] = at(s + 0.485);
    const [x1, y1] = at(s + 0.515);
    expect([sectorOf(x0!, y0!), sectorOf(x1!, y1!)]).toEqual([s, (s + 1) % SECTORS]);
  }
  expect([sectorOf(3, 0), sectorOf(0, 3), sectorOf(-3, 0), sectorOf(0, -3)]).toEqual([
    0, 90, 180, 270,
  ]);
  expect([sectorOf(2, 2), sectorOf(-2, 2), sectorOf(-2, -2), sectorOf(2, -2)]).toEqual([
    45, 135, 225, 315,
  ]);
  expect(sectorOf(0, 0)).toBe(0);
});
