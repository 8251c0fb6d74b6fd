import { type FileHandle, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { RecordError } from "../contract/errors.ts";
import type { McapOutput } from "../ingest/mcap-sink.ts";

/** Space held back so that a recording on a full disk can still say so and write its index. */
const RESERVE_BYTES = 4 << 20;
const ZEROS_BYTES = 1 << 20;

/** What a recording needs of a file; tests give one with little space. */
export interface RawFile {
  /** Answers how many bytes were written, at least one. */
  write(data: Uint8Array, at: number): Promise<number>;
  truncate(at: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Bytes in order, whole or not at all: where a write fails, what it left is cut off, the reserve is
 * given up and the write tried once more. `trouble` then says why no more should be written.
 */
export class RecordingFile implements McapOutput {
  readonly #file: RawFile;
  #releaseReserve: (() => Promise<void>) | undefined;
  #at = 0;
  #trouble: Error | undefined;

  constructor(file: RawFile, releaseReserve: () => Promise<void>) {
    this.#file = file;
    this.#releaseReserve = releaseReserve;
  }

  /** Why writing failed, once it has. */
  get trouble(): Error | undefined {
    return this.#trouble;
  }

  async write(data: Uint8Array): Promise<void> {
    try {
      await this.#writeAll(data);
    } catch (error) {
      this.#trouble ??= error instanceof Error ? error : new Error(String(error));
      await this.#file.truncate(this.#at);
      const release = this.#releaseReserve;
      if (!release) throw error;
      this.#releaseReserve = undefined;
      await release();
      await this.#writeAll(data).catch(async (again) => {
        await this.#file.truncate(this.#at);
        throw again;
      });
    }
    this.#at += data.length;
  }

  async close(): Promise<void> {
    await this.#releaseReserve?.();
    this.#releaseReserve = undefined;
    await this.#file.close();
  }

  async #writeAll(data: Uint8Array): Promise<void> {
    for (let done = 0; done < data.length; )
      done += await this.#file.write(data.subarray(done), this.#at + done);
  }
}

const CODES: Readonly<Record<string, readonly [string, string]>> = {
  EEXIST: ["RECORD_EXISTS", "a file that is not there yet expected (or --overwrite)"],
  ENOENT: ["RECORD_NO_FOLDER", "an existing folder expected"],
  ENOTDIR: ["RECORD_NO_FOLDER", "an existing folder expected"],
  EISDIR: ["RECORD_NOT_WRITABLE", "a file expected, found a folder"],
  ENOSPC: ["RECORD_NO_SPACE", `${RESERVE_BYTES >> 20} MiB of free space expected`],
  EDQUOT: ["RECORD_NO_SPACE", `${RESERVE_BYTES >> 20} MiB of free space expected`],
};

/** A new file that can be written, or a clear error before anything has started. */
export async function createFile(path: string, overwrite: boolean): Promise<FileHandle> {
  try {
    return await open(path, overwrite ? "w" : "wx");
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** The error of a file operation, in words. */
export function cannotWrite(path: string, cause: unknown): RecordError {
  const found = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const [code, expected] = CODES[found] ?? ["RECORD_NOT_WRITABLE", "a file to write expected"];
  const where = code === "RECORD_NO_FOLDER" ? dirname(path) : path;
  return new RecordError(code, `${where}: ${expected}, found ${found}`, { cause });
}

/** Opens the file of a recording and holds space back. @throws RecordError */
export async function openRecordingFile(path: string, overwrite: boolean): Promise<RecordingFile> {
  const file = await createFile(path, overwrite);
  try {
    const reserve = await holdReserve(`${path}.reserve`);
    return new RecordingFile(rawFileOf(file), () => reserve.close());
  } catch (cause) {
    await file.close();
    await unlink(path).catch(() => undefined);
    throw cannotWrite(path, cause);
  }
}

/** A file without a name takes its space until it is closed, whatever ends the process. */
async function holdReserve(path: string): Promise<FileHandle> {
  const reserve = await open(path, "w");
  try {
    await unlink(path);
    const raw = rawFileOf(reserve);
    const zeros = new Uint8Array(ZEROS_BYTES);
    for (let at = 0; at < RESERVE_BYTES; ) at += await raw.write(zeros, at);
    return reserve;
  } catch (error) {
    await reserve.close();
    throw error;
  }
}

const rawFileOf = (file: FileHandle): RawFile => ({
  write: async (data, at) => (await file.write(data, 0, data.length, at)).bytesWritten,
  truncate: (at) => file.truncate(at),
  close: () => file.close(),
});
