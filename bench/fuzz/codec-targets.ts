import { deepStrictEqual } from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { decodeDecision, encodeDecision } from "../../src/wire/decision-codec.ts";
import { aDecision, anObservation } from "../../src/wire/fixtures.cases.ts";
import { encodeInstruction } from "../../src/wire/instruction-codec.ts";
import { decodeObservation, encodeObservation } from "../../src/wire/observation-codec.ts";
import { decodeOverride, encodeOverride, type Override } from "../../src/wire/override-codec.ts";
import { readInstruction } from "../../src/wire/read-instruction.ts";
import { openSeal, Sealer } from "../../src/wire/seal.ts";
import {
  decodeHealth,
  decodeStatus,
  encodeHealth,
  encodeStatus,
  type Status,
} from "../../src/wire/status-codec.ts";
import { mutateBytes } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";

const STATUS: Status = {
  state: "ONLINE",
  vehicle: "car",
  epochHex: "00",
  modelHash: "aa",
  configHash: "bb",
  software: "fuzz",
  sourceName: "log",
};
const HEALTH = {
  sequence: 1,
  wallUs: 1_700_000_000_000_000,
  mode: "NORMAL",
  decisionCount: 10,
  publishedCount: 9,
  droppedCount: 1,
  decisionAgeMs: 40,
  eventLoopLagMs: 1,
  rssBytes: 1e8,
  reconnectCount: 0,
  instructionCount: 0,
  instructionRefusedCount: 0,
  faults: [{ code: "CAMERA_INVALID", count: 3 }],
  overrideCount: 1,
  overrideRefusals: [{ reason: "FORGED", count: 2 }],
} as const;

/** What decodes must encode again, and decode to the same bytes. */
function roundTrip<T>(decode: (bytes: Uint8Array) => T, encode: (value: T) => Uint8Array) {
  return (input: Uint8Array): string => {
    const bytes = encode(decode(input));
    deepStrictEqual(encode(decode(bytes)), bytes);
    return "ok";
  };
}

const codec = <T>(
  name: string,
  share: number,
  values: readonly T[],
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T,
): FuzzTarget => ({
  name,
  share,
  corpus: values.map(encode),
  mutate: mutateBytes,
  run: roundTrip(decode, encode),
});

export function codecTargets(): FuzzTarget[] {
  const instruction = { text: "turn left at the lights", givenUs: 1_700_000_000_000_000 };
  return [
    codec(
      "decision",
      16_000,
      [aDecision(), { ...aDecision(), hits: [], faults: [] }],
      encodeDecision,
      decodeDecision,
    ),
    codec(
      "observation",
      16_000,
      [anObservation(), anObservation({ images: [] })],
      encodeObservation,
      decodeObservation,
    ),
    codec(
      "instruction",
      12_000,
      [instruction, { ...instruction, speedLimitMps: 8, waypoints: [[1, 2] as const] }],
      encodeInstruction,
      (bytes) => readInstruction("waywarden/v1/car/instruction", bytes, false),
    ),
    codec("status", 5000, [STATUS], encodeStatus, decodeStatus),
    codec("health", 5000, [HEALTH], encodeHealth, decodeHealth),
    sealTarget(encodeDecision(aDecision())),
    overrideTarget(),
  ];
}

/** No damaged message may hand out another body than the one that was sealed. */
function sealTarget(body: Uint8Array): FuzzTarget {
  const topic = "waywarden/v1/car/decision";
  const key = new Uint8Array(32).fill(9);
  const sealer = new Sealer({ key, topic, epoch: new Uint8Array(8).fill(4) });
  const corpus = [sealer.seal(body, 1_000_000, 300), sealer.seal(body, 1_100_000, 300)];
  return {
    name: "sealed",
    share: 12_000,
    corpus,
    mutate: mutateBytes,
    run: (input) => {
      const opened = openSeal(input, { topic, key, state: undefined, nowUs: 1_100_000 });
      if (opened.body) deepStrictEqual(Buffer.from(opened.body), Buffer.from(body));
      return opened.status === "ERROR" ? `ERROR ${opened.reason}` : opened.status;
    },
  };
}

/** No damaged message may pass for a human's other wish. */
function overrideTarget(): FuzzTarget {
  const topic = "waywarden/v1/car/override";
  // PKCS #8 of an Ed25519 key whose 32 bytes are all 7, so that inputs are the same in every run.
  const der = Buffer.from(`302e020100300506032b657004220420${"07".repeat(32)}`, "hex");
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey);
  const wishes: readonly Override[] = [
    { kind: "STOP", counter: 7, nonce: new Uint8Array(0) },
    { kind: "RELEASE", counter: 8, nonce: new Uint8Array(16).fill(9) },
  ];
  return {
    name: "override",
    share: 6000,
    corpus: wishes.map((wish) => encodeOverride(topic, wish, privateKey)),
    mutate: mutateBytes,
    run: (input) => {
      const { override, isSignedBy } = decodeOverride(input, topic);
      if (!isSignedBy(publicKey)) return "FORGED";
      deepStrictEqual(
        override,
        wishes.find(({ kind }) => kind === override.kind),
      );
      return "ok";
    },
  };
}
