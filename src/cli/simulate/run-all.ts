import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigError, RecordError } from "../../contract/errors.ts";
import type { RunResult } from "../../scenario/run/result.ts";
import { ResultsFile } from "../../scenario/run/results-file.ts";
import { runLine } from "../../scenario/run/summary.ts";
import type { Io } from "../io.ts";
import { findPackage } from "../package-root.ts";
import { Progress } from "../progress.ts";
import { headOf, type RunPlan, type SimulateFlags } from "./plan.ts";
import { runInPool } from "./pool.ts";
import type { RunOutcome } from "./run-outcome.ts";
import { checkRecordings, finishRecording, keepRecording, recordingPath } from "./run-recording.ts";

/** What a plan left behind. */
export type PlanOutcome = {
  readonly results: readonly RunResult[];
  /** Why runs are missing in the results, and what their recordings lack; undefined: all is well. */
  readonly error?: Error;
};

/** Runs what is missing of a plan; each run that is finished counts at once. */
export async function runAll(
  plans: readonly RunPlan[],
  flags: SimulateFlags,
  run: (index: number) => Promise<RunOutcome>,
  io: Io,
): Promise<PlanOutcome> {
  const file = await openResults(plans, flags);
  const progress = new Progress(io, plans.length, "runs");
  const notes = { lost: [] as string[], troubles: [] as string[] };
  const note = (outcome: RunOutcome) => {
    if ("lost" in outcome) {
      notes.lost.push(outcome.key);
      progress.line(`${outcome.key}: lost: ${outcome.lost}`);
      return;
    }
    const { result, recording } = outcome;
    file.add(result);
    progress.line(runLine(result));
    progress.update(file.done.size);
    if (recording?.trouble !== undefined) notes.troubles.push(recording.trouble);
    if (recording && keepRecording(recording.path)) progress.line(`recording ${recording.path}`);
  };
  const indices = plans.flatMap((plan, i) => (file.done.has(plan.key) ? [] : [i]));
  try {
    if (flags.jobs === 1)
      for (const index of indices) {
        io.signal.throwIfAborted();
        note(await run(index));
      }
    else
      await runInPool({
        command: workerCommand(),
        jobs: flags.jobs,
        indices,
        onOutcome: note,
        signal: io.signal,
      });
    io.signal.throwIfAborted();
    const results = file.finish(plans.map((plan) => plan.key));
    const error = errorOf(notes, plans.length);
    return { results, ...(error ? { error } : {}) };
  } finally {
    file.close();
    progress.stop();
  }
}

/** Results to go on with; what is missing can be recorded where that is asked for. */
async function openResults(plans: readonly RunPlan[], flags: SimulateFlags): Promise<ResultsFile> {
  const { record, count, overwrite } = flags;
  const resume = flags.resume === true;
  const pathsOf = (some: readonly RunPlan[]) =>
    record === undefined ? [] : some.map(({ key }) => recordingPath(record, key, count));
  if (!resume) await checkRecordings(pathsOf(plans), overwrite === true);
  mkdirSync(dirname(flags.results), { recursive: true });
  if (overwrite) rmSync(flags.results, { force: true });
  const software = `waywarden ${findPackage().version}`;
  const file = ResultsFile.open(flags.results, headOf(flags, software), resume);
  if (!resume) return file;
  const isDone = ({ key }: RunPlan) => file.done.has(key);
  for (const path of pathsOf(plans.filter(isDone))) await finishRecording(path);
  await checkRecordings(pathsOf(plans.filter((plan) => !isDone(plan))), overwrite === true);
  return file;
}

function errorOf(
  { lost, troubles }: { readonly lost: readonly string[]; readonly troubles: readonly string[] },
  count: number,
): Error | undefined {
  if (lost.length > 0)
    return new ConfigError(
      "SIMULATE_LOST",
      `${count} runs expected, found ${lost.length} lost (${lost.join(", ")}); --resume runs them again`,
    );
  if (troubles.length > 0) return new RecordError("RECORD_ENDED_EARLY", troubles.join("; "));
  return undefined;
}

/** This command line again, as a child. */
const workerCommand = (): string[] => [
  process.execPath,
  ...process.execArgv,
  ...process.argv.slice(1),
  "--worker",
];
