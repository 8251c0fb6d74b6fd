import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { openRecording } from "../../record/read-recording.ts";
import { aFile, aLane, aLine, aRoad } from "../../world/opendrive/open-drive.fixture.ts";
import { runCli } from "../program.ts";

const dir = mkdtempSync(join(tmpdir(), "waywarden-simulate-"));
const TOWN = join(dir, "road.xodr");
writeFileSync(TOWN, aFile(aPiece("1", "successor", 0), aPiece("2", "predecessor", 70)));

/** One of two straight roads of 70 m, joined to the other in both directions. */
function aPiece(id: string, towards: "successor" | "predecessor", xM: number): string {
  const [other, contact] = towards === "successor" ? ["2", "start"] : ["1", "end"];
  const link = (lane: number) => `<link><${towards} id="${lane}"/></link>`;
  return aRoad({
    id,
    lengthM: 70,
    inner: `<link><${towards} elementType="road" elementId="${other}" contactPoint="${contact}"/></link>`,
    planView: aLine(70).replace('x="0"', `x="${xM}"`),
    lanes: `<laneSection s="0"><left>${aLane(1, link(1))}</left><center>${aLane(0, "", "none")}</center><right>${aLane(-1, link(-1))}</right></laneSection>`,
  });
}

async function run(...args: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const code = await runCli(["simulate", ...args], {
    out: (line) => out.push(line),
    say: (line) => said.push(line),
    signal: new AbortController().signal,
    isTerminal: false,
  });
  return { code, out: out.join("\n"), said: said.join("\n") };
}

const common = ["--town", TOWN, "--length", "90", "--density", "4"];
const newFile = (name: string) => join(mkdtempSync(join(dir, "out-")), name);

test("a plan of two runs gives table, results, JUnit and a page; the same seed gives the same bytes", async () => {
  const [a, b, junit, report] = ["a.jsonl", "b.jsonl", "j.xml", "r.html"].map(newFile);
  const first = await run(
    ...common,
    "--count",
    "2",
    "--results",
    a!,
    "--junit",
    junit!,
    "--report",
    report!,
  );
  expect(first.said).toMatch(/road route 1 seed 1 expert: COMPLETED, score 100\.0/);
  expect(first.code).toBe(0);
  expect(first.out).toMatch(/^leaderboard 1\.0 driving score +100\.0 \(100\.0 to 100\.0\)$/m);
  expect(readFileSync(junit!, "utf8")).toMatch(/tests="2" failures="0"/);
  expect(readFileSync(report!, "utf8")).toMatch(/2 runs, 0 with a breach/);
  await run(...common, "--count", "2", "--results", b!);
  expect(readFileSync(b!, "utf8")).toBe(readFileSync(a!, "utf8"));
  const head = readFileSync(a!, "utf8").split("\n");
  const cut = newFile("cut.jsonl");
  writeFileSync(cut, `${head.slice(0, 2).join("\n")}\n${head[2]!.slice(0, 30)}`);
  const resumed = await run(...common, "--count", "2", "--results", cut, "--resume");
  expect(resumed.said).not.toMatch(/seed 1 expert/);
  expect(resumed.said).toMatch(/seed 2 expert/);
  expect(readFileSync(cut, "utf8")).toBe(readFileSync(a!, "utf8"));
});

test("--json prints runs and summary and nothing else", async () => {
  const { out } = await run(
    ...common,
    "--driver",
    "slow",
    "--json",
    "--results",
    newFile("s.jsonl"),
  );
  const { runs, summary } = JSON.parse(out);
  expect(runs[0]).toMatchObject({ driver: "slow", end: "COMPLETED" });
  expect(summary[0]).toMatchObject({ name: "leaderboard 1.0 driving score", count: 1 });
});

test("--record writes one recording for each run, and the results stay the same", async () => {
  const [plain, recorded] = ["plain.jsonl", "recorded.jsonl"].map(newFile);
  const record = newFile("run.mcap");
  const two = [...common, "--count", "2", "--driver", "rule", "--period", "1000"];
  await run(...two, "--results", plain!);
  const { code, said } = await run(...two, "--results", recorded!, "--record", record);
  expect(code).toBe(0);
  expect(readFileSync(recorded!, "utf8")).toBe(readFileSync(plain!, "utf8"));
  const paths = said.split("\n").flatMap((line) => line.match(/^recording (.*)$/)?.[1] ?? []);
  expect(paths.map((path) => basename(path))).toEqual([
    "run-road-route-1-seed-1-rule.mcap",
    "run-road-route-2-seed-2-rule.mcap",
  ]);
  const first = await openRecording(paths[0]!);
  expect(first.about).toMatchObject({ command: "simulate", source: "road route 1 seed 1 rule" });
  expect(first.end).toMatchObject({
    reason: "complete",
    decision_count: String(first.decisionCount),
  });
  const lasts = JSON.parse(readFileSync(plain!, "utf8").split("\n")[1]!).durationS;
  expect(Math.abs(first.decisionCount - lasts)).toBeLessThanOrEqual(1);
  await first.close();
  const again = await run(...two, "--results", newFile("c.jsonl"), "--record", record);
  expect(again.said).toMatch(/error\[RECORD_EXISTS\]/);
});

