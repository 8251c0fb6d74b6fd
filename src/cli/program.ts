import { Command, CommanderError } from "commander";
import { registerCompare } from "./commands/compare.ts";
import { registerDataset } from "./commands/dataset.ts";
import { registerDemo } from "./commands/demo.ts";
import { registerDrive } from "./commands/drive.ts";
import { registerExplain } from "./commands/explain.ts";
import { registerFeed } from "./commands/feed.ts";
import { registerInspect } from "./commands/inspect.ts";
import { registerMakeDrive } from "./commands/make-drive.ts";
import { registerOverride } from "./commands/override.ts";
import { registerReplay } from "./commands/replay.ts";
import { registerWatch } from "./commands/watch.ts";
import { describeError, EXIT, type Io, UnusableInputError } from "./io.ts";
import { findPackage } from "./package-root.ts";

/** Every command registers itself here: one file each in commands/. */
const REGISTER: readonly ((program: Command, io: Io) => void)[] = [
  registerReplay,
  registerDrive,
  registerFeed,
  registerWatch,
  registerOverride,
  registerDemo,
  registerMakeDrive,
  registerDataset,
  registerInspect,
  registerExplain,
  registerCompare,
];

function buildProgram(io: Io): Command {
  const program = new Command("waywarden")
    .description("Sensor data and an instruction in, one checked driving decision out.")
    .version(findPackage().version)
    .option("--verbose", "print the stack of errors")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.say(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, "error[USAGE]: ")),
    })
    .showHelpAfterError("(--help shows the options)");
  for (const register of REGISTER) register(program, io);
  for (const command of program.commands) inherit(command, program);
  return program;
}

/** Sub-commands made before the settings of their parent do not take them over by themselves. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const inner of command.commands) inherit(inner, command);
}

/** Commands that run until a signal ends them, which is then no interruption. */
const ENDS_BY_SIGNAL: readonly string[] = ["drive"];

/** Runs one command line (without node and script); answers the exit code, never throws. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const program = buildProgram(io);
  let command = "";
  program.hook("preAction", (_program, action) => {
    command = action.name();
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    const interrupted = io.signal.aborted && !ENDS_BY_SIGNAL.includes(command);
    return interrupted ? EXIT.interrupted : EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (io.signal.aborted) return EXIT.interrupted;
    io.say(describeError(error, program.opts<{ verbose?: true }>().verbose === true));
    return error instanceof UnusableInputError ? EXIT.usage : EXIT.failure;
  }
}
