import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { McapIndexedReader, McapStreamReader, type McapTypes } from "@mcap/core";
import { SourceError } from "../contract/errors.ts";
import { areInOrder, messagesInOrder } from "./chunk-messages.ts";
import { loadDecompressors } from "./decompress.ts";

const BLOCK_BYTES = 1 << 20;

export type LogChannel = {
  readonly id: number;
  readonly topic: string;
  readonly messageEncoding: string;
  readonly schemaName: string;
  readonly schemaEncoding: string;
  readonly schemaData: Uint8Array;
  /** Record times in file order of discovery, sorted; its length is the message count. */
  readonly logTimesUs: readonly number[];
};

export type LogMessage = {
  readonly channelId: number;
  readonly logTimeUs: number;
  /** Borrowed view; stays valid as long as it is held. */
  readonly data: Uint8Array;
};

export type LogRange = { readonly fromUs?: number; readonly toUs?: number };

export type LogMetadata = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A recorded log, readable once or many times in bounded memory. */
export type McapLog = {
  readonly path: string;
  readonly logHash: string;
  readonly channels: readonly LogChannel[];
  /** Where and why reading ends early. */
  readonly damage?: string;
  /** Named tables of texts; of several with one name the last. */
  readonly metadata: LogMetadata;
  messages(channelIds: ReadonlySet<number>, range?: LogRange): AsyncGenerator<LogMessage>;
  close(): Promise<void>;
};

type Channel = McapTypes.TypedMcapRecords["Channel"];
type Schema = McapTypes.TypedMcapRecords["Schema"];
type Handlers = McapTypes.DecompressHandlers;

/** Opens a log by its index where it has one, otherwise by reading it through once. */
export async function openMcapLog(path: string): Promise<McapLog> {
  const handlers = await loadDecompressors();
  const file = await open(path, "r");
  try {
    const reader = await tryIndexed(file, handlers);
    const indexed =
      reader && (await indexedLog(path, file, reader, handlers).catch(() => undefined));
    return indexed ?? (await streamedLog(path, file, handlers));
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readBytesInto(file: FileHandle, out: Uint8Array, offset: number): Promise<void> {
  const { bytesRead } = await file.read(out, 0, out.length, offset);
  if (bytesRead !== out.length)
    throw new SourceError(
      "SOURCE_TRUNCATED",
      `${out.length} bytes expected at byte ${offset}, found ${bytesRead}`,
    );
}

/** Reads of the file; each call returns new memory, so views into it may be kept. */
const readableOf = (file: FileHandle): McapTypes.IReadable => ({
  size: async () => BigInt((await file.stat()).size),
  read: async (offset, length) => {
    const out = new Uint8Array(Number(length));
    await readBytesInto(file, out, Number(offset));
    return out;
  },
});

/** An index that lists every message, or undefined (truncated, unindexed, unchunked). */
async function tryIndexed(
  file: FileHandle,
  decompressHandlers: Handlers,
): Promise<McapIndexedReader | undefined> {
  let reader: McapIndexedReader;
  try {
    reader = await McapIndexedReader.Initialize({ readable: readableOf(file), decompressHandlers });
  } catch {
    return undefined;
  }
  let indexedCount = 0;
  for (const chunk of reader.chunkIndexes) {
    if (chunk.messageEndTime > 0n && chunk.messageIndexOffsets.size === 0) return undefined;
    indexedCount += chunk.messageIndexOffsets.size;
  }
  const messageCount = reader.statistics?.messageCount;
  return indexedCount > 0 || messageCount === 0n ? reader : undefined;
}

const toUs = (ns: bigint): number => Number(ns / 1000n);
const toNs = (us: number): bigint => BigInt(us) * 1000n;
/** Largest time of an MCAP record. */
const TIME_MAX_NS = 2n ** 64n - 1n;

/** sha256 of the whole file; a block is read while the one before is hashed. */
async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  let [block, other] = [Buffer.allocUnsafe(BLOCK_BYTES), Buffer.allocUnsafe(BLOCK_BYTES)];
  let reading = file.read(block, 0, BLOCK_BYTES, 0);
  for (let at = 0; ; ) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) return hash.digest("hex");
    at += bytesRead;
    reading = file.read(other, 0, BLOCK_BYTES, at);
    hash.update(block.subarray(0, bytesRead));
    [block, other] = [other, block];
  }
}

/** Record times per channel from the message index records, without touching the chunks. */
async function timesFromIndex(
  file: FileHandle,
  reader: McapIndexedReader,
): Promise<Map<number, number[]>> {
  const times = new Map<number, number[]>();
  const readable = readableOf(file);
  for (const chunk of reader.chunkIndexes) {
    if (chunk.messageIndexOffsets.size === 0) continue;
    const start = chunk.chunkStartOffset + chunk.chunkLength;
    const bytes = await readable.read(start, chunk.messageIndexLength);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [channelId, offset] of chunk.messageIndexOffsets) {
      // Record: opcode u8, length u64, channel u16, array bytes u32, then (time u64, offset u64).
      const at = Number(offset - start);
      const count = view.getUint32(at + 11, true) / 16;
      const list = times.get(channelId) ?? [];
      times.set(channelId, list);
      for (let i = 0; i < count; i++) list.push(toUs(view.getBigUint64(at + 15 + i * 16, true)));
    }
  }
  return times;
}

