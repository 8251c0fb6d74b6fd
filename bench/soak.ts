/**
 * Does a live drive hold for half an hour? Starts Mosquitto, `waywarden feed --loop` with 2 % of the
 * messages dropped, doubled and delayed, `waywarden drive`, and an independent subscriber that opens
 * every seal. `node dist/bench/soak.js <log> [--minutes 30] [--cameras 3]`; writes
 * bench/results/soak.json and a table. Ends with 1 where an unsafe decision was published.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { basename, delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { findPackage } from "../src/cli/package-root.ts";
import { loadVehicleKey } from "../src/service/vehicle-key.ts";
import { connectBroker } from "../src/wire/broker-connection.ts";
import { SoakJudge } from "./soak-judge.ts";

const WARM_UP_S = 60;
const SAMPLE_MS = 5000;
const START_LIMIT_MS = 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "30" },
    cameras: { type: "string", default: "3" },
    out: { type: "string" },
  },
});
const { root } = findPackage();
const shared = resolve(root, process.env.WAYWARDEN_SHARED ?? "../shared");
const log = resolve(positionals[0] ?? join(shared, "data", "logs", "pandaset-002.mcap"));
const durationS = Number(values.minutes) * 60;
const folder = mkdtempSync(join(tmpdir(), "waywarden-soak-"));
const main = join(root, "bin", "waywarden.mjs");
const running: ChildProcess[] = [];

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

function run(program: string, args: readonly string[], stdout: "ignore" | "pipe" = "ignore") {
  const child = spawn(program, args, { stdio: ["ignore", stdout, "inherit"] });
  running.push(child);
  return child;
}

const ended = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((done) => child.once("exit", done));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (typeof address !== "object" || !address) throw new Error("a TCP port expected");
  return address.port;
}

function mosquittoPath(): string {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  const found = folders.map((dir) => join(dir, "mosquitto")).find((path) => existsSync(path));
  if (!found) throw new Error("mosquitto expected in PATH (apt-get install mosquitto)");
  return found;
}

/** Resident memory of a process, MB. */
function rssMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kb) / 1024;
}

/** Processor time of a process so far, s. */
function cpuS(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Least-squares slope of [s, MB] in MB per hour. */
function slopeMbPerHour(samples: readonly (readonly [number, number])[]): number {
  const n = samples.length;
  const meanS = samples.reduce((sum, [s]) => sum + s, 0) / n;
  const meanMb = samples.reduce((sum, [, mb]) => sum + mb, 0) / n;
  const over = samples.reduce((sum, [s, mb]) => sum + (s - meanS) * (mb - meanMb), 0);
  return (3600 * over) / samples.reduce((sum, [s]) => sum + (s - meanS) ** 2, 0);
}

const round = (value: number, digits = 1) => Number(value.toFixed(digits));

async function soak(): Promise<boolean> {
  const port = await freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const conf = join(folder, "mosquitto.conf");
  writeFileSync(
    conf,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type error\n`,
  );
  run(mosquittoPath(), ["-c", conf]);
  await sleep(1000);
  const keyPath = join(folder, "car.key");
  const { key } = await loadVehicleKey(keyPath, true);
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify({ host: { http: { port: 0 } } }));
  const judge = new SoakJudge(key);
  const client = await connectBroker(url);
  client.on("message", (topic, payload) => judge.take(topic, payload));
  await client.subscribeAsync("waywarden/v1/car/+", { qos: 1 });
  await client.unsubscribeAsync("waywarden/v1/car/observation");

  const drive = run(process.execPath, [
    ...[
      "--single-threaded-gc",
      "--always-sparkplug",
      main,
      "drive",
      "--config",
      config,
      "--broker",
      url,
      "--key",
      keyPath,
      "--quiet",
    ],
  ]);
  const feed = run(
    process.execPath,
    [
      ...[main, "feed", log, "--broker", url, "--loop", "--cameras", values.cameras],
      ...["--drop", ".02", "--duplicate", ".02", "--delay", ".02"],
    ],
    "pipe",
  );
  let fed = "";
  feed.stdout?.on("data", (data: Buffer) => {
    fed += data.toString();
  });
  const limitMs = performance.now() + START_LIMIT_MS;
  while (!judge.begun && performance.now() < limitMs) await sleep(100);
  if (!judge.begun) throw new Error("a decision from an observation within a minute expected");
  const warmS = Math.min(WARM_UP_S, durationS / 4);
  await sleep(warmS * 1000);
  judge.restart();
  const cpuStart = { drive: cpuS(drive.pid!), feed: cpuS(feed.pid!) };
  const startMs = performance.now();
  const memory: [number, number][] = [];
  while (performance.now() - startMs < durationS * 1000 && drive.exitCode === null) {
    await sleep(Math.min(SAMPLE_MS, durationS * 1000 - (performance.now() - startMs)));
    if (drive.exitCode === null)
      memory.push([(performance.now() - startMs) / 1000, rssMb(drive.pid!)]);
  }
  if (drive.exitCode !== null)
    throw new Error(`drive running expected, found exit code ${drive.exitCode}`);
  const measured = judge.finish();
  const wallS = (performance.now() - startMs) / 1000;
  const cpu = {
    drive: round((cpuS(drive.pid!) - cpuStart.drive) / wallS, 3),
    feed: round((cpuS(feed.pid!) - cpuStart.feed) / wallS, 3),
  };
  feed.kill("SIGINT");
  await ended(feed);
  await sleep(200);
  drive.kill("SIGTERM");
  const exitCode = await ended(drive);
  await sleep(300);
  await client.endAsync(true);
  const result = {
    what: "live drive through Mosquitto, 2 % of the observations dropped, doubled, delayed",
    commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root }).toString().trim(),
    machine: { cpu: cpus()[0]?.model, cores: availableParallelism(), load: loadavg() },
    log: basename(log),
    cameras: Number(values.cameras),
    durationS: round(wallS),
    ...measured,
    memoryMb: {
      first: round(memory[0]?.[1] ?? 0),
      last: round(memory.at(-1)?.[1] ?? 0),
      max: round(Math.max(...memory.map(([, mb]) => mb))),
      slopePerHour: round(slopeMbPerHour(memory)),
    },
    cpu,
    feed: JSON.parse(fed || "{}") as object,
    end: { exitCode, ...judge.lastWords },
  };
  const out = values.out ?? join(root, "bench", "results", "soak.json");
  mkdirSync(join(out, ".."), { recursive: true });
  writeFileSync(out, `${JSON.stringify(result, null, 2)}\n`);
  print(result);
  return Object.values(measured.unsafe).every((count) => count === 0);
}

/** Short table; nested counts on one line. */
function print(result: object): void {
  for (const [key, value] of Object.entries(result))
    console.log(`${key.padEnd(14)} ${typeof value === "object" ? JSON.stringify(value) : value}`);
}

try {
  if (!(await soak())) process.exitCode = 1;
} finally {
  for (const child of running) child.kill("SIGKILL");
}
