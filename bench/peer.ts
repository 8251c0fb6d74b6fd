/**
 * How does Waywarden compare with the same job in Python? `node dist/bench/peer.js [LOG] [ROUNDS]`:
 * the peer in bench/peer (onnxruntime, numpy, OpenCV, paho) and Waywarden decide the same log with
 * the same model, cameras and threads and publish to the same Mosquitto, in turns (A/B/A/B), each
 * run a process of its own. `whole` is the service with obstacles, safety and seal, which the peer
 * has not; `like` stops where the peer does. Needs python3 and mosquitto; docs: bench/peer/README.md.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { defaultModelDir, findPackage } from "../src/cli/package-root.ts";
import { openSource } from "../src/ingest/source.ts";
import { spreadOf } from "../src/service/summary.ts";
import { findMosquitto, startMosquitto } from "../src/wire/mosquitto.cases.ts";
import { commitOf, findLog } from "./environment.ts";
import { type SideResult, STAGES, type Stage, type StageTimes } from "./peer-parts.ts";
import { peerPython } from "./peer-python.ts";

const CAMERAS = 3;
const ROUNDS = 7;
const STAGE_ROUNDS = 3;
/** Rounds that would start after this are left out, and the result says so. */
const BUDGET_S = 240;
const RUN_LIMIT_MS = 120_000;
const SIDES = ["whole", "like", "peer"] as const;
type Side = (typeof SIDES)[number];
type Round = Readonly<Record<Side, SideResult>>;

const execute = promisify(execFile);
const { root } = findPackage();

type Job = {
  readonly log: string;
  readonly cameras: readonly string[];
  readonly python: string;
  readonly brokerPort: number;
};

/** Runs a program and reads the JSON of its last line. */
async function lastLine<T>(program: string, args: readonly string[], cwd = root): Promise<T> {
  const options = { cwd, timeout: RUN_LIMIT_MS, maxBuffer: 1 << 24 };
  const { stdout } = await execute(program, args, options);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as T;
}

function runPeer<T>({ log, cameras, python }: Job, ...args: readonly string[]): Promise<T> {
  const fixed = ["-m", "peer", log, "--model", defaultModelDir(), "--cameras", cameras.join(",")];
  return lastLine<T>(python, [...fixed, ...args], join(root, "bench"));
}

function runNode<T>(name: string, ...args: readonly string[]): Promise<T> {
  return lastLine<T>(process.execPath, [join(root, "dist", "bench", name), ...args]);
}

function runSide(job: Job, side: Side): Promise<SideResult> {
  const { log, brokerPort, cameras } = job;
  const address = `127.0.0.1:${brokerPort}`;
  if (side === "peer") return runPeer(job, "--broker", address);
  return runNode("peer-side.js", side, log, String(cameras.length), `mqtt://${address}`);
}

