import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { SourceError } from "../../contract/errors.ts";
import { yawOf } from "../../geometry/se3.ts";
import { loadModel } from "../../inference/model.ts";
import { describeChannels } from "../../ingest/describe-log.ts";
import { openMcapLog } from "../../ingest/mcap-log.ts";
import { checkMcap, openSource } from "../../ingest/source.ts";
import { isRecording, recordingOf } from "../../record/read-recording.ts";
import { summarizeRecording } from "../../record/summarize.ts";
import type { Io } from "../io.ts";
import { table } from "../table.ts";

/** Ticks looked at to tell what a log gives and what it lacks. */
const SAMPLED_TICKS = 20;

type Report = Readonly<Record<string, unknown>>;
type Inspected = { readonly report: Report; readonly lines: readonly string[] };

/** `waywarden inspect <path>`: what is in a log, a model folder or a recording. */
export function registerInspect(program: Command, io: Io): void {
  program
    .command("inspect")
    .description("show what is in a log, a model folder or a recording, and what would be used")
    .argument("<path>", "log (.mcap), folder of a model, or file written by --record")
    .option("--json", "print one JSON object on stdout and nothing else there")
    .action(async (path: string, flags: { readonly json?: true }) => {
      const { report, lines } = await inspect(path);
      if (flags.json) io.out(JSON.stringify(report));
      else for (const line of lines) io.out(line);
    });
}

async function inspect(path: string): Promise<Inspected> {
  const found = await stat(path).catch((cause) => {
    const message = `${path}: a log, a model folder or a recording expected, found nothing`;
    throw new SourceError("SOURCE_NOT_READABLE", message, { cause });
  });
  if (found.isDirectory()) return inspectModel(path);
  await checkMcap(path);
  const log = await openMcapLog(path);
  try {
    if (isRecording(log)) {
      const summary = await summarizeRecording(recordingOf(log));
      return { report: { kind: "recording", ...summary }, lines: recordingLines(summary) };
    }
    const channels = describeChannels(log);
    const use = await whatIsUsed(path);
    const { damage, logHash } = log;
    const report = {
      kind: "log",
      path,
      logHash,
      ...(damage === undefined ? {} : { damage }),
      channels,
      ...use,
    };
    return { report, lines: logLines(report) };
  } finally {
    await log.close();
  }
}

type Use = {
  /** Why the log cannot be replayed at all. */
  readonly unusable?: string;
  readonly durationS?: number;
  readonly periodMs?: number;
  readonly cameras: readonly Report[];
  readonly lidars: readonly Report[];
  readonly ego: string;
  /** Code and source → in how many of the sampled ticks. */
  readonly lacks: Readonly<Record<string, number>>;
  readonly sampledTicks: number;
};

/** Opens the log as a replay would and looks at its first ticks. */
async function whatIsUsed(path: string): Promise<Use> {
  const nothing = { cameras: [], lidars: [], ego: "unknown", lacks: {}, sampledTicks: 0 };
  try {
    const source = await openSource(path);
    try {
      return await sample(source);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof SourceError)
      return { ...nothing, unusable: `${error.code}: ${error.message}` };
    throw error;
  }
}

async function sample(source: Awaited<ReturnType<typeof openSource>>): Promise<Use> {
  const cameras = new Map<string, Report>();
  const lidars = new Map<string, Report>();
  const lacks: Record<string, number> = {};
  let ego = "unknown: give --ego-speed";
  let ticks = 0;
  for await (const { images, sweeps, faults, ego: state } of source.observations()) {
    for (const { name, camera, encoding, data } of images) {
      const { widthPx, heightPx, fxPx } = camera.intrinsics;
      const { t, r } = camera.mountEgoFromCamera;
      const towardsDeg = Math.round((Math.atan2(r[5]!, r[2]!) * 180) / Math.PI);
      const size = `${widthPx} × ${heightPx} px ${encoding}, ${Math.round(data.length / 1000)} kB`;
      cameras.set(name, { name, size, focalPx: Math.round(fxPx), towardsDeg, atM: rounded(t) });
    }
    for (const { name, xyz, egoFromLidar } of sweeps) {
      const yawDeg = Math.round((yawOf(egoFromLidar) * 180) / Math.PI);
      lidars.set(name, { name, points: xyz.length / 3, yawDeg, atM: rounded(egoFromLidar.t) });
    }
    for (const { code, source: from } of faults) {
      const key = `${code} ${from ?? ""}`.trim();
      lacks[key] = (lacks[key] ?? 0) + 1;
    }
    if (state) ego = state.derived ? "speed from poses" : "speed measured";
    if (++ticks >= SAMPLED_TICKS) break;
  }
  const { startUs, endUs, periodUs } = source.info;
  return {
    durationS: (endUs - startUs) / 1e6,
    periodMs: periodUs / 1000,
    cameras: [...cameras.values()],
    lidars: [...lidars.values()],
    ego,
    lacks,
    sampledTicks: ticks,
  };
}

const rounded = (t: readonly number[]): number[] => t.map((m) => Number(m.toFixed(2)));

