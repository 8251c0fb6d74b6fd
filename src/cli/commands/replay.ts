import type { Command } from "commander";
import { SourceError } from "../../contract/errors.ts";
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

/** `waywarden replay <log>`: every observation of a recorded drive becomes one sealed decision. */
export function registerReplay(program: Command, io: Io): void {
  const command = program
    .command("replay")
    .description("turn a recorded drive into decisions, the same ones every time")
    .argument("<log>", "recorded drive (.mcap)");
  addInstrumentOptions(addReplayOptions(command))
    .option("--instruction <text>", 'what the passenger says, such as "follow the road"')
    .option("-s, --start <seconds>", "begin this long after the first tick", parse.seconds)
    .option("-x <rate>", "multiple of real time, or max", parse.rate, 1)
    .option("--pictures <dir>", "write a picture (PNG) of the tick every second")
    .option("--picture-every <ticks>", "ticks from one picture to the next", parse.tickCount, 10)
    .option("--ego-speed <mps>", "speed where nothing in the log gives one", parse.speedMps)
    .option("--cameras <n>", "use at most this many cameras, front first", parse.cameraCount)
    .option("--no-lidar", "leave every LiDAR out")
    .option("--json", "print one JSON summary on stdout and nothing else there")
    .action(async (logPath: string, flags: ReplayFlags) => replayCommand(logPath, flags, io));
}

async function replayCommand(logPath: string, flags: ReplayFlags, io: Io): Promise<void> {
  const { pictures, pictureEvery } = flags;
  const printer = new TickPrinter(io, flags.json ? io.say : io.out);
  try {
    const summary = await runReplay({
      ...(await prepareRun(flags, io)),
      logPath,
      rate: flags.x,
      ...(pictures === undefined ? {} : { pictures: { dir: pictures, everyTicks: pictureEvery } }),
      say: (text) => printer.line(text),
      onStart: (info) => printer.start(info),
      onTick: (tick) => printer.tick(tick),
    });
    printer.stop();
    if (pictures !== undefined) io.say(`pictures in ${pictures}`);
    if (flags.json) io.out(JSON.stringify(summary));
    else for (const line of formatSummary(summary)) io.out(line);
    checkWritten(flags, summary, io);
    if (summary.error) throw new SourceError(summary.error.code, summary.error.message);
  } finally {
    printer.stop();
  }
}
