import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type NpyType, npyHeader, npyItemBytes } from "./npy.ts";

/** One array of a shard: `itemShape` per row. */
export type Column = {
  readonly name: string;
  readonly type: NpyType;
  readonly rows: number;
  readonly itemShape: readonly number[];
};

/**
 * Writes one shard folder row by row. The folder gets its final name only when every row of every
 * column is there, so a killed run leaves nothing half-written behind and can be resumed.
 */
export class ShardWriter {
  readonly #dir: string;
  readonly #part: string;
  readonly #columns = new Map<string, { column: Column; fd: number; written: number }>();

  constructor(dir: string, columns: readonly Column[]) {
    this.#dir = dir;
    this.#part = `${dir}.part`;
    rmSync(this.#part, { recursive: true, force: true });
    mkdirSync(this.#part, { recursive: true });
    for (const column of columns) {
      const fd = openSync(join(this.#part, `${column.name}.npy`), "w");
      writeSync(fd, npyHeader(column.type, [column.rows, ...column.itemShape]));
      this.#columns.set(column.name, { column, fd, written: 0 });
    }
  }

  /** Appends one row. @throws RangeError when its size or the number of rows is wrong. */
  append(name: string, row: Uint8Array | Int16Array | Int32Array): void {
    const state = this.#columns.get(name);
    if (!state) throw new RangeError(`shard column ${name} is not declared`);
    const { column } = state;
    const bytes = column.itemShape.reduce((n, d) => n * d, npyItemBytes(column.type));
    if (row.byteLength !== bytes)
      throw new RangeError(
        `shard column ${name}: ${bytes} bytes expected, found ${row.byteLength}`,
      );
    if (state.written >= column.rows)
      throw new RangeError(`shard column ${name}: ${column.rows} rows expected, found more`);
    writeSync(state.fd, new Uint8Array(row.buffer, row.byteOffset, row.byteLength));
    state.written++;
  }

  /** Puts a text file beside the arrays. */
  writeText(name: string, text: string): void {
    writeFileSync(join(this.#part, name), text);
  }

  /** Closes and names the shard. @throws RangeError when rows are missing. */
  finish(): void {
    for (const { column, fd, written } of this.#columns.values()) {
      closeSync(fd);
      if (written !== column.rows)
        throw new RangeError(
          `shard ${this.#dir} column ${column.name}: ${column.rows} rows expected, found ${written}`,
        );
    }
    renameSync(this.#part, this.#dir);
  }
}
