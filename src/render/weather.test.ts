import { describe, expect, test } from "vitest";
import type { RigCamera, Scene, SceneWeather } from "../contract/scene.ts";
import { projectPoint } from "../geometry/camera.ts";
import { invert, transformPoint } from "../geometry/se3.ts";
import { renderCamera } from "./camera.ts";
import { prepareScene } from "./prepare.ts";
import { demoRig, scaleCamera } from "./rigs.ts";
import { aLane, anObject, aScene, aStreetScene } from "./testing/a-scene.ts";

const front = scaleCamera(demoRig().cameras[0]!, 352, 198);

/** Mean of [r, g, b] around the pixel of an ego point, over `half` pixels each way. */
function meanAt(scene: Scene, p: readonly [number, number, number], half = 2, camera = front) {
  const rgb = renderCamera(scene, camera, 4);
  const { u, v } = pixelOf(camera, p);
  const sum = [0, 0, 0];
  for (let y = v - half; y <= v + half; y++)
    for (let x = u - half; x <= u + half; x++)
      for (let c = 0; c < 3; c++)
        sum[c] = sum[c]! + rgb[3 * (y * camera.intrinsics.widthPx + x) + c]!;
  return sum.map((s) => s / (2 * half + 1) ** 2) as [number, number, number];
}

function pixelOf(camera: RigCamera, p: readonly [number, number, number]) {
  const c = transformPoint(invert(camera.egoFromCamera), p);
  const q = projectPoint(camera.intrinsics, c[0], c[1], c[2])!;
  return { u: Math.round(q.uPx), v: Math.round(q.vPx) };
}

const road = (weather: SceneWeather | undefined, change: Partial<Scene> = {}): Scene =>
  aScene({
    lanes: [aLane(1, 0), aLane(2, 3.5, { oncoming: true }), aLane(3, -3.5)],
    textureSeed: 3,
    ...(weather ? { weather } : {}),
    ...change,
  });
const grey = ([r, g, b]: readonly number[]) => (r! + g! + b!) / 3;

test("a wet road mirrors the red light above it, a dry one does not", () => {
  const light: Partial<Scene> = {
    signals: [{ id: 1, xM: 25, yM: 0, zM: 3, yawRad: Math.PI, state: "RED" }],
    light: 0.4,
  };
  // The mirrored lamp is seen where the line to its image below the ground meets the road.
  const image = [25, 0, -3.37] as const;
  const redness = (weather: SceneWeather) => {
    const [r, g, b] = meanAt(road(weather, light), image, 1);
    return r - (g + b) / 2;
  };
  expect(redness({ rain: 0.5 })).toBeGreaterThan(redness({}) + 15);
});

test("fog takes the contrast of a white wall at its visibility, and not of a near one", () => {
  const contrast = (xM: number, weather: SceneWeather) => {
    const object = anObject({
      xM,
      rgb: [250, 250, 250],
      widthM: 3,
      heightM: 3,
      lengthM: 1,
      kind: "STATIC",
    });
    const p = [xM - 0.5, 0, 1.6] as const;
    const with_ = grey(meanAt(road(weather, { objects: [object] }), p, 1));
    return Math.abs(with_ - grey(meanAt(road(weather), p, 1)));
  };
  const fog = { visibilityM: 60 };
  expect(contrast(60, fog)).toBeLessThan(0.25 * contrast(60, { visibilityM: 5000 }));
  expect(contrast(12, fog)).toBeGreaterThan(0.4 * contrast(12, { visibilityM: 5000 }));
});

