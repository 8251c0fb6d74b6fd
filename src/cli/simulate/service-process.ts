import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { findPackage } from "../package-root.ts";

/** A service that is told to end may take this long, ms. */
const END_MS = 20_000;
/** Kept of what it says. */
const LINES = 20;

/** A service in a process of its own, seen from the simulator. */
export type ServiceProcess = {
  /** Resolves with the reason when it ends unasked. */
  readonly ended: Promise<string>;
  /** Tells it to end and waits; answers its errors, if it had any. */
  stop(): Promise<string | undefined>;
};

export type ServiceArguments = {
  readonly broker: string;
  readonly vehicle: string;
  readonly keyFile: string;
  readonly modelDir: string;
  /** Recording of the run, which may replace what an earlier one left. */
  readonly record?: string;
};

/** Starts `waywarden drive --lock-step`; it ends with this process, however this one ends. */
export function startService(given: ServiceArguments): ServiceProcess {
  const { broker, vehicle, keyFile, modelDir, record } = given;
  const command = ["drive", "--lock-step", "--quiet", "--broker", broker, "--vehicle", vehicle];
  const more = record === undefined ? [] : ["--record", record, "--overwrite"];
  const args = [...command, "--key", keyFile, "--model", modelDir, ...more];
  const bin = join(findPackage().root, "bin", "waywarden.mjs");
  const child = spawn(process.execPath, ["--single-threaded-gc", bin, ...args], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const said: string[] = [];
  child.stderr!.on("data", (data: Buffer) => {
    said.push(...data.toString().split("\n").filter(Boolean));
    said.splice(0, said.length - LINES);
  });
  const errors = () => said.filter((line) => line.startsWith("error[")).join("; ");
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(errors() || (signal ?? `exit code ${code}`)));
  });
  return {
    ended,
    stop: async () => {
      await endOf(child, ended);
      return errors() || undefined;
    },
  };
}

async function endOf(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
  await ended;
  clearTimeout(timer);
}