function logLines(
  report: Use & {
    readonly path: string;
    readonly logHash: string;
    readonly damage?: string;
    readonly channels: ReturnType<typeof describeChannels>;
  },
): string[] {
  const { channels, cameras, lidars, lacks, sampledTicks, damage, unusable, periodMs } = report;
  const length = report.durationS === undefined ? "" : `, ${report.durationS.toFixed(1)} s`;
  const rows = channels.map(({ topic, schema, encoding, messages, rateHz, gapMaxMs }) => [
    ...[topic, schema || "no schema", encoding, String(messages)],
    ...[rateHz === undefined ? "" : `${rateHz} Hz`, gapMaxMs === undefined ? "" : `${gapMaxMs} ms`],
  ]);
  const at = (one: Report) => `at (${(one.atM as number[]).join(", ")}) m`;
  return [
    `log ${report.path}${length}, sha256 ${report.logHash.slice(0, 16)}`,
    ...(damage === undefined ? [] : [`damaged: ${damage}`]),
    ...table(["topic", "schema", "encoding", "messages", "rate", "longest gap"], rows),
    "",
    ...(unusable === undefined
      ? [`would be decided every ${periodMs?.toFixed(0)} ms from`]
      : [`cannot be replayed: ${unusable}`]),
    ...cameras.map(
      (c) =>
        `  camera ${c.name}: ${c.size}, focal length ${c.focalPx} px, ${c.towardsDeg}° left of ahead, ${at(c)}`,
    ),
    ...lidars.map((l) => `  LiDAR ${l.name}: ${l.points} points, ${at(l)}`),
    ...(unusable === undefined ? [`  ego: ${report.ego}`] : []),
    ...(sampledTicks === 0 ? [] : [lacksLine(lacks, sampledTicks)]),
  ];
}

const lacksLine = (lacks: Readonly<Record<string, number>>, ticks: number): string => {
  const all = Object.entries(lacks).map(([key, count]) => `${key} in ${count}`);
  return `lacking in the first ${ticks} ticks: ${all.join(", ") || "nothing"}`;
};

function recordingLines(summary: Awaited<ReturnType<typeof summarizeRecording>>): string[] {
  const counts = (all: Readonly<Record<string, number>>) =>
    Object.entries(all)
      .sort(([, a], [, b]) => b - a)
      .map(([key, count]) => `${key} ${count}`)
      .join(", ") || "none";
  const { about, end, damage } = summary;
  return [
    `recording ${summary.path}: ${summary.decisions} decisions in ${summary.durationS.toFixed(1)} s, longest gap ${summary.gapMaxMs} ms`,
    ...(damage === undefined ? [] : [`damaged   ${damage}`]),
    ...Object.entries(about).map(([key, value]) => `${key.padEnd(11)} ${value}`),
    `ended       ${end ? end.reason : "without saying so: the process was killed"}`,
    ...(end
      ? [
          `left out    ${end.decisions_dropped_count} decisions, ${end.pictures_dropped_count} ticks without pictures`,
        ]
      : []),
    `modes       ${counts(summary.modes)}`,
    `verdicts    ${counts(summary.verdicts)}`,
    `rules       ${counts(summary.rules)}`,
    `faults      ${counts(summary.faults)}`,
  ];
}

/** Loads the model as a run would, so that what is printed has passed every check. */
async function inspectModel(dir: string): Promise<Inspected> {
  const model = await loadModel(dir, { threads: 1 });
  const { card, modelHash } = model;
  await model.close();
  const files = await Promise.all(
    Object.entries(card.files).map(async ([part, { file, sha256 }]) => {
      const { length } = await readFile(join(dir, file));
      return { part, file, bytes: length, sha256 };
    }),
  );
  const { bev_spec: grid, vocabulary, slots } = card;
  const tokens = Object.values(vocabulary).reduce((sum, [, count]) => sum + count, 0);
  const lines = [
    `model ${card.name} ${card.version} in ${dir}, sha256 ${modelHash}`,
    ...table(
      ["part", "file", "size", "sha256"],
      files.map(({ part, file, bytes, sha256 }) => [
        part,
        file,
        `${(bytes / 1e6).toFixed(1)} MB`,
        sha256.slice(0, 16),
      ]),
    ),
    "",
    `grid        ${grid.nx} × ${grid.ny} cells of ${grid.cell_m} m from (${grid.x_min_m}, ${grid.y_min_m}) m`,
    `channels    ${card.bev_channels.join(", ")}`,
    `pillars     ${card.pillars.nx} × ${card.pillars.ny} of ${card.pillars.cell_m} m: ${card.pillars.channels.join(", ")}`,
    `pictures    ${card.images.width} × ${card.images.height} px, heights ${card.images.heights_m.join(", ")} m`,
    `vocabulary  ${tokens} tokens: ${Object.entries(vocabulary)
      .map(([kind, [first, count]]) => `${kind} ${first}…${first + count - 1}`)
      .join(", ")}`,
    `slots       ${slots.join(" ")}`,
    "every file has the hash of the card, every graph the shapes that this version drives",
  ];
  return { report: { kind: "model", dir, modelHash, files, card }, lines };
}
