import { spawn } from "node:child_process";
import type { Command } from "commander";
import { Option } from "commander";
import { ConfigError } from "../../contract/errors.ts";
import { generateDataset } from "../../dataset/generate.ts";
import { DEFAULT_MIX, parseMix, WORLD_KINDS, type WorldMix } from "../../dataset/mix.ts";
import type { DatasetKind } from "../../dataset/options.ts";
import type { Split } from "../../expert/sentences.ts";
import type { Io } from "../io.ts";
import { openModelWheel } from "../model-wheel.ts";
import * as parse from "../options.ts";
import { defaultModelDir } from "../package-root.ts";
import { Progress } from "../progress.ts";

type DatasetFlags = {
  readonly out: string;
  readonly kind: DatasetKind;
  readonly split: Split;
  readonly mix: WorldMix;
  readonly shards: number;
  readonly samples: number;
  readonly seed: number;
  readonly perWorld?: number;
  readonly standing?: number;
  readonly jobs: number;
  readonly driver: "expert" | "model";
  readonly driverShare: number;
  readonly model?: string;
  /** Set in child processes only. */
  readonly job?: number;
};

/** `waywarden dataset --out DIR`: training shards of generated worlds (docs/shards.md). */
export function registerDataset(program: Command, io: Io): void {
  program
    .command("dataset")
    .description("write training shards of generated worlds; goes on where it was stopped")
    .requiredOption("--out <dir>", "folder of the dataset")
    .addOption(
      new Option("--kind <kind>", "true BevStates only, or rendered sensors too")
        .choices(["truth", "rendered"])
        .default("truth"),
    )
    .addOption(
      new Option("--split <split>", "worlds and sentences to draw from")
        .choices(["train", "val"])
        .default("train"),
    )
    .option(
      "--mix <kinds>",
      `worlds to draw, as KIND=WEIGHT,… of ${WORLD_KINDS.join(", ")}`,
      parse.usage(parseMix),
      DEFAULT_MIX,
    )
    .addOption(
      new Option("--driver <name>", "who drives; the expert labels what either should have done")
        .choices(["expert", "model"])
        .default("expert"),
    )
    .option("--driver-share <share>", "worlds that --driver model drives", parse.chance, 0.5)
    .addOption(
      new Option("--bev <source>", "what --driver model sees").choices(["truth"]).default("truth"),
    )
    .option("--model <dir>", "model folder (default: the one that ships)")
    .option("--shards <n>", "shard folders", parse.tickCount, 4)
    .option("--samples <n>", "samples per shard", parse.tickCount, 256)
    .option(
      "--per-world <n>",
      "samples of one world, about: fewer show more worlds and take longer (default: 168 truth, 4 rendered)",
      parse.tickCount,
    )
    .option(
      "--standing <share>",
      "random worlds that begin at standstill, and lent places that stand (default: 0.2 and 0.15)",
      parse.chance,
    )
    .option("--seed <n>", "same seed, same bytes", parse.seed, 1)
    .option("--jobs <n>", "processes", parse.threadCount, 1)
    .addOption(new Option("--job <n>").argParser(parse.seed).hideHelp())
    .action(async (flags: DatasetFlags) => {
      const own = writeShards(flags, flags.job ?? 0, io);
      const others = flags.job === undefined ? startOthers(flags, io) : [];
      await Promise.all([own, ...others]);
      if (flags.job === undefined) io.out(flags.out);
    });
}

async function writeShards(flags: DatasetFlags, job: number, io: Io): Promise<void> {
  const { out, kind, split, mix, shards, samples, seed, jobs, perWorld, standing } = flags;
  let progress: Progress | undefined;
  const driver =
    flags.driver === "model" ? await openModelWheel(flags.model ?? defaultModelDir()) : undefined;
  try {
    await generateDataset({
      out,
      kind,
      split,
      mix,
      shards,
      samplesPerShard: samples,
      seed,
      ...(perWorld === undefined ? {} : { perWorld }),
      ...(standing === undefined ? {} : { standing }),
      job,
      jobs,
      ...(driver === undefined ? {} : { wheel: { driver, share: flags.driverShare } }),
      onProgress: (done, total) => {
        io.signal.throwIfAborted();
        if (job > 0) return;
        progress ??= new Progress(io, total, jobs > 1 ? `job 1 of ${jobs}` : "samples");
        progress.updateAloud(done);
      },
    });
  } finally {
    progress?.stop();
  }
}

function startOthers(flags: DatasetFlags, io: Io): Promise<void>[] {
  return Array.from({ length: flags.jobs - 1 }, (_, i) => {
    const own = [...process.argv.slice(1), "--job", String(i + 1)];
    const args = [...process.execArgv, ...own];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    io.signal.addEventListener("abort", () => child.kill("SIGTERM"));
    return new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        if (code === 0) return resolve();
        const how = signal ?? `exit code ${code}`;
        reject(new ConfigError("DATASET_JOB", `job ${i + 2}: exit code 0 expected, found ${how}`));
      });
    });
  });
}
