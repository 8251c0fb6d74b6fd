import { type ChildProcess, spawn } from "node:child_process";
import { ConfigError } from "../../contract/errors.ts";
import type { RunOutcome } from "./run-outcome.ts";

/** What parent and child say to each other. */
export type ToWorker = { readonly index: number };
export type FromWorker =
  | { readonly index: number; readonly outcome: RunOutcome }
  | { readonly index: number; readonly error: string };

export type PoolOptions = {
  /** Command line of a child, which answers on its channel. */
  readonly command: readonly string[];
  readonly jobs: number;
  readonly indices: readonly number[];
  readonly onOutcome: (outcome: RunOutcome) => void;
  readonly signal: AbortSignal;
};

/** Runs indices in child processes, each the next one as soon as it is free. */
export async function runInPool(options: PoolOptions): Promise<void> {
  const open = [...options.indices];
  const children: ChildProcess[] = [];
  const stop = () => {
    for (const child of children) child.kill("SIGTERM");
  };
  options.signal.addEventListener("abort", stop, { once: true });
  try {
    const count = Math.min(options.jobs, open.length);
    await Promise.all(
      Array.from({ length: count }, (_, i) => {
        const [program, ...args] = options.command;
        const child = spawn(program!, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
        children.push(child);
        return serve(child, i, open, options);
      }),
    );
  } finally {
    options.signal.removeEventListener("abort", stop);
    stop();
    // who takes a SIGTERM for an abort and waits for the next index ends when nobody can send one
    for (const child of children) if (child.connected) child.disconnect();
  }
}

/** Gives a child one index after the other until none is left. */
function serve(
  child: ChildProcess,
  number: number,
  open: number[],
  options: PoolOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (found: string) =>
      reject(
        new ConfigError("SIMULATE_JOB", `job ${number + 1}: a result expected, found ${found}`),
      );
    const next = () => {
      const index = open.shift();
      if (index === undefined) resolve();
      else child.send({ index } satisfies ToWorker);
    };
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) => fail(signal ?? `exit code ${code}`));
    child.on("message", (message: FromWorker) => {
      if ("error" in message) return fail(message.error);
      options.onOutcome(message.outcome);
      next();
    });
    next();
  });
}

/** The child's side: runs what it is told to until the parent lets go. */
export function answerParent(
  run: (index: number) => Promise<RunOutcome>,
  channel: NodeJS.Process = process,
): Promise<void> {
  return new Promise((resolve) => {
    channel.once("disconnect", resolve);
    channel.on("message", async ({ index }: ToWorker) => {
      const answer = (message: FromWorker) => {
        if (channel.connected) channel.send?.(message);
      };
      try {
        answer({ index, outcome: await run(index) });
      } catch (error) {
        answer({ index, error: error instanceof Error ? error.message : String(error) });
      }
    });
  });
}
