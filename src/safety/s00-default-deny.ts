/** S00: default deny. NORMAL only when every check of this list ran and passed. */
import { type Demand, demand } from "./rule.ts";

export const CHECKS = ["clock", "ego", "sight", "proposal", "envelope", "corridor"] as const;
export type Check = (typeof CHECKS)[number];

/** Checks that passed this tick; empty at its start, so what never ran has not passed. */
export class CheckList {
  /** Bit i: CHECKS[i] passed. */
  #passed = 0;

  pass(check: Check): void {
    this.#passed |= 1 << CHECKS.indexOf(check);
  }

  /** Demand while any check is open. How strict the stop is, the rule that failed says. */
  demand(): Demand | undefined {
    if (this.#passed === (1 << CHECKS.length) - 1) return undefined;
    const open = CHECKS.filter((_, i) => (this.#passed & (1 << i)) === 0);
    const detail = `NORMAL denied, not passed: ${open.join(", ")}`;
    return demand("S00", "CAUTION", open.length, 0, "", detail);
  }
}
