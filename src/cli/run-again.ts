import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs this same command line with more flags of Node, where it lacks some of them, and answers the exit code;
 * undefined where it has them all.
 */
export function runAgainWith(flags: readonly string[]): Promise<number> | undefined {
  const missing = flags.filter((flag) => !process.execArgv.includes(flag));
  if (missing.length === 0) return undefined;
  const args = [...process.execArgv, ...missing, ...process.argv.slice(1)];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  // a terminal sends SIGINT to the child itself
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
}
