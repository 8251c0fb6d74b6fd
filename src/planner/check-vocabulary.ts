import { ModelError } from "../contract/errors.ts";
import type { LoadedModel } from "../inference/model.ts";
import { STATE_VOCABULARY_SIZE } from "../tokens/state.ts";
import { SLOTS, TOKEN_RANGES } from "../tokens/vocabulary.ts";

/** A model speaks this code's vocabulary exactly, or the service does not start. */
export function checkVocabulary(model: Pick<LoadedModel, "card" | "dir">): void {
  const { card } = model;
  const expected = JSON.stringify([
    Object.entries(TOKEN_RANGES).map(([kind, { first, count }]) => [kind, first, count]),
    SLOTS,
    STATE_VOCABULARY_SIZE,
  ]);
  const found = JSON.stringify([
    Object.entries(card.vocabulary).map(([kind, [first, count]]) => [kind, first, count]),
    card.slots,
    card.state_vocabulary_size,
  ]);
  if (expected !== found)
    throw new ModelError(
      "MODEL_VOCABULARY",
      `${model.dir}/card.json: vocabulary ${expected} expected, found ${found}`,
    );
}
