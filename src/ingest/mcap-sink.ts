import type { FileHandle } from "node:fs/promises";
import { McapWriter } from "@mcap/core";
import { type ChunkCompression, compressorOf } from "./chunk-compress.ts";

const CHUNK_BYTES = 4 << 20;

/** Where the bytes of an MCAP file go, in order. */
export interface McapOutput {
  write(data: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export type McapSinkOptions = {
  readonly compression?: ChunkCompression;
  /** A chunk is written when it holds this much. */
  readonly chunkBytes?: number;
  /** false leaves chunks and index out: a log that can only be read as a stream. */
  readonly indexed?: boolean;
};

/** How the messages of a channel are described; `data` is a FileDescriptorSet for protobuf. */
export type McapSchema = {
  readonly name: string;
  readonly encoding: string;
  readonly data: Uint8Array;
};

/** MCAP records from messages: schemas and channels are registered at first use. */
export class McapSink {
  readonly #writer: McapWriter;
  readonly #output: McapOutput;
  readonly #schemas = new Map<string, Promise<number>>();
  readonly #channels = new Map<string, Promise<number>>();
  readonly #sequences = new Map<number, number>();

  private constructor(writer: McapWriter, output: McapOutput) {
    this.#writer = writer;
    this.#output = output;
  }

  static async open(output: McapOutput, options: McapSinkOptions = {}): Promise<McapSink> {
    const compressChunk = compressorOf(options.compression ?? "none");
    let at = 0;
    const writer = new McapWriter({
      writable: {
        position: () => BigInt(at),
        write: async (data) => {
          await output.write(data);
          at += data.length;
        },
      },
      chunkSize: options.chunkBytes ?? CHUNK_BYTES,
      useChunks: options.indexed ?? true,
      ...(compressChunk ? { compressChunk } : {}),
    });
    await writer.start({ profile: "", library: "waywarden" });
    return new McapSink(writer, output);
  }

  /** Await each call before the next. */
  async write(
    topic: string,
    schema: McapSchema,
    logUs: number,
    data: Uint8Array,
    publishUs = logUs,
  ): Promise<void> {
    const channelId = await this.#channelOf(topic, schema);
    const sequence = this.#sequences.get(channelId) ?? 0;
    this.#sequences.set(channelId, sequence + 1);
    await this.#writer.addMessage({
      channelId,
      sequence,
      logTime: BigInt(logUs) * 1000n,
      publishTime: BigInt(publishUs) * 1000n,
      data,
    });
  }

  /** A named table of texts that stands beside the messages. */
  async writeMetadata(name: string, entries: Readonly<Record<string, string>>): Promise<void> {
    await this.#writer.addMetadata({ name, metadata: new Map(Object.entries(entries)) });
  }

  /** Writes the last chunk and the index. */
  async close(): Promise<void> {
    await this.#writer.end();
    await this.#output.close();
  }

  async #channelOf(topic: string, { name, encoding, data }: McapSchema): Promise<number> {
    const schemaId = await remember(this.#schemas, `${name} ${encoding}`, () =>
      this.#writer.registerSchema({ name, encoding, data }),
    );
    return remember(this.#channels, `${topic} ${schemaId}`, () =>
      this.#writer.registerChannel({
        topic,
        schemaId,
        messageEncoding: encoding,
        metadata: new Map<string, string>(),
      }),
    );
  }
}

/** Appends to an open file. */
export function fileOutput(file: FileHandle): McapOutput {
  let at = 0;
  return {
    write: async (data) => {
      await file.write(data, 0, data.length, at);
      at += data.length;
    },
    close: () => file.close(),
  };
}

/** The value of a key, made once. */
function remember<K, V>(map: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  return made;
}
