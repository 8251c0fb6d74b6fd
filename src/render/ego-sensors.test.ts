import { expect, test } from "vitest";
import { ORDINARY_NOISE, sampleGnss, sampleImu, sampleOdometry } from "./ego-sensors.ts";
import { aScene } from "./testing/a-scene.ts";

const COUNT = 4000;
const still = aScene();
const standing = { ...still, ego: { ...still.ego, speedMps: 0 } };
const spread = (values: readonly number[]) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return {
    mean,
    sigma: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length),
  };
};
const many = <T>(draw: (seed: number) => T) => Array.from({ length: COUNT }, (_, i) => draw(i));

test("samples of one drive share its bias and scatter by their own noise", () => {
  const speed = spread(many((seed) => sampleOdometry(still, seed).speedMps));
  expect(speed.sigma).toBeCloseTo(ORDINARY_NOISE.speedMps, 2);
  expect(Math.abs(speed.mean - 8)).toBeLessThan(8 * 4 * ORDINARY_NOISE.speedScale);
  const yaw = spread(many((seed) => sampleImu(still, seed).yawRateRadps));
  expect(yaw.sigma).toBeCloseTo(ORDINARY_NOISE.yawRateRadps, 3);
  const fix = spread(many((seed) => sampleGnss(still, seed).xM));
  expect(fix.sigma).toBeCloseTo(ORDINARY_NOISE.gnssM, 1);
});

test("biases differ from drive to drive by their sigma", () => {
  const none = { ...ORDINARY_NOISE, accelMps2: 0, yawRateRadps: 0, gnssM: 0 };
  const drive = (i: number) => aScene({ textureSeed: i });
  const accel = spread(many((i) => sampleImu(drive(i), 1, none).accelMps2[0]));
  expect(accel.sigma).toBeCloseTo(none.accelBiasMps2, 2);
  const fix = spread(many((i) => sampleGnss(drive(i), 1, none).yM));
  expect(fix.sigma).toBeGreaterThan(0.9 * none.gnssOffsetM);
  expect(fix.sigma).toBeLessThan(1.1 * none.gnssOffsetM);
});

test("a standing car reads zero, gravity is felt, and the same seed gives the same sample", () => {
  for (let seed = 0; seed < 50; seed++) expect(sampleOdometry(standing, seed).speedMps).toBe(0);
  expect(spread(many((seed) => sampleImu(still, seed).accelMps2[2])).mean).toBeCloseTo(9.81, 0);
  expect(sampleGnss(still, 4)).toEqual(sampleGnss(still, 4));
  expect(sampleGnss(still, 4)).not.toEqual(sampleGnss(still, 5));
});
