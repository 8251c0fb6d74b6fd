import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MODEL_DIR } from "../inference/model-folder.fixture.ts";
import { aDrive } from "../ingest/drive.fixture.ts";
import { aRecording, aTick } from "../record/recording.fixture.ts";
import { runCli } from "./program.ts";

/** Commands that read what runs left behind. */
async function run(...args: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const code = await runCli(args, {
    out: (line) => out.push(line),
    say: (line) => said.push(line),
    signal: new AbortController().signal,
    isTerminal: false,
  });
  return { code, out: out.join("\n"), said: said.join("\n") };
}

const aFile = (name: string, content: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), "waywarden-reading-")), name);
  writeFileSync(path, content);
  return path;
};
const ticks = (count: number, changes = {}) =>
  Promise.all([...Array(count).keys()].map((id) => aTick(id, changes)));

test("explain gives the decision's own sentence, its rules and what changed", async () => {
  const run0 = await ticks(4);
  const path = await aRecording([...run0, await aTick(4, { mode: "EMERGENCY_STOP" })]);
  const { code, out } = await run("explain", path, "--at", "0.4");
  expect(code).toBe(0);
  expect(out.split("\n").slice(0, 2)).toEqual([
    "0.4 s  EMERGENCY_STOP  MODIFIED  (decision 4)",
    "Slowing to 4.5 m/s behind the vehicle ahead.",
  ]);
  expect(out).toMatch(/rule S07 {2}gap to #4: 8\.5, limit 7\.25 m → NORMAL/);
  expect(out).toMatch(/before {4}mode CAUTION → EMERGENCY_STOP/);
  const { out: json } = await run("explain", path, "--at", "0.1", "--json");
  expect(JSON.parse(json)).toMatchObject({ atS: 0.1, decision: { id: 1 } });
});

test("inspect counts what a recording holds", async () => {
  const { code, out } = await run("inspect", await aRecording(await ticks(3)));
  expect(code).toBe(0);
  expect(out).toMatch(/recording .*: 3 decisions in 0\.2 s, longest gap 100 ms/);
  expect(out).toMatch(/^ended {7}complete$/m);
  expect(out).toMatch(/^rules {7}S02 3, S07 3$/m);
  expect(out).toMatch(/^log_hash +11$/m);
});

test("inspect shows a log's topics with rates and gaps, and what a replay would lack", async () => {
  const log = await aDrive({ ticks: 8, noSweepAt: [3, 4] });
  const { code, out } = await run("inspect", log);
  expect(code).toBe(0);
  expect(out).toMatch(/^\/lidar\/points +foxglove\.PointCloud +protobuf +6 +10 Hz +300 ms$/m);
  expect(out).toMatch(
    /camera b_front: 64 × 36 px jpeg, 0 kB, focal length 50 px, 0° left of ahead/,
  );
  expect(out).toMatch(/camera a_back: .* 180° left of ahead, at \(-1, 0, 1\.5\) m/);
  expect(out).toMatch(/LiDAR lidar: 4 points, at \(1, 0, 1\.8\) m/);
  expect(out).toMatch(/lacking in the first 8 ticks: .*LIDAR_MISSING lidar in 2/);
  const { out: json } = await run("inspect", log, "--json");
  expect(JSON.parse(json)).toMatchObject({ kind: "log", ego: "speed from poses", sampledTicks: 8 });
});

test("inspect shows a model's card after every check", async () => {
  const { code, out } = await run("inspect", MODEL_DIR);
  expect(code).toBe(0);
  expect(out).toMatch(/^model \S+ \S+ in .*, sha256 [0-9a-f]{64}$/m);
  expect(out).toMatch(/^planner +planner\.onnx/m);
  expect(out).toMatch(/^grid +128 × 64 cells of 1 m from \(-32, -32\) m$/m);
});

test("compare holds runs against budgets: 0 within, 1 broken, and says so in JUnit", async () => {
  const a = await aRecording(await ticks(10));
  const b = await aRecording([
    ...(await ticks(9)),
    await aTick(9, { mode: "HOLD", verdict: "REPLACED" }),
  ]);
  expect(await run("compare", a, a, "--max-flips", "0")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^identical: 10 decisions, sha256 [0-9a-f]{64}$/),
  });
  const within = await run("compare", a, b, "--max-flips", "10%");
  expect(within.code).toBe(0);
  expect(within.out).toMatch(/0\.9 s {2}mode, verdict\n +A CAUTION MODIFIED .*\n +B HOLD REPLACED/);
  const junit = aFile("junit.xml", "");
  const broken = await run("compare", a, b, "--max-flips", "0", "--junit", junit);
  expect(broken.code).toBe(1);
  expect(broken.said).toMatch(/^error\[BUDGET_BROKEN\]: .*at most 0 flips expected, found 1$/);
  const xml = readFileSync(junit, "utf8");
  expect(xml).toMatch(/<testsuite name="waywarden compare" tests="6" failures="1">/);
  expect(xml).toMatch(/<failure message="at most 0 flips expected, found 1">/);
  const { out } = await run("compare", a, b, "--json");
  expect(JSON.parse(out)).toMatchObject({ identical: false, ticks: 10, flipsByKind: { mode: 1 } });
});

test("what cannot be compared ends with 2 and says what was expected", async () => {
  const good = await aRecording(await ticks(2));
  const foreign = aFile("foreign.mcap", "%PDF-1.7");
  const log = await aDrive({ ticks: 2 });
  for (const [path, message] of [
    [foreign, /error\[SOURCE_UNKNOWN_FORMAT\]: .*foreign\.mcap: MCAP magic .* expected at byte 0/],
    [aFile("empty.mcap", ""), /error\[SOURCE_UNKNOWN_FORMAT\]: .*found an empty file/],
    [join(good, "none"), /error\[SOURCE_NOT_READABLE\]/],
    [
      log,
      /error\[RECORDING_FOREIGN\]: .*decisions on \/waywarden\/decision .* expected, found \/.*points/,
    ],
  ] as const) {
    const { code, out, said } = await run("compare", good, path);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(said).toMatch(message);
  }
  expect((await run("compare", good, good, "--max-flips", "few")).code).toBe(2);
  const later = await aRecording([await aTick(7), await aTick(8)]);
  const apart = await run("compare", good, later, "--max-flips", "0");
  expect(apart).toMatchObject({ code: 2, out: "" });
  expect(apart.said).toMatch(/error\[RUNS_APART\]: .*at least one tick of .* expected, found none/);
  expect(await run("explain", foreign, "--at", "1")).toMatchObject({ code: 1 });
  expect(await run("inspect", foreign)).toMatchObject({ code: 1 });
});
