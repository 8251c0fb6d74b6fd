import { expect, test } from "vitest";
import { openWorld, type WorldSpec } from "./open-world.ts";

const HIGHWAY: WorldSpec = {
  roads: { kind: "HIGHWAY", laneCount: 4 },
  routeSeed: 2,
  seed: 2,
  routeM: 900,
  perKmLane: 25,
};

test("rolling, ego begins amid the traffic and about as fast; else it stands where its lane begins", () => {
  const world = openWorld({ ...HIGHWAY, rolling: true, blindShare: 0.5 });
  const { ego, objects } = world.scene();
  expect(ego.speedMps).toBeCloseTo((40 - 8) / 1.5, 6);
  const along = objects.map(
    (o) => Math.cos(ego.yawRad) * (o.xM - ego.xM) + Math.sin(ego.yawRad) * (o.yM - ego.yM),
  );
  expect(along.filter((m) => m > 10).length).toBeGreaterThan(10);
  expect(along.filter((m) => m < -10).length).toBeGreaterThan(10);
  expect(openWorld(HIGHWAY).ego().speedMps).toBe(0);
});
