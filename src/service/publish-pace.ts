import { type Decision, MODES } from "../contract/decision.ts";
import { PUBLISH_EARLY_MS, PUBLISH_RATE_RATIO } from "../safety/limits.ts";

/** Nominal rate: ten decisions a second. */
export const PERIOD_MS = 100;
/** Least time between decisions, on average (S16). */
export const LEAST_PERIOD_MS = PERIOD_MS / PUBLISH_RATE_RATIO;

type Paced = Pick<Decision, "mode" | "accelLimitMps2">;

/** Asks for less than the other: a stricter mode, or less acceleration. */
const isStricter = (a: Paced, b: Paced): boolean =>
  MODES.indexOf(a.mode) > MODES.indexOf(b.mode) || a.accelLimitMps2 < b.accelLimitMps2;

/**
 * S16: at most 1.2 × the nominal rate goes out, on average; what is stricter than the last one
 * always does. Deciding takes now more, now less time, so one may come too soon by a tick.
 */
export class PublishPace {
  /** When the next one is due at the highest rate. */
  #dueMs = Number.NEGATIVE_INFINITY;
  #last: Paced | undefined;

  /** Whether it may go out now; counts as gone if so. */
  admits(decision: Paced, nowMs: number): boolean {
    const onTime = nowMs >= this.#dueMs - PUBLISH_EARLY_MS;
    if (!onTime && this.#last !== undefined && !isStricter(decision, this.#last)) return false;
    // Stricter ones in a row must not silence what comes after them.
    const dueMs = Math.min(this.#dueMs, nowMs + PUBLISH_EARLY_MS);
    this.#dueMs = Math.max(nowMs, dueMs) + LEAST_PERIOD_MS;
    this.#last = decision;
    return true;
  }
}
