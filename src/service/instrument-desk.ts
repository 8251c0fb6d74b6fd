import { unlink } from "node:fs/promises";
import type { RecordedTick, RecordingEnd, RunAbout } from "../record/recorded-tick.ts";
import { cannotWrite, createFile, openRecordingFile } from "../record/recording-file.ts";
import { RecordingWriter } from "../record/recording-writer.ts";
import { ReportBuilder } from "../report/report-builder.ts";

/** What to write of a run, and where. */
export type InstrumentTargets = {
  /** MCAP file. */
  readonly record?: string;
  /** HTML file. */
  readonly report?: string;
  /** false: an existing file is refused. */
  readonly overwrite: boolean;
};

/** How the run ended: "complete" or why not, and what else a report should say. */
export type RunEnd = {
  readonly reason: string;
  /** Decisions that never came to the desk. */
  readonly unrecordedCount: number;
  /** Label → value. */
  readonly facts: Readonly<Record<string, string>>;
};

/** What was written. */
export type InstrumentOutcome = {
  readonly recording?: RecordingEnd;
  /** Bytes of the report, or why it could not be written. */
  readonly report?: { readonly bytes: number } | { readonly error: string };
};

type OpenFile = Awaited<ReturnType<typeof createFile>>;

/** Writes recording and report, one call after the other; in a thread of its own or in place. */
export class InstrumentDesk {
  readonly #say: (text: string) => void;
  readonly #undo: (() => Promise<void>)[] = [];
  #writer: RecordingWriter | undefined;
  #reportFile: OpenFile | undefined;
  #builder: ReportBuilder | undefined;
  #reportPath = "";

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** @throws RecordError where a target cannot be written; then none is left behind. */
  async open({ record, report, overwrite }: InstrumentTargets): Promise<void> {
    try {
      if (record !== undefined) {
        const file = await openRecordingFile(record, overwrite);
        this.#undo.push(() => file.close().then(() => unlink(record)));
        this.#writer = new RecordingWriter(file, this.#say);
      }
      if (report !== undefined) {
        const file = await createFile(report, overwrite);
        this.#undo.push(() => file.close().then(() => unlink(report)));
        this.#reportFile = file;
        this.#reportPath = report;
      }
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  /** Takes back what was opened for a run that does not start. */
  async discard(): Promise<void> {
    for (const undo of this.#undo.splice(0)) await undo();
  }

  async start(about: RunAbout): Promise<void> {
    await this.#writer?.start(about);
    if (this.#reportFile) this.#builder = new ReportBuilder(about);
  }

  /** `withPictures` false: the tick came without, because writing was behind or nobody needs them. */
  async add(tick: RecordedTick, withPictures: boolean): Promise<void> {
    await this.#writer?.add(tick, withPictures);
    await this.#builder?.add(tick, withPictures);
  }

  async end({ reason, unrecordedCount, facts }: RunEnd): Promise<InstrumentOutcome> {
    this.#writer?.noteUnrecorded(unrecordedCount);
    const recording = await this.#writer?.end(reason);
    const report = this.#builder && (await this.#writeReport(this.#builder, reason, facts));
    return { ...(recording ? { recording } : {}), ...(report ? { report } : {}) };
  }

  async #writeReport(builder: ReportBuilder, reason: string, facts: RunEnd["facts"]) {
    const file = this.#reportFile!;
    try {
      const page = Buffer.from(builder.page(reason, facts));
      await file.writeFile(page);
      return { bytes: page.length };
    } catch (error) {
      return { error: cannotWrite(this.#reportPath, error).message };
    } finally {
      await file.close();
    }
  }
}
