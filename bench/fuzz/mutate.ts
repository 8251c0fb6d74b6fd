import type { Random } from "../../src/world/random.ts";

/**
 * Seeded damage to bytes: bit flips, truncation, splices, edited lengths, huge varints, duplicated
 * fields and records. Half of the inputs keep their outer form (lengths fit, one field deep inside
 * is odd), so that what lies behind the parser is met too; in the others one to four damages stack.
 */

/** `others` are inputs of the same kind to splice from. */
export function mutateBytes(
  random: Random,
  input: Uint8Array,
  others: readonly Uint8Array[],
): Uint8Array {
  // A copy, and no Buffer: its slice() would share memory with the good input.
  let bytes: Uint8Array = new Uint8Array(input);
  if (random.chance(0.5)) {
    for (let n = random.int(1, 2); n > 0; n--) bytes = mutateInside(random, bytes);
    return bytes;
  }
  for (let n = random.int(1, 4); n > 0; n--) bytes = random.pick(DAMAGES)(random, bytes, others);
  return bytes;
}

type Damage = (random: Random, bytes: Uint8Array, others: readonly Uint8Array[]) => Uint8Array;

const SPECIAL_BYTES = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
const SPECIAL_LENGTHS = [0n, 1n, 0x7fn, 0xffffn, 0x7fffffffn, 0xffffffffn, 1n << 40n, ~0n];
const BYTES_MAX = 1 << 20;

const at = (random: Random, bytes: Uint8Array): number =>
  random.int(0, Math.max(0, bytes.length - 1));

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = Buffer.concat(parts);
  const size = Math.min(whole.length, BYTES_MAX);
  return new Uint8Array(whole.buffer, whole.byteOffset, size).slice();
}

const flipBits: Damage = (random, bytes) => {
  const out = bytes.slice();
  for (let n = random.int(1, 8); n > 0 && out.length > 0; n--)
    out[at(random, out)]! ^= 1 << random.int(0, 7);
  return out;
};

const setBytes: Damage = (random, bytes) => {
  const out = bytes.slice();
  const from = at(random, out);
  out.fill(random.pick(SPECIAL_BYTES), from, from + random.int(1, 8));
  return out;
};

const truncate: Damage = (random, bytes) => bytes.slice(0, at(random, bytes));
const behead: Damage = (random, bytes) => bytes.slice(at(random, bytes));

const splice: Damage = (random, bytes, others) => {
  const other = random.pick(others);
  return join(bytes.subarray(0, at(random, bytes)), other.subarray(at(random, other)));
};

const duplicate: Damage = (random, bytes) => {
  const [a, b] = [at(random, bytes), at(random, bytes)].sort((x, y) => x - y) as [number, number];
  return join(bytes.subarray(0, b), bytes.subarray(a));
};

const remove: Damage = (random, bytes) => {
  const from = at(random, bytes);
  return join(bytes.subarray(0, from), bytes.subarray(from + random.int(1, 16)));
};

/** Overwrites 1, 2, 4 or 8 bytes with a length that is wrong in an interesting way. */
const editLength: Damage = (random, bytes) => {
  const size = random.pick([1, 2, 4, 8] as const);
  if (bytes.length < size) return bytes;
  const out = bytes.slice();
  const view = new DataView(out.buffer, random.int(0, out.length - size), size);
  const little = random.chance(0.7);
  const value = random.pick(SPECIAL_LENGTHS);
  if (size === 1) view.setUint8(0, Number(value & 0xffn));
  else if (size === 2) view.setUint16(0, Number(value & 0xffffn), little);
  else if (size === 4) view.setUint32(0, Number(value & 0xffffffffn), little);
  else view.setBigUint64(0, BigInt.asUintN(64, value), little);
  return out;
};

/** A varint of up to eleven bytes in the middle: one more than any decoder should take. */
const insertVarint: Damage = (random, bytes) => {
  const varint = new Uint8Array(random.int(2, 11)).fill(0xff);
  varint[varint.length - 1] = random.pick([0x01, 0x7f, 0xff]);
  const from = at(random, bytes);
  return join(bytes.subarray(0, from), varint, bytes.subarray(from + random.int(0, 2)));
};

/** Damages the content of one MCAP record or protobuf field and keeps the lengths around it true. */
function mutateInside(random: Random, bytes: Uint8Array): Uint8Array {
  const records = mcapRecords(bytes);
  const ends = records.length > 0 ? records : protobufFields(bytes);
  if (ends.length < 2) return flipBits(random, bytes, [bytes]);
  const pick = random.int(0, ends.length - 2);
  const [from, to] = [ends[pick]!, ends[pick + 1]!];
  const part = bytes.subarray(from, to);
  const changed = records.length > 0 ? changeRecord(random, part) : changeField(random, part);
  return join(bytes.subarray(0, from), changed, bytes.subarray(to));
}

const MESSAGE_OPCODE = 5;
const RECORD_HEAD_BYTES = 9;
const MESSAGE_HEAD_BYTES = 22;

function changeRecord(random: Random, record: Uint8Array): Uint8Array {
  const content = record.subarray(RECORD_HEAD_BYTES);
  let changed: Uint8Array;
  if (record[0] === MESSAGE_OPCODE && random.chance(0.7)) {
    const data = content.slice(MESSAGE_HEAD_BYTES);
    changed = join(content.subarray(0, MESSAGE_HEAD_BYTES), mutateInside(random, data));
  } else
    changed = random.pick([flipBits, editLength, setBytes])(random, content.slice(), [content]);
  const head = record.slice(0, RECORD_HEAD_BYTES);
  new DataView(head.buffer).setBigUint64(1, BigInt(changed.length), true);
  return join(head, changed);
}

