import {
  ANSWERS,
  type Answer,
  GAP_MAX_M,
  GAP_MIN_M,
  GAP_TOKEN_COUNT,
  LATERALS,
  LONGITUDINALS,
  type Maneuver,
  RATIONALES,
  SPEED_STEP_MPS,
  SPEED_TOKEN_COUNT,
  TRAJECTORY_STEPS,
} from "../contract/maneuver.ts";
import { SLOTS, TOKEN_RANGES } from "./vocabulary.ts";

const GAP_RATIO = (GAP_MAX_M / GAP_MIN_M) ** (1 / (GAP_TOKEN_COUNT - 2));

/** Token for a gap in metres (local index); undefined is token 0. Clamped to 2…120 m. */
export function encodeGap(gapM: number | undefined): number {
  if (gapM === undefined) return 0;
  const step = Math.round(Math.log(Math.max(gapM, GAP_MIN_M) / GAP_MIN_M) / Math.log(GAP_RATIO));
  return 1 + Math.min(GAP_TOKEN_COUNT - 2, step);
}

/** Metres of a gap token (local index); undefined for token 0. */
export const decodeGap = (index: number): number | undefined =>
  index === 0 ? undefined : GAP_MIN_M * GAP_RATIO ** (index - 1);

/** Token for a speed (local index), 0…40 m/s in steps of 0.5. */
export const encodeSpeed = (speedMps: number): number =>
  Math.max(0, Math.min(SPEED_TOKEN_COUNT - 1, Math.round(speedMps / SPEED_STEP_MPS)));

/** What the 19 slots say. */
export type SlotValues = {
  readonly answer: Answer;
  readonly maneuver: Maneuver;
  readonly accelCodes: readonly number[];
  readonly curvatureCodes: readonly number[];
};

/** Local index of every slot, in SLOTS order: the training target. */
export function encodeSlots(values: SlotValues): number[] {
  const { maneuver: m } = values;
  return [
    ANSWERS.indexOf(values.answer),
    RATIONALES.indexOf(m.rationale[0]),
    RATIONALES.indexOf(m.rationale[1]),
    LATERALS.indexOf(m.lateral),
    LONGITUDINALS.indexOf(m.longitudinal),
    encodeSpeed(m.targetSpeedMps),
    encodeGap(m.gapM),
    ...values.accelCodes,
    ...values.curvatureCodes,
  ];
}

/**
 * Decodes 19 global token ids.
 * @throws RangeError when there are too few, or an id is outside its slot's range: a malformed
 * output is never clipped to a valid one.
 */
export function decodeSlots(tokens: readonly number[]): SlotValues {
  if (tokens.length !== SLOTS.length)
    throw new RangeError(`${SLOTS.length} tokens expected, found ${tokens.length}`);
  const local = tokens.map((id, slot) => {
    const kind = SLOTS[slot]!;
    const { first, count } = TOKEN_RANGES[kind];
    if (!Number.isInteger(id) || id < first || id >= first + count)
      throw new RangeError(
        `slot ${slot} (${kind}): token ${first}…${first + count - 1} expected, found ${id}`,
      );
    return id - first;
  });
  const gapM = decodeGap(local[6]!);
  return {
    answer: ANSWERS[local[0]!]!,
    maneuver: {
      rationale: [RATIONALES[local[1]!]!, RATIONALES[local[2]!]!],
      lateral: LATERALS[local[3]!]!,
      longitudinal: LONGITUDINALS[local[4]!]!,
      targetSpeedMps: local[5]! * SPEED_STEP_MPS,
      ...(gapM === undefined ? {} : { gapM }),
    },
    accelCodes: local.slice(7, 7 + TRAJECTORY_STEPS),
    curvatureCodes: local.slice(7 + TRAJECTORY_STEPS),
  };
}
