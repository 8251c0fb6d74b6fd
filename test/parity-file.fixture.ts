import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { z } from "zod";

const part = z.tuple([z.int(), z.int()]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const HeaderSchema = z.strictObject({
  planner_sha256: sha256,
  bev_sha256: sha256,
  text_sha256: sha256,
  planner: z.array(
    z.strictObject({
      sentence: z.string(),
      input_ids: z.array(z.int()),
      state: z.array(z.int()).length(8),
      tokens: z.array(z.int()).length(19),
      bev: part,
      logits: part,
    }),
  ),
  bev: z.array(
    z.strictObject({
      views: z.int(),
      pillars: part,
      images: part,
      lift: part,
      logits_sample: part,
      bev_sample: part,
    }),
  ),
});

/** A stored array: bytes from the end of the header on, [offset, length]. */
export type Part = z.infer<typeof part>;
export type ParityFile = z.infer<typeof HeaderSchema> & {
  readonly bytes: (part: Part) => Uint8Array<ArrayBuffer>;
  readonly floats: (part: Part) => Float32Array;
  readonly ints: (part: Part) => Int32Array;
};

/** Reads parity.bin; the format is in test/fixtures/parity/README.md. */
export function readParityFile(path: string): ParityFile {
  const file = readFileSync(path);
  const start = 4 + file.readUInt32LE(0);
  const json: unknown = JSON.parse(file.subarray(4, start).toString("utf8"));
  // Copied, so that a view of any element type finds its alignment.
  const bytes = ([offset, length]: Part) =>
    Uint8Array.from(inflateSync(file.subarray(start + offset, start + offset + length)));
  return {
    ...HeaderSchema.parse(json),
    bytes,
    floats: (at) => new Float32Array(bytes(at).buffer),
    ints: (at) => new Int32Array(bytes(at).buffer),
  };
}

/** Undoes "differences along the last axis": running sums over rows, modulo the element type. */
export function addUp<T extends Uint8Array | Int32Array>(values: T, rowLength = values.length): T {
  for (let i = 1; i < values.length; i++)
    if (i % rowLength !== 0) values[i] = values[i]! + values[i - 1]!;
  return values;
}
