import { createHash } from "node:crypto";
import { EPOCH_BYTES } from "../wire/seal.ts";

/** Epoch of a replay: the same log, model and configuration give the same sealed headers. */
export function replayEpoch(logHash: string, modelHash: string, configHash: string): Uint8Array {
  const text = [logHash, modelHash, configHash].join("\n");
  return Uint8Array.from(createHash("sha256").update(text).digest().subarray(0, EPOCH_BYTES));
}
