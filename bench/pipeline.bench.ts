/**
 * How long does a decision take, how fast is a replay, and how much CPU time, time to the first
 * decision and memory does it need?
 * `node dist/bench/pipeline.bench.js [log]`: the replay command, a process of its own for each
 * number of cameras, threads and rate. At rate max the next tick is read while one is decided; the
 * age of decisions is therefore taken at rate 1, as a vehicle would see it.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";
import { defaultModelDir, findPackage } from "../src/cli/package-root.ts";
import { openSource } from "../src/ingest/source.ts";
import type { ReplaySummary, Spread } from "../src/service/summary.ts";
import { commitOf, findLog } from "./environment.ts";

const CAMERA_COUNTS = [3, 1, 6];
const VARIANTS = [
  { rate: "max", threads: 1 },
  { rate: "max", threads: 2 },
  { rate: "1", threads: 1 },
] as const;
const STAGES = ["decodeMs", "pillarsMs", "bevMs", "obstaclesMs", "plannerMs", "safetyMs"] as const;
/** Runs that would start after this are left out, and the result says so. */
const BUDGET_S = 150;
const RUN_LIMIT_MS = 60_000;

const { root } = findPackage();
const modelDir = resolve(root, process.env.WAYWARDEN_MODEL ?? defaultModelDir());
const folder = mkdtempSync(join(tmpdir(), "waywarden-bench-"));

type Run = {
  readonly cameras: number;
  readonly threads: number;
  readonly rate: string;
  readonly decisions: number;
  readonly stagesMs: Readonly<Record<string, Spread>>;
  /** Observation complete to decision sealed. */
  readonly decisionAgeMs: Spread;
  readonly replaySpeed: number;
  readonly cpuMsPerDecision: number;
  readonly firstDecisionS: number;
  readonly peakRssMb: number;
  readonly load: number;
  readonly decisionsHash: string;
};

async function camerasIn(log: string): Promise<number> {
  const source = await openSource(log);
  await source.close();
  return source.info.cameras.length;
}

async function measure(log: string, cameras: number, rate: string, threads: number): Promise<Run> {
  const load = loadavg()[0]!;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      // As the first line of the program says.
      ...[
        "--single-threaded-gc",
        "--always-sparkplug",
        join(root, "bin", "waywarden.mjs"),
        "replay",
        log,
        "--json",
        "-x",
        rate,
      ],
      ...["--broker", "none", "--model", modelDir, "--key", join(folder, "bench.key")],
      ...["--cameras", String(cameras), "--threads", String(threads)],
    ],
    { timeout: RUN_LIMIT_MS, maxBuffer: 1 << 24 },
  );
  const summary = JSON.parse(stdout) as ReplaySummary;
  const { latencyMs, decisionAgeMs, replaySpeed, cpuMsPerDecision, decisions } = summary;
  const { firstDecisionS, peakRssMb, hashes } = summary;
  return {
    ...{ cameras, threads, rate, decisions, stagesMs: latencyMs, decisionAgeMs, replaySpeed },
    ...{ cpuMsPerDecision, firstDecisionS, peakRssMb, load, decisionsHash: hashes.decisions },
  };
}

const spread = ({ p50, p99, max }: Spread): string =>
  [p50, p99, max].map((ms) => ms.toFixed(1)).join(" / ");

function printTable(runs: readonly Run[]): void {
  const titles = ["cameras", "threads", "rate", "decision age p50 / p99 / max", "x real"];
  console.log(`${titles.join(" | ")} | CPU ms | first s | MB | load`);
  for (const run of runs) {
    const { cameras, threads, rate, decisionAgeMs, replaySpeed, cpuMsPerDecision, load } = run;
    const cells = [cameras, threads, rate, `${spread(decisionAgeMs)} ms`, replaySpeed.toFixed(2)];
    const costs = [cpuMsPerDecision.toFixed(0), run.firstDecisionS.toFixed(1)];
    console.log([...cells, ...costs, run.peakRssMb.toFixed(0), load.toFixed(1)].join(" | "));
    const stages = STAGES.map((s) => `${s.replace("Ms", "")} ${spread(run.stagesMs[s]!)}`);
    console.log(`    ${stages.join(" · ")}`);
  }
}

const startMs = performance.now();
const log = await findLog(root, process.argv[2]);
const available = await camerasIn(log);
const runs: Run[] = [];
const skipped: string[] = [];
for (const cameras of CAMERA_COUNTS)
  for (const { rate, threads } of VARIANTS) {
    const name = `${cameras} cameras, ${threads} threads, rate ${rate}`;
    const elapsedS = (performance.now() - startMs) / 1000;
    if (cameras > available) skipped.push(`${name}: the log has ${available}`);
    else if (elapsedS > BUDGET_S) skipped.push(`${name}: ${elapsedS.toFixed(0)} s were used`);
    else runs.push(await measure(log, cameras, rate, threads));
  }
printTable(runs);
for (const line of skipped) console.log(`skipped: ${line}`);
const result = {
  question: "decision age, replay speed, CPU time, start-up and memory of the whole service",
  command: "npm run bench",
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  load: loadavg(),
  node: process.version,
  commit: commitOf(root),
  log: basename(log),
  model: basename(modelDir),
  durationS: Math.round((performance.now() - startMs) / 1000),
  runs,
  skipped,
};
mkdirSync(join(root, "bench", "results"), { recursive: true });
const path = join(root, "bench", "results", "pipeline.json");
writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
console.log(`${path}, ${result.durationS} s`);
