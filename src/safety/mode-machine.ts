import { MODES, type Mode } from "../contract/decision.ts";
import { CLEAN_TICKS } from "./limits.ts";
import { type Demand, rankOf } from "./rule.ts";

const COMFORT = rankOf("COMFORT_STOP");

/**
 * The lattice. Down at once; CAUTION and COMFORT_STOP clear after 5 clean ticks, so the mode is
 * the strictest demand of this tick and the 5 before it: a pure maximum, hence monotone.
 * An emergency brake for a threat ends with the threat (UN R157 5.3) and leaves COMFORT_STOP
 * behind; a minimal-risk maneuver latches (5.4) and becomes HOLD at standstill.
 */
export class ModeMachine {
  /** Ranks asked for in the last ticks, newest last, at most COMFORT_STOP. */
  #history: number[] = [];
  #mrm = false;
  #hold = false;

  /** A minimal-risk maneuver is in progress or has ended in HOLD. */
  get latched(): boolean {
    return this.#mrm;
  }

  /** A minimal-risk maneuver has come to standstill. */
  get held(): boolean {
    return this.#hold;
  }

  /** Starts a minimal-risk maneuver from outside the rules (an error in this layer). */
  latch(): void {
    this.#mrm = true;
  }

  /** Mode of this tick. `standing`: the vehicle is known, or reckoned, to stand. */
  step(demands: readonly Demand[], standing: boolean): Mode {
    let asked = 0;
    for (const d of demands) {
      asked = Math.max(asked, rankOf(d.hit.mode));
      if (d.mrm) this.#mrm = true;
    }
    let rank = asked;
    for (const past of this.#history) rank = Math.max(rank, past);
    this.#history.push(Math.min(asked, COMFORT));
    if (this.#history.length > CLEAN_TICKS) this.#history.shift();
    if (this.#mrm && standing) this.#hold = true;
    if (this.#hold) return "HOLD";
    if (this.#mrm) return "EMERGENCY_STOP";
    return MODES[rank]!;
  }

  /** Ticks since the last demand, at most 5. */
  get cleanTicks(): number {
    for (let i = 0; i < this.#history.length; i++)
      if (this.#history[this.#history.length - 1 - i]! > 0) return i;
    return this.#history.length;
  }
}
