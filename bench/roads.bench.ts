/**
 * How long does it take to find the nearest lane, to read a file and build its graph, and to find a route?
 * `node dist/bench/roads.bench.js [file.xodr …]`: the given files, else the towns of the public scenarios,
 * else a grid of streets made here. Queries are spread evenly along the lanes and up to 15 m beside them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { basename, join, resolve } from "node:path";
import type { LaneGraph } from "../src/contract/lane-graph.ts";
import { lanePose } from "../src/world/graph/along.ts";
import { buildLaneGraph } from "../src/world/graph/build.ts";
import { indexLanes, nearestLane } from "../src/world/graph/lane-index.ts";
import { routesFrom } from "../src/world/graph/route.ts";
import type { OdrRoad, OpenDrive } from "../src/world/opendrive/model.ts";
import { parseOpenDrive } from "../src/world/opendrive/parse.ts";
import { Random } from "../src/world/random.ts";
import { commitOf } from "./environment.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const TOWNS = ["Town01", "Town02", "Town04", "Town10HD"];
const QUERIES = 200_000;
const WARM_UP = 20_000;
/** Queries timed together: a clock call costs as much as a query. */
const BATCH = 100;
const ROUTE_TREES = 50;
const BESIDE_MAX_M = 15;

function townsOrGrid(): OpenDrive[] {
  const shared = resolve(ROOT, process.env.WAYWARDEN_SHARED ?? "../shared");
  const files = TOWNS.map((town) => join(shared, "scenarios", "towns", `${town}.xodr`));
  if (files.every((file) => existsSync(file))) return files.map(read);
  console.log(`no towns at ${shared} (set WAYWARDEN_SHARED): a grid of streets instead`);
  return [gridOfStreets(24, 80)];
}

const read = (path: string): OpenDrive =>
  parseOpenDrive(readFileSync(path, "utf8"), basename(path));

/** `count` streets each way, `apartM` apart, two lanes each. */
function gridOfStreets(count: number, apartM: number): OpenDrive {
  const lengthM = (count - 1) * apartM;
  const street = (id: string, xM: number, yM: number, yawRad: number): OdrRoad => ({
    ...{ id, name: "", lengthM, rule: "RHT", types: [], elevation: [], superelevation: [] },
    planView: [{ sM: 0, xM, yM, yawRad, lengthM, shape: { kind: "LINE" } }],
    laneOffset: [],
    sections: [{ sM: 0, lanes: [1, 0, -1].map(lane) }],
    ...{ signals: [], signalReferences: [], objects: [] },
  });
  const lane = (id: number) => ({
    ...{ id, type: id === 0 ? "none" : "driving", level: false, predecessors: [], successors: [] },
    widths: id === 0 ? [] : [{ sM: 0, a: 3.5, b: 0, c: 0, d: 0 }],
    ...{ borders: [], marks: [], speeds: [], heights: [] },
  });
  const roads = Array.from({ length: count }, (_, i) => [
    street(`h${i}`, 0, i * apartM, 0),
    street(`v${i}`, i * apartM, 0, Math.PI / 2),
  ]).flat();
  const header = { revMajor: 1, revMinor: 7, name: "" };
  return { origin: "grid", header, roads, junctions: [], controllers: [] };
}

function queries(graph: LaneGraph, count: number): Float64Array {
  const random = new Random(7);
  const lanes = graph.lanes.filter(({ kind }) => kind === "DRIVING");
  const points = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const lane = random.pick(lanes);
    const besideM = random.range(-BESIDE_MAX_M, BESIDE_MAX_M);
    const pose = lanePose(lane, random.next() * lane.lengthM, besideM);
    points.set([pose.xM, pose.yM, pose.yawRad], 3 * i);
  }
  return points;
}

const quantile = (sorted: Float64Array, q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

function measure(drive: OpenDrive) {
  const buildFrom = performance.now();
  const graph = buildLaneGraph(drive);
  const indexFrom = performance.now();
  const index = indexLanes(graph);
  const indexMs = performance.now() - indexFrom;
  const points = queries(graph, WARM_UP + QUERIES);
  const times = new Float64Array(QUERIES / BATCH);
  let found = 0;
  const query = (i: number) => {
    const [x, y, yawRad] = [points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!];
    if (nearestLane(index, x, y, i % 2 === 0 ? { yawRad } : {})) found++;
  };
  for (let i = 0; i < WARM_UP; i++) query(i);
  const cpuFrom = process.cpuUsage();
  for (let batch = 0; batch < times.length; batch++) {
    const from = performance.now();
    for (let i = 0; i < BATCH; i++) query(WARM_UP + batch * BATCH + i);
    times[batch] = ((performance.now() - from) * 1000) / BATCH;
  }
  const cpu = process.cpuUsage(cpuFrom);
  times.sort();
  const random = new Random(8);
  const routeFrom = performance.now();
  for (let i = 0; i < ROUTE_TREES; i++)
    routesFrom(graph, { lane: random.pick(graph.lanes).index, sM: 0, dM: 0 });
  const routeMs = (performance.now() - routeFrom) / ROUTE_TREES;
  return {
    name: graph.name,
    lanes: graph.lanes.length,
    segments: index.laneOf.length,
    found,
    nearestUs: {
      cpuMean: rounded((cpu.user + cpu.system) / QUERIES),
      p50: rounded(quantile(times, 0.5)),
      p99: rounded(quantile(times, 0.99)),
      max: rounded(quantile(times, 1)),
    },
    buildMs: rounded(indexFrom - buildFrom, 0),
    indexMs: rounded(indexMs, 1),
    allRoutesFromOneLaneMs: rounded(routeMs, 2),
  };
}

const args = process.argv.slice(2);
const results = (args.length > 0 ? args.map(read) : townsOrGrid()).map(measure);
console.table(
  results.map(({ name, lanes, nearestUs, buildMs, indexMs, allRoutesFromOneLaneMs }) => ({
    ...{ name, lanes, ...nearestUs, buildMs, indexMs, allRoutesFromOneLaneMs },
  })),
);
const result = {
  question:
    "nearest lane within 20 us? (means over batches of 100 queries, and CPU time per query over all)",
  cpu: cpus()[0]?.model ?? "unknown",
  load: loadavg().map((load) => rounded(load)),
  node: process.version,
  commit: commitOf(ROOT),
  results,
};
const folder = join(ROOT, "bench", "results");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "roads.json"), `${JSON.stringify(result, null, 2)}\n`);
