import { LATERALS, type Lateral, LONGITUDINALS, type Longitudinal } from "../contract/maneuver.ts";

/** Why there is nothing to say in the other vocabulary; never a stand-in value. */
export type NoCounterpart = { readonly none: string };

/** What a foreign value says in our words; a part that it says nothing about is absent. */
export type Meaning = { readonly lateral?: Lateral; readonly longitudinal?: Longitudinal };

/** A closed maneuver vocabulary of another project. */
export type ForeignVocabulary<T> = {
  readonly name: string;
  /** Every value it has. */
  readonly values: readonly T[];
  /** Defined for each of our lateral × longitudinal pairs. */
  readonly toForeign: (lateral: Lateral, longitudinal: Longitudinal) => T | NoCounterpart;
  /** Defined for each of its values. */
  readonly toOurs: (value: T) => Meaning | NoCounterpart;
};

export type Counterpart<T> =
  | {
      readonly value: T;
      /** What can no longer be read from the value: it means another thing or none at all. */
      readonly loses: readonly ("lateral" | "longitudinal")[];
    }
  | NoCounterpart;

const isNone = (found: unknown): found is NoCounterpart =>
  typeof found === "object" && found !== null && "none" in found;

/** Our maneuver in another vocabulary, with what the step there loses. */
export function counterpartOf<T>(
  vocabulary: ForeignVocabulary<T>,
  lateral: Lateral,
  longitudinal: Longitudinal,
): Counterpart<T> {
  const value = vocabulary.toForeign(lateral, longitudinal);
  if (isNone(value)) return value;
  const meaning = vocabulary.toOurs(value);
  const back: Meaning = isNone(meaning) ? {} : meaning;
  const loses = [
    ...(back.lateral === lateral ? [] : (["lateral"] as const)),
    ...(back.longitudinal === longitudinal ? [] : (["longitudinal"] as const)),
  ];
  return { value, loses };
}

/** A foreign value in our words, or why there are none. */
export const meaningOf = <T>(vocabulary: ForeignVocabulary<T>, value: T): Meaning | NoCounterpart =>
  vocabulary.toOurs(value);

/** All of our pairs, laterals outermost. */
export const MANEUVER_PAIRS: readonly (readonly [Lateral, Longitudinal])[] = LATERALS.flatMap(
  (lateral) => LONGITUDINALS.map((longitudinal) => [lateral, longitudinal] as const),
);
