/**
 * How many simulated seconds does a second hold? `node dist/bench/simulate.bench.js`: a junction with lights,
 * 30 vehicles and people around, ten decisions a second, ego standing in their midst: traffic alone, with a
 * LiDAR of 32 beams, and with three cameras besides; with and without the service's pipeline behind them.
 * Cases are interleaved; the same seeds give every case the same world. Wall time tells of this machine and
 * its load; CPU time of all threads stands beside it, and a world without others is the floor of both.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import { openModelDriver } from "../src/cli/simulate/model-driver.ts";
import { makeSense, simulatedRig } from "../src/cli/simulate/sense.ts";
import type { Rig, Scene } from "../src/contract/scene.ts";
import { openRenderer } from "../src/dataset/render-thread.ts";
import { demoRig, scaleCamera } from "../src/render/rigs.ts";
import type { SensorDriver } from "../src/scenario/drivers/driver.ts";
import { junctionGraph } from "../src/world/testing/graphs.ts";
import { TrafficWorld } from "../src/world/traffic/traffic-world.ts";
import { commitOf } from "./environment.ts";

const ROUNDS = 3;
const STEP_S = 0.05;
const PERIOD_US = 100_000;
const MODEL_DIR = "models/waywarden-s";
const VEHICLES = 30;

type Case = {
  readonly name: string;
  readonly simulatedS: number;
  readonly vehicles: number;
  readonly rig?: Rig;
  readonly pipeline?: boolean;
  /** Simulated seconds per wall second that the project wants, where it wants any. */
  readonly goal?: number;
};

const scored = simulatedRig();
const blind: Rig = { ...scored, cameras: [] };
/** The pictures that the goal speaks of; scored runs have a wider one in front. */
const small: Rig = {
  ...scored,
  cameras: demoRig().cameras.map((camera) => scaleCamera(camera, 352, 128)),
};
const SENSED_S = 2;
const CASES: readonly Case[] = [
  { name: "empty world", simulatedS: 60, vehicles: 0 },
  { name: "traffic", simulatedS: 60, vehicles: VEHICLES, goal: 200 },
  { name: "LiDAR", simulatedS: SENSED_S, vehicles: VEHICLES, rig: blind },
  { name: "LiDAR, pipeline", simulatedS: SENSED_S, vehicles: VEHICLES, rig: blind, pipeline: true },
  { name: "3 × 352 × 128 + LiDAR", simulatedS: SENSED_S, vehicles: VEHICLES, rig: small, goal: 1 },
  {
    ...{ name: "3 × 352 × 128 + LiDAR, pipeline", simulatedS: SENSED_S, vehicles: VEHICLES },
    ...{ rig: small, pipeline: true, goal: 1 },
  },
  { name: "scored rig", simulatedS: SENSED_S, vehicles: VEHICLES, rig: scored, goal: 1 },
  {
    ...{ name: "scored rig, pipeline", simulatedS: SENSED_S, vehicles: VEHICLES },
    ...{ rig: scored, pipeline: true, goal: 1 },
  },
];

const graph = junctionGraph({ control: "LIGHTS", laneCount: 2, crossings: true });
const renderer = openRenderer();

const newWorld = (seed: number, vehicles: number) =>
  new TrafficWorld({
    graph,
    seed,
    egoStart: { lane: 1, sM: 150, dM: 0 },
    perKmLane: vehicles === 0 ? 0 : 100,
    maxVehicles: vehicles,
    ...(vehicles === 0 ? {} : { people: { density: 3 } }),
  });

const openDriver = (rig: Rig): Promise<SensorDriver> =>
  openModelDriver({
    modelDir: MODEL_DIR,
    safety: "on",
    rig,
    periodUs: PERIOD_US,
    delayUs: PERIOD_US / 2,
  });

/** One round of a case; what is opened before it is not counted. */
async function runRound(one: Case, seed: number, driver: SensorDriver | undefined) {
  const world = newWorld(seed, one.vehicles);
  const sense = one.rig && makeSense(one.rig, seed, renderer);
  const move = () => world.step(STEP_S, { steerRad: 0, accelMps2: 0 });
  const tick = async (id: number) => {
    if (sense) {
      const scene: Scene = world.scene();
      const input = await sense(scene, id, "", scene.stampUs);
      await driver?.decide(input);
    }
    move();
    move();
  };
  const ticks = one.simulatedS * 10;
  // buffers and code of the first ticks are made once
  for (let id = 0; id < 2; id++) await tick(id);
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  for (let id = 2; id < ticks + 2; id++) await tick(id);
  const wallS = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuS = (user + system) / 1e6;
  return { perWallS: one.simulatedS / wallS, perCpuS: one.simulatedS / cpuS, ticks, cpuS };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;
const rounded = (x: number): number => Number(x.toPrecision(3));

const drivers: (SensorDriver | undefined)[] = [];
for (const { rig, pipeline } of CASES)
  drivers.push(rig && pipeline ? await openDriver(rig) : undefined);
const rounds: Awaited<ReturnType<typeof runRound>>[][] = CASES.map(() => []);
for (let round = 0; round <= ROUNDS; round++)
  for (const [i, one] of CASES.entries()) {
    const result = await runRound(one, 1 + round, drivers[i]);
    // the first round warms up
    if (round > 0) rounds[i]!.push(result);
  }
for (const driver of drivers) await driver?.close?.();
await renderer.close();

const floorS = median(rounds[0]!.map(({ cpuS, ticks }) => cpuS / ticks));
const results = CASES.map(({ name, goal, vehicles }, i) => {
  const mine = rounds[i]!;
  const cpuMs = median(mine.map(({ cpuS, ticks }) => (1000 * cpuS) / ticks));
  const row = {
    ...{ case: name, vehicles },
    simulatedPerWallS: rounded(median(mine.map(({ perWallS }) => perWallS))),
    leastPerWallS: rounded(Math.min(...mine.map(({ perWallS }) => perWallS))),
    mostPerWallS: rounded(Math.max(...mine.map(({ perWallS }) => perWallS))),
    simulatedPerCpuS: rounded(median(mine.map(({ perCpuS }) => perCpuS))),
    cpuMsPerTick: rounded(cpuMs),
    timesEmptyWorld: rounded(cpuMs / (1000 * floorS)),
    ...(goal === undefined ? {} : { goalPerWallS: goal }),
  };
  console.log(JSON.stringify(row));
  return row;
});

mkdirSync("bench/results", { recursive: true });
writeFileSync(
  "bench/results/simulate.json",
  `${JSON.stringify(
    {
      question: "simulated seconds per second of wall and CPU time, with and without sensors",
      command: "node --single-threaded-gc --always-sparkplug dist/bench/simulate.bench.js",
      ...{ rounds: ROUNDS, cpu: cpus()[0]?.model, cores: availableParallelism(), load: loadavg() },
      node: process.version,
      commit: commitOf(process.cwd()),
      results,
    },
    null,
    2,
  )}\n`,
);
process.exit(0);