/** The same result? Shares of equal bytes and tokens of the whole log. */
async function agreement(job: Job): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "waywarden-peer-"));
  try {
    await runNode("peer-dump.js", job.log, folder, String(job.cameras.length));
    return await runPeer(job, "--check", folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type StageRow = { readonly stage: Stage; readonly ours: number; readonly peer: number };

/** CPU ms of each stage alone, both sides in turns: median over rounds of the mean over ticks. */
async function stageRows(job: Job): Promise<StageRow[]> {
  const ours: StageTimes[] = [];
  const peer: StageTimes[] = [];
  for (let round = 0; round < STAGE_ROUNDS; round++) {
    ours.push(await runNode<StageTimes>("peer-stages.js", job.log, String(job.cameras.length)));
    peer.push(await runPeer<StageTimes>(job, "--stages"));
  }
  const middle = (runs: readonly StageTimes[], stage: Stage) =>
    median(runs.map((run) => mean(run.stages_ms[stage])));
  return STAGES.map((stage) => ({ stage, ours: middle(ours, stage), peer: middle(peer, stage) }));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);

function printStages(rows: readonly StageRow[]): void {
  console.log("stage alone | CPU ms per tick | peer | ratio");
  for (const { stage, ours, peer } of rows)
    console.log([stage, ours.toFixed(2), peer.toFixed(2), ratio(ours, peer)].join(" | "));
}

/** `mosquitto -h` begins with its version. */
const versionOf = (binary: string): string =>
  spawnSync(binary, ["-h"], { encoding: "utf8" }).stdout.match(/version ([\d.]+)/)?.[1] ??
  "unknown";

const rate = (r: SideResult): number => r.ticks / r.wall_s;
const cpuMs = (r: SideResult): number => (r.cpu_s / r.ticks) * 1000;
const ratio = (a: number, b: number): number => Math.round((a / b) * 100) / 100;
const median = (values: readonly number[]): number => spreadOf(values).p50;
const range = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}…${Math.max(...values).toFixed(digits)})`;

function printTable(rounds: readonly Round[]): void {
  console.log("side | ticks/s | CPU ms per tick | result to result p50 ms | p99 ms | peak MB");
  for (const side of SIDES) {
    const runs = rounds.map((round) => round[side]);
    const ticks = spreadOf(runs.flatMap((run) => run.tick_ms));
    const cells = [range(runs.map(rate), 1), range(runs.map(cpuMs), 1)];
    const peak = Math.max(...runs.map((run) => run.peak_rss_mb)).toFixed(0);
    console.log([side, ...cells, ticks.p50.toFixed(1), ticks.p99.toFixed(1), peak].join(" | "));
  }
  for (const { side, rateRatio, cpuRatio } of ratios(rounds))
    console.log(
      `${side} against peer, pair by pair: rate × ${range(rateRatio, 2)}, ` +
        `CPU per tick × ${range(cpuRatio, 2)}`,
    );
}

function ratios(rounds: readonly Round[]) {
  return (["like", "whole"] as const).map((side) => ({
    side,
    rateRatio: rounds.map((r) => ratio(rate(r[side]), rate(r.peer))),
    cpuRatio: rounds.map((r) => ratio(cpuMs(r[side]), cpuMs(r.peer))),
  }));
}

const startMs = performance.now();
const elapsedS = () => (performance.now() - startMs) / 1000;
const log = await findLog(root, process.argv[2]);
const wanted = Number(process.argv[3] ?? ROUNDS);
const source = await openSource(log, { cameras: CAMERAS });
const { cameras } = source.info;
await source.close();
const python = await peerPython(root);
const mosquitto = findMosquitto();
if (!mosquitto) throw new Error("mosquitto expected (apt-get install mosquitto), found none");
const broker = await startMosquitto(mosquitto);
const load = loadavg();
const rounds: Round[] = [];
let agreed: unknown;
let stages: StageRow[] = [];
try {
  const job: Job = { log, cameras, python, brokerPort: broker.port };
  agreed = await agreement(job);
  console.log(`agreement: ${JSON.stringify(agreed)}`);
  while (rounds.length < wanted && elapsedS() < BUDGET_S) {
    const round: Partial<Record<Side, SideResult>> = {};
    for (const side of SIDES) round[side] = await runSide(job, side);
    rounds.push(round as Round);
  }
  stages = await stageRows(job);
} finally {
  await broker.stop();
}
printTable(rounds);
printStages(stages);
const sides = Object.fromEntries(
  SIDES.map((side) => [
    side,
    rounds.map(({ [side]: run }) => ({
      ticks_per_s: rate(run),
      cpu_ms_per_tick: cpuMs(run),
      tick_ms: spreadOf(run.tick_ms),
      published: run.published,
      peak_rss_mb: run.peak_rss_mb,
    })),
  ]),
);
const result = {
  question: "the same job in Python: rate, CPU time and result",
  command: "node dist/bench/peer.js",
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  load,
  commit: commitOf(root),
  log: basename(log),
  model: basename(defaultModelDir()),
  threads: 1,
  cameras,
  versions: {
    ...rounds[0]?.like.versions,
    ...rounds[0]?.peer.versions,
    mosquitto: versionOf(mosquitto),
  },
  durationS: Math.round(elapsedS()),
  rounds: rounds.length,
  roundsWanted: wanted,
  agreement: agreed,
  ratios: ratios(rounds),
  stagesCpuMs: stages,
  sides,
};
mkdirSync(join(root, "bench", "results"), { recursive: true });
const path = join(root, "bench", "results", "peer.json");
writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
console.log(`${path}, ${result.durationS} s`);
