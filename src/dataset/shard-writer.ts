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

/** Rows smaller than this are written some at a time. */
const SMALL_BYTES = 8192;
const HELD_BYTES = 65_536;

type OpenColumn = {
  readonly column: Column;
  readonly rowBytes: number;
  readonly fd: number;
  written: number;
  /** Rows that are not in the file yet. */
  readonly held: Uint8Array;
  heldBytes: number;
};

function hold(column: OpenColumn, bytes: Uint8Array): void {
  if (column.heldBytes + bytes.length > column.held.length) release(column);
  column.held.set(bytes, column.heldBytes);
  column.heldBytes += bytes.length;
}

function release(column: OpenColumn): void {
  if (column.heldBytes > 0) writeSync(column.fd, column.held, 0, column.heldBytes);
  column.heldBytes = 0;
}

/**
 * Writes one shard folder row by row. The folder gets its final name only when every row of every
 * column is there, so a killed run leaves nothing half-written behind and can be resumed.
 */
export class ShardWriter {
  readonly #dir: string;
  readonly #part: string;
  readonly #columns = new Map<string, OpenColumn>();

  constructor(dir: string, columns: readonly Column[]) {
    this.#dir = dir;
    this.#part = `${dir}.part`;
    rmSync(this.#part, { recursive: true, force: true });
    mkdirSync(this.#part, { recursive: true });
    for (const column of columns) {
      const fd = openSync(join(this.#part, `${column.name}.npy`), "w");
      writeSync(fd, npyHeader(column.type, [column.rows, ...column.itemShape]));
      const rowBytes = column.itemShape.reduce((n, d) => n * d, npyItemBytes(column.type));
      const held = new Uint8Array(rowBytes < SMALL_BYTES ? HELD_BYTES : 0);
      this.#columns.set(column.name, { column, rowBytes, fd, written: 0, held, heldBytes: 0 });
    }
  }

  /** Appends one row. @throws RangeError when its size or the number of rows is wrong. */
  append(name: string, row: Uint8Array | Int16Array | Int32Array): void {
    const state = this.#columns.get(name);
    if (!state) throw new RangeError(`shard column ${name} is not declared`);
    const { column, rowBytes } = state;
    if (row.byteLength !== rowBytes)
      throw new RangeError(
        `shard column ${name}: ${rowBytes} bytes expected, found ${row.byteLength}`,
      );
    if (state.written >= column.rows)
      throw new RangeError(`shard column ${name}: ${column.rows} rows expected, found more`);
    const bytes = new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
    if (state.held.length === 0) writeSync(state.fd, bytes);
    else hold(state, bytes);
    state.written++;
  }

  /** Puts a text file beside the arrays. */
  writeText(name: string, text: string): void {
    writeFileSync(join(this.#part, name), text);
  }

  /** Closes and names the shard. @throws RangeError when rows are missing. */
  finish(): void {
    for (const state of this.#columns.values()) {
      const { column, fd, written } = state;
      release(state);
      closeSync(fd);
      if (written !== column.rows)
        throw new RangeError(
          `shard ${this.#dir} column ${column.name}: ${column.rows} rows expected, found ${written}`,
        );
    }
    renameSync(this.#part, this.#dir);
  }
}
