import { crc32 } from "node:zlib";
import type { McapTypes } from "@mcap/core";

type ChunkIndex = McapTypes.TypedMcapRecords["ChunkIndex"];

/** Fills `out` with the bytes of the file from `offset` on; fewer are an error. */
type ReadInto = (out: Uint8Array, offset: number) => Promise<void>;

/** A message with its data in place; the view keeps its chunk alive. */
export type ChunkMessage = {
  readonly channelId: number;
  readonly logTime: bigint; // ns
  readonly data: Uint8Array;
};

export type ChunkRange = {
  readonly channelIds: ReadonlySet<number>;
  /** ns, inclusive. */
  readonly from: bigint;
  readonly to: bigint;
};

const OPCODE = { message: 0x05, chunk: 0x06, messageIndex: 0x07 } as const;
/** Opcode u8 and length u64 before every record. */
const RECORD_HEAD_BYTES = 9;
/** Channel u16, sequence u32, log time u64, publish time u64. */
const MESSAGE_HEAD_BYTES = 22;

/** Whether each chunk begins when the one before it has ended, so that none must be merged. */
export function areInOrder(chunks: readonly ChunkIndex[]): boolean {
  return chunks.every((c, i) => i === 0 || c.messageStartTime >= chunks[i - 1]!.messageEndTime);
}

/**
 * Messages of chunks that are in order, by log time and then by place. What McapIndexedReader yields,
 * without a copy of each message and with the CRC of zlib: reading PandaSet takes a seventh less CPU.
 * Throws where a chunk is not what its index says.
 */
export async function* messagesInOrder(
  chunks: readonly ChunkIndex[],
  range: ChunkRange,
  readInto: ReadInto,
  decompressors: McapTypes.DecompressHandlers,
): AsyncGenerator<ChunkMessage> {
  let memory: Uint8Array | undefined;
  for (const chunk of chunks) {
    if (chunk.messageStartTime > range.to || chunk.messageEndTime < range.from) continue;
    if (![...chunk.messageIndexOffsets.keys()].some((id) => range.channelIds.has(id))) continue;
    const bytes = Number(chunk.chunkLength + chunk.messageIndexLength);
    if (!memory || memory.length < bytes) memory = new Uint8Array(bytes);
    const stored = memory.subarray(0, bytes);
    await readInto(stored, Number(chunk.chunkStartOffset));
    const places = placesOf(chunk, stored, range);
    if (places.length === 0) continue;
    const records = recordsOf(chunk, stored, decompressors);
    // Messages of a chunk that was not compressed stay where they were read.
    if (records.buffer === memory.buffer) memory = undefined;
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
    for (const place of places) yield messageAt(view, place, chunk);
  }
}

type Place = readonly [logTime: bigint, offset: bigint];

/** Index entries of the wanted channels and times, by time and then by place. */
function placesOf(chunk: ChunkIndex, stored: Uint8Array, range: ChunkRange): Place[] {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const places: Place[] = [];
  for (const [channelId, offset] of chunk.messageIndexOffsets) {
    if (!range.channelIds.has(channelId)) continue;
    const at = Number(offset - chunk.chunkStartOffset);
    // Record: opcode u8, length u64, channel u16, bytes of the array u32, (time u64, offset u64)….
    if (at < 0 || at + 15 > stored.length || view.getUint8(at) !== OPCODE.messageIndex)
      throw new Error(`a message index of channel ${channelId} expected at byte ${offset}`);
    const end = at + 15 + view.getUint32(at + 11, true);
    if (end > stored.length) throw new Error(`a whole message index expected at byte ${offset}`);
    for (let i = at + 15; i + 16 <= end; i += 16) {
      const logTime = view.getBigUint64(i, true);
      if (logTime >= range.from && logTime <= range.to)
        places.push([logTime, view.getBigUint64(i + 8, true)]);
    }
  }
  const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
  return places.sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]));
}

/** The records inside a chunk, decompressed and checked. */
function recordsOf(
  chunk: ChunkIndex,
  stored: Uint8Array,
  decompressors: McapTypes.DecompressHandlers,
): Uint8Array {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const where = `chunk at byte ${chunk.chunkStartOffset}`;
  if (view.getUint8(0) !== OPCODE.chunk)
    throw new Error(`${where}: opcode ${OPCODE.chunk} expected, found ${view.getUint8(0)}`);
  // Start u64, end u64, size u64, crc u32, compression (u32 and text), length of the records u64.
  const size = view.getBigUint64(RECORD_HEAD_BYTES + 16, true);
  const crc = view.getUint32(RECORD_HEAD_BYTES + 24, true);
  const nameBytes = view.getUint32(RECORD_HEAD_BYTES + 28, true);
  const lengthAt = RECORD_HEAD_BYTES + 32 + nameBytes;
  const storedEnd = Number(chunk.chunkLength);
  if (lengthAt + 8 > storedEnd) throw new Error(`${where}: a whole chunk header expected`);
  const name = Buffer.from(stored.buffer, stored.byteOffset + lengthAt - nameBytes, nameBytes);
  const compression = name.toString("utf8");
  const length = Number(view.getBigUint64(lengthAt, true));
  if (lengthAt + 8 + length > storedEnd)
    throw new Error(`${where}: ${length} bytes of records expected, found fewer`);
  const packed = stored.subarray(lengthAt + 8, lengthAt + 8 + length);
  const records = unpack(packed, compression, size, decompressors);
  if (BigInt(records.length) !== size)
    throw new Error(
      `${where}: ${size} bytes expected after ${compression}, found ${records.length}`,
    );
  const found = crc === 0 ? 0 : crc32(records);
  if (found !== crc) throw new Error(`${where}: CRC ${crc} expected, found ${found}`);
  return records;
}

function unpack(
  packed: Uint8Array,
  compression: string,
  size: bigint,
  decompressors: McapTypes.DecompressHandlers,
): Uint8Array {
  if (compression === "" || packed.length === 0) return packed;
  const decompress = decompressors[compression];
  if (!decompress) throw new Error(`Unsupported compression ${compression}`);
  return decompress(packed, size);
}

function messageAt(view: DataView, [logTime, offset]: Place, chunk: ChunkIndex): ChunkMessage {
  const at = Number(offset);
  const where = `message at ${at} of the chunk at byte ${chunk.chunkStartOffset}`;
  if (at + RECORD_HEAD_BYTES + MESSAGE_HEAD_BYTES > view.byteLength)
    throw new Error(`${where} expected, found a chunk of ${view.byteLength} bytes`);
  const length = Number(view.getBigUint64(at + 1, true));
  const start = at + RECORD_HEAD_BYTES;
  const isMessage = view.getUint8(at) === OPCODE.message && length >= MESSAGE_HEAD_BYTES;
  if (
    !isMessage ||
    start + length > view.byteLength ||
    view.getBigUint64(start + 6, true) !== logTime
  )
    throw new Error(`${where}: a whole message of log time ${logTime} expected, found other bytes`);
  return {
    channelId: view.getUint16(start, true),
    logTime,
    data: new Uint8Array(
      view.buffer as ArrayBuffer,
      view.byteOffset + start + MESSAGE_HEAD_BYTES,
      length - MESSAGE_HEAD_BYTES,
    ),
  };
}
