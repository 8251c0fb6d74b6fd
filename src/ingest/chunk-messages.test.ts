import { open, readFile, writeFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { McapIndexedReader } from "@mcap/core";
import { describe, expect, test } from "vitest";
import { areInOrder, messagesInOrder } from "./chunk-messages.ts";
import { loadDecompressors } from "./decompress.ts";
import { aDrive } from "./drive.fixture.ts";
import { openMcapLog } from "./mcap-log.ts";

type Row = readonly [channelId: number, logTime: bigint, crc: number];

/** The front camera is recorded before the sweep of its tick; the one at the back comes late. */
const ORDERED = { cameras: ["b_front"] } as const;
const EVERYTHING = { from: 0n, to: 2n ** 64n - 1n };

async function opened(path: string) {
  const file = await open(path, "r");
  const readInto = async (out: Uint8Array, offset: number) => {
    expect((await file.read(out, 0, out.length, offset)).bytesRead).toBe(out.length);
  };
  const decompressHandlers = await loadDecompressors();
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: async () => BigInt((await file.stat()).size),
      read: async (offset, length) => {
        const out = new Uint8Array(Number(length));
        await readInto(out, Number(offset));
        return out;
      },
    },
    decompressHandlers,
  });
  const ids = new Set(reader.channelsById.keys());
  const ours = async (range = EVERYTHING, channelIds: ReadonlySet<number> = ids) => {
    const rows: Row[] = [];
    const wanted = { channelIds, ...range };
    for await (const m of messagesInOrder(
      reader.chunkIndexes,
      wanted,
      readInto,
      decompressHandlers,
    ))
      rows.push([m.channelId, m.logTime, crc32(m.data)]);
    return rows;
  };
  const theirs = async (range = EVERYTHING) => {
    const rows: Row[] = [];
    const times = { startTime: range.from, endTime: range.to };
    for await (const m of reader.readMessages(times))
      rows.push([m.channelId, m.logTime, crc32(m.data)]);
    return rows;
  };
  return { reader, ours, theirs, close: () => file.close() };
}

describe("messagesInOrder", () => {
  for (const compression of ["none", "lz4", "zstd"] as const)
    test(`yields what the library yields, ${compression}`, async () => {
      const log = await opened(await aDrive({ ...ORDERED, compression, chunkBytes: 600 }));
      const all = await log.theirs();
      expect(log.reader.chunkIndexes.length).toBeGreaterThan(2);
      expect(await log.ours()).toEqual(all);
      const middle = { from: all[4]![1], to: all[all.length - 5]![1] };
      expect(await log.ours(middle)).toEqual(await log.theirs(middle));
      const [first] = all[0]!;
      const only = await log.ours(EVERYTHING, new Set([first]));
      expect(only).toEqual(all.filter(([id]) => id === first));
      await log.close();
    });

  test("chunks that overlap in time are not in order", async () => {
    const { reader, close } = await opened(await aDrive({ ...ORDERED, chunkBytes: 600 }));
    expect(areInOrder(reader.chunkIndexes)).toBe(true);
    expect(areInOrder([...reader.chunkIndexes].reverse())).toBe(false);
    await close();
  });

  test("one flipped byte of an uncompressed chunk is an error with both CRCs and the place", async () => {
    const path = await aDrive({ compression: "none" });
    const { reader, close } = await opened(path);
    const [chunk] = reader.chunkIndexes;
    await close();
    const bytes = await readFile(path);
    bytes[Number(chunk!.chunkStartOffset) + 400]! ^= 1;
    await writeFile(path, bytes);
    const log = await openMcapLog(path);
    const ids = new Set(log.channels.map((c) => c.id));
    const readAll = async () => {
      for await (const message of log.messages(ids)) expect(message).toBeDefined();
    };
    await expect(readAll()).rejects.toThrow(
      new RegExp(
        `${path}.*chunk at byte ${chunk!.chunkStartOffset}: CRC \\d+ expected, found \\d+`,
      ),
    );
    await log.close();
  });

  test("an index that points beside a message is an error with its place", async () => {
    const path = await aDrive({ compression: "none" });
    const { reader, close } = await opened(path);
    const [chunk] = reader.chunkIndexes;
    const [indexAt] = chunk!.messageIndexOffsets.values();
    await close();
    const bytes = await readFile(path);
    bytes[Number(indexAt) + 15 + 8]! += 1;
    await writeFile(path, bytes);
    const log = await opened(path);
    await expect(log.ours()).rejects.toThrow(/a whole message of log time \d+ expected/);
    await log.close();
  });
});
