import { existsSync, renameSync, unlinkSync } from "node:fs";
import { extname } from "node:path";
import { WaywardenError } from "../../contract/errors.ts";
import { openRecording } from "../../record/read-recording.ts";
import type { RunAbout } from "../../record/recorded-tick.ts";
import { cannotWrite, openRecordingFile } from "../../record/recording-file.ts";
import { Instruments } from "../../service/instruments.ts";
import type { Tick } from "../../service/pipeline.ts";
import type { RecordingNote } from "./run-outcome.ts";

/** The recording of a run: FILE for a plan of one, else FILE with the run's key before its ending. */
export function recordingPath(file: string, key: string, count: number): string {
  if (count === 1) return file;
  const ending = extname(file);
  const name = key.replace(/[^A-Za-z0-9]+/g, "-").replace(/-$/, "");
  return `${file.slice(0, file.length - ending.length)}-${name}${ending}`;
}

/** Where a recording stands until its run counts. */
export const partOf = (path: string): string => `${path}.part`;

/** Its run counts now. Answers whether there is one. */
export function keepRecording(path: string): boolean {
  if (!existsSync(partOf(path))) return false;
  renameSync(partOf(path), path);
  return true;
}

/**
 * Before anything starts: nothing is at any of the places, and the first can be written.
 * @throws RecordError RECORD_EXISTS, RECORD_NO_FOLDER, RECORD_NOT_WRITABLE, RECORD_NO_SPACE
 */
export async function checkRecordings(paths: readonly string[], overwrite: boolean): Promise<void> {
  const there = overwrite ? undefined : paths.find((path) => existsSync(path));
  if (there !== undefined) throw cannotWrite(there, { code: "EEXIST" });
  const [first] = paths;
  if (first === undefined) return;
  const file = await openRecordingFile(partOf(first), true);
  await file.close();
  unlinkSync(partOf(first));
}

/** A crash between the result of a run and the last step of its recording: the step is made now. */
export async function finishRecording(path: string): Promise<void> {
  if (!existsSync(partOf(path)) || existsSync(path)) return;
  try {
    const recording = await openRecording(partOf(path));
    await recording.close();
    if (recording.end !== undefined) keepRecording(path);
  } catch (error) {
    // one that was cut off is left where it is
    if (!(error instanceof WaywardenError)) throw error;
  }
}

/** What is known of a run before its first decision, which tells the hashes. */
export type RecordedRun = Omit<RunAbout, "hashes"> & { readonly logHash: string };

/**
 * Decisions of one run as MCAP, beside the run: what the disk does never ends the drive, but is told at
 * its end.
 */
export class RunRecording {
  readonly #path: string;
  readonly #run: RecordedRun;
  readonly #instruments: Instruments | undefined;
  #trouble: string | undefined;
  #started = false;

  private constructor(path: string, run: RecordedRun, opened: Instruments | string) {
    this.#path = path;
    this.#run = run;
    if (typeof opened === "string") this.#trouble = opened;
    else this.#instruments = opened;
  }

  static async open(
    path: string,
    run: RecordedRun,
    say: (text: string) => void,
  ): Promise<RunRecording> {
    try {
      const options = { record: partOf(path), overwrite: true, points: false, say };
      return new RunRecording(path, run, await Instruments.open(options));
    } catch (error) {
      if (!(error instanceof WaywardenError)) throw error;
      say(`${error.message}; the run goes on without a recording`);
      return new RunRecording(path, run, error.message);
    }
  }

  /** Waits where writing is behind, so that nothing is left out. */
  async tick(tick: Tick): Promise<void> {
    const { decision } = tick;
    if (!this.#started) {
      this.#started = true;
      const { logHash, ...about } = this.#run;
      const hashes = { log: logHash, model: decision.modelHash, config: decision.configHash };
      await this.#instruments?.start({ ...about, hashes }, "wait");
    }
    await this.#instruments?.tick(tick, decision.timing.totalMs);
  }

  /** Ends it well; answers what lies where. */
  async end(): Promise<RecordingNote> {
    try {
      const recording = (await this.#instruments?.end("complete"))?.recording;
      const missing = recording?.decisionsDroppedCount ?? 0;
      if (recording && missing > 0) {
        const { decisionCount, reason } = recording;
        const all = decisionCount + missing;
        this.#trouble = `${this.#path}: ${all} decisions expected, found ${decisionCount} (${reason})`;
      }
    } catch (error) {
      this.#trouble ??= `${this.#path}: ${error instanceof Error ? error.message : String(error)}`;
    }
    return {
      path: this.#path,
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
    };
  }

  /** Also where the run has failed; what there is of it then stays beside. */
  async close(): Promise<void> {
    await this.#instruments?.close();
  }
}
