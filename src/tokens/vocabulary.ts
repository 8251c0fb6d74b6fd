import {
  ACCEL_CODES_MPS2,
  ANSWERS,
  CURVATURE_CODES_RATIO,
  GAP_TOKEN_COUNT,
  LATERALS,
  LONGITUDINALS,
  RATIONALES,
  SPEED_TOKEN_COUNT,
  TRAJECTORY_STEPS,
} from "../contract/maneuver.ts";

/**
 * The one output vocabulary: consecutive id ranges, one per slot kind. RATIONALE serves two slots,
 * ACCEL and CURVATURE six slots each.
 */
const KINDS = [
  ["ANSWER", ANSWERS.length],
  ["RATIONALE", RATIONALES.length],
  ["LATERAL", LATERALS.length],
  ["LONGITUDINAL", LONGITUDINALS.length],
  ["TARGET_SPEED", SPEED_TOKEN_COUNT],
  ["GAP", GAP_TOKEN_COUNT],
  ["ACCEL", ACCEL_CODES_MPS2.length],
  ["CURVATURE", CURVATURE_CODES_RATIO.length],
] as const;
export type SlotKind = (typeof KINDS)[number][0];

export type TokenRange = { readonly first: number; readonly count: number };

function layOut(): Record<SlotKind, TokenRange> {
  const ranges: Partial<Record<SlotKind, TokenRange>> = {};
  let first = 0;
  for (const [kind, count] of KINDS) {
    ranges[kind] = { first, count };
    first += count;
  }
  return ranges as Record<SlotKind, TokenRange>;
}

/** Id range of each slot kind. */
export const TOKEN_RANGES = layOut();

/** Size V of the output vocabulary. */
export const VOCABULARY_SIZE = KINDS.reduce((sum, [, count]) => sum + count, 0);

/** Slots decoded one after the other, greedily. */
export const SEQUENTIAL_SLOTS = [
  "ANSWER",
  "RATIONALE",
  "RATIONALE",
  "LATERAL",
  "LONGITUDINAL",
  "TARGET_SPEED",
  "GAP",
] as const satisfies readonly SlotKind[];

/** Slots decoded in one parallel pass: acceleration of steps 1…6, then curvature of steps 1…6. */
export const PARALLEL_SLOTS: readonly SlotKind[] = [
  ...new Array<SlotKind>(TRAJECTORY_STEPS).fill("ACCEL"),
  ...new Array<SlotKind>(TRAJECTORY_STEPS).fill("CURVATURE"),
];

/** All output slots in order: 7 sequential, 12 parallel. */
export const SLOTS: readonly SlotKind[] = [...SEQUENTIAL_SLOTS, ...PARALLEL_SLOTS];

/** Most text tokens of an instruction, [CLS] and [SEP] included. */
export const TEXT_TOKENS_MAX = 32;
