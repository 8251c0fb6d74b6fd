import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeOverride, encodeOverride, type Override } from "./override-codec.ts";
import { topicOf } from "./topics.ts";

const TOPIC = topicOf("car", "override");
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const STOP: Override = { kind: "STOP", counter: 2 ** 53 - 1, nonce: new Uint8Array(0) };
const RELEASE: Override = { kind: "RELEASE", counter: 0, nonce: new Uint8Array(16).fill(9) };

const open = (bytes: Uint8Array, topic = TOPIC) => decodeOverride(bytes, topic);

describe("Override", () => {
  test.each([STOP, RELEASE])("S01 $kind comes back equal and signed by its key", (override) => {
    const opened = open(encodeOverride(TOPIC, override, privateKey));
    expect(opened.override).toEqual(override);
    expect(opened.isSignedBy(publicKey)).toBe(true);
    expect(opened.isSignedBy(generateKeyPairSync("ed25519").publicKey)).toBe(false);
  });

  test("S01 the signature covers topic, zero byte, kind, counter and nonce as documented", () => {
    const bytes = Buffer.concat([
      Buffer.from(TOPIC),
      Buffer.from([0, 2, 0, 0, 0, 0, 0, 0, 0, 0]),
      RELEASE.nonce,
    ]);
    const sealed = Buffer.from(encodeOverride(TOPIC, RELEASE, privateKey));
    expect(sealed.includes(sign(null, bytes, privateKey))).toBe(true);
  });

  test("S01 no bit of a message can be changed, nor its topic", () => {
    const good = encodeOverride(TOPIC, RELEASE, privateKey);
    for (let bit = 0; bit < good.length * 8; bit++) {
      const changed = Uint8Array.from(good);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      let accepted = false;
      try {
        const opened = open(changed);
        accepted = opened.isSignedBy(publicKey);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^WIRE_/) });
      }
      expect(accepted, `bit ${bit}`).toBe(false);
    }
    expect(open(good, topicOf("van", "override")).isSignedBy(publicKey)).toBe(false);
  });

  test.each([
    ["a STOP with a nonce", { ...STOP, nonce: RELEASE.nonce }],
    ["a RELEASE without one", { ...RELEASE, nonce: new Uint8Array(0) }],
    ["a RELEASE with half of one", { ...RELEASE, nonce: new Uint8Array(8) }],
  ])("%s is malformed", (_name, override) => {
    expect(() => open(encodeOverride(TOPIC, override, privateKey))).toThrow(/bytes with RELEASE/);
  });

  test("unknown kinds, long messages and noise are refused with a code", () => {
    expect(() => open(new Uint8Array(257))).toThrow(/at most 256 bytes expected, found 257/);
    expect(() => open(Uint8Array.of(0xff))).toThrow(/an? Override message expected/);
    expect(() => open(new Uint8Array(0))).toThrow(/a value of OverrideKind expected/);
  });
});
