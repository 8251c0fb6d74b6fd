import { expect, test } from "vitest";
import { ObstacleDetector } from "../obstacles/detector.ts";
import { rehearse } from "./rehearsal.ts";
import { warmUpObservation } from "./warm-up-observation.ts";

test("a rehearsal ends as soon as somebody waits, and by itself", async () => {
  expect(await rehearse(() => true)).toBe(0);
  let looks = 0;
  expect(await rehearse(() => ++looks > 2)).toBe(2);
  expect(await rehearse(() => false)).toBe(7);
});

test("what is rehearsed has what real streets have: things that stand, walls, and a lead that is followed", () => {
  const detector = new ObstacleDetector();
  let field = detector.update(warmUpObservation(1e15, 0, 0));
  for (let tick = 1; tick < 7; tick++) field = detector.update(warmUpObservation(1e15, 0, tick));
  const lead = field.obstacles.find(
    ({ xM, yM, tracked }) => tracked && xM > 10 && xM < 22 && Math.abs(yM) < 1,
  );
  expect(lead?.vxMps).toBeGreaterThan(6);
  expect(lead?.vxMps).toBeLessThan(10);
  expect(field.obstacles.filter(({ vxMps }) => vxMps === 0).length).toBeGreaterThan(10);
  expect(field.untrackedXyz.length).toBeGreaterThan(0);
});
