import { type Command, Option } from "commander";
import { loadConfig } from "../service/config.ts";
import { overrideKeyPaths } from "../service/override-keys.ts";
import type { ReplayRun } from "../service/run-replay.ts";
import { defaultKeyPath, loadVehicleKey } from "../service/vehicle-key.ts";
import type { Io } from "./io.ts";
import * as parse from "./options.ts";
import { defaultModelDir, findPackage } from "./package-root.ts";

export type ReplayFlags = {
  readonly instruction?: string;
  readonly start?: number;
  readonly x: number | "max";
  readonly broker: string;
  readonly model?: string;
  readonly pictures?: string;
  readonly pictureEvery: number;
  readonly json?: true;
  readonly egoSpeed?: number;
  readonly cruiseSpeed?: number;
  readonly threads?: number;
  readonly cameras?: number;
  readonly lidar: boolean;
  readonly vehicle: string;
  readonly key?: string;
  readonly config?: string;
  readonly record?: string;
  readonly report?: string;
  readonly recordPoints?: true;
  readonly overwrite?: true;
};

/** Adds the options that replay and demo share. */
export const addReplayOptions = (command: Command): Command =>
  command
    .option("--model <dir>", "model folder (default: the one that ships)")
    .addOption(new Option("--broker <url>", 'broker URL, "embedded" or "none"').default("embedded"))
    .option("--vehicle <name>", "name in the topics", parse.vehicleName, parse.DEFAULT_VEHICLE)
    .option("--key <file>", "sealing key, 64 hex digits (default: made at first start)")
    .option("--config <file>", "JSON configuration")
    .option("--threads <n>", "threads per network", parse.threadCount)
    .option("--cruise-speed <mps>", "desired speed where nothing says another", parse.speedMps);

/** Adds the options of what is written beside a run. */
export const addInstrumentOptions = (command: Command): Command =>
  command
    .option("--record <file>", "write decisions and what shows them as MCAP (docs/recordings.md)")
    .option("--record-points", "with --record: the LiDAR points too (20 MB/s and more)")
    .option("--report <file>", "write one HTML page that shows the run (docs/recordings.md)")
    .option("--overwrite", "replace files of --record and --report that are there already");

export type InstrumentFlags = Pick<ReplayFlags, "record" | "report" | "recordPoints" | "overwrite">;

/** What those options ask for; {} where nothing. */
export const instrumentsOf = ({
  record,
  report,
  recordPoints,
  overwrite,
}: InstrumentFlags): Pick<ReplayRun, "instruments"> =>
  record === undefined && report === undefined
    ? {}
    : {
        instruments: {
          ...(record === undefined ? {} : { record }),
          ...(report === undefined ? {} : { report }),
          points: recordPoints === true,
          overwrite: overwrite === true,
        },
      };

/** Reads configuration and key; says what is in force. */
export async function prepareRun(
  flags: Omit<ReplayFlags, "x" | "json" | "pictures" | "pictureEvery">,
  io: Io,
): Promise<Omit<ReplayRun, "logPath" | "rate">> {
  const { egoSpeed, cruiseSpeed, threads, cameras, lidar } = flags;
  const effective = await loadConfig(flags.config, {
    ...(egoSpeed === undefined ? {} : { egoSpeedMps: egoSpeed }),
    ...(cruiseSpeed === undefined ? {} : { cruiseSpeedMps: cruiseSpeed }),
    ...(threads === undefined ? {} : { threads }),
    ...(cameras === undefined ? {} : { cameraCountMax: cameras }),
    ...(lidar === false ? { lidars: false } : {}),
  });
  io.say(`config ${effective.configHash.slice(0, 16)} ${JSON.stringify(effective.config)}`);
  const { key, path, created } = await loadVehicleKey(
    flags.key ?? defaultKeyPath(flags.vehicle),
    true,
  );
  io.say(`key ${path}${created ? " (made now)" : ""}`);
  return {
    effective,
    key,
    overrideKeys: overrideKeyPaths(path),
    modelDir: flags.model ?? defaultModelDir(),
    broker: flags.broker,
    vehicle: flags.vehicle,
    software: `waywarden ${findPackage().version}`,
    ...instrumentsOf(flags),
    signal: io.signal,
    say: io.say,
    ...(flags.start === undefined ? {} : { startS: flags.start }),
    ...(flags.instruction === undefined ? {} : { text: flags.instruction }),
  };
}
