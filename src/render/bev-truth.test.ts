import { describe, expect, test } from "vitest";
import { BEV_CHANNELS, BEV_SPEC, type BevChannel } from "../contract/bev.ts";
import { bevIndex, cellOf } from "../geometry/bev-index.ts";
import { codeVelocity, rasterizeBev } from "./bev-truth.ts";
import { aLane, anObject, aScene, aStreetScene } from "./testing/a-scene.ts";

const at = (data: Uint8Array, name: BevChannel, xM: number, yM: number): number =>
  data[BEV_CHANNELS.indexOf(name) * BEV_SPEC.nx * BEV_SPEC.ny + cellOf(BEV_SPEC, xM, yM)]!;
const total = (data: Uint8Array, name: BevChannel): number => {
  const from = bevIndex(BEV_SPEC, BEV_CHANNELS.indexOf(name), 0, 0);
  return data.subarray(from, from + BEV_SPEC.nx * BEV_SPEC.ny).reduce((a, b) => a + b, 0);
};

describe("occupancy and velocity", () => {
  test("the cells inside a car are full and those beside it empty", () => {
    const data = rasterizeBev(
      aScene({ objects: [anObject({ xM: 20.5, yM: 0.5, lengthM: 5, widthM: 3 })] }),
    );
    for (const x of [18.5, 20.5, 22.5])
      for (const y of [-0.5, 0.5, 1.5]) expect(at(data, "vehicle", x, y)).toBe(255);
    expect(at(data, "vehicle", 17.5, 0.5)).toBe(0);
    expect(at(data, "vehicle", 20.5, 2.5)).toBe(0);
    expect(total(data, "vehicle")).toBe(15 * 255);
  });

  test("coverage of a turned car sums to its area", () => {
    const data = rasterizeBev(aScene({ objects: [anObject({ yawRad: 0.6 })] }));
    expect(total(data, "vehicle") / 255).toBeCloseTo(4.6 * 1.9, 0);
  });

  test("velocity is coded as 128 + 4·v along ego axes and 128 elsewhere", () => {
    const ego = { ...aScene().ego, yawRad: Math.PI / 2 };
    // Ego looks along +y of the map; a car that drives along +x moves to ego's right.
    const data = rasterizeBev(
      aScene({ ego, objects: [anObject({ xM: 0, yM: 20, yawRad: 0, speedMps: 6.3 })] }),
    );
    expect(at(data, "vehicle", 20.5, 0.5)).toBeGreaterThan(0);
    expect(at(data, "vx", 20.5, 0.5)).toBe(128);
    expect(at(data, "vy", 20.5, 0.5)).toBe(128 + Math.round(-6.3 * 4));
    expect(at(data, "vy", 40.5, 0.5)).toBe(128);
    expect([codeVelocity(40), codeVelocity(-40), codeVelocity(0)]).toEqual([255, 0, 128]);
  });

  test("walkers and cyclists are vulnerable, cones and blocks static, parked cars vehicles", () => {
    const data = rasterizeBev(
      aScene({
        objects: [
          anObject({ id: 1, kind: "PEDESTRIAN", xM: 10.5, yM: 5.5, lengthM: 0.5, widthM: 0.5 }),
          anObject({
            id: 2,
            kind: "STATIC",
            xM: 10.5,
            yM: -5.5,
            lengthM: 1,
            widthM: 1,
            heightM: 0.8,
          }),
          anObject({ id: 3, xM: 5, yM: 10.5, speedMps: 0 }),
        ],
        blocks: [
          {
            ...{ xM: -9.5, yM: 0.5, yawRad: 0, lengthM: 3, widthM: 3, heightM: 5 },
            rgb: [9, 9, 9],
            kind: "BUILDING",
          },
        ],
      }),
    );
    expect(at(data, "vulnerable", 10.5, 5.5)).toBe(255);
    expect(at(data, "static", 10.5, -5.5)).toBe(255);
    expect(at(data, "vehicle", 5.5, 10.5)).toBe(255);
    expect(at(data, "static", -9.5, 0.5)).toBe(255);
    expect(at(data, "vehicle", 10.5, 5.5)).toBe(0);
  });
});

