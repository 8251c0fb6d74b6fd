import { Command, CommanderError } from "commander";
import { describeError, EXIT, type Io, UnusableInputError } from "./io.ts";
import { findPackage } from "./package-root.ts";

type Register = (program: Command, io: Io) => void;

/** Every command registers itself; a run loads only what its own needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  replay: async () => (await import("./commands/replay.ts")).registerReplay,
  drive: async () => (await import("./commands/drive.ts")).registerDrive,
  feed: async () => (await import("./commands/feed.ts")).registerFeed,
  watch: async () => (await import("./commands/watch.ts")).registerWatch,
  override: async () => (await import("./commands/override.ts")).registerOverride,
  demo: async () => (await import("./commands/demo.ts")).registerDemo,
  "make-drive": async () => (await import("./commands/make-drive.ts")).registerMakeDrive,
  dataset: async () => (await import("./commands/dataset.ts")).registerDataset,
  inspect: async () => (await import("./commands/inspect.ts")).registerInspect,
  explain: async () => (await import("./commands/explain.ts")).registerExplain,
  compare: async () => (await import("./commands/compare.ts")).registerCompare,
  roads: async () => (await import("./commands/roads.ts")).registerRoads,
  scene: async () => (await import("./commands/scene.ts")).registerScene,
  simulate: async () => (await import("./commands/simulate.ts")).registerSimulate,
};

/** The command that is asked for, or all of them where help or an unknown one is. */
function namesFor(args: readonly string[]): readonly string[] {
  const asked = args.find((arg) => !arg.startsWith("-"));
  const known = asked !== undefined && Object.hasOwn(COMMANDS, asked);
  return known ? [asked] : Object.keys(COMMANDS);
}

async function buildProgram(args: readonly string[], io: Io): Promise<Command> {
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
  for (const name of namesFor(args)) (await COMMANDS[name]!())(program, io);
  for (const command of program.commands) inherit(command, program);
  return program;
}

/** Sub-commands made before the settings of their parent do not take them over by themselves. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const inner of command.commands) inherit(inner, command);
}

/** Commands that run until a signal ends them, which is then no interruption. */
const ENDS_BY_SIGNAL: readonly string[] = ["drive", "scene"];

/** Runs one command line (without node and script); answers the exit code, never throws. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const program = await buildProgram(args, io);
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
