import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";
import type { z } from "zod";
import { WireError } from "../contract/errors.ts";

/** Everything under schemas/, by reflection, so that the .proto files are the only description. */
const FILES = [
  ...["sealed", "decision", "instruction", "observation", "override", "status"],
  ...["recording", "scene"],
];

/** Folder that holds waywarden/v1/*.proto; src/wire and dist/src/wire differ in depth. */
export function findSchemaDir(from = dirname(fileURLToPath(import.meta.url))): string {
  for (let dir = from; ; dir = dirname(dir)) {
    const candidate = join(dir, "schemas");
    if (existsSync(join(candidate, "waywarden", "v1", "sealed.proto"))) return candidate;
    if (dirname(dir) === dir)
      throw new WireError(
        "WIRE_SCHEMAS_MISSING",
        `schemas/waywarden/v1/sealed.proto expected in a folder above ${from}, found none`,
      );
  }
}

function loadRoot(): protobuf.Root {
  const dir = findSchemaDir();
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (existsSync(target) ? target : join(dir, target));
  root.loadSync(FILES.map((name) => join(dir, "waywarden", "v1", `${name}.proto`)));
  root.resolveAll();
  return root;
}

let loaded: protobuf.Root | undefined;
const root = (): protobuf.Root => {
  loaded ??= loadRoot();
  return loaded;
};

/** Enum values of the .proto files, name → number; for the test that compares the tables. */
export const protoEnum = (name: string): Readonly<Record<string, number>> =>
  root().lookupEnum(`waywarden.v1.${name}`).values;

/** FileDescriptorSet with every message of waywarden.v1, for a log that describes itself. */
export function waywardenDescriptorSet(): Uint8Array {
  const file = root().toDescriptor("proto3").file ?? [];
  return descriptor.FileDescriptorSet.encode({ file }).finish();
}

/** One message type: plain object in, bytes out; bytes in, checked object out. */
export type MessageCodec<T> = {
  readonly encode: (plain: object) => Uint8Array;
  readonly decode: (bytes: Uint8Array, where: string) => T;
};

/** The writing half of a codec, for messages that nobody here reads. */
export function messageEncoder(name: string): (plain: object) => Uint8Array {
  let type: protobuf.Type | undefined;
  return (plain) => {
    type ??= root().lookupType(`waywarden.v1.${name}`);
    const bad = nonFinitePath(plain, name);
    if (bad) throw new WireError("WIRE_NON_FINITE", `${bad}: a finite number expected, found none`);
    return type.encode(type.fromObject(plain)).finish();
  };
}

/**
 * The reading half without a schema: a plain object, or WireError WIRE_MALFORMED. Fields that nobody
 * set have their default with `defaults`; else they are absent, except lists, which are empty.
 */
export function messageReader(
  name: string,
  defaults = false,
): (bytes: Uint8Array, where: string) => unknown {
  let type: protobuf.Type | undefined;
  return (bytes, where) => {
    try {
      type ??= root().lookupType(`waywarden.v1.${name}`);
      const options = { longs: Number, enums: String, arrays: true, defaults };
      return type.toObject(type.decode(bytes), options);
    } catch (cause) {
      throw new WireError(
        "WIRE_MALFORMED",
        `${where}: a ${name} message expected, found ${bytes.length} bytes that do not decode (${cause instanceof Error ? cause.message : String(cause)})`,
        { cause },
      );
    }
  };
}

/**
 * Joins a message of waywarden.v1 with the schema that its decoded fields must meet.
 * 64-bit integers come out as numbers, never as Long; outside ±2^53 they fail the schema's `int()`.
 */
export function messageCodec<T>(name: string, schema: z.ZodType<T>): MessageCodec<T> {
  const read = messageReader(name, true);
  return {
    encode: messageEncoder(name),
    decode: (bytes, where) => {
      const plain = read(bytes, where);
      const parsed = schema.safeParse(plain);
      if (parsed.success) return parsed.data;
      const issue = parsed.error.issues[0]!;
      throw new WireError(
        "WIRE_FIELD",
        `${where}: ${name}.${issue.path.join(".")}: ${issue.message}`,
      );
    },
  };
}

/** Path of the first NaN or infinite number, or undefined. Bytes are not walked. */
function nonFinitePath(value: unknown, path: string): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : path;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = nonFinitePath(inner, `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}