describe("sight", () => {
  const truck = anObject({ id: 1, kind: "TRUCK", xM: 12, lengthM: 8, widthM: 2.5, heightM: 3.5 });

  test("an object hidden behind a truck is left out together with its velocity", () => {
    const hidden = anObject({ id: 2, xM: 26, speedMps: 7 });
    const data = rasterizeBev(aScene({ objects: [truck, hidden] }));
    expect(at(data, "vehicle", 12.5, 0.5)).toBe(255);
    expect(at(data, "vehicle", 26.5, 0.5)).toBe(0);
    expect(at(data, "vx", 26.5, 0.5)).toBe(128);
    expect(at(data, "visible", 26.5, 0.5)).toBe(0);
    expect(at(data, "visible", 12.5, 0.5)).toBe(255);
    expect(at(data, "visible", 4.5, 0.5)).toBe(255);
    expect(at(rasterizeBev(aScene({ objects: [hidden] })), "vehicle", 26.5, 0.5)).toBe(255);
  });

  test("a truck that towers over the car in front of it is kept unless the eye is on the ground", () => {
    const car = anObject({ id: 1, xM: 12, heightM: 1.5 });
    const far = anObject({ ...truck, id: 2, xM: 40, widthM: 1.6 });
    const scene = aScene({ objects: [car, far] });
    expect(at(rasterizeBev(scene), "vehicle", 40.5, 0.5)).toBeGreaterThan(0);
    expect(at(rasterizeBev(scene, { eyeHeightM: 0 }), "vehicle", 40.5, 0.5)).toBe(0);
  });
});

describe("road", () => {
  test("lanes give drivable area and direction of travel", () => {
    const data = rasterizeBev(
      aScene({ lanes: [aLane(1, 0, { widthM: 4 }), aLane(2, 4, { widthM: 4, oncoming: true })] }),
    );
    expect(at(data, "drivable", 20.5, 0.5)).toBe(255);
    expect(at(data, "drivable", 20.5, -6.5)).toBe(0);
    expect(at(data, "lane_direction", 20.5, 0.5)).toBe(255);
    expect(at(data, "lane_direction", 20.5, 4.5)).toBe(0);
    expect(at(data, "lane_direction", 20.5, -6.5)).toBe(128);
    expect(at(data, "lane_mark", 20.5, -1.5) + at(data, "lane_mark", 20.5, -2.5)).toBe(256);
    expect(at(data, "lane_mark", 20.5, 0.5)).toBe(0);
  });

  test.each([
    ["RED", 255, 0],
    ["YELLOW", 255, 0],
    ["OFF", 255, 0],
    ["GREEN", 0, 255],
  ] as const)("a stop line under %s says stop %i, go %i", (state, stop, go) => {
    const data = rasterizeBev(
      aScene({
        stopLines: [{ id: 1, x0M: 30.5, y0M: 3, x1M: 30.5, y1M: -3, signalIds: [5] }],
        signals: [{ id: 5, xM: 40, yM: 0, zM: 5, yawRad: Math.PI, state }],
      }),
    );
    expect(at(data, "stop_line", 30.5, 0.5)).toBe(255);
    for (const x of [21.5, 26.5, 30.5]) {
      expect(at(data, "signal_stop", x, 0.5)).toBe(stop);
      expect(at(data, "signal_go", x, 0.5)).toBe(go);
    }
    for (const [x, y] of [
      [32.5, 0.5],
      [19.5, 0.5],
      [26.5, 4.5],
    ] as const)
      expect(at(data, "signal_stop", x, y) + at(data, "signal_go", x, y)).toBe(0);
  });

  test("a stop line without signals is a stop sign: neither stop nor go", () => {
    const data = rasterizeBev(
      aScene({ stopLines: [{ id: 1, x0M: 20.5, y0M: 3, x1M: 20.5, y1M: -3, signalIds: [] }] }),
    );
    expect(at(data, "stop_line", 20.5, 0.5)).toBe(255);
    expect(at(data, "signal_stop", 20.5, 0.5) + at(data, "signal_go", 20.5, 0.5)).toBe(0);
  });
});

test("an empty scene is all sight, nothing else", () => {
  const data = rasterizeBev(aScene());
  expect(data.length).toBe(12 * 128 * 64);
  for (const name of BEV_CHANNELS)
    expect(total(data, name), name).toBe(
      8192 *
        (name === "visible"
          ? 255
          : name === "vx" || name === "vy" || name === "lane_direction"
            ? 128
            : 0),
    );
});

test("the same scene gives the same bytes", () => {
  expect(rasterizeBev(aStreetScene())).toEqual(rasterizeBev(aStreetScene()));
});

describe("a scene that is not finite names the element", () => {
  test.each([
    ["objects[0] (id 4)", aScene({ objects: [anObject({ id: 4, yM: Number.NaN })] })],
    [
      "lanes[0] (id 3).centre",
      aScene({ lanes: [aLane(3, 0, { centre: Float64Array.of(0, 0, Number.NaN, 1) })] }),
    ],
    ["kerbs[0].line", aScene({ kerbs: [{ line: Float64Array.of(0, Infinity), heightM: 0.1 }] })],
    ["ego", aScene({ ego: { ...aScene().ego, xM: Number.NaN } })],
    ["scene", aScene({ light: Number.NaN })],
  ])("%s", (name, scene) => {
    expect(() => rasterizeBev(scene)).toThrow(RangeError);
    expect(() => rasterizeBev(scene)).toThrow(name);
  });
});
