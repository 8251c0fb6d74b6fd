import {
  foxgloveEnumSchemas,
  foxgloveMessageSchemas,
  generateProto,
} from "@foxglove/schemas/internal.js";
import { loadDecompressHandlers } from "@mcap/support";
import protobuf from "protobufjs";
import "protobufjs/ext/descriptor.js";
import { describe, expect, test } from "vitest";
import { lz4Frame, storedZstdFrame } from "./chunk-compress.ts";
import { foxgloveDescriptorSet, WRITTEN_SCHEMAS } from "./foxglove-schemas.ts";
import { openDriveWriter } from "./write-mcap.ts";

/** The written schemas and every message that they are made of. */
const ALL_SCHEMAS = protobuf.Root.fromDescriptor(foxgloveDescriptorSet())
  .lookup("foxglove", [protobuf.Namespace])
  ?.toJSON().nested;

/** A viewer refuses an entity that lacks one of its lists. */
const SCENE = /Scene|Primitive|Log|Color|Point3|KeyValuePair/;

describe("written schemas", () => {
  test("are all there", () => {
    const short = WRITTEN_SCHEMAS.map((name) => name.replace("foxglove.", ""));
    expect(Object.keys(ALL_SCHEMAS ?? {})).toEqual(expect.arrayContaining(short));
  });
  for (const name of Object.keys(ALL_SCHEMAS ?? {}).map((short) => `foxglove.${short}`))
    test(`${name} equals the published schema, field for field`, () => {
      const ours = protobuf.Root.fromDescriptor(foxgloveDescriptorSet()).lookupType(name);
      const short = name.replace("foxglove.", "") as keyof typeof foxgloveMessageSchemas;
      const enums = Object.values(foxgloveEnumSchemas).filter((e) => e.parentSchemaName === short);
      const text = generateProto(foxgloveMessageSchemas[short], enums);
      const published = protobuf.parse(text).root.lookupType(name);
      const shape = (type: protobuf.Type) =>
        Object.fromEntries(
          type.fieldsArray.map((f) => [
            f.name,
            `${f.id} ${f.repeated ? "repeated " : ""}${f.type.split(".").at(-1)}`,
          ]),
        );
      const expected = shape(published);
      for (const [field, kind] of Object.entries(shape(ours))) expect(expected[field]).toBe(kind);
      if (SCENE.test(name)) expect(shape(ours)).toEqual(expected);
      expect(Object.keys(shape(ours)).length).toBeGreaterThan(0);
    });
});

describe("chunk compression", () => {
  const text = Buffer.from("a sweep, a picture, a sweep, a picture, ".repeat(5000));
  const noise = Uint8Array.from(
    { length: 300_000 },
    (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255,
  );
  for (const [what, data] of [
    ["text", text],
    ["noise", noise],
    ["one byte", Uint8Array.of(7)],
    ["13 equal bytes", new Uint8Array(13)],
    ["zeros", new Uint8Array(6_000_000)],
  ] as const)
    test(`${what} comes back from lz4 and stored zstd frames`, async () => {
      const { lz4, zstd } = await loadDecompressHandlers();
      const size = BigInt(data.length);
      expect(Buffer.compare(lz4!(lz4Frame(data), size), data)).toBe(0);
      expect(Buffer.compare(zstd!(storedZstdFrame(data), size), data)).toBe(0);
    });
  test("lz4 makes what repeats small", () => {
    expect(lz4Frame(text).length).toBeLessThan(text.length / 50);
  });
});

test("a folder that does not exist is a clear error", async () => {
  await expect(openDriveWriter("/nowhere/at/all.mcap")).rejects.toThrow(
    /\/nowhere\/at\/all\.mcap: a file that can be written expected/,
  );
});
