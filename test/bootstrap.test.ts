import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const BOOTSTRAP = join(import.meta.dirname, "..", "bin", "bootstrap.mjs");
const LOCK = { packages: { "": {}, "node_modules/one": { version: "1.0.0" } } };
let root = "";

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A script that appends `line` to the journal and its own arguments. */
const journalScript = (line: string, more = "") =>
  `const fs = require("node:fs");
   fs.appendFileSync("journal", ${JSON.stringify(line)} + " " + process.argv.slice(2).join(" ") + "\\n");
   ${more}`;

const FAKE_TSC = journalScript(
  "tsc",
  `if (!process.argv.includes("--noEmit")) {
     fs.mkdirSync("dist/src", { recursive: true });
     for (const name of fs.readdirSync("src")) fs.writeFileSync("dist/src/" + name.replace(".ts", ".js"), "");
   }`,
);
/** npm that installs the packages of LOCK and the tools that bootstrap starts. */
const FAKE_NPM = journalScript(
  "npm",
  `fs.mkdirSync("node_modules/typescript/bin", { recursive: true });
   fs.mkdirSync("node_modules/vitest", { recursive: true });
   fs.copyFileSync("fake-tsc.cjs", "node_modules/typescript/bin/tsc");
   fs.copyFileSync("fake-vitest.mjs", "node_modules/vitest/vitest.mjs");
   process.exit(Number(process.env.FAKE_NPM_CODE ?? 0));`,
);

/** Runs the bootstrap of the fake clone; `steps` is what ran since the last call. */
function bootstrap(args: readonly string[], env: Record<string, string> = {}) {
  rmSync(join(root, "journal"), { force: true });
  const result = spawnSync(process.execPath, [join(root, "bin/bootstrap.mjs"), ...args], {
    encoding: "utf8",
    env: { ...process.env, npm_execpath: join(root, "fake/npm-cli.js"), ...env },
  });
  const journal = join(root, "journal");
  const steps = existsSync(journal) ? readFileSync(journal, "utf8").trim().split("\n") : [];
  return { code: result.status, stdout: result.stdout, stderr: result.stderr, steps };
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "waywarden-bootstrap-"));
  mkdirSync(join(root, "bin"));
  cpSync(BOOTSTRAP, join(root, "bin/bootstrap.mjs"));
  write("fake/package.json", "{}");
  write("fake/npm-cli.js", FAKE_NPM);
  write("fake-tsc.cjs", FAKE_TSC);
  write("fake-vitest.mjs", 'import fs from "node:fs"; fs.appendFileSync("journal", "vitest\\n");');
  write("package-lock.json", JSON.stringify(LOCK));
  write("src/a.ts", "export const a = 1;");
  write(
    "bin/waywarden.mjs",
    `import fs from "node:fs";
     fs.appendFileSync("journal", "waywarden " + process.argv.slice(2).join(" ") + "\\n");
     console.log("{}");
     process.exit(Number(process.env.FAKE_CODE ?? 0));`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const INSTALL = "npm ci --no-audit --no-fund";
const BUILD = "tsc -p tsconfig.build.json";

describe("bootstrap", () => {
  test("a fresh clone installs, builds and runs; the second time it only runs", () => {
    expect(bootstrap(["demo"]).steps).toEqual([INSTALL, BUILD, "waywarden demo"]);
    expect(bootstrap(["demo"]).steps).toEqual(["waywarden demo"]);
  });

  test("a changed lock installs again, a changed source builds again", () => {
    bootstrap(["demo"]);
    appendFileSync(join(root, "package-lock.json"), "\n");
    expect(bootstrap(["build"]).steps).toEqual([INSTALL, BUILD]);
    appendFileSync(join(root, "src/a.ts"), "\n");
    expect(bootstrap(["build"]).steps).toEqual([BUILD]);
  });

  test("an install that fits the lock already is taken as it is", () => {
    bootstrap(["demo"]);
    rmSync(join(root, "node_modules/.waywarden-lock"));
    write("node_modules/.package-lock.json", JSON.stringify(LOCK));
    expect(bootstrap(["build"]).steps).toEqual([]);
  });

  test("an install of another version does not fit", () => {
    bootstrap(["demo"]);
    rmSync(join(root, "node_modules/.waywarden-lock"));
    const other = { packages: { "node_modules/one": { version: "0.9.0" } } };
    write("node_modules/.package-lock.json", JSON.stringify(other));
    expect(bootstrap(["build"]).steps).toEqual([INSTALL]);
  });

  test("a test file does not make the build old", () => {
    bootstrap(["demo"]);
    write("src/a.test.ts", "");
    expect(bootstrap(["build"]).steps).toEqual([]);
  });

  test("what was built from a removed source is removed too", () => {
    write("src/b.ts", "");
    bootstrap(["build"]);
    expect(existsSync(join(root, "dist/src/b.js"))).toBe(true);
    rmSync(join(root, "src/b.ts"));
    bootstrap(["build"]);
    expect(existsSync(join(root, "dist/src/b.js"))).toBe(false);
    expect(existsSync(join(root, "dist/src/a.js"))).toBe(true);
  });

  test("arguments and exit code pass through, and stdout is the command's alone", () => {
    const run = bootstrap(["demo", "--json", "-x", "max"], { FAKE_CODE: "3" });
    expect(run.steps.at(-1)).toBe("waywarden demo --json -x max");
    expect(run.code).toBe(3);
    expect(run.stdout).toBe("{}\n");
  });

  test("a failed install ends with a message and runs nothing", () => {
    const run = bootstrap(["demo"], { FAKE_NPM_CODE: "7" });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("npm ci ended with 7; the first install needs a network");
    expect(run.steps).toEqual([INSTALL]);
  });

  test("an unknown word names the known ones", () => {
    for (const args of [["nope"], [], ["toString"]]) {
      const run = bootstrap(args);
      expect(run.code).toBe(1);
      expect(run.stderr).toContain("one of demo, test, check, lint");
    }
  });

  test("an old Node is refused with the version wanted", () => {
    const old = `Object.defineProperty(process, "versions", { value: { node: "18.20.1" } });`;
    write("old.cjs", old);
    const run = bootstrap(["demo"], { NODE_OPTIONS: `--require=${join(root, "old.cjs")}` });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("Node 20.19 or newer expected");
    expect(run.steps).toEqual([]);
  });
});