describe("at night", () => {
  const night = { light: 0 };

  test("a street lamp lights the ground below it, a short pole does not", () => {
    const below = (heightM: number) =>
      grey(
        meanAt(
          road(
            {},
            {
              ...night,
              blocks: [2, 6, 11, 17].map((i) => ({
                ...{ xM: 40, yM: 6 + i * 0.01, yawRad: 0, lengthM: 0.2, widthM: 0.2, heightM },
                ...{ rgb: [110, 110, 110] as const, kind: "POLE" as const },
              })),
            },
          ),
          [40, 4, 0],
        ),
      );
    expect(below(7)).toBeGreaterThan(below(3) + 12);
  });

  test("oncoming headlamps light the road before them", () => {
    const oncoming = anObject({ xM: 50, yM: 3.5, yawRad: Math.PI });
    const p = [39, 3.5, 0] as const;
    const without = grey(meanAt(road({}, night), p));
    expect(grey(meanAt(road({}, { ...night, objects: [oncoming] }), p))).toBeGreaterThan(
      without + 6,
    );
  });

  test("the sky is darker than the road in our own beam", () => {
    const scene = road({}, night);
    expect(grey(meanAt(scene, [60, 0, 12]))).toBeLessThan(grey(meanAt(scene, [12, 0, 0])) - 30);
  });
});

test("a low sun dazzles where it stands and throws long shadows", () => {
  const up = 0.12;
  const at = (yaw: number, weather: SceneWeather) =>
    grey(meanAt(road(weather, { light: 0.8 }), [100 * Math.cos(yaw), 100 * Math.sin(yaw), 12], 1));
  const low = { sunElevationRad: up, sunAzimuthRad: 0.2 };
  expect(at(0.2, low)).toBeGreaterThan(245);
  expect(at(0.2, low)).toBeGreaterThan(at(-0.4, low) + 25);
  // A 4 m truck throws a shadow of 4 / tan(0.12) = 33 m away from the sun.
  const truck = anObject({
    kind: "TRUCK",
    xM: 28.5,
    yM: 11.3,
    heightM: 4,
    widthM: 2.5,
    lengthM: 6,
  });
  const weather = { sunElevationRad: up, sunAzimuthRad: 0.6 };
  const p = [12, 0, 0] as const;
  const shaded = grey(meanAt(road(weather, { light: 0.8, objects: [truck] }), p));
  expect(shaded).toBeLessThan(grey(meanAt(road(weather, { light: 0.8 }), p)) - 15);
});

test("streaks of rain follow the seed of the picture, and heavier rain has more", () => {
  const scene = (rain: number) => aStreetScene({ weather: { rain }, textureSeed: 3 });
  const differing = (rain: number) => {
    const a = renderCamera(scene(rain), front, 1);
    const b = renderCamera(scene(rain), front, 2);
    return a.reduce((n, v, i) => n + (Math.abs(v - b[i]!) > 12 ? 1 : 0), 0);
  };
  expect(differing(0.8)).toBeGreaterThan(1.5 * differing(0.1));
  expect(renderCamera(scene(0.5), front, 9)).toEqual(renderCamera(scene(0.5), front, 9));
});

test("a braking motorcycle shows red behind, and a cycle only in the dark", () => {
  const red = (kind: "MOTORCYCLE" | "CYCLIST", light: number, brakeLights: boolean) => {
    const object = anObject({
      ...{ kind, xM: 12, lengthM: 2, widthM: 0.7, heightM: 1.6, rgb: [60, 60, 60], brakeLights },
    });
    const z = kind === "MOTORCYCLE" ? 0.8 : 0.65;
    const [r, g] = meanAt(road({}, { light, objects: [object] }), [10.97, 0, z], 1);
    return r - g;
  };
  expect(red("MOTORCYCLE", 0.9, true)).toBeGreaterThan(red("MOTORCYCLE", 0.9, false) + 10);
  expect(red("CYCLIST", 0.05, false)).toBeGreaterThan(red("CYCLIST", 0.9, false) + 10);
});

test("a vehicle at speed hides in its spray, a standing one does not", () => {
  const tail = (speedMps: number, weather: SceneWeather) => {
    const object = anObject({
      kind: "TRUCK",
      xM: 30,
      heightM: 3.6,
      widthM: 2.5,
      lengthM: 9,
      speedMps,
    });
    return meanAt(road(weather, { objects: [object] }), [25.4, 0, 0.7], 1);
  };
  const gap = (weather: SceneWeather) => Math.abs(grey(tail(25, weather)) - grey(tail(0, weather)));
  expect(gap({ rain: 0.8 })).toBeGreaterThan(gap({}) + 10);
});

test("weather that is not a number is refused by name", () => {
  expect(() => prepareScene(road({ rain: Number.NaN }))).toThrow(/weather: finite rain/);
});
