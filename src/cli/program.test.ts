import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { loadVehicleKey } from "../service/vehicle-key.ts";
import { aDecision } from "../wire/fixtures.cases.ts";
import { freePort } from "../wire/mosquitto.cases.ts";
import { WatchPrinter } from "./commands/watch.ts";
import type { Io } from "./io.ts";
import { runCli } from "./program.ts";

let dir: string;
let key: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "waywarden-cli-"));
  key = join(dir, "car.key");
  vi.stubEnv("XDG_CONFIG_HOME", dir);
  await loadVehicleKey(key, true);
});

const anIo = (signal = new AbortController().signal) => {
  const out: string[] = [];
  const said: string[] = [];
  const io: Io = {
    out: (line) => out.push(line),
    say: (line) => said.push(line),
    signal,
    isTerminal: false,
  };
  return { io, out, said };
};

/** Runs a command line to its end. */
async function run(...args: string[]) {
  const { io, out, said } = anIo();
  return { code: await runCli(args, io), out, said: said.join("\n") };
}

describe("usage errors end with 2 and name what was expected", () => {
  test.each([
    [["replay", "x.mcap", "--nope"], /error\[USAGE\]: unknown option '--nope'/],
    [["replay"], /missing required argument 'log'/],
    [["replay", "a", "b"], /too many arguments/],
    [["fly"], /unknown command 'fly'/],
    [["replay", "x", "-x", "fast"], /max or a rate from 0.01 to 1000 expected, found "fast"/],
    [["replay", "x", "-x", "0"], /found "0"/],
    [["replay", "x", "-s", "-1"], /seconds from 0 to 1000000 expected, found "-1"/],
    [["replay", "x", "--threads", "1.5"], /a whole number from 1 to 64 expected/],
    [["replay", "x", "--ego-speed", ""], /m\/s from 0 to 60 expected, found ""/],
    [["watch", "--vehicle", "A/B"], /vehicle name of 1…32 characters/],
    [["make-drive", "x.mcap", "--duration", "0"], /seconds from 1 to 600 expected/],
  ])("%j", async (args, message) => {
    const { code, out, said } = await run(...args);
    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(said).toMatch(message);
  });
});

describe("failures end with 1 and one coded line", () => {
  test.each([
    ["a log that is not there", () => join(dir, "none.mcap"), "SOURCE_NOT_READABLE"],
    ["a folder instead of a log", () => dir, "SOURCE_UNKNOWN_FORMAT"],
    ["a file that is no log", () => key, "SOURCE_UNKNOWN_FORMAT"],
  ])("%s", async (_name, path, expected) => {
    const { code, out, said } = await run("replay", path(), "--broker", "none", "--key", key);
    expect(code).toBe(1);
    expect(out).toEqual([]);
    expect(said.split("\n").at(-1)).toMatch(new RegExp(`^error\\[${expected}\\]: .*${path()}`));
  });

  test("a configuration with a misspelt key", async () => {
    const config = join(dir, "config.json");
    writeFileSync(config, '{"cruiseSpeed": 9}');
    const { code, said } = await run("replay", key, "--config", config, "--key", key);
    expect(code).toBe(1);
    expect(said).toMatch(/error\[CONFIG_INVALID\]: .*cruiseSpeed/);
  });

  test("a broken key file", async () => {
    writeFileSync(key, "abc");
    const { code, said } = await run("replay", "x.mcap", "--key", key);
    expect(code).toBe(1);
    expect(said).toMatch(/error\[KEY_INVALID\]/);
  });

  test("watching without the vehicle's key", async () => {
    const { code, said } = await run("watch", "--vehicle", "unknown");
    expect(code).toBe(1);
    expect(said).toMatch(/error\[KEY_MISSING\]: .*unknown\.key/);
  });

  test("lock-step without a broker", async () => {
    const { code, said } = await run("drive", "--lock-step", "--broker", "none", "--key", key);
    expect(code).toBe(2);
    expect(said).toMatch(/error\[DRIVE_BROKER\]: .*expected, found none/);
  });

  test("a mix of worlds that names no kind", async () => {
    const { code, said } = await run("dataset", "--out", join(dir, "d"), "--mix", "TOWN=1");
    expect(code).toBe(2);
    expect(said).toMatch(/error\[USAGE\]: option '--mix <kinds>' .*KIND=WEIGHT.*found "TOWN=1"/);
  });

  test("watching an unreachable broker", async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`;
    const { code, said } = await run("watch", "--broker", url, "--key", key);
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`error\\[WIRE_BROKER_UNREACHABLE\\]: ${url}: .*ECONNREFUSED`));
  });

  test("the stack is printed with --verbose only", async () => {
    const args = ["replay", join(dir, "none.mcap"), "--key", key];
    expect((await run(...args)).said).not.toMatch(/\n\s+at /);
    expect((await run("--verbose", ...args)).said).toMatch(/\n\s+at /);
  });
});

test("help and version are products: stdout and 0", async () => {
  expect(await run("--version")).toMatchObject({ code: 0, out: [expect.stringMatching(/^\d/)] });
  const { code, out, said } = await run("replay", "--help");
  expect(code).toBe(0);
  expect(out.join("\n")).toMatch(/--instruction <text>/);
  expect(said).toBe("");
});

test("a first start makes the vehicle's key and says where", async () => {
  const { said } = await run("replay", join(dir, "none.mcap"), "--vehicle", "new");
  expect(said).toContain(`${join(dir, "waywarden", "new.key")} (made now)`);
  expect(existsSync(join(dir, "waywarden", "new.key"))).toBe(true);
});

test("an interrupted command ends with 130", async () => {
  const abort = new AbortController();
  abort.abort();
  const { io } = anIo(abort.signal);
  expect(await runCli(["make-drive", join(dir, "d.mcap"), "--duration", "1"], io)).toBe(130);
  expect(existsSync(join(dir, "d.mcap"))).toBe(false);
});

test("watch prints good decisions, tells bad seals and counts both", () => {
  const { io, out, said } = anIo();
  const printer = new WatchPrinter(io);
  printer.print({ kind: "decision", decision: aDecision(), lostCount: 0 });
  printer.print({ kind: "silence", silentMs: 300.4 });
  const refused = { kind: "refused", status: "ERROR", lostCount: 0 } as const;
  printer.print({ ...refused, detail: "topic: the mac does not fit" });
  printer.print({ kind: "decision", decision: aDecision(), lostCount: 2 });
  expect(out[0]).toMatch(/^ {3}0\.0 s {2}CAUTION +MODIFIED +5\.5 → +4\.5 m\/s {2}Slowing/);
  expect(out[1]).toMatch(/\[2 lost before this one\]$/);
  printer.print({ kind: "silence", silentMs: 300.4 });
  expect(said).toEqual([
    "no decision for 300 ms: EMERGENCY_STOP",
    "bad seal 1: ERROR: topic: the mac does not fit",
    "decisions again",
    "no decision for 300 ms: EMERGENCY_STOP",
  ]);
  expect(printer.totals()).toBe("2 decisions, 1 bad seals, 2 lost, 2 times silent");
});
