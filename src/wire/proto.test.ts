import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { decisionBytesForCompare } from "./decision-codec.ts";
import { WIRE_ENUMS, type WireEnum } from "./enums.ts";
import { aDecision, anObservation } from "./fixtures.cases.ts";
import { encodeInstruction } from "./instruction-codec.ts";
import { findSchemaDir, protoEnum } from "./proto.ts";
import { Sealer } from "./seal.ts";

const DIR = join(findSchemaDir(), "waywarden", "v1");
const FILES = readdirSync(DIR).filter((name) => name.endsWith(".proto"));

/** Unit or dimensionless ending of every number with a fraction. */
const UNIT =
  /(_(m|s|ms|us|px|mps|mps2|rad|radps|invm|bytes|ratio)|^(rotation|probabilities|value|limit|coefficients|camera_from_lens))$/;

function allOf<T>(kind: new (...args: never[]) => T): T[] {
  const found: T[] = [];
  const walk = (object: protobuf.ReflectionObject) => {
    if (object instanceof kind) found.push(object as T);
    if (object instanceof protobuf.Namespace) object.nestedArray.forEach(walk);
  };
  for (const file of FILES)
    walk(protobuf.parse(readFileSync(join(DIR, file), "utf8"), { keepCase: true }).root);
  return found;
}

test.each(Object.keys(WIRE_ENUMS) as WireEnum[])("proto enum %s equals its table", (name) => {
  const [prefix, values] = WIRE_ENUMS[name];
  const expected = Object.fromEntries(values.map((value, i) => [`${prefix}_${value}`, i + 1]));
  expect(protoEnum(name)).toEqual({ [`${prefix}_UNSPECIFIED`]: 0, ...expected });
});

test("every proto enum has its table", () => {
  const names = allOf(protobuf.Enum).map((found) => found.name);
  expect(names.sort()).toEqual(Object.keys(WIRE_ENUMS).sort());
});

test("every float field names its unit and no digit follows an underscore", () => {
  const wrong: string[] = [];
  for (const type of allOf(protobuf.Type))
    for (const field of type.fieldsArray) {
      const path = `${type.name}.${field.name}`;
      if (/^(double|float)$/.test(field.type) && !UNIT.test(field.name)) wrong.push(path);
      if (/_\d/.test(field.name)) wrong.push(path);
      if (field.type === "int64" && !/_us$/.test(field.name)) wrong.push(path);
    }
  expect(wrong).toEqual([]);
});

test("golden bytes: an Instruction", () => {
  expect(Buffer.from(encodeInstruction(anObservation().route)).toString("hex")).toBe(
    "0a0f666f6c6c6f772074686520726f61641080fa92afb092e202190000000000002b402209090000000000002440221209000000000000344011000000000000f03f",
  );
});

test("golden bytes: a Decision", () => {
  expect(Buffer.from(decisionBytesForCompare(aDecision())).toString("base64")).toBe(
    [
      "CAcQCRjAybevsJLiAiCQ0LqvsJLiAiisAjACOAJCFwgDEAIZAAAAAAAA8D8yCG5vIHN3ZWVwQiQICBAB",
      "GQAAAAAAACFAIQAAAAAAAB1AKgFtMglnYXAgdG8gIzRNhAAAAFIaCgIDARABGAMhAAAAAAAAEkApAAAA",
      "AACAKEBarAIKMDMzMzMzM9O/MzMzMzMz478AAAAAAAAAAAAAAAAAAAAAMzMzMzMz0z8AAAAAAAAAABIw",
      "exSuR+F6hD8AAAAAAAAAAAAAAAAAAAAAexSuR+F6hL8AAAAAAAAAAAAAAAAAAAAAGjAAAAAAAADwPwAA",
      "AAAAAABAAAAAAAAACEAAAAAAAAAQQAAAAAAAABRAAAAAAAAAGEAiMAAAAAAAAAAAmpmZmZmZuT+amZmZ",
      "mZnJPzMzMzMzM9M/mpmZmZmZ2T8AAAAAAADgPyowAAAAAAAAAAB7FK5H4XqEP3sUrkfhepQ/uB6F61G4",
      "nj97FK5H4XqUP3sUrkfheoQ/MjAAAAAAAAAUQAAAAAAAABNAAAAAAAAAEkAAAAAAAAASQAAAAAAAABJA",
      "AAAAAAAAEkByEQoCAg8QAhgCIQAAAAAAACBAeAKCARciZHJpdmUgOCBtL3MiOiBhY2NlcHRlZIoBLFNs",
      "b3dpbmcgdG8gNC41IG0vcyBiZWhpbmQgdGhlIHZlaGljbGUgYWhlYWQukgEYAAAAAAAA4D8AAAAAAADQ",
      "PwAAAAAAAMA/mgEPCglsaWRhci90b3AQ0IYDogE2CAESJC9saWRhcjogYSBzd2VlcCBleHBlY3RlZCwg",
      "Zm91bmQgbm9uZRjAybevsJLiAiIDdG9wqQEAAAAAAAAWQLIBAmFhugECYmI=",
    ].join(""),
  );
});

test("golden bytes: a Sealed message", () => {
  const sealer = new Sealer({
    topic: "waywarden/v1/car/decision",
    key: new Uint8Array(32).fill(1),
    epoch: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  });
  expect(Buffer.from(sealer.seal(Uint8Array.of(9, 8, 7), 1_000_000, 300)).toString("hex")).toBe(
    "0d5e91c2611a08010203040506070820c0843d28ac0230033d780489fa421015de39a38c8c6eb33002f58c1f47d7f44a03090807",
  );
});
