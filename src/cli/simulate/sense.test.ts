import { describe, expect, test } from "vitest";
import type { Rig, Scene } from "../../contract/scene.ts";
import { aScene } from "../../expert/scene.fixture.ts";
import { demoRig, scaleCamera } from "../../render/rigs.ts";
import type { SensorInput } from "../../scenario/drivers/driver.ts";
import { makeSense, sensorsNeeded } from "./sense.ts";

/** Every path to a value in the input, arrays and typed arrays as one step. */
function pathsOf(value: unknown, at = ""): string[] {
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return [at];
  if (Array.isArray(value))
    return [...new Set(value.flatMap((one) => pathsOf(one, `${at}[]`)))].sort();
  return Object.entries(value)
    .flatMap(([key, inner]) => pathsOf(inner, at === "" ? key : `${at}.${key}`))
    .sort();
}

/** All that a scored driver may know; a new field must be argued for here. */
const ALLOWED = [
  "givenUs",
  "id",
  "images[].camera.intrinsics.cxPx",
  "images[].camera.intrinsics.cyPx",
  "images[].camera.intrinsics.fxPx",
  "images[].camera.intrinsics.fyPx",
  "images[].camera.intrinsics.heightPx",
  "images[].camera.intrinsics.widthPx",
  "images[].camera.mountEgoFromCamera.r[]",
  "images[].camera.mountEgoFromCamera.t[]",
  "images[].data",
  "images[].egoFromCamera.r[]",
  "images[].egoFromCamera.t[]",
  "images[].encoding",
  "images[].name",
  "images[].stampUs",
  "odometry.accelMps2",
  "odometry.derived",
  "odometry.odomFromEgo.r[]",
  "odometry.odomFromEgo.t[]",
  "odometry.speedMps",
  "odometry.stampUs",
  "odometry.yawRateRadps",
  "stampUs",
  "sweeps[].droppedCount",
  "sweeps[].egoFromLidar.r[]",
  "sweeps[].egoFromLidar.t[]",
  "sweeps[].intensity",
  "sweeps[].name",
  "sweeps[].stampUs",
  "sweeps[].xyz",
  "text",
];

const smallRig = (): Rig => {
  const rig = demoRig();
  return {
    ...rig,
    cameras: rig.cameras.slice(0, 1).map((c) => scaleCamera(c, 96, 54)),
    lidars: rig.lidars.map((l) => ({ ...l, azimuthCount: 60 })),
  };
};

const sceneOf = (change: (scene: Scene) => Partial<Scene> = () => ({})): Scene => {
  const scene = aScene({
    laneCount: 2,
    stopLineM: 40,
    state: "RED",
    limitMps: 14,
    objects: [{ xM: 25, speedMps: 3 }],
  });
  return { ...scene, ...change(scene) };
};

const senseOnce = (scene: Scene) => makeSense(smallRig(), 5)(scene, 0, "go on", 7);

describe("what a scored driver is given", () => {
  test("is sensor bytes, noisy odometry and words, and nothing else", async () => {
    expect(pathsOf(await senseOnce(sceneOf()))).toEqual(ALLOWED);
  });

  test("does not tell what no sensor sees", async () => {
    const plain = await senseOnce(sceneOf());
    const hidden: readonly [string, (scene: Scene) => Partial<Scene>][] = [
      ["the speed limit", () => ({ speedLimitMps: 30 })],
      ["speeds of others", (s) => ({ objects: s.objects.map((o) => ({ ...o, speedMps: 9 })) })],
      [
        "which lanes are neighbours",
        (s) => ({
          lanes: s.lanes.map(({ leftId: _l, rightId: _r, ...lane }) => ({
            ...lane,
            id: lane.id + 70,
          })),
        }),
      ],
      ["the scene's number", () => ({ id: 4711 })],
    ];
    for (const [what, change] of hidden)
      expect(await senseOnce(sceneOf(change)), what).toEqual(plain);
  });

  test("shows what a camera sees, such as a light", async () => {
    const red = await senseOnce(sceneOf());
    const green = await senseOnce(
      sceneOf((s) => ({ signals: s.signals.map((one) => ({ ...one, state: "GREEN" })) })),
    );
    expect(green.images[0]!.data).not.toEqual(red.images[0]!.data);
  });

  test("never tells where in the map it is: odometry starts at its own origin and drifts", async () => {
    const sense = makeSense(smallRig(), 5);
    const at = (xM: number, tS: number) =>
      sceneOf((s) => ({
        stampUs: 1_000_000 + tS * 1e6,
        ego: { ...s.ego, xM: s.ego.xM + xM, speedMps: 10 },
      }));
    const first = await sense(at(0, 0), 0, "", 0);
    expect(first.odometry.odomFromEgo!.t).toEqual([0, 0, 0]);
    let last: SensorInput = first;
    for (let i = 1; i <= 20; i++) last = await sense(at(i, i / 10), i, "", 0);
    const [xM, yM] = last.odometry.odomFromEgo!.t;
    const moved = Math.hypot(xM, yM);
    expect(moved).toBeGreaterThan(18);
    expect(moved).toBeLessThan(22);
    expect(moved).not.toBeCloseTo(20, 3);
  });
});

test("a scored run renders every sensor; with the true BevState only what somebody still looks at", () => {
  const names = (rig: Rig) => [...rig.cameras, ...rig.lidars].map(({ name }) => name);
  const all = names(demoRig());
  expect(names(sensorsNeeded({ bev: "perceived", safety: "on" }))).toEqual(all);
  expect(names(sensorsNeeded({ bev: "perceived", safety: "off" }))).toEqual(all);
  expect(names(sensorsNeeded({ bev: "truth", safety: "on" }))).toEqual(["top"]);
  expect(names(sensorsNeeded({ bev: "truth", safety: "off" }))).toEqual([]);
});

test("without sensors there is odometry and text, of the same fields", async () => {
  const rig = sensorsNeeded({ bev: "truth", safety: "off" });
  const input = await makeSense(rig, 5)(sceneOf(), 0, "go on", 7);
  expect(input).toMatchObject({ images: [], sweeps: [], text: "go on", givenUs: 7 });
  const paths = pathsOf(input).filter((path) => path !== "");
  for (const path of paths) expect(ALLOWED).toContain(path);
});

test("a standing vehicle says that it stands; a moving one is a little wrong each time", async () => {
  const rig = sensorsNeeded({ bev: "truth", safety: "off" });
  const sense = makeSense(rig, 5);
  const speeds = async (speedMps: number) => {
    const out: number[] = [];
    for (let id = 0; id < 8; id++) {
      const scene = sceneOf((s) => ({ ego: { ...s.ego, speedMps } }));
      out.push((await sense(scene, id, "", 0)).odometry.speedMps);
    }
    return out;
  };
  expect(new Set(await speeds(0))).toEqual(new Set([0]));
  const moving = await speeds(10);
  expect(new Set(moving).size).toBe(8);
  expect(Math.max(...moving.map((v) => Math.abs(v - 10)))).toBeLessThan(0.4);
});

/** A field that could carry truth would have to be one of these; none is assignable. */
type Truth =
  | "scene"
  | "lanes"
  | "signals"
  | "objects"
  | "stopLines"
  | "guide"
  | "speedLimitMps"
  | "route";
type Leaks = Extract<keyof SensorInput, Truth>;
const leaks: [Leaks] extends [never] ? true : never = true;

test("the type has no field for truth", () => expect(leaks).toBe(true));
