import { randomBytes } from "node:crypto";
import { topicOf } from "../wire/topics.ts";
import { monotonicMs } from "./clock.ts";
import { OverrideDesk } from "./override-desk.ts";
import { loadOverridePublicKey, type OverrideKeyPaths } from "./override-keys.ts";
import { OverrideLedger } from "./override-ledger.ts";

export type OpenOverride = {
  readonly desk: OverrideDesk;
  /** Waits until the file of used counters is written. */
  close(): Promise<void>;
};

/** Keys, used counters and the desk of one vehicle. @throws ConfigError, WireError */
export async function openOverride(
  paths: OverrideKeyPaths,
  vehicle: string,
  say: (text: string) => void,
): Promise<OpenOverride> {
  const topic = topicOf(vehicle, "override");
  const { key: publicKey, created } = await loadOverridePublicKey(paths);
  if (created) say(`override key ${paths.privateKey} (made now)`);
  const ledger = await OverrideLedger.open(paths.seen, say);
  const desk = new OverrideDesk({
    ...{ topic, publicKey, ledger, say },
    nowMs: monotonicMs,
    randomBytes,
  });
  return { desk, close: () => ledger.flush() };
}
