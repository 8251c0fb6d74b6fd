import { DATASET_NODE_FLAGS } from "../dataset/node-flags.ts";
import { EXIT } from "./io.ts";
import { runAgainWith } from "./run-again.ts";

/** Process side of the command line: flags of Node, streams, signals, exit code. */
const args = process.argv.slice(2);
const again = args[0] === "dataset" ? runAgainWith(DATASET_NODE_FLAGS) : undefined;
process.exitCode = await (again ?? runHere());

async function runHere(): Promise<number> {
  const { runCli } = await import("./program.ts");
  const interrupted = new AbortController();
  const onSignal = () => {
    if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
    interrupted.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  // The reader of a pipe has gone (`waywarden watch | head`): nobody is left to print for.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(EXIT.ok);
      throw error;
    });
  const code = await runCli(args, {
    out: (line) => process.stdout.write(`${line}\n`),
    say: (line) => process.stderr.write(`${line}\n`),
    signal: interrupted.signal,
    isTerminal: process.stderr.isTTY === true,
  });
  process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  return code;
}
