import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aResult } from "./result.fixture.ts";
import { ResultsFile } from "./results-file.ts";

const HEAD = { driver: "expert", seed: 1, count: 3 };
const KEYS = ["a", "b", "c"];
const newPath = () => join(mkdtempSync(join(tmpdir(), "results-")), "results.jsonl");
const run = (key: string) => aResult({ key });

function write(order: readonly string[], path = newPath()): string {
  const file = ResultsFile.open(path, HEAD, false);
  for (const key of order) file.add(run(key));
  file.finish(KEYS);
  return readFileSync(path, "utf8");
}

test("the bytes do not depend on the order in which runs finish", () => {
  expect(write(["c", "a", "b"])).toBe(write(["a", "b", "c"]));
});

test("a killed plan goes on after its last whole line and ends with the same bytes", () => {
  const path = newPath();
  const first = ResultsFile.open(path, HEAD, false);
  first.add(run("b"));
  first.close();
  appendFileSync(path, JSON.stringify(run("a")).slice(0, 50));
  const second = ResultsFile.open(path, HEAD, true);
  expect([...second.done.keys()]).toEqual(["b"]);
  second.add(run("a"));
  second.add(run("c"));
  expect(second.finish(KEYS).map((r) => r.key)).toEqual(KEYS);
  expect(readFileSync(path, "utf8")).toBe(write(["a", "b", "c"]));
});

test("each run is in the file when add returns", () => {
  const path = newPath();
  const file = ResultsFile.open(path, HEAD, false);
  file.add(run("a"));
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(3);
  file.close();
});

test("a file that is there is not overwritten, and another plan's is not gone on with", () => {
  const path = newPath();
  write(["a"], path);
  expect(() => ResultsFile.open(path, HEAD, false)).toThrow(/no file expected.*--resume/);
  expect(() => ResultsFile.open(path, { ...HEAD, seed: 2 }, true)).toThrow(/"seed":2.*"seed":1/);
});

test("damage inside the file is told with its line", () => {
  const path = newPath();
  writeFileSync(path, `${JSON.stringify({ plan: HEAD })}\n{"key": 3}\n`);
  expect(() => ResultsFile.open(path, HEAD, true)).toThrow(/line 2: a run as JSON expected/);
});
