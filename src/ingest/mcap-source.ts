import { basename } from "node:path";
import { SourceError } from "../contract/errors.ts";
import type { Fault } from "../contract/fault.ts";
import type { Observation } from "../contract/observation.ts";
import { type BuildContext, buildObservation, type SensorItem } from "./build-observation.ts";
import { LogIntake } from "./log-intake.ts";
import { type LogChannel, type McapLog, openMcapLog } from "./mcap-log.ts";
import type { ObservationSource, SourceInfo, SourceOptions } from "./source.ts";
import { type StreamSpec, Synchronizer, type Tick } from "./synchronizer.ts";
import { findTopics, type LogTopics, type SensorChannel } from "./topics.ts";

/** Tick period where a log has too few messages to tell. */
const PERIOD_DEFAULT_US = 100_000;
/** Read this much before the wanted start, so that ego motion is known at the first tick. */
const RUN_IN_US = 1_000_000;
/** Part of the log searched for mountings and calibrations before the first observation. */
const PEEK_US = 2_000_000;

/** Opens an MCAP log with Foxglove protobuf schemas. */
export async function openMcapSource(
  path: string,
  options: SourceOptions,
): Promise<ObservationSource> {
  const log = await openMcapLog(path);
  try {
    return await sourceOf(log, options);
  } catch (error) {
    await log.close();
    if (!(error instanceof SourceError) || error.message.startsWith(path)) throw error;
    throw new SourceError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

async function sourceOf(log: McapLog, options: SourceOptions): Promise<ObservationSource> {
  if (log.damage !== undefined && log.channels.every((c) => c.logTimesUs.length === 0))
    throw new SourceError("SOURCE_TRUNCATED", `${log.path}: ${log.damage}`);
  const all = findTopics(log.channels, options.topics);
  const clouds = options.lidars === false ? [] : all.clouds;
  const intake = new LogIntake(all, options);
  const startUs = Math.min(...[...all.images, ...clouds].map((s) => s.channel.logTimesUs[0]!));
  await peek(log, all, intake, startUs);
  const images = chooseCameras(all.images, intake, options.cameras);
  const used: LogTopics = { ...all, images, clouds };
  const sensors = [...clouds, ...images];
  const lead = sensors[0];
  if (!lead)
    throw new SourceError("SOURCE_NO_SENSORS", "a camera or LiDAR in use expected, found none");
  const info: SourceInfo = {
    name: basename(log.path),
    path: log.path,
    cameras: images.map((s) => s.name),
    lidars: clouds.map((s) => s.name),
    periodUs: medianPeriodUs(lead.channel),
    startUs,
    endUs: Math.max(...sensors.map((s) => s.channel.logTimesUs.at(-1)!)),
    logHash: log.logHash,
    ...(log.damage === undefined ? {} : { damage: log.damage }),
  };
  let begun = false;
  return {
    info,
    observations: () => {
      if (begun) throw new SourceError("SOURCE_USED", "observations() once expected, found twice");
      begun = true;
      return observe(log, used, intake, info, options);
    },
    close: () => log.close(),
  };
}

/** Median distance of the record times of a channel. */
function medianPeriodUs(channel: LogChannel): number {
  const t = channel.logTimesUs;
  const steps = t.slice(1).map((us, i) => us - t[i]!);
  const sorted = steps.filter((us) => us > 0).sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)];
  const high = sorted[Math.ceil(middle)];
  return low === undefined || high === undefined ? PERIOD_DEFAULT_US : Math.round((low + high) / 2);
}

/** Reads mountings and calibrations at the start of the log, until each camera has both. */
async function peek(
  log: McapLog,
  topics: LogTopics,
  intake: LogIntake,
  startUs: number,
): Promise<void> {
  const wanted = [...topics.motion, ...topics.calibrations].map((m) => m.channel.id);
  const range = { toUs: startUs + PEEK_US };
  for await (const message of log.messages(new Set(wanted), range)) {
    intake.take(message);
    if (topics.images.every((i) => intake.knows(i.name))) break;
  }
  intake.takeFaults();
}

/** Cameras in use, front first. */
function chooseCameras(
  images: readonly SensorChannel[],
  intake: LogIntake,
  wanted: SourceOptions["cameras"],
): readonly SensorChannel[] {
  const angle = new Map(images.map((i) => [i.name, intake.offFrontRad(i.name)]));
  const sorted = [...images].sort(
    (a, b) => angle.get(a.name)! - angle.get(b.name)! || a.name.localeCompare(b.name, "en"),
  );
  if (wanted === undefined) return sorted;
  if (typeof wanted === "number") return sorted.slice(0, wanted);
  for (const name of wanted)
    if (!angle.has(name))
      throw new SourceError(
        "SOURCE_CAMERA",
        `camera ${name} expected, found ${images.map((i) => i.name).join(", ")}`,
      );
  return sorted.filter((i) => wanted.includes(i.name));
}

async function* observe(
  log: McapLog,
  topics: LogTopics,
  intake: LogIntake,
  info: SourceInfo,
  options: SourceOptions,
): AsyncGenerator<Observation> {
  const spec = (kind: StreamSpec["kind"]) => (s: SensorChannel) => ({
    name: s.name,
    kind,
    periodUs: medianPeriodUs(s.channel),
  });
  const streams = [...topics.clouds.map(spec("lidar")), ...topics.images.map(spec("camera"))];
  const sync = new Synchronizer<SensorItem>(streams, info.periodUs);
  const sensors = [...topics.images, ...topics.clouds];
  const leadStartUs = (topics.clouds[0] ?? topics.images[0])!.channel.logTimesUs[0]!;
  const fromUs = leadStartUs + Math.round((options.startS ?? 0) * 1e6);
  const skipUs = options.startS ? fromUs - Math.round(info.periodUs / 2) : 0;
  const range = options.startS ? { fromUs: fromUs - RUN_IN_US } : {};
  let id = 0;
  let context: BuildContext | undefined;
  const emit = (tick: Tick<SensorItem>, extra: readonly Fault[] = []): Observation => {
    const route = { text: options.text ?? "", givenUs: tick.stampUs };
    context ??= { ...intake.context(info, sync.toleranceUs), route };
    return buildObservation(id++, tick, context, [...intake.takeFaults(), ...extra]);
  };
  intake.reject(topics.rejected, info.startUs);
  const ids = [...sensors, ...topics.calibrations, ...topics.motion].map((s) => s.channel.id);
  for await (const message of log.messages(new Set(ids), range)) {
    const sensed = intake.take(message);
    if (!sensed) continue;
    for (const tick of sync.offer(sensed.name, sensed.item.message.stampUs, sensed.item))
      if (tick.stampUs >= skipUs) yield emit(tick);
  }
  const rest = sync.flush().filter((tick) => tick.stampUs >= skipUs);
  for (const [i, tick] of rest.entries())
    yield emit(tick, i === rest.length - 1 ? damageFaults(log, tick.stampUs) : []);
  if (log.damage !== undefined)
    throw new SourceError("SOURCE_TRUNCATED", `${log.path}: ${log.damage}`);
}

const damageFaults = (log: McapLog, stampUs: number): Fault[] =>
  log.damage === undefined ? [] : [{ code: "MESSAGE_INVALID", detail: log.damage, stampUs }];
