import type { StageTiming } from "../contract/decision.ts";
import { monotonicMs } from "./clock.ts";

/** Stage times of one tick while it runs. */
export type Timing = { -readonly [K in keyof StageTiming]: number };

export const noTiming = (): Timing => ({
  decodeMs: 0,
  pillarsMs: 0,
  bevMs: 0,
  obstaclesMs: 0,
  plannerMs: 0,
  safetyMs: 0,
  sealMs: 0,
  totalMs: 0,
});

/** Runs `act` and notes how long it took. */
export function timed<T>(timing: Timing, stage: keyof Timing, act: () => T): T {
  const startMs = monotonicMs();
  const value = act();
  timing[stage] = monotonicMs() - startMs;
  return value;
}

/** As `timed`, for work that waits. */
export async function timedAsync<T>(
  timing: Timing,
  stage: keyof Timing,
  act: () => Promise<T>,
): Promise<T> {
  const startMs = monotonicMs();
  const value = await act();
  timing[stage] = monotonicMs() - startMs;
  return value;
}
