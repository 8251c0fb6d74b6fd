import { expect, test } from "vitest";
import type { ObstacleField } from "../contract/obstacle.ts";
import { ObstacleDetector } from "../obstacles/detector.ts";
import { packField, unpackField } from "./field-message.ts";
import { warmUpObservation } from "./warm-up-observation.ts";

const sent = (field: ObstacleField): ObstacleField =>
  unpackField(structuredClone(packField(field)));

test("fields of a drive come out as they went in, to the last bit", () => {
  const detector = new ObstacleDetector();
  for (let tick = 0; tick < 7; tick++) {
    const observation = warmUpObservation(1e15, 0, tick);
    const field = detector.update(tick === 5 ? { ...observation, sweeps: [] } : observation);
    expect(field.obstacles.length).toBeGreaterThan(tick === 0 ? 0 : 10);
    expect(sent(field)).toEqual(field);
  }
});

test("an empty field, an outline without corners and what is no finite number come through", () => {
  const empty: ObstacleField = {
    ...{ stampUs: 5, obstacles: [], carried: true },
    ...{ untrackedXyz: new Float32Array(0), freeSightM: new Float32Array(360) },
  };
  expect(sent(empty)).toEqual(empty);
  const odd = {
    ...{
      id: 7,
      xM: Number.NaN,
      yM: -0,
      zMinM: Number.POSITIVE_INFINITY,
      zMaxM: 2,
      lengthM: 3,
      widthM: 4,
    },
    ...{
      yawRad: 5,
      vxMps: 6,
      vyMps: 7,
      tracked: true,
      ageUs: 2 ** 52 + 1,
      unseenUs: 9,
      sigmaM: 0.1,
    },
    ...{ pointCount: 11, hull: [] },
  };
  const field = {
    ...empty,
    obstacles: [odd, { ...odd, id: 8, tracked: false, hull: [[1, 2]] }],
  } as const;
  expect(sent(field)).toEqual(field);
  expect(Object.is(sent(field).obstacles[0]!.yM, -0)).toBe(true);
});
