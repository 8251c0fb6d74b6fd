import { type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { WireError } from "../contract/errors.ts";
import { OVERRIDE_KINDS, type OverrideKind } from "../contract/override.ts";
import { fromWire, toWire } from "./enums.ts";
import { messageCodec } from "./proto.ts";

export const NONCE_BYTES = 16;
const SIGNATURE_BYTES = 64;
/** More than any Override needs, so that nobody can keep the service busy with long ones. */
const OVERRIDE_BYTES_MAX = 256;
/** Counters are numbers below 2^53, exact in a double. */
export const COUNTER_END = 2 ** 53;

/** A human's word: STOP with an empty nonce, RELEASE with the one that it answers. */
export type Override = {
  readonly kind: OverrideKind;
  readonly counter: number;
  /** [0] or [16] bytes. */
  readonly nonce: Uint8Array;
};

const codec = messageCodec(
  "Override",
  z
    .strictObject({
      kind: fromWire("OverrideKind"),
      counter: z.int().nonnegative(),
      nonce: z.instanceof(Uint8Array).transform((bytes) => Uint8Array.from(bytes)),
      signature: z.instanceof(Uint8Array),
    })
    .refine(({ kind, nonce }) => nonce.length === (kind === "STOP" ? 0 : NONCE_BYTES), {
      error: `no nonce with STOP and ${NONCE_BYTES} bytes with RELEASE expected`,
    })
    .refine(({ signature }) => signature.length === SIGNATURE_BYTES, {
      error: `a signature of ${SIGNATURE_BYTES} bytes expected`,
    }),
);

/** The bytes that are signed; the topic is part of them, so a vehicle obeys only what is meant for it. */
function signedBytes(topic: string, { kind, counter, nonce }: Override): Uint8Array {
  const numbers = Buffer.alloc(10);
  numbers.writeUInt8(OVERRIDE_KINDS.indexOf(kind) + 1, 1);
  numbers.writeBigUInt64BE(BigInt(counter), 2);
  return Buffer.concat([Buffer.from(topic, "utf8"), numbers, nonce]);
}

/** Signs with the private key and encodes. @throws TypeError with a key of another kind */
export function encodeOverride(topic: string, override: Override, privateKey: KeyObject) {
  return codec.encode({
    ...override,
    kind: toWire("OverrideKind", override.kind),
    signature: sign(null, signedBytes(topic, override), privateKey),
  });
}

/**
 * Decodes and checks the form; who sent it is for `isSignedBy`.
 * @throws WireError WIRE_TOO_LONG, WIRE_MALFORMED, WIRE_FIELD
 */
export function decodeOverride(bytes: Uint8Array, topic: string) {
  if (bytes.length > OVERRIDE_BYTES_MAX)
    throw new WireError(
      "WIRE_TOO_LONG",
      `${topic}: at most ${OVERRIDE_BYTES_MAX} bytes expected, found ${bytes.length}`,
    );
  const { signature, ...override } = codec.decode(bytes, topic);
  const isSignedBy = (publicKey: KeyObject): boolean =>
    verify(null, signedBytes(topic, override), publicKey, signature);
  return { override: override satisfies Override, isSignedBy };
}
