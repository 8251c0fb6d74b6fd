import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { npyHeader } from "./npy.ts";
import { ShardWriter } from "./shard-writer.ts";

const COLUMN = { name: "target", type: "int16", rows: 2, itemShape: [3] } as const;

function aFolder(): string {
  return join(mkdtempSync(join(tmpdir(), "waywarden-shard-")), "shard-00000");
}

test("the npy header is a multiple of 64 bytes and says type and shape", () => {
  const header = npyHeader("uint8", [256, 12, 128, 64]);
  expect(header.length % 64).toBe(0);
  const text = new TextDecoder("latin1").decode(header);
  expect(text.slice(1, 6)).toBe("NUMPY");
  expect(text).toContain("'descr': '|u1'");
  expect(text).toContain("(256, 12, 128, 64)");
  expect(new TextDecoder("latin1").decode(npyHeader("int32", [5]))).toContain("(5,)");
});

test("a finished shard holds header and rows, little endian", () => {
  const dir = aFolder();
  const writer = new ShardWriter(dir, [COLUMN]);
  writer.append("target", Int16Array.of(1, -1, 300));
  writer.append("target", Int16Array.of(4, 5, 6));
  writer.finish();
  const bytes = readFileSync(join(dir, "target.npy"));
  expect(bytes.length).toBe(npyHeader("int16", [2, 3]).length + 12);
  expect([...bytes.subarray(-12, -6)]).toEqual([1, 0, 255, 255, 44, 1]);
});

test("a shard gets its name only when it is whole", () => {
  const dir = aFolder();
  const writer = new ShardWriter(dir, [COLUMN]);
  writer.append("target", Int16Array.of(1, 2, 3));
  expect(() => writer.finish()).toThrow("2 rows expected, found 1");
  expect(existsSync(dir)).toBe(false);
});

test("a row of another size, or of no column, is refused", () => {
  const writer = new ShardWriter(aFolder(), [COLUMN]);
  expect(() => writer.append("target", Int16Array.of(1, 2))).toThrow("6 bytes expected, found 4");
  expect(() => writer.append("bev", new Uint8Array(6))).toThrow("not declared");
});

test("many small rows come out whole and in order", () => {
  const dir = aFolder();
  const rows = 12_000;
  const writer = new ShardWriter(dir, [{ ...COLUMN, rows }]);
  for (let i = 0; i < rows; i++) writer.append("target", Int16Array.of(i, -i, 7));
  writer.finish();
  const bytes = readFileSync(join(dir, "target.npy")).subarray(
    npyHeader("int16", [rows, 3]).length,
  );
  expect(bytes.length).toBe(6 * rows);
  const wrong = Array.from({ length: rows }, (_, i) => i).filter(
    (i) => bytes.readInt16LE(6 * i) !== i || bytes.readInt16LE(6 * i + 2) !== -i,
  );
  expect(wrong).toEqual([]);
});
