import { MODES, type Mode, type RuleHit, type RuleId } from "../contract/decision.ts";

/** Position in the lattice: 0 NORMAL … 4 HOLD; higher is stricter. */
export const rankOf = (mode: Mode): number => MODES.indexOf(mode);

/** The stricter of two modes. */
export const stricter = (a: Mode, b: Mode): Mode => (rankOf(a) >= rankOf(b) ? a : b);

/** What one rule asks for: its hit and whether it starts a minimal-risk maneuver (latches). */
export type Demand = {
  readonly hit: RuleHit;
  readonly mrm: boolean;
};

/** Numbers in a hit are always finite, so that every decision can be sealed. */
const finite = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.max(-1e12, Math.min(1e12, value));

/** Builds a demand. */
export function demand(
  rule: RuleId,
  mode: Mode,
  value: number,
  limit: number,
  unit: string,
  detail: string,
  mrm = false,
): Demand {
  return { hit: { rule, mode, value: finite(value), limit: finite(limit), unit, detail }, mrm };
}
