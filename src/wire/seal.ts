import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { WireError } from "../contract/errors.ts";
import { crc32p4 } from "./crc32p4.ts";
import { messageCodec } from "./proto.ts";

/** A decision may be acted on for at most this long (S24). */
export const VALID_MS_MAX = 300;
export const KEY_BYTES = 32;
export const EPOCH_BYTES = 8;
const MAC_BYTES = 16;
const HEADER_BYTES = 32;
const U32 = 2 ** 32;
/** Counter steps up to this are OK_SOME_LOST, more is WRONG_SEQUENCE (S05). */
const COUNTER_STEP_MAX = 3;

const u32 = z
  .int()
  .min(0)
  .max(U32 - 1);

const codec = messageCodec(
  "Sealed",
  z.strictObject({
    dataId: u32,
    counter: u32,
    epoch: z.instanceof(Uint8Array),
    tUs: z.int(),
    validMs: u32,
    length: u32,
    crc32p4: u32,
    mac: z.instanceof(Uint8Array),
    body: z.instanceof(Uint8Array),
  }),
);

type Header = {
  readonly dataId: number;
  readonly counter: number;
  /** [8] bytes. */
  readonly epoch: Uint8Array;
  readonly tUs: number;
  readonly validMs: number;
  readonly length: number;
};

/** CRC-32P4 of the topic name, so that a message moved to another topic does not open. */
export const dataIdOf = (topic: string): number => crc32p4(new TextEncoder().encode(topic));

function headerBytes(h: Header): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, h.dataId);
  view.setUint32(4, h.counter);
  bytes.set(h.epoch, 8);
  view.setBigInt64(16, BigInt(h.tUs));
  view.setUint32(24, h.validMs);
  view.setUint32(28, h.length);
  return bytes;
}

const macOf = (key: Uint8Array, header: Uint8Array, body: Uint8Array): Uint8Array =>
  createHmac("sha256", key).update(header).update(body).digest().subarray(0, MAC_BYTES);

export type SealerOptions = {
  readonly topic: string;
  /** [32] bytes. */
  readonly key: Uint8Array;
  /** [8] bytes. */
  readonly epoch: Uint8Array;
};

/** Seals the messages of one topic; the counter starts at 0 and goes up by one. */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #dataId: number;
  #counter = 0;

  /** @throws WireError WIRE_KEY, WIRE_EPOCH */
  constructor(options: SealerOptions) {
    checkKey(options.key);
    if (options.epoch.length !== EPOCH_BYTES)
      throw new WireError(
        "WIRE_EPOCH",
        `an epoch of ${EPOCH_BYTES} bytes expected, found ${options.epoch.length}`,
      );
    this.#options = options;
    this.#dataId = dataIdOf(options.topic);
  }

  /** @throws WireError WIRE_VALIDITY */
  seal(body: Uint8Array, tUs: number, validMs: number): Uint8Array {
    if (!Number.isInteger(validMs) || validMs < 1 || validMs > VALID_MS_MAX)
      throw new WireError("WIRE_VALIDITY", `1…${VALID_MS_MAX} ms expected, found ${validMs}`);
    const { key, epoch } = this.#options;
    const header = {
      dataId: this.#dataId,
      counter: this.#counter,
      epoch,
      tUs,
      validMs,
      length: body.length,
    };
    const bytes = headerBytes(header);
    const sealed = codec.encode({
      ...header,
      crc32p4: crc32p4(bytes, body),
      mac: macOf(key, bytes, body),
      body,
    });
    this.#counter = (this.#counter + 1) % U32;
    return sealed;
  }
}

export type SealStatus = "OK" | "REPEATED" | "OK_SOME_LOST" | "WRONG_SEQUENCE" | "ERROR";

/** Why a message is not OK. */
export type SealReason =
  | "MALFORMED"
  | "WRONG_LENGTH"
  | "WRONG_TOPIC"
  | "BAD_VALIDITY"
  | "BAD_CRC"
  | "BAD_MAC"
  | "WRONG_EPOCH"
  | "EXPIRED"
  | "AHEAD"
  | "COUNTER";

/** What a receiver remembers between messages of one topic. */
export type SealState = { readonly epochHex: string; readonly counter: number };

export type Opened = {
  readonly status: SealStatus;
  readonly reason?: SealReason;
  /** Expected and found, in one line; empty when OK. */
  readonly detail: string;
  /** Present only with OK and OK_SOME_LOST: nothing else may be acted on. */
  readonly body?: Uint8Array;
  readonly tUs?: number;
  readonly validMs?: number;
  readonly lostCount: number;
  /** State for the next message. */
  readonly state: SealState | undefined;
};

