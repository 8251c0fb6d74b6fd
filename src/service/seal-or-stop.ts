import type { Decision } from "../contract/decision.ts";
import { WireError } from "../contract/errors.ts";
import { monotonicMs } from "./clock.ts";
import type { Pipeline, Tick } from "./pipeline.ts";

/** A decision that cannot be encoded or sealed is replaced by an emergency stop that can. */
export function sealOrStop(
  pipeline: Pipeline,
  seal: (decision: Decision) => Uint8Array,
  tick: Tick,
  nowUs: number,
): { readonly tick: Tick; readonly bytes: Uint8Array; readonly sealMs: number } {
  const startMs = monotonicMs();
  try {
    const bytes = seal(tick.decision);
    return { tick, bytes, sealMs: monotonicMs() - startMs };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const { observation } = tick;
    const { stampUs } = observation;
    const fault = { code: "SEAL_FAILED", detail: error.message, stampUs } as const;
    const stop = pipeline.stopInstead(observation, nowUs, fault);
    return { tick: stop, bytes: seal(stop.decision), sealMs: monotonicMs() - startMs };
  }
}
