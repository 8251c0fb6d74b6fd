import zlib from "node:zlib";

export const CHUNK_COMPRESSIONS = ["none", "lz4", "zstd"] as const;
export type ChunkCompression = (typeof CHUNK_COMPRESSIONS)[number];

type CompressChunk = (data: Uint8Array) => {
  readonly compression: string;
  readonly compressedData: Uint8Array;
};

/** Chunk compressor for McapWriter; undefined leaves chunks as they are. */
export function compressorOf(compression: ChunkCompression): CompressChunk | undefined {
  switch (compression) {
    case "none":
      return undefined;
    case "lz4":
      return (data) => ({ compression: "lz4", compressedData: lz4Frame(data) });
    case "zstd":
      return (data) => ({ compression: "zstd", compressedData: zstdFrame(data) });
  }
}

const ZSTD_BLOCK_BYTES = 128 * 1024;

/** A zstd frame: by Node where it has zstd (22.15 and later), else with stored blocks. */
function zstdFrame(data: Uint8Array): Uint8Array {
  const native: unknown = Reflect.get(zlib, "zstdCompressSync");
  if (typeof native === "function")
    return (native as (data: Uint8Array) => Uint8Array).call(zlib, data);
  return storedZstdFrame(data);
}

/** A valid zstd frame (RFC 8878) of raw blocks: nothing saved, readable by every decoder. */
export function storedZstdFrame(data: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(data.length / ZSTD_BLOCK_BYTES));
  const out = new Uint8Array(9 + blocks * 3 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  out[4] = 0xa0; // single segment, 4-byte content size
  view.setUint32(5, data.length, true);
  let at = 9;
  for (let block = 0; block < blocks; block++) {
    const part = data.subarray(block * ZSTD_BLOCK_BYTES, (block + 1) * ZSTD_BLOCK_BYTES);
    const header = (part.length << 3) | (block === blocks - 1 ? 1 : 0);
    out.set([header & 255, (header >> 8) & 255, header >> 16], at);
    out.set(part, at + 3);
    at += 3 + part.length;
  }
  return out;
}

const LZ4_BLOCK_BYTES = 4 << 20;
/** Magic, version 1 with independent blocks of up to 4 MiB, and the checksum of these two bytes. */
const LZ4_HEADER = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73];

/** An LZ4 frame without checksums. */
export function lz4Frame(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(LZ4_HEADER)];
  for (let at = 0; at < data.length; at += LZ4_BLOCK_BYTES) {
    const raw = data.subarray(at, at + LZ4_BLOCK_BYTES);
    const packed = lz4Block(raw);
    const stored = packed.length >= raw.length;
    const head = new DataView(new ArrayBuffer(4));
    head.setUint32(0, stored ? (raw.length | 0x80000000) >>> 0 : packed.length, true);
    parts.push(new Uint8Array(head.buffer), stored ? raw : packed);
  }
  parts.push(new Uint8Array(4));
  return Buffer.concat(parts);
}

const HASH_BITS = 14;
const MATCH_MIN = 4;
/** The last match starts at least 12 bytes before the end and the last 5 bytes are literals. */
const MATCH_START_MARGIN = 12;
const LITERAL_TAIL = 5;
const OFFSET_MAX = 65535;

/** One LZ4 block by greedy search over a small hash table. */
function lz4Block(src: Uint8Array): Uint8Array {
  const view = new DataView(src.buffer, src.byteOffset, src.byteLength);
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  const out = new Uint8Array(src.length + Math.ceil(src.length / 255) + 16);
  let o = 0;
  let anchor = 0;
  const putLength = (rest: number) => {
    for (; rest >= 255; rest -= 255) out[o++] = 255;
    out[o++] = rest;
  };
  const putSequence = (literalEnd: number, offset: number, matchLength: number) => {
    const literals = literalEnd - anchor;
    const extra = matchLength - MATCH_MIN;
    out[o++] = (Math.min(15, literals) << 4) | (offset > 0 ? Math.min(15, extra) : 0);
    if (literals >= 15) putLength(literals - 15);
    out.set(src.subarray(anchor, literalEnd), o);
    o += literals;
    if (offset === 0) return;
    out[o++] = offset & 255;
    out[o++] = offset >> 8;
    if (extra >= 15) putLength(extra - 15);
  };
  for (let i = 0; i <= src.length - MATCH_START_MARGIN; ) {
    const word = view.getUint32(i, true);
    const slot = Math.imul(word, 2654435761) >>> (32 - HASH_BITS);
    const found = table[slot]!;
    table[slot] = i;
    if (found < 0 || i - found > OFFSET_MAX || view.getUint32(found, true) !== word) {
      i++;
      continue;
    }
    let length = MATCH_MIN;
    while (i + length < src.length - LITERAL_TAIL && src[found + length] === src[i + length])
      length++;
    putSequence(i, i - found, length);
    i += length;
    anchor = i;
  }
  putSequence(src.length, 0, 0);
  return out.subarray(0, o);
}