const SPECIAL_DOUBLES = [NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324, -0, -1, 1e20, 0];
const SPECIAL_VARINTS = [0n, 1n, 127n, 128n, 0xffffffffn, 1n << 31n, 1n << 53n, (1n << 64n) - 1n];

function changeField(random: Random, field: Uint8Array): Uint8Array {
  let tagEnd = 0;
  while (tagEnd < field.length && field[tagEnd]! >= 0x80) tagEnd++;
  const tag = field.subarray(0, tagEnd + 1);
  switch (field[0]! & 7) {
    case 0:
      return join(tag, varintOf(random.pick(SPECIAL_VARINTS)));
    case 1:
      return join(tag, new Uint8Array(Float64Array.of(random.pick(SPECIAL_DOUBLES)).buffer));
    case 5:
      return join(tag, new Uint8Array(Uint32Array.of(random.nextUint()).buffer));
    default: {
      let contentAt = tagEnd + 1;
      while (contentAt < field.length && field[contentAt]! >= 0x80) contentAt++;
      const content = field.slice(contentAt + 1);
      const deeper = protobufFields(content).at(-1) === content.length && random.chance(0.8);
      const simple = random.pick([flipBits, setBytes, truncate, duplicate, remove]);
      const changed = deeper ? mutateInside(random, content) : simple(random, content, [content]);
      return join(tag, varintOf(BigInt(changed.length)), changed);
    }
  }
}

function varintOf(value: bigint): Uint8Array {
  const out: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Uint8Array.from([...out, Number(rest)]);
    out.push(Number(rest & 127n) | 128);
  }
}

/** Repeats, drops or moves one top-level protobuf field; other bytes stay. */
const shuffleFields: Damage = (random, bytes) => shuffleParts(random, bytes, protobufFields(bytes));

/** The same with one MCAP record. */
const shuffleRecords: Damage = (random, bytes) => shuffleParts(random, bytes, mcapRecords(bytes));

function shuffleParts(random: Random, bytes: Uint8Array, ends: readonly number[]): Uint8Array {
  if (ends.length < 2) return flipBits(random, bytes, [bytes]);
  const pick = random.int(0, ends.length - 2);
  const part = bytes.subarray(ends[pick]!, ends[pick + 1]!);
  const to = random.pick(ends);
  const moved = join(bytes.subarray(0, to), part, bytes.subarray(to));
  if (random.chance(0.3)) return moved;
  if (random.chance(0.3))
    return join(bytes.subarray(0, ends[pick]!), bytes.subarray(ends[pick + 1]!));
  const copies = new Array<Uint8Array>(random.int(1, 40)).fill(part);
  return join(bytes.subarray(0, to), ...copies, bytes.subarray(to));
}

/** Offsets between the top-level fields, as far as they parse. */
function protobufFields(bytes: Uint8Array): number[] {
  const ends = [0];
  let i = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; i < bytes.length && shift < 70; shift += 7) {
      const byte = bytes[i++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.POSITIVE_INFINITY;
  };
  while (i < bytes.length) {
    const wireType = varint() % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) i += 8;
    else if (wireType === 2) i += varint();
    else if (wireType === 5) i += 4;
    else break;
    if (!(i <= bytes.length)) break;
    ends.push(i);
  }
  return ends;
}

/** Offsets between MCAP records: opcode u8, length u64, content. */
function mcapRecords(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends = [8];
  for (let i = 8; i + 9 <= bytes.length; ) {
    i += 9 + Number(view.getBigUint64(i + 1, true));
    if (i > bytes.length) break;
    ends.push(i);
  }
  return ends.length > 2 ? ends : [];
}

const DAMAGES: readonly Damage[] = [
  ...[flipBits, setBytes, truncate, behead, splice, duplicate, remove],
  ...[editLength, insertVarint, shuffleFields, shuffleRecords],
];

const SPECIAL_JSON = [
  ...["null", "-1", "0", "1e999", "-0", "1.5", '""', '"\\u0000"', "[]", "{}", "true"],
  ...["9007199254740993", '{"__proto__":{}}', `${"[".repeat(5000)}`, '"🚗"', "NaN"],
];

/** Damage to JSON text: a value is replaced, a key is misspelt or doubled; else bytes as above. */
export function mutateJson(
  random: Random,
  input: Uint8Array,
  others: readonly Uint8Array[],
): Uint8Array {
  if (random.chance(0.4)) return mutateBytes(random, input, others);
  let text = new TextDecoder().decode(input);
  for (let n = random.int(1, 3); n > 0; n--) {
    const values = [...text.matchAll(/(?<=[:[,]\s*)("[^"]*"|-?[\d.e+-]+|true|false|null)/g)];
    const hit = values[random.int(0, Math.max(0, values.length - 1))];
    if (!hit) break;
    text = `${text.slice(0, hit.index)}${random.pick(SPECIAL_JSON)}${text.slice(hit.index + hit[0].length)}`;
  }
  if (random.chance(0.2)) text = text.replace(/"(\w+)":/, '"$1x":');
  if (random.chance(0.2)) text = text.replace(/\{/, '{"__proto__":1,"constructor":2,');
  return new TextEncoder().encode(text);
}