export type OpenOptions = {
  readonly topic: string;
  readonly key: Uint8Array;
  /** undefined before the first message. */
  readonly state: SealState | undefined;
  /** Where given, a message older than its validity, or that far ahead, is refused; leave out when watching replays. */
  readonly nowUs?: number;
};

/** Checks one message; order: form, topic, CRC, MAC, age, epoch, counter. Never throws on bad bytes. */
export function openSeal(sealed: Uint8Array, options: OpenOptions): Opened {
  const { topic, key, state, nowUs } = options;
  const error = (reason: SealReason, detail: string): Opened => ({
    status: "ERROR",
    reason,
    detail: `${topic}: ${detail}`,
    lostCount: 0,
    state,
  });
  let message: ReturnType<typeof codec.decode>;
  try {
    message = codec.decode(sealed, topic);
  } catch (cause) {
    if (cause instanceof WireError) return error("MALFORMED", cause.message);
    throw cause;
  }
  const { body, epoch, mac, tUs, validMs } = message;
  if (epoch.length !== EPOCH_BYTES || mac.length !== MAC_BYTES)
    return error(
      "WRONG_LENGTH",
      `epoch of ${EPOCH_BYTES} and mac of ${MAC_BYTES} bytes expected, found ${epoch.length} and ${mac.length}`,
    );
  if (message.length !== body.length)
    return error("WRONG_LENGTH", `body of ${message.length} bytes expected, found ${body.length}`);
  const dataId = dataIdOf(topic);
  if (message.dataId !== dataId)
    return error("WRONG_TOPIC", `data_id ${hex(dataId)} expected, found ${hex(message.dataId)}`);
  const header = headerBytes(message);
  const crc = crc32p4(header, body);
  if (message.crc32p4 !== crc)
    return error("BAD_CRC", `crc32p4 ${hex(crc)} expected, found ${hex(message.crc32p4)}`);
  if (!timingSafeEqual(mac, macOf(key, header, body)))
    return error("BAD_MAC", "the mac does not fit the key: another key, or a changed message");
  if (validMs < 1 || validMs > VALID_MS_MAX)
    return error("BAD_VALIDITY", `valid_ms 1…${VALID_MS_MAX} expected, found ${validMs}`);
  if (nowUs !== undefined && nowUs - tUs > validMs * 1000)
    return error("EXPIRED", `age ≤ ${validMs} ms expected, found ${(nowUs - tUs) / 1000} ms`);
  // A receiver whose clock has jumped back would take everything recorded since for fresh.
  if (nowUs !== undefined && tUs - nowUs > validMs * 1000)
    return error("AHEAD", `at most ${validMs} ms ahead expected, found ${(tUs - nowUs) / 1000} ms`);
  const epochHex = Buffer.from(epoch).toString("hex");
  if (state && state.epochHex !== epochHex)
    return error("WRONG_EPOCH", `epoch ${state.epochHex} expected, found ${epochHex}`);
  const next = { epochHex, counter: message.counter };
  return { ...judgeCounter(topic, state, next), ...accepted(state, next, { body, tUs, validMs }) };
}

/** Steps from the last to this counter, modulo 2^32; the first message counts as one step. */
const stepOf = (state: SealState | undefined, next: SealState): number =>
  state ? (next.counter - state.counter + U32) % U32 : 1;

function judgeCounter(
  topic: string,
  state: SealState | undefined,
  next: SealState,
): Omit<Opened, "body"> {
  const step = stepOf(state, next);
  if (!state || step === 1) return { status: "OK", detail: "", lostCount: 0, state: next };
  const detail = `${topic}: counter ${(state.counter + 1) % U32} expected, found ${next.counter}`;
  const wrong = { reason: "COUNTER", detail, lostCount: 0 } as const;
  if (step === 0) return { status: "REPEATED", ...wrong, state };
  if (step <= COUNTER_STEP_MAX)
    return { status: "OK_SOME_LOST", detail, lostCount: step - 1, state: next };
  // A jump ahead loses this message but not the stream; a step back changes nothing.
  const ahead = step < U32 / 2;
  return {
    status: "WRONG_SEQUENCE",
    ...wrong,
    lostCount: ahead ? step - 1 : 0,
    state: ahead ? next : state,
  };
}

const accepted = <T>(state: SealState | undefined, next: SealState, content: T) => {
  const step = stepOf(state, next);
  return step >= 1 && step <= COUNTER_STEP_MAX ? content : {};
};

/** @throws WireError WIRE_KEY */
export function checkKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES)
    throw new WireError(
      "WIRE_KEY",
      `a key of ${KEY_BYTES} bytes expected, found ${key.length} bytes`,
    );
}

const hex = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
