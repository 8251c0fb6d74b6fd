/**
 * What do the rendered sensors look like? `node dist/bench/render-sheet.js [folder] [seed]` writes
 * `weather.png` (a row per scene, a column per weather), `cameras.png` (three cameras of one scene
 * in each weather) and `lidar.png` (each scene from above, dry and in rain), with towns where the
 * public scenarios are found.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Rig, RigCamera, Scene } from "../src/contract/scene.ts";
import { encodePng } from "../src/image/encode.ts";
import { renderCamera } from "../src/render/camera.ts";
import { castLidarEgo } from "../src/render/lidar.ts";
import { demoRig, scaleCamera } from "../src/render/rigs.ts";
import { buildLaneGraph } from "../src/world/graph/build.ts";
import { parseOpenDrive } from "../src/world/opendrive/parse.ts";
import { TrafficWorld } from "../src/world/traffic/traffic-world.ts";
import { createWorld } from "../src/world/world.ts";

type Picture = { readonly rgb: Uint8Array; readonly widthPx: number; readonly heightPx: number };
type Shown = { readonly name: string; readonly scene: Scene };

const ROOT = resolve(import.meta.dirname, "../..");
const GAP_PX = 4;
/** Half of the field shown from above, m, and its scale. */
const ABOVE_M = 50;
const ABOVE_PX_PER_M = 4;

/** Each with the changes of the scene that make it. */
const WEATHERS: readonly (readonly [string, Partial<Scene>])[] = [
  ["day", { light: 0.95, haze: 0.05, weather: {} }],
  ["dusk", { light: 0.32, haze: 0.1, weather: {} }],
  ["night", { light: 0, haze: 0.05, weather: {} }],
  ["rain", { light: 0.6, haze: 0.2, weather: { rain: 0.6 } }],
  ["night rain", { light: 0, haze: 0.1, weather: { rain: 0.5 } }],
  ["fog", { light: 0.75, haze: 0.1, weather: { visibilityM: 60 } }],
];

function roadScenes(seed: number): Shown[] {
  const of = (name: string, n: number, options: Parameters<typeof createWorld>[1]): Shown => {
    const world = createWorld(seed + n, options);
    for (let i = 0; i < 5; i++) world.step(0.1, { accelMps2: 0, curvatureInvm: 0 });
    return { name, scene: world.scene() };
  };
  return [
    of("city", 1, { nominal: true, roadClass: "CITY", plan: { signal: "LIGHT" } }),
    of("stop sign", 2, { nominal: true, roadClass: "CITY", plan: { signal: "SIGN" } }),
    of("rural", 3, { nominal: true, roadClass: "RURAL" }),
    of("highway", 4, { nominal: true, roadClass: "HIGHWAY" }),
  ];
}

function townScenes(seed: number): Shown[] {
  const shared = resolve(ROOT, process.env.WAYWARDEN_SHARED ?? "../shared");
  return ["Town01", "Town02", "Town04", "Town10HD"].flatMap((town) => {
    const path = join(shared, "scenarios", "towns", `${town}.xodr`);
    if (!existsSync(path)) return [];
    const graph = buildLaneGraph(parseOpenDrive(readFileSync(path, "utf8"), town));
    const starts = graph.lanes.filter(
      (l) => l.kind === "DRIVING" && l.junctionId === undefined && l.lengthM > 60,
    );
    const lane = starts[seed % starts.length]!;
    const world = new TrafficWorld({
      ...{ graph, seed, perKmLane: 25, egoMps: 0, people: { density: 3 } },
      egoStart: { lane: lane.index, sM: lane.lengthM - 28, dM: 0 },
    });
    for (let i = 0; i < 100; i++) world.step(0.1, { accelMps2: 0, steerRad: 0 });
    return [{ name: town, scene: world.scene() }];
  });
}

function look(scene: Scene, camera: RigCamera, widthPx: number, heightPx: number): Picture {
  const scaled = scaleCamera(camera, widthPx, heightPx);
  return { rgb: renderCamera(scene, scaled, 1), widthPx, heightPx };
}

