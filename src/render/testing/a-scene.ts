import type { DetectedObject, Scene, SceneLane } from "../../contract/scene.ts";

/** A car ahead in the own lane unless said otherwise. */
export function anObject(change: Partial<DetectedObject> = {}): DetectedObject {
  return {
    ...{ id: 1, kind: "CAR", xM: 20, yM: 0, yawRad: 0, lengthM: 4.6, widthM: 1.9, heightM: 1.5 },
    ...{ speedMps: 5, accelMps2: 0, brakeLights: false, indicator: 0, rgb: [180, 30, 30] },
    ...change,
  };
}

/** Straight lane along x at lateral position yM. */
export function aLane(id: number, yM: number, change: Partial<SceneLane> = {}): SceneLane {
  const oncoming = change.oncoming ?? false;
  const points: number[] = [];
  for (let x = -100; x <= 200; x += 2) points.push(oncoming ? -x + 100 : x, yM);
  return {
    ...{ id, kind: "DRIVING", centre: Float64Array.from(points), widthM: 3.5 },
    ...{ leftMark: "SOLID", rightMark: "SOLID", oncoming },
    ...change,
  };
}

/** Nothing but ego at the origin, by day. */
export function aScene(change: Partial<Scene> = {}): Scene {
  return {
    ...{ id: 1, stampUs: 1_000_000, objects: [], lanes: [], stopLines: [], signals: [] },
    ...{ kerbs: [], blocks: [], light: 1, haze: 0, textureSeed: 7 },
    ego: {
      ...{ xM: 0, yM: 0, yawRad: 0, speedMps: 8, accelMps2: 0, yawRateRadps: 0 },
      ...{ lengthM: 4.7, widthM: 1.9 },
    },
    ...change,
  };
}

/** A two-way street with a red light, parked cars, walkers, houses and trees. */
export function aStreetScene(change: Partial<Scene> = {}): Scene {
  const line = (yM: number, from = -100, to = 200) => {
    const points: number[] = [];
    for (let x = from; x <= to; x += 2) points.push(x, yM);
    return Float64Array.from(points);
  };
  const cross = new Float64Array(80);
  for (let i = 0; i < 40; i++) {
    cross[2 * i] = 48;
    cross[2 * i + 1] = -40 + 2 * i;
  }
  return aScene({
    lanes: [
      aLane(1, 0, { leftMark: "DOUBLE", rightMark: "DASHED" }),
      aLane(2, -3.5, { leftMark: "DASHED", rightMark: "SOLID" }),
      aLane(3, 3.5, { oncoming: true, leftMark: "DOUBLE", rightMark: "SOLID" }),
      aLane(4, -6.5, { kind: "PARKING", widthM: 2.5, leftMark: "NONE", rightMark: "NONE" }),
      aLane(5, 7, { kind: "SIDEWALK", widthM: 3, leftMark: "NONE", rightMark: "NONE" }),
      aLane(6, -9.25, { kind: "SIDEWALK", widthM: 3, leftMark: "NONE", rightMark: "NONE" }),
      aLane(7, 0, { centre: cross, widthM: 7, leftMark: "NONE", rightMark: "NONE" }),
    ],
    stopLines: [{ id: 1, x0M: 42, y0M: 1.7, x1M: 42, y1M: -5.2, signalIds: [1] }],
    signals: [
      { id: 1, xM: 53, yM: -5.8, zM: 3.2, yawRad: Math.PI, state: "RED" },
      { id: 2, xM: 53, yM: 0, zM: 5.5, yawRad: Math.PI, state: "RED" },
    ],
    kerbs: [
      { line: line(5.4, -100, 42), heightM: 0.14 },
      { line: line(-7.75, -100, 42), heightM: 0.14 },
      { line: line(5.4, 54), heightM: 0.14 },
      { line: line(-7.75, 54), heightM: 0.14 },
    ],
    blocks: [0, 1, 2, 3, 4, 5].flatMap((i) => [
      {
        ...{ xM: -20 + i * 24, yM: 18 + (i % 2) * 2, yawRad: 0, lengthM: 18, widthM: 12 },
        ...{ heightM: 7 + 4 * (i % 3), rgb: [170, 140 - 10 * i, 120] as const },
        kind: "BUILDING" as const,
      },
      {
        ...{ xM: -10 + i * 22, yM: -11.5, yawRad: 0, lengthM: 0.4, widthM: 0.4, heightM: 7 },
        ...{ rgb: [80, 60, 45] as const, kind: "TREE" as const },
      },
      {
        ...{ xM: i * 25, yM: 6, yawRad: 0, lengthM: 0.2, widthM: 0.2, heightM: 7 },
        ...{ rgb: [120, 120, 125] as const, kind: "POLE" as const },
      },
    ]),
    objects: [
      anObject({ id: 1, xM: 22, brakeLights: true, indicator: 1 }),
      anObject({ id: 2, xM: 34, yM: -3.5, speedMps: 3, kind: "VAN", heightM: 2.3, lengthM: 5.4 }),
      anObject({ id: 3, xM: 30, yM: 3.5, yawRad: Math.PI, speedMps: 9, rgb: [40, 60, 140] }),
      anObject({ id: 4, xM: 12, yM: -6.5, speedMps: 0, rgb: [220, 220, 220] }),
      anObject({ id: 5, xM: 18.5, yM: -6.6, speedMps: 0, rgb: [30, 30, 32] }),
      anObject({
        ...{ id: 6, kind: "TRUCK", xM: 62, yM: 3.6, yawRad: Math.PI, speedMps: 7 },
        ...{ lengthM: 9, widthM: 2.5, heightM: 3.6 },
      }),
      anObject({
        ...{ id: 7, kind: "PEDESTRIAN", xM: 16, yM: 6.6, yawRad: 0.2, speedMps: 1.3 },
        ...{ lengthM: 0.5, widthM: 0.55, heightM: 1.75, rgb: [40, 110, 60] },
      }),
      anObject({
        ...{ id: 8, kind: "CYCLIST", xM: 26, yM: -4.9, speedMps: 4 },
        ...{ lengthM: 1.8, widthM: 0.6, heightM: 1.75, rgb: [210, 170, 30] },
      }),
      anObject({
        ...{ id: 9, kind: "STATIC", xM: 11, yM: -2, speedMps: 0 },
        ...{ lengthM: 0.4, widthM: 0.4, heightM: 0.75, rgb: [230, 90, 20] },
      }),
      anObject({
        ...{ id: 10, kind: "PEDESTRIAN", xM: 44.5, yM: 1, yawRad: Math.PI / 2, speedMps: 1.2 },
        ...{ lengthM: 0.5, widthM: 0.5, heightM: 1.7, rgb: [200, 200, 210] },
      }),
    ],
    light: 0.9,
    haze: 0.1,
    ...change,
  });
}
