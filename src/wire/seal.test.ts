import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { crc32p4 } from "./crc32p4.ts";
import { messageCodec } from "./proto.ts";
import { dataIdOf, type OpenOptions, openSeal, Sealer, type SealState } from "./seal.ts";
import { topicOf } from "./topics.ts";

const TOPIC = topicOf("car", "decision");
const KEY = new Uint8Array(32).fill(7);
const EPOCH = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const BODY = new TextEncoder().encode("a decision");
const T_US = 1_557_539_924_650_000;

const aSealer = (changes: Partial<ConstructorParameters<typeof Sealer>[0]> = {}) =>
  new Sealer({ topic: TOPIC, key: KEY, epoch: EPOCH, ...changes });
const sealMany = (count: number, sealer = aSealer()) =>
  Array.from({ length: count }, () => sealer.seal(BODY, T_US, 300));
const open = (bytes: Uint8Array, changes: Partial<OpenOptions> = {}) =>
  openSeal(bytes, { topic: TOPIC, key: KEY, state: undefined, ...changes });

/** What Sealer makes of BODY, with some fields set afterwards; the MAC fits where `validMs` is. */
function byHand(changes: Record<string, unknown>): Uint8Array {
  const validMs = typeof changes.validMs === "number" ? changes.validMs : 300;
  const header = Buffer.alloc(32);
  header.writeUInt32BE(dataIdOf(TOPIC), 0);
  header.set(EPOCH, 8);
  header.writeBigInt64BE(BigInt(T_US), 16);
  header.writeUInt32BE(validMs, 24);
  header.writeUInt32BE(BODY.length, 28);
  return messageCodec("Sealed", z.unknown()).encode({
    ...{ dataId: dataIdOf(TOPIC), counter: 0, epoch: EPOCH, tUs: T_US, length: BODY.length },
    crc32p4: crc32p4(header, BODY),
    mac: createHmac("sha256", KEY).update(header).update(BODY).digest().subarray(0, 16),
    body: BODY,
    ...{ validMs, ...changes },
  });
}

/** Opens in order, keeping state; answers the statuses. */
function openAll(messages: readonly Uint8Array[]): string[] {
  let state: SealState | undefined;
  return messages.map((bytes) => {
    const opened = open(bytes, { state });
    state = opened.state;
    return opened.status;
  });
}

