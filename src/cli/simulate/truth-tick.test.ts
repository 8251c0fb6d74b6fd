import { expect, test } from "vitest";
import { BEV_CHANNELS, BEV_SPEC } from "../../contract/bev.ts";
import { anObject, aScene } from "../../expert/scene.fixture.ts";
import { aDecision } from "../../wire/fixtures.cases.ts";
import { truthTick } from "./truth-tick.ts";

const PERIOD_US = 100_000;

/** The fixture's ego stands at the origin; this one stands elsewhere and looks along map y. */
function aTurnedScene() {
  const scene = aScene({ laneCount: 2, speedMps: 8 });
  const ego = { ...scene.ego, xM: 100, yM: 50, yawRad: Math.PI / 2 };
  const ahead = anObject(7, {
    ...{ xM: 100, yM: 70, yawRad: Math.PI / 2, speedMps: 5 },
    ...{ lengthM: 4, widthM: 2, heightM: 1.5 },
  });
  const far = anObject(8, { xM: 400, yM: 50 });
  return { ...scene, ego, objects: [ahead, far] };
}

test("objects stand where the scene has them, in ego, with their velocity and corners", () => {
  const tick = truthTick(aTurnedScene(), aDecision(), PERIOD_US);
  const { obstacles } = tick.obstacles!;
  expect(obstacles.map(({ id }) => id)).toEqual([7]);
  const [one] = obstacles;
  for (const [name, wanted] of Object.entries({ xM: 20, yM: 0, yawRad: 0, vxMps: 5, vyMps: 0 }))
    expect(one![name as "xM"], name).toBeCloseTo(wanted, 9);
  expect(one).toMatchObject({ lengthM: 4, widthM: 2, zMinM: 0, zMaxM: 1.5, tracked: true });
  const corners = one!.hull.map(([x, y]) => [Math.round(x), Math.round(y)]);
  expect(corners).toEqual([
    [22, -1],
    [22, 1],
    [18, 1],
    [18, -1],
  ]);
});

test("ego stands in the map, and nothing that a sensor would have said is made up", () => {
  const scene = aTurnedScene();
  const decision = aDecision({ observationId: 4 });
  const { observation, bev } = truthTick(scene, decision, PERIOD_US);
  expect(observation).toMatchObject({ id: 4, images: [], sweeps: [], periodUs: PERIOD_US });
  expect(observation.ego!.odomFromEgo!.t).toEqual([100, 50, 0]);
  expect(observation.ego!.speedMps).toBe(scene.ego.speedMps);
  expect(bev!.data).toHaveLength(BEV_CHANNELS.length * BEV_SPEC.nx * BEV_SPEC.ny);
  expect(bev!.data.some((value) => value === 255)).toBe(true);
});