function channelsOf(
  channels: Iterable<Channel>,
  schemas: ReadonlyMap<number, Schema>,
  times: ReadonlyMap<number, number[]>,
): LogChannel[] {
  return [...channels].map((c) => {
    const schema = schemas.get(c.schemaId);
    return {
      id: c.id,
      topic: c.topic,
      messageEncoding: c.messageEncoding,
      schemaName: schema?.name ?? "",
      schemaEncoding: schema?.encoding ?? "",
      schemaData: schema?.data ?? new Uint8Array(0),
      logTimesUs: (times.get(c.id) ?? []).sort((a, b) => a - b),
    };
  });
}

async function indexedLog(
  path: string,
  file: FileHandle,
  reader: McapIndexedReader,
  handlers: Handlers,
): Promise<McapLog> {
  const times = await timesFromIndex(file, reader);
  const channels = channelsOf(reader.channelsById.values(), reader.schemasById, times);
  const inOrder = areInOrder(reader.chunkIndexes);
  const readInto = (out: Uint8Array, offset: number) => readBytesInto(file, out, offset);
  function wanted(channelIds: ReadonlySet<number>, range: LogRange) {
    const from = toNs(range.fromUs ?? 0);
    const to = range.toUs === undefined ? TIME_MAX_NS : toNs(range.toUs);
    if (inOrder)
      return messagesInOrder(reader.chunkIndexes, { channelIds, from, to }, readInto, handlers);
    const topics = channels.filter((c) => channelIds.has(c.id)).map((c) => c.topic);
    return reader.readMessages({ topics, startTime: from, endTime: to });
  }
  async function* messages(ids: ReadonlySet<number>, range: LogRange = {}) {
    try {
      for await (const m of wanted(ids, range))
        if (ids.has(m.channelId))
          yield { channelId: m.channelId, logTimeUs: toUs(m.logTime), data: m.data };
    } catch (cause) {
      throw readError(path, "an intact MCAP chunk", cause);
    }
  }
  const metadata = new Map<string, ReadonlyMap<string, string>>();
  for await (const record of reader.readMetadata()) metadata.set(record.name, record.metadata);
  const logHash = await hashOf(file);
  return { path, logHash, channels, metadata, messages, close: () => file.close() };
}

const readError = (path: string, expected: string, cause: unknown): SourceError =>
  cause instanceof SourceError
    ? cause
    : new SourceError(
        "SOURCE_CORRUPT",
        `${path}: ${expected} expected, found: ${cause instanceof Error ? cause.message : cause}`,
        { cause },
      );

type Pass = {
  damage?: string;
  readonly channels: Map<number, Channel>;
  readonly metadata: Map<string, ReadonlyMap<string, string>>;
  messageCount: number;
};
const aPass = (): Pass => ({ channels: new Map(), metadata: new Map(), messageCount: 0 });

/** Reads records in file order; stops quietly at damage and says so in `pass`. */
async function* records(
  file: FileHandle,
  decompressHandlers: Handlers,
  pass: Pass,
  schemas: Map<number, Schema>,
): AsyncGenerator<McapTypes.TypedMcapRecords["Message"]> {
  const reader = new McapStreamReader({ decompressHandlers });
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let at = 0;
  try {
    while (!reader.done()) {
      const { bytesRead } = await file.read(block, 0, block.length, at);
      if (bytesRead === 0) break;
      reader.append(block.subarray(0, bytesRead));
      at += bytesRead;
      for (let record = reader.nextRecord(); record; record = reader.nextRecord()) {
        if (record.type === "Schema") schemas.set(record.id, record);
        else if (record.type === "Channel") pass.channels.set(record.id, record);
        else if (record.type === "Metadata") pass.metadata.set(record.name, record.metadata);
        else if (record.type === "Message") {
          pass.messageCount++;
          yield record;
        }
      }
    }
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    pass.damage = `intact MCAP records expected, found before byte ${at}: ${found}`;
    return;
  }
  if (!reader.done())
    pass.damage =
      `MCAP footer expected, found the end of the file at byte ${at} ` +
      `(${reader.bytesRemaining()} bytes of an unfinished record, ${pass.messageCount} messages read)`;
}

async function streamedLog(path: string, file: FileHandle, handlers: Handlers): Promise<McapLog> {
  const times = new Map<number, number[]>();
  const schemas = new Map<number, Schema>();
  const scan = aPass();
  for await (const m of records(file, handlers, scan, schemas)) {
    const list = times.get(m.channelId) ?? [];
    times.set(m.channelId, list);
    list.push(toUs(m.logTime));
  }
  async function* messages(ids: ReadonlySet<number>, range: LogRange = {}) {
    const pass = aPass();
    for await (const m of records(file, handlers, pass, new Map())) {
      const logTimeUs = toUs(m.logTime);
      if (!ids.has(m.channelId)) continue;
      if (logTimeUs < (range.fromUs ?? 0) || logTimeUs > (range.toUs ?? Infinity)) continue;
      // The stream reader reuses its buffer: what is kept must be copied.
      yield { channelId: m.channelId, logTimeUs, data: m.data.slice() };
    }
  }
  return {
    path,
    logHash: await hashOf(file),
    channels: channelsOf(scan.channels.values(), schemas, times),
    ...(scan.damage === undefined ? {} : { damage: scan.damage }),
    metadata: scan.metadata,
    messages,
    close: () => file.close(),
  };
}
