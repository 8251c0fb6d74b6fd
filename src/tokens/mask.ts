import { LATERALS, type Lateral, SPEED_STEP_MPS } from "../contract/maneuver.ts";
import { SLOTS, TOKEN_RANGES, VOCABULARY_SIZE } from "./vocabulary.ts";

/** Added to logits of tokens that may not be chosen. */
export const MASKED = -1e9;

/** Facts of the route that make tokens illegal. */
export type MaskFacts = {
  readonly speedLimitMps: number | undefined;
  /** false where a map says that no junction is ahead: no turn can be chosen then. Without a map: absent. */
  readonly junctionAhead?: boolean;
};

const JUNCTION_ONLY: readonly Lateral[] = ["TURN_LEFT", "TURN_RIGHT", "GO_STRAIGHT"];

/** Additive mask [19, V]: 0 inside the grammar and the legal, −1e9 elsewhere. */
export function buildMask(facts: MaskFacts): Float32Array {
  const mask = new Float32Array(SLOTS.length * VOCABULARY_SIZE).fill(MASKED);
  for (const [slot, kind] of SLOTS.entries()) {
    const { first, count } = TOKEN_RANGES[kind];
    const row = slot * VOCABULARY_SIZE;
    mask.fill(0, row + first, row + first + count);
    if (kind === "LATERAL" && facts.junctionAhead === false)
      for (const lateral of JUNCTION_ONLY) mask[row + first + LATERALS.indexOf(lateral)] = MASKED;
    if (kind === "TARGET_SPEED" && facts.speedLimitMps !== undefined) {
      const legal = Math.floor(facts.speedLimitMps / SPEED_STEP_MPS + 1e-9) + 1;
      if (legal < count) mask.fill(MASKED, row + first + Math.max(1, legal), row + first + count);
    }
  }
  return mask;
}