test("results that are there are not replaced unasked", async () => {
  const path = newFile("kept.jsonl");
  writeFileSync(path, "mine\n");
  const { code, said } = await run(...common, "--results", path);
  expect(code).toBe(1);
  expect(said).toMatch(/error\[RESULTS_EXIST\]/);
  expect(readFileSync(path, "utf8")).toBe("mine\n");
});

test("random roads are another world each, and the same again", async () => {
  const args = ["--random", "RURAL", "--driver", "rule", "--count", "2", "--length", "80"];
  const paths = [newFile("rural-1.jsonl"), newFile("rural-2.jsonl")];
  for (const path of paths) expect((await run(...args, "--results", path)).code).toBe(0);
  const [first, again] = paths.map((path) => readFileSync(path, "utf8"));
  expect(again).toBe(first);
  const keys = first!.match(/RURAL \d+ route \d+ seed \d+ rule/g);
  expect(new Set(keys).size).toBe(2);
});

test("the expert is told by words to turn left, does it, and is judged", async () => {
  const path = newFile("left.jsonl");
  const roads = ["--random", "JUNCTION", "--density", "1", "--length", "60", "--seed", "1"];
  const words = "Please turn left at the next junction";
  const { code, said, out } = await run(...roads, "--instruction", words, "--results", path);
  expect(code).toBe(0);
  expect(said).toContain(`"${words}" is read as {"kind":"TURN","way":"LEFT","at":"CROSSING"}`);
  expect(said).toMatch(/COMPLETED.*; 1 of 1 instructions/);
  expect(out).toMatch(/^instructions done or rightly refused \(1 tested, 0 not\) +100\.0 %/m);
  expect(JSON.parse(readFileSync(path, "utf8").split("\n")[1]!)).toMatchObject({
    infractions: [],
    instructions: [{ text: words, givenS: 0, verdict: { outcome: "DONE", why: "took it" } }],
  });
}, 60_000);

test.each([
  ["no roads", [], "SIMULATE_ROADS"],
  ["a town and random roads", ["--town", TOWN, "--random", "RURAL"], "SIMULATE_ROADS"],
  ["lanes of a town", ["--town", TOWN, "--lanes", "4"], "SIMULATE_LANES"],
  ["a broker that nothing is sent to", ["--town", TOWN, "--broker", "mqtt://x"], "SIMULATE_BROKER"],
  ["MQTT for one that sees the truth", ["--town", TOWN, "--via", "mqtt"], "SIMULATE_VIA"],
  [
    "MQTT without the safety layer",
    ["--town", TOWN, "--via", "mqtt", "--driver", "model", "--safety", "off"],
    "SIMULATE_VIA",
  ],
  [
    "words that mean nothing",
    ["--town", TOWN, "--instruction", "dance for me"],
    "SIMULATE_INSTRUCTION",
  ],
  [
    "words that mean two things",
    ["--town", TOWN, "--instruction", "do sixt km/h"],
    "SIMULATE_INSTRUCTION",
  ],
  [
    "words of both sorts",
    ["--town", TOWN, "--instruction", "stop", "--instructions", "right"],
    "SIMULATE_INSTRUCTION",
  ],
])("%s is refused by name before anything is written", async (_name, args, code) => {
  const path = newFile("none.jsonl");
  const ended = await run(...args, "--results", path);
  expect(ended.code).toBe(2);
  expect(ended.said).toContain(`error[${code}]`);
  expect(existsSync(path)).toBe(false);
});

test("a town file that is missing or no OpenDRIVE is told with its name", async () => {
  const missing = await run("--town", join(dir, "none.xodr"), "--results", newFile("x.jsonl"));
  expect(missing.said).toMatch(/error\[TOWN_FILE\]: .*none\.xodr/);
  const broken = join(dir, "broken.xodr");
  writeFileSync(broken, "<OpenDRIVE><road");
  const { said, code } = await run("--town", broken, "--results", newFile("y.jsonl"));
  expect(said).toMatch(/broken\.xodr/);
  expect(code).not.toBe(0);
});