/** Points of the first LiDAR from above: brightness is intensity, colour is height. */
function fromAbove(scene: Scene, rig: Rig): Picture {
  const { xyz, intensity } = castLidarEgo(scene, rig.lidars[0]!, 1);
  const size = 2 * ABOVE_M * ABOVE_PX_PER_M;
  const rgb = new Uint8Array(size * size * 3);
  for (let i = 0; i < intensity.length; i++) {
    const u = Math.floor((ABOVE_M - xyz[3 * i + 1]!) * ABOVE_PX_PER_M);
    const v = Math.floor((ABOVE_M - xyz[3 * i]!) * ABOVE_PX_PER_M);
    if (u < 0 || v < 0 || u >= size || v >= size) continue;
    const z = Math.min(1, Math.max(0, xyz[3 * i + 2]! / 3));
    const k = 70 + 185 * Math.sqrt(intensity[i]!);
    const colour = [k * Math.min(1, 0.3 + z), k * (1 - 0.5 * z), k * (1 - z)];
    for (let c = 0; c < 3; c++)
      rgb[3 * (v * size + u) + c] = Math.max(rgb[3 * (v * size + u) + c]!, colour[c]!);
  }
  return { rgb, widthPx: size, heightPx: size };
}

async function writeSheet(path: string, rows: readonly (readonly Picture[])[]): Promise<void> {
  const [first] = rows[0]!;
  const columns = Math.max(...rows.map((row) => row.length));
  const widthPx = columns * (first!.widthPx + GAP_PX);
  const heightPx = rows.length * (first!.heightPx + GAP_PX);
  const rgb = new Uint8Array(widthPx * heightPx * 3).fill(255);
  rows.forEach((row, j) => {
    row.forEach((p, i) => {
      for (let v = 0; v < p.heightPx; v++)
        rgb.set(
          p.rgb.subarray(v * p.widthPx * 3, (v + 1) * p.widthPx * 3),
          3 * ((j * (p.heightPx + GAP_PX) + v) * widthPx + i * (p.widthPx + GAP_PX)),
        );
    });
  });
  writeFileSync(path, await encodePng(rgb, widthPx, heightPx));
  console.log(path);
}

const folder = process.argv[2] ?? join(ROOT, "out", "render-sheet");
const seed = Number(process.argv[3] ?? 5);
mkdirSync(folder, { recursive: true });
const rig = demoRig();
const front = rig.cameras[0]!;
const shown = [...roadScenes(seed), ...townScenes(seed)];
console.log(`rows: ${shown.map(({ name }) => name).join(", ")}`);
console.log(`columns: ${WEATHERS.map(([name]) => name).join(", ")}, low sun`);
/** The sun low above the road ahead. */
const lowSun = ({ ego }: Scene): Partial<Scene> => ({
  ...{ light: 0.8, haze: 0.1 },
  weather: { sunElevationRad: 0.12, sunAzimuthRad: ego.yawRad + 0.15 },
});
const inWeathers = (scene: Scene): Scene[] => [
  ...WEATHERS.map(([, change]) => ({ ...scene, ...change })),
  { ...scene, ...lowSun(scene) },
];

await writeSheet(
  join(folder, "weather.png"),
  shown.map(({ scene }) => inWeathers(scene).map((s) => look(s, front, 352, 198))),
);
await writeSheet(
  join(folder, "cameras.png"),
  inWeathers(shown[0]!.scene).map((s) =>
    ["front_left", "front", "front_right"].map((name) =>
      look(s, rig.cameras.find((c) => c.name === name)!, 480, 270),
    ),
  ),
);
await writeSheet(join(folder, "lidar.png"), [
  shown.map(({ scene }) => fromAbove(scene, rig)),
  shown.map(({ scene }) => fromAbove({ ...scene, weather: { rain: 0.8 } }, rig)),
]);
