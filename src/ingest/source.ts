import { open } from "node:fs/promises";
import { SourceError } from "../contract/errors.ts";
import type { Observation } from "../contract/observation.ts";
import { openMcapSource } from "./mcap-source.ts";
import type { TopicOverrides } from "./topics.ts";

/** What is known of a source before its first observation. */
export type SourceInfo = {
  readonly name: string;
  readonly path: string;
  /** Cameras in use, front first. */
  readonly cameras: readonly string[];
  readonly lidars: readonly string[];
  /** Nominal tick period. */
  readonly periodUs: number;
  /** Record times of the first and last sensor message. */
  readonly startUs: number;
  readonly endUs: number;
  /** SHA-256 of the content, hex. */
  readonly logHash: string;
  /** Why the log cannot be read to its end, where that is known. */
  readonly damage?: string;
};

/** Gives Observations in order, one per tick, exactly once. */
export interface ObservationSource {
  readonly info: SourceInfo;
  /** Call once; throws SourceError where the rest cannot be read. */
  observations(): AsyncIterableIterator<Observation>;
  close(): Promise<void>;
}

export type SourceOptions = {
  /** Topics by role, where the schemas do not tell. */
  readonly topics?: TopicOverrides;
  /** Seconds after the first tick at which observations begin. */
  readonly startS?: number;
  /** Instruction put into Observation.route. */
  readonly text?: string;
  /** Used where nothing measures the speed; then EgoState.derived is true. */
  readonly egoSpeedMps?: number;
  /** Names to keep, or how many at most, front first. */
  readonly cameras?: readonly string[] | number;
  /** false leaves every LiDAR out, as if the log had none. */
  readonly lidars?: boolean;
  /** Frame that is `ego`; base_link unless said otherwise. */
  readonly egoFrame?: string;
  /** Where the rays of a LiDAR start, [x, y, z] m, ego; for logs whose clouds are stored in ego. */
  readonly lidarOriginsM?: Readonly<Record<string, readonly [number, number, number]>>;
};

const MCAP_MAGIC_HEX = "894d434150300d0a";

/** Opens a recorded drive; the format is told by content, not by name. */
export async function openSource(
  path: string,
  options: SourceOptions = {},
): Promise<ObservationSource> {
  await checkMcap(path);
  return openMcapSource(path, options);
}

/** @throws SourceError where the file cannot be read or does not begin as MCAP. */
export async function checkMcap(path: string): Promise<void> {
  const magicHex = await readMagicHex(path);
  if (magicHex === MCAP_MAGIC_HEX) return;
  throw new SourceError(
    "SOURCE_UNKNOWN_FORMAT",
    `${path}: MCAP magic ${MCAP_MAGIC_HEX} expected at byte 0, found ${magicHex || "an empty file"}`,
  );
}

async function readMagicHex(path: string): Promise<string> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, "r");
  } catch (cause) {
    throw new SourceError("SOURCE_NOT_READABLE", `${path}: a readable file expected, found none`, {
      cause,
    });
  }
  try {
    if ((await file.stat()).isDirectory())
      throw new SourceError("SOURCE_UNKNOWN_FORMAT", `${path}: a file expected, found a folder`);
    const head = Buffer.alloc(8);
    const { bytesRead } = await file.read(head, 0, 8, 0);
    return head.subarray(0, bytesRead).toString("hex");
  } finally {
    await file.close();
  }
}
