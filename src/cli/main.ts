import { EXIT } from "./io.ts";
import { runCli } from "./program.ts";

/** Process side of the command line: streams, signals, exit code. */
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

process.exitCode = await runCli(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  say: (line) => process.stderr.write(`${line}\n`),
  signal: interrupted.signal,
  isTerminal: process.stderr.isTTY === true,
});
process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
