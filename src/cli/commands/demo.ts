import { join } from "node:path";
import type { Command } from "commander";
import { runReplay } from "../../service/run-replay.ts";
import { formatSummary } from "../format.ts";
import type { Io } from "../io.ts";
import * as parse from "../options.ts";
import {
  addInstrumentOptions,
  addReplayOptions,
  prepareRun,
  type ReplayFlags,
} from "../replay-options.ts";
import { TickPrinter } from "../tick-printer.ts";
import { checkWritten } from "../written.ts";
import { DEMO_SEED, makeDrive } from "./make-drive.ts";

type DemoFlags = Omit<ReplayFlags, "x" | "json" | "pictures" | "pictureEvery" | "lidar"> & {
  readonly out: string;
  readonly seed: number;
  readonly duration: number;
};

const PICTURE_EVERY_TICKS = 10;

/** `waywarden demo`: makes a short drive, replays it in real time, shows and stores what happens. */
export function registerDemo(program: Command, io: Io): void {
  const command = program
    .command("demo")
    .description("make a short drive and watch it become decisions, with pictures");
  addInstrumentOptions(addReplayOptions(command))
    .option("--instruction <text>", "what the passenger says", "follow the road")
    .option("--seed <n>", "which drive", parse.seed, DEMO_SEED)
    .option("--duration <seconds>", "length of the drive", parse.durationS, 12)
    .option("--out <dir>", "where the drive and the pictures go", "out/demo")
    .action(async (flags: DemoFlags) => demo(flags, io));
}

async function demo(flags: DemoFlags, io: Io): Promise<void> {
  const { seed, duration, out } = flags;
  const prepared = await prepareRun({ ...flags, lidar: true }, io);
  const logPath = join(out, "drive.mcap");
  const pictures = { dir: join(out, "pictures"), everyTicks: PICTURE_EVERY_TICKS };
  io.say(`making a drive of ${duration} s with the generator, seed ${seed}: ${logPath}`);
  await makeDrive(logPath, seed, duration, io);
  io.say("replaying it in real time");
  const printer = new TickPrinter(io, io.out);
  try {
    const summary = await runReplay({
      ...prepared,
      command: "demo",
      logPath,
      rate: 1,
      pictures,
      say: (text) => printer.line(text),
      onStart: (info) => printer.start(info),
      onTick: (tick) => printer.tick(tick),
    });
    printer.stop();
    for (const line of formatSummary(summary)) io.out(line);
    io.out(`drive     ${logPath}`);
    io.out(`pictures  ${pictures.dir} (one a second: cameras, points, BEV, obstacles, path)`);
    checkWritten(flags, summary, io);
  } finally {
    printer.stop();
  }
}
