/**
 * How long does one safety check take, does it stay far below 1 ms at p99.9, and what is the tail?
 * `node --single-threaded-gc --always-sparkplug dist/bench/safety.bench.js [ROUNDS]` (as the service runs): 61 obstacles and 5,000
 * untracked points around the ego, one thread, proposals that bend. Rounds in which V8 collected
 * garbage or the kernel gave the CPU to another process are counted and reported apart. The hash of
 * all verdicts shows whether a change of the code has changed any of them.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { Supervisor } from "../src/safety/supervisor.ts";
import { commitOf } from "./environment.ts";
import { OBSTACLES, POINTS, SCENES, type Scene, ticksOf } from "./safety-scenes.ts";

const WARM_UP = 2_000;
const ROUNDS = Number(process.argv[2] ?? 20_000);

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;

function spread(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b);
  return {
    rounds: sorted.length,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    p999Ms: quantile(sorted, 0.999),
    maxMs: quantile(sorted, 1),
  };
}

/** Times of the rounds, in memory of their own: what a bench keeps on the heap its collector copies. */
const fromMs = new Float64Array(ROUNDS);
const tookMs = new Float64Array(ROUNDS);
const preempted = new Uint8Array(ROUNDS);
type Pause = { readonly startTime: number; readonly duration: number };
const pauses: Pause[] = [];
new PerformanceObserver((list) => pauses.push(...list.getEntries())).observe({
  entryTypes: ["gc"],
});

/** SHA-256 over every verdict of the scene, in order. */
function hashOf(ticks: ReturnType<typeof ticksOf>): string {
  const supervisor = new Supervisor();
  const hash = createHash("sha256");
  for (const tick of ticks) hash.update(JSON.stringify(supervisor.supervise(tick)));
  return hash.digest("hex").slice(0, 16);
}

/** Fills the columns; the modes and verdicts that came up. */
function runRounds(ticks: ReturnType<typeof ticksOf>) {
  const supervisor = new Supervisor();
  const modes: Record<string, number> = {};
  const verdicts: Record<string, number> = {};
  for (let n = -WARM_UP; n < ROUNDS; n++) {
    const i = (n + WARM_UP) % ticks.length;
    if (i === 0) supervisor.reset();
    const switches = process.resourceUsage().involuntaryContextSwitches;
    const startMs = performance.now();
    const { mode, verdict } = supervisor.supervise(ticks[i]!);
    const endMs = performance.now();
    const isPreempted = process.resourceUsage().involuntaryContextSwitches !== switches;
    if (n < 0) continue;
    fromMs[n] = startMs;
    tookMs[n] = endMs - startMs;
    preempted[n] = isPreempted ? 1 : 0;
    modes[mode] = (modes[mode] ?? 0) + 1;
    verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  }
  return { modes, verdicts };
}

async function measure(scene: Scene) {
  const ticks = ticksOf(scene);
  await wait(20);
  pauses.length = 0;
  const found = runRounds(ticks);
  // The observer is told of collections once the loop has ended.
  await wait(20);
  let next = 0;
  const collected = Array.from(fromMs, (from, i) => {
    while (next < pauses.length && pauses[next]!.startTime < from) next++;
    return next < pauses.length && pauses[next]!.startTime < from + tookMs[i]!;
  });
  const timesOf = (counts: (i: number) => boolean) =>
    Array.from(tookMs).filter((_, i) => counts(i));
  const result = {
    ...scene,
    verdictHash: hashOf(ticks),
    ...spread(timesOf(() => true)),
    withCollection: spread(timesOf((i) => collected[i]!)),
    preempted: spread(timesOf((i) => preempted[i] === 1)),
    neither: spread(timesOf((i) => preempted[i] === 0 && !collected[i])),
    ...found,
  };
  const line = (r: ReturnType<typeof spread>): string =>
    [r.p50Ms, r.p99Ms, r.p999Ms, r.maxMs].map((ms) => ms.toFixed(3)).join(" ");
  const { withCollection, neither } = result;
  console.log(
    `${scene.name.padEnd(24)} p50 p99 p99.9 max ${line(result)} ms; ` +
      `${withCollection.rounds} with collection ${line(withCollection)}; ` +
      `${result.preempted.rounds} preempted ${line(result.preempted)}; neither ${line(neither)}; ${result.verdictHash}`,
  );
  return result;
}

const results = [];
for (const scene of SCENES) results.push(await measure(scene));
const command = ["node", ...process.execArgv, "dist/bench/safety.bench.js"].join(" ");
mkdirSync("bench/results", { recursive: true });
writeFileSync(
  "bench/results/safety.json",
  `${JSON.stringify(
    {
      question: "time of one safety check",
      ...{ command, obstacles: OBSTACLES + 1, points: POINTS, rounds: ROUNDS, warmUp: WARM_UP },
      cpu: cpus()[0]?.model,
      load: loadavg(),
      node: process.version,
      commit: commitOf(process.cwd()),
      results,
    },
    null,
    2,
  )}\n`,
);
