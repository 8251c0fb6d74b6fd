import { performance } from "node:perf_hooks";
import { rasterizeBev } from "../src/render/bev-truth.ts";
import { renderCamera } from "../src/render/camera.ts";
import { castLidar } from "../src/render/lidar.ts";
import { demoRig, scaleCamera } from "../src/render/rigs.ts";
import { aStreetScene } from "../src/render/testing/a-scene.ts";

/** Prints p50 and p99 of `run` over `count` fresh scenes after a warm-up, ms. */
function time(name: string, count: number, run: (i: number) => void): void {
  for (let i = 0; i < Math.min(count, 20); i++) run(i);
  const ms: number[] = [];
  const cpu0 = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const t0 = performance.now();
    run(i);
    ms.push(performance.now() - t0);
  }
  const { user, system } = process.cpuUsage(cpu0);
  const cpuMs = ((user + system) / 1000 / count).toFixed(2);
  ms.sort((a, b) => a - b);
  const at = (q: number) => ms[Math.min(ms.length - 1, Math.floor(q * ms.length))]!.toFixed(2);
  console.log(
    `${name}: min ${at(0)}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, CPU ${cpuMs} ms (${count} runs)`,
  );
}

const lidar = demoRig().lidars[0]!;
const thin = {
  ...lidar,
  beamCount: 32,
  elevationsRad: lidar.elevationsRad.filter((_, i) => i % 2 === 0),
  azimuthCount: 1024,
};
const scene = (i: number) => aStreetScene({ textureSeed: i });

/** What one tick of a simulated vehicle costs: three cameras of 352 × 128 and a LiDAR of 32 beams. */
const views = demoRig().cameras.map((camera) => scaleCamera(camera, 352, 128));
for (const [name, weather] of [
  ["plain", undefined],
  ["rain at night", { rain: 0.6 }],
] as const) {
  time(`frame, 3 × 352 × 128 + 32 × 1024, new scene each, ${name}`, 40, (i) => {
    const one = aStreetScene({ textureSeed: i, ...(weather ? { weather, light: 0 } : {}) });
    for (const view of views) renderCamera(one, view, i);
    castLidar(one, thin, i);
  });
}

time("rasterizeBev, new scene each", 300, (i) => void rasterizeBev(scene(i)));
const kept = scene(1);
time("castLidar 32 × 1024, scene kept", 60, (i) => void castLidar(kept, thin, i));
time("castLidar 64 × 1800, scene kept", 40, (i) => void castLidar(kept, lidar, i));
time("castLidar 64 × 1800, new scene each", 40, (i) => void castLidar(scene(i), lidar, i));

const front = demoRig().cameras[0]!;
const small = scaleCamera(front, 320, 96);
time("renderCamera 320 × 96, new scene each", 60, (i) => void renderCamera(scene(i), small, i));
time("renderCamera 320 × 96, scene kept", 60, (i) => void renderCamera(kept, small, i));
time(
  "renderCamera 320 × 96, 1 ray a pixel",
  60,
  (i) => void renderCamera(kept, small, i, { samples: 1 }),
);
time("renderCamera 960 × 540, scene kept", 20, (i) => void renderCamera(kept, front, i));
