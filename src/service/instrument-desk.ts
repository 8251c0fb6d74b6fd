import { unlink } from "node:fs/promises";
import type { RecordedTick, RecordingEnd, RunAbout } from "../record/recorded-tick.ts";
import { openRecordingFile } from "../record/recording-file.ts";
import { RecordingWriter } from "../record/recording-writer.ts";

/** What to write of a run, and where. */
export type InstrumentTargets = {
  /** MCAP file. */
  readonly record?: string;
  /** false: an existing file is refused. */
  readonly overwrite: boolean;
};

/** What was written. */
export type InstrumentOutcome = { readonly recording?: RecordingEnd };

/** Writes recording and report, one call after the other; in a thread of its own or in place. */
export class InstrumentDesk {
  readonly #say: (text: string) => void;
  #discard = async (): Promise<void> => undefined;
  #writer: RecordingWriter | undefined;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** @throws RecordError where a target cannot be written. */
  async open({ record, overwrite }: InstrumentTargets): Promise<void> {
    if (record === undefined) return;
    const file = await openRecordingFile(record, overwrite);
    this.#writer = new RecordingWriter(file, this.#say);
    this.#discard = async () => {
      await file.close();
      await unlink(record);
    };
  }

  /** Takes back what was opened for a run that does not start. */
  discard(): Promise<void> {
    return this.#discard();
  }

  async start(about: RunAbout): Promise<void> {
    await this.#writer?.start(about);
  }

  async add(tick: RecordedTick, withPictures: boolean): Promise<void> {
    await this.#writer?.add(tick, withPictures);
  }

  async end(reason: string, unrecordedCount: number): Promise<InstrumentOutcome> {
    this.#writer?.noteUnrecorded(unrecordedCount);
    const recording = await this.#writer?.end(reason);
    return recording ? { recording } : {};
  }
}
