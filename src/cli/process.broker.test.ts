import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadVehicleKey } from "../service/vehicle-key.ts";
import { EmbeddedBroker } from "../wire/embedded-broker.ts";
import { findPackage } from "./package-root.ts";

const { root, version } = findPackage();
const BIN = join(root, "bin", "waywarden.mjs");
const built = isBuilt();
if (!built)
  console.warn(
    "dist is missing or older than src/cli: tests of the process are skipped; npm test builds",
  );

/** The stamp that the bootstrap writes after a build is younger than every source of this room. */
function isBuilt(): boolean {
  const stamp = join(root, "dist", ".waywarden-sources");
  if (!existsSync(stamp) || !existsSync(join(root, "dist", "src", "cli", "main.js"))) return false;
  const builtMs = statSync(stamp).mtimeMs;
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" });
  return sources
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .every((name) => statSync(join(import.meta.dirname, name)).mtimeMs <= builtMs);
}

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs the binary to its end; `onFirstErr` is called when it has said its first word. */
function start(bin: string, args: readonly string[], onFirstErr?: (child: ChildProcess) => void) {
  return new Promise<Ended>((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on("data", (data: Buffer) => {
      if (err === "") onFirstErr?.(child);
      err += data.toString();
    });
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

test("without a build the binary says what to do", async () => {
  const dir = mkdtempSync(join(tmpdir(), "waywarden-bin-"));
  mkdirSync(join(dir, "bin"));
  copyFileSync(BIN, join(dir, "bin", "waywarden.mjs"));
  const { code, out, err } = await start(join(dir, "bin", "waywarden.mjs"), ["demo"]);
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toMatch(/^error\[NOT_BUILT\]: .* run `node bin\/bootstrap\.mjs build` first\n$/);
});

describe.skipIf(!built)("the binary", () => {
  test("prints its version on stdout and ends with 0", async () => {
    expect(await start(BIN, ["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  test("ends with 2 for a wrong option, stdout empty", async () => {
    const { code, out, err } = await start(BIN, ["replay", "x.mcap", "--nope"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^error\[USAGE\]: unknown option '--nope'/);
  });

  test("SIGINT ends watch cleanly with its totals and 130", async () => {
    const broker = await EmbeddedBroker.start(0);
    const key = join(mkdtempSync(join(tmpdir(), "waywarden-key-")), "car.key");
    await loadVehicleKey(key, true);
    const args = ["watch", "--broker", broker.url, "--key", key];
    const { code, err } = await start(BIN, args, (child) => child.kill("SIGINT"));
    await broker.close();
    expect(code).toBe(130);
    expect(err).toMatch(/^watching car on .*\n0 decisions, 0 bad seals, 0 lost, 0 times silent\n$/);
  });
});
