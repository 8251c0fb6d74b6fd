import { mkdir, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Command } from "commander";
import { writeDemoDrive } from "../../dataset/write-drive.ts";
import type { Io } from "../io.ts";
import * as parse from "../options.ts";
import { Progress } from "../progress.ts";

export const DEMO_SEED = 3;

/** `waywarden make-drive <file>`: a short drive of the generator as MCAP. */
export function registerMakeDrive(program: Command, io: Io): void {
  program
    .command("make-drive")
    .description("write a short generated drive, as if it had been recorded")
    .argument("<file>", "file to write (.mcap)")
    .option("--seed <n>", "same seed, same bytes", parse.seed, DEMO_SEED)
    .option("--duration <seconds>", "length", parse.durationS, 12)
    .action(async (path: string, flags: { seed: number; duration: number }) => {
      await makeDrive(path, flags.seed, flags.duration, io);
      io.out(path);
    });
}

/** Writes beside the target first, so that an interrupted run leaves no half drive behind. */
export async function makeDrive(
  path: string,
  seed: number,
  durationS: number,
  io: Io,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  let progress: Progress | undefined;
  try {
    await writeDemoDrive(`${path}.part`, {
      seed,
      durationS,
      onProgress: (done, total) => {
        io.signal.throwIfAborted();
        progress ??= new Progress(io, total, "making a drive");
        progress.updateAloud(done);
      },
    });
    await rename(`${path}.part`, path);
  } finally {
    progress?.stop();
  }
}