describe("S24 sealed output", () => {
  test("S24 a sealed body opens as the bytes that went in", () => {
    const opened = open(sealMany(1)[0]!);
    expect(opened).toMatchObject({ status: "OK", tUs: T_US, validMs: 300, lostCount: 0 });
    expect(Buffer.from(opened.body!).toString()).toBe("a decision");
  });

  test("S24 header fields are covered in the documented order, big-endian", () => {
    const bytes = Buffer.from(sealMany(1)[0]!);
    const header = Buffer.alloc(32);
    header.writeUInt32BE(dataIdOf(TOPIC), 0);
    header.writeUInt32BE(0, 4);
    header.set(EPOCH, 8);
    header.writeBigInt64BE(BigInt(T_US), 16);
    header.writeUInt32BE(300, 24);
    header.writeUInt32BE(BODY.length, 28);
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(crc32p4(header, BODY));
    expect(bytes.includes(crc)).toBe(true);
    const mac = createHmac("sha256", KEY).update(header).update(BODY).digest().subarray(0, 16);
    expect(bytes.includes(mac)).toBe(true);
  });

  test("S24 any flipped bit is noticed and gives no body", () => {
    const right = sealMany(1)[0]!;
    for (let bit = 0; bit < right.length * 8; bit++) {
      const broken = right.slice();
      broken[bit >> 3]! ^= 1 << (bit & 7);
      const opened = open(broken);
      expect(opened.status, `bit ${bit}`).toBe("ERROR");
      expect(opened.body, `bit ${bit}`).toBeUndefined();
    }
  });

  test("S24 a cut message is malformed or of wrong length, never a throw", () => {
    const right = sealMany(1)[0]!;
    for (let length = 0; length < right.length; length++)
      expect(open(right.subarray(0, length)).status).toBe("ERROR");
  });

  test("S24 a changed body with a right CRC still fails the MAC", () => {
    const other = aSealer({ key: new Uint8Array(32).fill(8) });
    expect(open(sealMany(1, other)[0]!)).toMatchObject({ status: "ERROR", reason: "BAD_MAC" });
  });

  test("S24 a message moved to another topic does not open", () => {
    const opened = open(sealMany(1)[0]!, { topic: topicOf("truck", "decision") });
    expect(opened).toMatchObject({ status: "ERROR", reason: "WRONG_TOPIC" });
    expect(opened.detail).toMatch(/data_id 0x[0-9a-f]{8} expected, found 0x[0-9a-f]{8}/);
  });

  test("S24 a validity over 300 ms cannot be sealed", () => {
    expect(() => aSealer().seal(BODY, T_US, 301)).toThrow(/1…300 ms expected, found 301/);
    expect(() => aSealer().seal(BODY, T_US, 0)).toThrow(/found 0/);
  });

  test("S24 with a clock, a message past its validity is refused", () => {
    const bytes = sealMany(1)[0]!;
    expect(open(bytes, { nowUs: T_US + 300_000 }).status).toBe("OK");
    const late = open(bytes, { nowUs: T_US + 300_001 });
    expect(late).toMatchObject({ status: "ERROR", reason: "EXPIRED" });
  });

  test("S24 with a clock that jumped back, a message from ahead of it is refused", () => {
    const bytes = sealMany(1)[0]!;
    expect(open(bytes, { nowUs: T_US - 300_000 }).status).toBe("OK");
    const ahead = open(bytes, { nowUs: T_US - 300_001 });
    expect(ahead).toMatchObject({ status: "ERROR", reason: "AHEAD" });
    expect(ahead.detail).toMatch(/at most 300 ms ahead expected, found 300\.001 ms/);
  });

  test.each([0, 301])("S24 a validity of %i ms is refused even with a right MAC", (validMs) => {
    expect(open(byHand({ validMs }))).toMatchObject({ status: "ERROR", reason: "BAD_VALIDITY" });
  });

  test("S24 by hand or by Sealer, the same fields are the same bytes", () => {
    expect(open(byHand({ validMs: 300 })).status).toBe("OK");
    expect(byHand({ validMs: 300 })).toEqual(sealMany(1)[0]!);
  });

  test("S24 epoch, MAC or body of another length is refused", () => {
    const wrong = { status: "ERROR", reason: "WRONG_LENGTH" };
    expect(open(byHand({ epoch: EPOCH.subarray(1) }))).toMatchObject(wrong);
    expect(open(byHand({ mac: new Uint8Array(15) }))).toMatchObject(wrong);
    expect(open(byHand({ length: BODY.length + 1 }))).toMatchObject(wrong);
  });

  test("S24 a changed body fails the CRC", () => {
    const changed = byHand({ body: new TextEncoder().encode("A decision") });
    expect(open(changed)).toMatchObject({ status: "ERROR", reason: "BAD_CRC" });
  });

  test("what is no array of bytes is a bug of the caller and thrown", () => {
    expect(() => open(undefined as unknown as Uint8Array)).toThrow(TypeError);
  });

  test("an epoch of another length cannot be sealed with", () => {
    expect(() => aSealer({ epoch: new Uint8Array(7) })).toThrow(/8 bytes expected, found 7/);
  });

  test("a key of another length is refused", () => {
    expect(() => aSealer({ key: new Uint8Array(16) })).toThrow(/32 bytes expected, found 16/);
  });
});

describe("S05 counter and epoch", () => {
  test("S05 consecutive counters are OK, also across the first message", () => {
    expect(openAll(sealMany(5).slice(2))).toEqual(["OK", "OK", "OK"]);
  });

  test("S05 a repeated message is REPEATED and gives no body", () => {
    const [a, b] = sealMany(2) as [Uint8Array, Uint8Array];
    expect(openAll([a, b, b])).toEqual(["OK", "OK", "REPEATED"]);
    expect(open(a, { state: { epochHex: "0102030405060708", counter: 0 } }).body).toBeUndefined();
  });

  test("S05 an older message is WRONG_SEQUENCE and does not move the window", () => {
    const [a, b, c] = sealMany(3) as [Uint8Array, Uint8Array, Uint8Array];
    expect(openAll([a, b, a, c])).toEqual(["OK", "OK", "WRONG_SEQUENCE", "OK"]);
  });

  test("S05 one or two lost messages are said, three are too many", () => {
    const m = sealMany(12);
    expect(openAll([m[0]!, m[2]!, m[5]!, m[9]!, m[10]!])).toEqual([
      "OK",
      "OK_SOME_LOST",
      "OK_SOME_LOST",
      "WRONG_SEQUENCE",
      "OK",
    ]);
    const jump = open(m[9]!, { state: { epochHex: "0102030405060708", counter: 5 } });
    expect(jump).toMatchObject({ lostCount: 3, reason: "COUNTER" });
    expect(jump.body).toBeUndefined();
  });

  test("S05 the counter wraps at 2^32", () => {
    const state = { epochHex: "0102030405060708", counter: 2 ** 32 - 1 };
    expect(open(sealMany(1)[0]!, { state }).status).toBe("OK");
  });

  test("S05 another epoch is refused until the receiver starts anew", () => {
    const replayed = sealMany(1, aSealer({ epoch: new Uint8Array(8) }))[0]!;
    const state = { epochHex: "0102030405060708", counter: 4 };
    const opened = open(replayed, { state });
    expect(opened).toMatchObject({ status: "ERROR", reason: "WRONG_EPOCH", state });
    expect(open(replayed).status).toBe("OK");
  });
});
