import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../contract/errors.ts";
import { type ObservationSource, openSource, type SourceInfo } from "../ingest/source.ts";
import { renderObservationPicture } from "../picture/observation-picture.ts";
import type { EffectiveConfig } from "./config.ts";
import { replayEpoch } from "./epoch.ts";
import { InstructionInbox } from "./instruction-inbox.ts";
import { type InstrumentOptions, Instruments } from "./instruments.ts";
import { openOverride } from "./open-override.ts";
import { openRooms } from "./open-rooms.ts";
import type { OverrideKeyPaths } from "./override-keys.ts";
import { Pipeline, type Tick } from "./pipeline.ts";
import { Publisher } from "./publisher.ts";
import { replay } from "./replay.ts";
import { openSenses } from "./sensing-thread.ts";
import type { ReplaySummary } from "./summary.ts";
import { warmUp } from "./warm-up.ts";

export type ReplayRun = {
  /** What a recording says was run; "replay" unless said otherwise. */
  readonly command?: string;
  readonly logPath: string;
  readonly modelDir: string;
  readonly effective: EffectiveConfig;
  /** "none", "embedded" or a broker URL. */
  readonly broker: string;
  readonly vehicle: string;
  /** [32] bytes. */
  readonly key: Uint8Array;
  /** Where given, the override topic is heard (unless the broker is "none"). */
  readonly overrideKeys?: OverrideKeyPaths;
  readonly rate: number | "max";
  readonly startS?: number;
  /** Instruction from the first tick on. */
  readonly text?: string;
  readonly pictures?: { readonly dir: string; readonly everyTicks: number };
  readonly instruments?: Omit<InstrumentOptions, "say">;
  readonly software: string;
  readonly signal: AbortSignal;
  /** One line for a person. */
  readonly say: (text: string) => void;
  readonly onStart?: (info: SourceInfo) => void;
  readonly onTick?: (tick: Tick, ageMs: number) => void;
};

/** Opens log, model and broker, replays, closes them again; also when something throws. */
export async function runReplay(run: ReplayRun): Promise<ReplaySummary> {
  const { config, configHash } = run.effective;
  const closers: (() => Promise<void>)[] = [];
  try {
    const instruments =
      run.instruments && (await Instruments.open({ ...run.instruments, say: run.say }));
    if (instruments) closers.push(() => instruments.close());
    // Its thread starts while the log is opened.
    const senses = openSenses();
    closers.push(() => senses.close());
    const source = await openLog(run);
    closers.push(() => source.close());
    const { rooms, warmUpRooms, model, close } = await openRooms(run.modelDir, config, senses);
    closers.push(close);
    const { modelHash } = model;
    const settings = { ...config, modelHash, configHash };
    const inbox = new InstructionInbox(run.say);
    const override = await listenForOverrides(run);
    closers.push(async () => override?.close());
    const publisher = await Publisher.open({
      broker: run.broker,
      vehicle: run.vehicle,
      key: run.key,
      epoch: replayEpoch(source.info.logHash, modelHash, configHash),
      about: { modelHash, configHash, software: run.software, sourceName: source.info.name },
      onInstruction: (route) => inbox.put(route),
      ...(override ? { override: override.desk } : {}),
      onEvent: run.say,
    });
    closers.push(() => publisher.close());
    if (publisher.url) run.say(`publishing to ${publisher.url}, vehicle ${run.vehicle}`);
    run.onStart?.(source.info);
    await instruments?.start(
      aboutOf(run, source.info, modelHash),
      run.rate === "max" ? "wait" : "drop",
    );
    if (run.pictures) await mkdir(run.pictures.dir, { recursive: true });
    const summary = await replay({
      source,
      publisher,
      pipeline: new Pipeline(rooms, settings, () => override?.desk.input),
      hashes: { model: modelHash, config: configHash },
      rate: run.rate,
      warmUp: (first, nowUs) => warmUp(warmUpRooms, settings, first, nowUs),
      decisionDelayUs: config.decisionDelayMs * 1000,
      takeInstruction: () => inbox.take(),
      signal: run.signal,
      onTick: async (tick, ageMs, sealed) => {
        run.onTick?.(tick, ageMs);
        await instruments?.tick(tick, ageMs, sealed);
        await writePicture(run, tick);
      },
    });
    if (summary.complete && summary.observations === 0)
      throw new ConfigError(
        "REPLAY_EMPTY",
        `${run.logPath}: an observation after ${run.startS ?? 0} s expected, found none`,
      );
    const outcome = await instruments?.end(reasonOf(summary, run.signal), factsOf(summary));
    return { ...summary, ...outcome };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function listenForOverrides(run: ReplayRun) {
  const { overrideKeys, broker, vehicle, say } = run;
  if (!overrideKeys || broker === "none") return undefined;
  return openOverride(overrideKeys, vehicle, say);
}

/** Why the run ended, for a recording. */
function reasonOf(summary: ReplaySummary, signal: AbortSignal): string {
  if (summary.complete) return "complete";
  return signal.aborted ? "interrupted" : (summary.error?.message ?? "the source ended early");
}

/** What a report says of the run as a whole. */
const factsOf = ({ hashes, replaySpeed, peakRssMb, published, dropped }: ReplaySummary) => ({
  "sha256 of decisions": hashes.decisions,
  speed: `${replaySpeed.toFixed(2)} × real time, peak memory ${peakRssMb.toFixed(0)} MB`,
  published: `${published}, dropped ${dropped}`,
});

const aboutOf = (
  run: ReplayRun,
  { name, path, logHash, periodUs }: SourceInfo,
  modelHash: string,
) => ({
  command: run.command ?? "replay",
  software: run.software,
  vehicle: run.vehicle,
  source: { name, path },
  hashes: { log: logHash, model: modelHash, config: run.effective.configHash },
  config: JSON.stringify(run.effective.config),
  periodUs,
});

function openLog(run: ReplayRun): Promise<ObservationSource> {
  const { egoSpeedMps, cameraCountMax, lidars } = run.effective.config;
  return openSource(run.logPath, {
    lidars,
    ...(run.startS === undefined ? {} : { startS: run.startS }),
    ...(run.text === undefined ? {} : { text: run.text }),
    ...(egoSpeedMps === undefined ? {} : { egoSpeedMps }),
    ...(cameraCountMax === undefined ? {} : { cameras: cameraCountMax }),
  });
}

async function writePicture({ pictures, say }: ReplayRun, tick: Tick): Promise<void> {
  const { observation, bev, obstacles, decision } = tick;
  if (!pictures || observation.id % pictures.everyTicks !== 0) return;
  const name = `${String(observation.id).padStart(6, "0")}-${decision.mode.toLowerCase()}.png`;
  try {
    const png = await renderObservationPicture({ observation, bev, obstacles, decision });
    await writeFile(join(pictures.dir, name), png);
  } catch (error) {
    say(`picture ${name} not written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
