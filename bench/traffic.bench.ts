/**
 * How many simulated seconds does a second of CPU time hold, without sensors?
 * `node dist/bench/traffic.bench.js`: TrafficWorld with 30 vehicles (and more) at 10 and 20 Hz, with and
 * without a Scene per step, on one thread. CPU time is counted, so a busy machine matters less.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { junctionGraph, straightGraph } from "../src/world/testing/graphs.ts";
import { TrafficWorld, type TrafficWorldOptions } from "../src/world/traffic/traffic-world.ts";
import { commitOf } from "./environment.ts";

const SIMULATED_S = 120;
const ROUNDS = 3;

type Case = {
  readonly name: string;
  readonly rateHz: number;
  readonly scenes: boolean;
  readonly world: Omit<TrafficWorldOptions, "seed">;
};

const straight = straightGraph({
  laneCount: 3,
  lengthM: 9000,
  oncomingCount: 2,
  speedLimitMps: 25,
});
const junction = junctionGraph({ control: "LIGHTS", laneCount: 2, crossings: true });
const onRoad = { graph: straight, egoStart: { lane: 2, sM: 300, dM: 0 }, egoMps: 22 };
const inTown = { graph: junction, egoStart: { lane: 1, sM: 150, dM: 0 }, people: { density: 3 } };
const highway = (count: number) => ({ ...onRoad, perKmLane: 100, maxVehicles: count });
const town = (count: number) => ({ ...inTown, perKmLane: 100, maxVehicles: count });
const CASES: readonly Case[] = [
  { name: "highway, 30 vehicles", rateHz: 10, scenes: false, world: highway(30) },
  { name: "highway, 30 vehicles", rateHz: 20, scenes: false, world: highway(30) },
  { name: "highway, 30 vehicles, a Scene per step", rateHz: 10, scenes: true, world: highway(30) },
  { name: "lights, 30 vehicles and people", rateHz: 10, scenes: false, world: town(30) },
  { name: "lights, 30 vehicles and people", rateHz: 20, scenes: false, world: town(30) },
  { name: "lights, a Scene per step", rateHz: 10, scenes: true, world: town(30) },
  { name: "highway, 100 vehicles", rateHz: 10, scenes: false, world: highway(100) },
];

function simulate({ rateHz, scenes, world: options }: Case, seed: number) {
  const world = new TrafficWorld({ ...options, seed });
  let vehicles = 0;
  const begin = process.cpuUsage().user;
  const steps = SIMULATED_S * rateHz;
  for (let i = 0; i < steps; i++) {
    world.step(1 / rateHz, { steerRad: 0, accelMps2: 0 });
    vehicles += world.flow.riders.length;
    if (scenes) world.scene();
  }
  const cpuS = (process.cpuUsage().user - begin) / 1e6;
  return { perCpuS: SIMULATED_S / cpuS, vehicles: vehicles / steps };
}

const results = CASES.map((one) => {
  simulate(one, 1);
  const rounds = Array.from({ length: ROUNDS }, (_, i) => simulate(one, 2 + i));
  const sorted = rounds.map((r) => r.perCpuS).sort((a, b) => a - b);
  const vehicles = rounds.reduce((sum, r) => sum + r.vehicles, 0) / ROUNDS;
  const row = {
    case: one.name,
    rateHz: one.rateHz,
    meanVehicles: Number(vehicles.toFixed(1)),
    simulatedPerCpuS: Math.round(sorted[ROUNDS >> 1]!),
    least: Math.round(sorted[0]!),
    most: Math.round(sorted[ROUNDS - 1]!),
  };
  console.log(JSON.stringify(row));
  return row;
});

mkdirSync("bench/results", { recursive: true });
writeFileSync(
  "bench/results/traffic.json",
  `${JSON.stringify(
    {
      question: "simulated seconds of traffic per second of CPU time, without sensors",
      command: "node dist/bench/traffic.bench.js",
      ...{ simulatedS: SIMULATED_S, rounds: ROUNDS, cpu: cpus()[0]?.model, load: loadavg() },
      node: process.version,
      commit: commitOf(process.cwd()),
      results,
    },
    null,
    2,
  )}\n`,
);
