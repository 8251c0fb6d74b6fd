import type { Command } from "commander";
import { runFeed } from "../../service/feed.ts";
import type { Io } from "../io.ts";
import * as parse from "../options.ts";

type FeedFlags = {
  readonly broker: string;
  readonly vehicle: string;
  readonly x: number;
  readonly loop?: true;
  readonly duration?: number;
  readonly cameras?: number;
  readonly instruction: string;
  readonly drop: number;
  readonly duplicate: number;
  readonly delay: number;
  readonly seed: number;
};

/** `waywarden feed <log>`: a recorded drive as live observations, for trying `drive` without a car. */
export function registerFeed(program: Command, io: Io): void {
  program
    .command("feed")
    .description("publish a recorded drive as live observations, stamped as if it happened now")
    .argument("<log>", "recorded drive (.mcap)")
    .option("--broker <url>", "broker URL", parse.DEFAULT_BROKER_URL)
    .option("--vehicle <name>", "name in the topics", parse.vehicleName, parse.DEFAULT_VEHICLE)
    .option("-x <rate>", "multiple of real time", parse.feedRate, 1)
    .option("--loop", "begin again at the end")
    .option("--duration <seconds>", "end after this time", parse.seconds)
    .option("--cameras <n>", "use at most this many cameras, front first", parse.cameraCount)
    .option("--instruction <text>", "instruction in the observations", "")
    .option("--drop <chance>", "leave a message out, 0…1", parse.chance, 0)
    .option("--duplicate <chance>", "send a message twice, 0…1", parse.chance, 0)
    .option("--delay <chance>", "send a message 50 to 400 ms late, 0…1", parse.chance, 0)
    .option("--seed <n>", "which messages are hit", parse.seed, 1)
    .action(async (logPath: string, flags: FeedFlags) => feed(logPath, flags, io));
}

async function feed(logPath: string, flags: FeedFlags, io: Io): Promise<void> {
  const { x, loop, duration, cameras, instruction, ...rest } = flags;
  io.say(`feeding ${logPath} to ${flags.vehicle} on ${flags.broker}; Ctrl-C ends`);
  const counts = await runFeed({
    ...rest,
    logPath,
    rate: x,
    loop: loop ?? false,
    text: instruction,
    signal: io.signal,
    ...(duration === undefined ? {} : { durationS: duration }),
    ...(cameras === undefined ? {} : { cameras }),
  });
  io.out(JSON.stringify(counts));
}
