/**
 * From a fresh clone to a running command, with Node built-ins only: installs when node_modules does
 * not fit package-lock.json, builds when dist does not fit the sources, then runs the command.
 * Needs no network once installed. Own messages go to stderr, so stdout stays the command's.
 *
 *   node bin/bootstrap.mjs demo|test|check|lint|format|types|build|bench [arguments…]
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const NODE_MIN = [20, 19];
const INSTALL_STAMP = join(ROOT, "node_modules", ".waywarden-lock");
const BUILD_STAMP = join(ROOT, "dist", ".waywarden-sources");
const TEST_FILE = /\.(test|cases|fixture)\.ts$|\/testing\//;

const BIOME = ["node_modules/@biomejs/biome/bin/biome", "check"];
const TSC = ["node_modules/typescript/bin/tsc"];
const VITEST = ["node_modules/vitest/vitest.mjs", "run"];
const FAST_ONLY = ["--exclude=**/*.slow.test.ts", "--exclude=**/*.broker.test.ts"];

/**
 * Command → whether it needs dist, and the Node command lines to run, all of them even after one
 * has failed. Arguments of the caller go to the last one.
 * @type {Record<string, { build: boolean, lines: () => string[][] }>}
 */
const COMMANDS = {
  demo: {
    build: true,
    lines: () => [["--single-threaded-gc", "--always-sparkplug", "bin/waywarden.mjs", "demo"]],
  },
  test: { build: true, lines: () => [VITEST] },
  check: { build: true, lines: () => [BIOME, [...TSC, "--noEmit"], [...VITEST, ...FAST_ONLY]] },
  lint: { build: false, lines: () => [BIOME] },
  format: { build: false, lines: () => [[...BIOME, "--write"]] },
  types: { build: false, lines: () => [[...TSC, "--noEmit"]] },
  build: { build: true, lines: () => [] },
  bench: { build: true, lines: benchLines },
};

/** Every bench/*.bench.ts in turn. */
function benchLines() {
  return readdirSync(join(ROOT, "dist", "bench"))
    .filter((name) => name.endsWith(".bench.js"))
    .sort()
    .map((name) => [`dist/bench/${name}`]);
}

const say = (text) => process.stderr.write(`waywarden: ${text}\n`);
const hashOf = (text) => createHash("sha256").update(text).digest("hex");
const readText = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** Runs a program to its end; answers its exit code, 128 + n for a signal. */
function run(program, args, stdio) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio, shell: program.endsWith(".cmd") });
    const pass = (signal) => child.kill(signal);
    // A terminal sends SIGINT to the child itself.
    const interrupt = (signal) => process.stdin.isTTY || pass(signal);
    process.on("SIGTERM", pass);
    process.on("SIGINT", interrupt);
    const end = (code) => {
      process.off("SIGTERM", pass);
      process.off("SIGINT", interrupt);
      resolve(code);
    };
    child.on("error", (error) => {
      say(`cannot run ${program}: ${error.message}`);
      end(127);
    });
    child.on("exit", (code, signal) => end(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

/** true where node_modules holds what the lock names, whoever installed it. */
function modulesFitLock(lockText) {
  const installedText = readText(join(ROOT, "node_modules", ".package-lock.json"));
  if (installedText === "") return false;
  const wanted = JSON.parse(lockText).packages;
  const installed = JSON.parse(installedText).packages;
  const fits = (path) => installed[path]?.version === wanted[path].version;
  const absentIsFine = (path) => wanted[path].optional === true && !(path in installed);
  return (
    Object.keys(wanted).every((path) => path === "" || fits(path) || absentIsFine(path)) &&
    Object.keys(installed).every((path) => path in wanted)
  );
}

async function installIfNeeded() {
  const lockText = readText(join(ROOT, "package-lock.json"));
  if (lockText === "") throw new Error(`package-lock.json expected in ${ROOT}, found none`);
  const lockHash = hashOf(lockText);
  if (readText(INSTALL_STAMP) === lockHash) return;
  if (!modulesFitLock(lockText)) {
    say("installing packages (npm ci)");
    const npmScript = process.env.npm_execpath ?? "";
    const args = ["ci", "--no-audit", "--no-fund"];
    const byNode = /npm-cli\.c?js$/.test(npmScript);
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const code = byNode
      ? await run(process.execPath, [npmScript, ...args], ["ignore", 2, 2])
      : await run(npm, args, ["ignore", 2, 2]);
    if (code !== 0) throw new Error(`npm ci ended with ${code}; the first install needs a network`);
  }
  writeFileSync(INSTALL_STAMP, lockHash);
}

/** Product sources below a folder, relative to the root, sorted. */
function sourcesBelow(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => `${folder}/${String(name).replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".ts") && !TEST_FILE.test(name))
    .sort();
}

async function buildIfNeeded() {
  const sources = [...sourcesBelow("src"), ...sourcesBelow("bench")];
  const inputs = [...sources, "tsconfig.json", "tsconfig.build.json", "package-lock.json"];
  const hash = hashOf(inputs.map((name) => `${name}\n${readText(join(ROOT, name))}`).join("\n"));
  if (readText(BUILD_STAMP) === hash) return;
  say("building (tsc -p tsconfig.build.json)");
  const args = [...TSC, "-p", "tsconfig.build.json"];
  const code = await run(process.execPath, args, ["ignore", 2, 2]);
  if (code !== 0) throw new Error(`the build ended with ${code}; see the messages above`);
  removeOrphans();
  writeFileSync(BUILD_STAMP, hash);
}

/** Built files whose source is gone would still be found by an import. */
function removeOrphans() {
  for (const folder of ["src", "bench"]) {
    const built = join(ROOT, "dist", folder);
    if (!existsSync(built)) continue;
    for (const name of readdirSync(built, { recursive: true })) {
      const path = `${folder}/${String(name).replaceAll("\\", "/")}`;
      const source = path.replace(/(\.d\.ts|\.js\.map|\.js)$/, ".ts");
      if (source !== path && !existsSync(join(ROOT, source))) rmSync(join(ROOT, "dist", path));
    }
  }
}

async function main() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1]))
    throw new Error(`Node ${NODE_MIN.join(".")} or newer expected, found ${process.version}`);
  const [word = "", ...rest] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (command === undefined)
    throw new Error(`one of ${Object.keys(COMMANDS).join(", ")} expected, found "${word}"`);
  await installIfNeeded();
  if (command.build) await buildIfNeeded();
  let worst = 0;
  const lines = command.lines();
  for (const [i, line] of lines.entries()) {
    const args = i === lines.length - 1 ? [...line, ...rest] : line;
    const code = await run(process.execPath, args, "inherit");
    if (code > 128) return code;
    worst ||= code;
  }
  return worst;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
