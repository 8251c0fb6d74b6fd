import { expect, test, vi } from "vitest";
import { aResult } from "../../scenario/run/result.fixture.ts";
import { runInPool } from "./pool.ts";

/** A child that answers each index after a while that depends on it; index 66 ends it. */
const child = (answer: string) => [
  process.execPath,
  "-e",
  `process.on("message", ({ index }) => {
    if (index === 66) process.exit(3);
    const result = { ...JSON.parse(${JSON.stringify(answer)}), key: String(index) + " by " + process.pid };
    setTimeout(() => process.send({ index, outcome: { key: result.key, result } }), index % 2 === 0 ? 60 : 5);
  });`,
];

const command = child(JSON.stringify(aResult()));
const { signal } = new AbortController();

test("every index is run once, in as many processes as there are jobs", async () => {
  const keys: string[] = [];
  const indices = [0, 1, 2, 3, 4, 5];
  await runInPool({ command, jobs: 2, indices, signal, onOutcome: ({ key }) => keys.push(key) });
  expect(keys.map((key) => Number(key.split(" ")[0])).sort()).toEqual(indices);
  expect(new Set(keys.map((key) => key.split(" by ")[1])).size).toBe(2);
});

test("a child that dies is told with its number, and what was finished before is kept", async () => {
  const done: number[] = [];
  const running = runInPool({
    command,
    jobs: 1,
    indices: [1, 66, 2],
    signal,
    onOutcome: ({ key }) => done.push(Number(key.split(" ")[0])),
  });
  await expect(running).rejects.toThrow(/job 1: a result expected, found exit code 3/);
  expect(done).toEqual([1]);
});

test("an abort ends the children", async () => {
  const stop = new AbortController();
  const running = runInPool({
    command,
    jobs: 2,
    indices: [0, 2, 4, 6],
    signal: stop.signal,
    onOutcome: () => stop.abort(),
  });
  await expect(running).rejects.toThrow(/found SIGTERM/);
});

test("children that go on after a SIGTERM end when all is done", async () => {
  const patient = [...command];
  patient[2] = `process.on("SIGTERM", () => {}); ${patient[2]}`;
  const keys: string[] = [];
  await runInPool({
    command: patient,
    jobs: 2,
    indices: [1, 3],
    signal,
    onOutcome: ({ key }) => keys.push(key),
  });
  const pids = keys.map((key) => Number(key.split(" by ")[1]));
  for (const pid of pids) await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 5000);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
