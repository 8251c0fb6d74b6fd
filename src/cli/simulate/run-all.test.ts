import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aResult } from "../../scenario/run/result.fixture.ts";
import type { Io } from "../io.ts";
import { flagsOf } from "./plan.fixture.ts";
import { planRuns, type SimulateFlags } from "./plan.ts";
import { runAll } from "./run-all.ts";
import type { RunOutcome } from "./run-outcome.ts";
import { partOf, recordingPath } from "./run-recording.ts";

const aFolder = () => mkdtempSync(join(tmpdir(), "waywarden-plan-"));

function aPlan(change: Partial<SimulateFlags> = {}) {
  const dir = aFolder();
  const flags = flagsOf({
    ...{ driver: "expert", seed: 1, count: 3, results: join(dir, "results.jsonl") },
    ...change,
  });
  return { flags, plans: planRuns(flags), dir };
}

function anIo() {
  const said: string[] = [];
  const io: Io = {
    out: () => undefined,
    say: (text) => said.push(text),
    signal: new AbortController().signal,
    isTerminal: false,
  };
  return { io, said };
}

const linesOf = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n");

test("a run that the wire has cost has no result; the others go on, and --resume runs it again", async () => {
  const { flags, plans } = aPlan();
  const { io, said } = anIo();
  const drive = async (index: number): Promise<RunOutcome> => {
    const { key } = plans[index]!;
    if (index === 1) return { key, lost: "WIRE_BROKER_LOST: gone" };
    return { key, result: { ...aResult(), key } };
  };
  const first = await runAll(plans, flags, drive, io);
  expect(first.results.map(({ key }) => key)).toEqual([plans[0]!.key, plans[2]!.key]);
  expect(first.error).toMatchObject({ code: "SIMULATE_LOST" });
  expect(first.error!.message).toContain(`3 runs expected, found 1 lost (${plans[1]!.key})`);
  expect(said).toContain(`${plans[1]!.key}: lost: WIRE_BROKER_LOST: gone`);
  const again: number[] = [];
  const second = await runAll(
    plans,
    { ...flags, resume: true },
    async (index) => {
      again.push(index);
      const { key } = plans[index]!;
      return { key, result: { ...aResult(), key } };
    },
    io,
  );
  expect(again).toEqual([1]);
  expect(second.error).toBeUndefined();
  expect(linesOf(flags.results)).toHaveLength(4);
});

/** Drives nothing; leaves a recording beside its place as a run does. */
const recorder =
  (plans: ReturnType<typeof planRuns>, path: (key: string) => string, troubled = -1) =>
  async (index: number): Promise<RunOutcome> => {
    const { key } = plans[index]!;
    writeFileSync(partOf(path(key)), key);
    const trouble = index === troubled ? { trouble: `${key}: 9 decisions expected, found 4` } : {};
    return { key, result: { ...aResult(), key }, recording: { path: path(key), ...trouble } };
  };

test("each run has a recording by its key, in its place once the run counts", async () => {
  const dir = aFolder();
  const { flags, plans } = aPlan({ record: join(dir, "run.mcap") });
  const path = (key: string) => recordingPath(flags.record!, key, flags.count);
  const { error } = await runAll(plans, flags, recorder(plans, path), anIo().io);
  expect(error).toBeUndefined();
  for (const { key } of plans) {
    expect(readFileSync(path(key), "utf8")).toBe(key);
    expect(existsSync(partOf(path(key)))).toBe(false);
  }
});

test("a resumed plan leaves finished recordings alone and replaces what a killed run left", async () => {
  const dir = aFolder();
  const { flags, plans } = aPlan({ record: join(dir, "run.mcap") });
  const path = (key: string) => recordingPath(flags.record!, key, flags.count);
  await runAll(plans, flags, recorder(plans, path), anIo().io);
  const [first, second, third] = plans.map(({ key }) => path(key));
  // as if killed in the third run
  writeFileSync(flags.results, `${linesOf(flags.results).slice(0, 3).join("\n")}\n`);
  writeFileSync(first!, "finished long ago");
  writeFileSync(partOf(third!), "cut off");
  const { io } = anIo();
  const taken = runAll(plans, { ...flags, resume: true }, recorder(plans, path), io);
  // a file in the place of a run that does not count is somebody else's
  await expect(taken).rejects.toMatchObject({ code: "RECORD_EXISTS" });
  const elsewhere = { ...flags, resume: true as const, record: join(dir, "more.mcap") };
  const other = (key: string) => recordingPath(elsewhere.record, key, flags.count);
  writeFileSync(partOf(other(plans[2]!.key)), "cut off");
  await runAll(plans, elsewhere, recorder(plans, other), io);
  expect(readFileSync(first!, "utf8")).toBe("finished long ago");
  expect(readFileSync(second!, "utf8")).toBe(plans[1]!.key);
  expect(existsSync(other(plans[0]!.key))).toBe(false);
  expect(readFileSync(other(plans[2]!.key), "utf8")).toBe(plans[2]!.key);
});

test("a recording that ends early is an error after everything is done, and keeps what it has", async () => {
  const dir = aFolder();
  const { flags, plans } = aPlan({ record: join(dir, "run.mcap") });
  const path = (key: string) => recordingPath(flags.record!, key, flags.count);
  const { results, error } = await runAll(plans, flags, recorder(plans, path, 0), anIo().io);
  expect(results).toHaveLength(3);
  expect(error).toMatchObject({
    code: "RECORD_ENDED_EARLY",
    message: `${plans[0]!.key}: 9 decisions expected, found 4`,
  });
  expect(existsSync(path(plans[0]!.key))).toBe(true);
});

test("a recording that is there already is refused before a result is begun", async () => {
  const dir = aFolder();
  const record = join(dir, "run.mcap");
  writeFileSync(record, "dear");
  const { flags, plans } = aPlan({ record, count: 1 });
  const refused = runAll(
    plans,
    flags,
    recorder(plans, () => record),
    anIo().io,
  );
  await expect(refused).rejects.toMatchObject({ code: "RECORD_EXISTS" });
  expect(existsSync(flags.results)).toBe(false);
  await runAll(
    plans,
    { ...flags, overwrite: true },
    recorder(plans, () => record),
    anIo().io,
  );
  expect(readFileSync(record, "utf8")).toBe(plans[0]!.key);
});
