/**
 * How long does raw-LiDAR obstacle detection take, and is it linear in points?
 * `node dist/bench/obstacles.bench.js`: p50, p99 and max of one update per point count, on one thread.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { ObstacleDetector } from "../src/obstacles/detector.ts";
import {
  type CastBox,
  castEgoState,
  castObservation,
  castSweep,
  ROOF_64,
  seeded,
} from "../src/obstacles/testing/ray-caster.ts";

const POINT_COUNTS = [25_000, 50_000, 100_000, 200_000];
const WARM_UP = 40;
const ROUNDS = 300;
const EGO_MPS = 8;

/** A street: kerbs, house fronts, parked cars, poles, pedestrians and moving traffic. */
function aStreet(): readonly CastBox[] {
  const random = seeded(7);
  const boxes: CastBox[] = [];
  for (let x = -60; x < 110; x += 14)
    for (const side of [-1, 1])
      boxes.push({ xM: x, yM: side * 14, lengthM: 13, widthM: 6, heightM: 9 });
  for (let x = -50; x < 100; x += 7)
    for (const side of [-1, 1])
      if (random() < 0.7)
        boxes.push({ xM: x, yM: side * 6, lengthM: 4.5, widthM: 1.8, heightM: 1.5 });
  for (let x = -40; x < 80; x += 12)
    boxes.push({ xM: x, yM: 8.5 + random(), lengthM: 0.3, widthM: 0.3, heightM: 5 });
  for (let i = 0; i < 8; i++)
    boxes.push({
      xM: 60 * random(),
      yM: -8.5 - random(),
      lengthM: 0.4,
      widthM: 0.5,
      heightM: 1.75,
      vxMps: 1.4,
    });
  boxes.push({ xM: 22, yM: 0, lengthM: 4.5, widthM: 1.8, heightM: 1.5, vxMps: 9 });
  boxes.push({ xM: 45, yM: 3.5, lengthM: 4.5, widthM: 1.8, heightM: 1.5, vxMps: -9 });
  return boxes;
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;

function measure(target: number) {
  // 64 beams, of which about 0.85 come back from this street.
  const lidar = { ...ROOF_64, azimuthCount: Math.round(target / (64 * 0.85)) };
  const world = {
    boxes: aStreet(),
    groundM: (_: number, y: number) => (Math.abs(y) > 7.5 ? 0.15 : 0),
  };
  const sweeps: Float32Array[] = [];
  for (let i = 0; i < 10; i++)
    sweeps.push(castSweep(lidar, world, { xM: EGO_MPS * i * 0.1, yM: 0, yawRad: 0 }, i * 0.1, i));
  const detector = new ObstacleDetector();
  const times: number[] = [];
  let obstacles = 0;
  let cpuUs = 0;
  for (let i = 0; i < WARM_UP + ROUNDS; i++) {
    const stampUs = 1e9 + i * 100_000;
    // Forwards and back again, so that the world stays the same.
    const k = i % 18;
    const xyz = sweeps[k < 10 ? k : 18 - k];
    const speed = k < 9 ? EGO_MPS : -EGO_MPS;
    const observation = castObservation(i, stampUs, xyz, castEgoState(stampUs, speed));
    const cpu = process.cpuUsage();
    const from = performance.now();
    const field = detector.update(observation);
    if (i >= WARM_UP) {
      times.push(performance.now() - from);
      const used = process.cpuUsage(cpu);
      cpuUs += used.user + used.system;
    }
    obstacles = field.obstacles.length;
  }
  times.sort((a, b) => a - b);
  return {
    points: Math.round(sweeps.reduce((sum, s) => sum + s.length / 3, 0) / sweeps.length),
    obstacles,
    /** Mean processor time, helper threads included; holds on a busy machine too. */
    cpuMs: cpuUs / 1000 / ROUNDS,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    maxMs: times[times.length - 1] ?? Number.NaN,
  };
}

const rows = POINT_COUNTS.map(measure);
const result = {
  question: "time of one obstacle update",
  cpu: cpus()[0]?.model ?? "unknown",
  node: process.version,
  load: loadavg()[0],
  rounds: ROUNDS,
  rows,
};
console.log("points  obstacles  cpu ms  p50 ms  p99 ms  max ms");
for (const r of rows)
  console.log(
    `${String(r.points).padStart(6)}  ${String(r.obstacles).padStart(9)}  ${r.cpuMs.toFixed(2).padStart(6)}  ${r.p50Ms.toFixed(2).padStart(6)}  ${r.p99Ms.toFixed(2).padStart(6)}  ${r.maxMs.toFixed(2).padStart(6)}`,
  );
mkdirSync("bench/results", { recursive: true });
writeFileSync("bench/results/obstacles.json", `${JSON.stringify(result, null, 2)}\n`);
