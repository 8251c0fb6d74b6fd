import { ModelError } from "../contract/errors.ts";

/**
 * OpenVLA's action tokens, to the letter: 256 edges over [−1, 1], the last 256 ids of the text
 * vocabulary, quantile normalisation. So logs and policies in that form can be read and written.
 * One thing differs by default: an id outside the 256 is refused. The original pulls it to the
 * nearest bin and drives on; `onForeignId: "clip"` does the same, for comparison.
 */

export const ACTION_BIN_COUNT = 256;
/** Of the text model that OpenVLA sits on; its action ids are 31744…31999. */
export const ACTION_VOCABULARY_SIZE = 32_000;

/** Two edges of a bin are 2 / 255 apart; a value inside moves by at most half of that. */
const STEP = 2 / (ACTION_BIN_COUNT - 1);

/** [256], equal to numpy's linspace(−1, 1, 256) to the last bit. */
const EDGES = Float64Array.from({ length: ACTION_BIN_COUNT }, (_, i) =>
  i === ACTION_BIN_COUNT - 1 ? 1 : i * STEP - 1,
);
/** [255] */
const CENTRES = Float64Array.from(
  { length: ACTION_BIN_COUNT - 1 },
  (_, i) => (EDGES[i]! + EDGES[i + 1]!) / 2,
);

/** Quantiles of the training actions, one value per dimension. */
export type ActionStatistics = {
  readonly q01: readonly number[];
  readonly q99: readonly number[];
  /** false: the dimension is passed on as it is (a gripper); all true where absent. */
  readonly mask?: readonly boolean[];
};

export type ActionBinOptions = {
  readonly vocabularySize?: number;
  readonly onForeignId?: "refuse" | "clip";
};

/** Physical action → token ids, one per dimension. @throws ModelError */
export function encodeAction(
  action: readonly number[],
  statistics: ActionStatistics,
  { vocabularySize = ACTION_VOCABULARY_SIZE }: ActionBinOptions = {},
): number[] {
  checkStatistics(statistics, action.length);
  return action.map((value, i) => {
    if (!Number.isFinite(value))
      throw new ModelError("ACTION_VALUE", `action[${i}]: a finite value expected, found ${value}`);
    return vocabularySize - binOf(normalize(value, i, statistics));
  });
}

/** Token ids → physical action. @throws ModelError */
export function decodeAction(
  ids: readonly number[],
  statistics: ActionStatistics,
  { vocabularySize = ACTION_VOCABULARY_SIZE, onForeignId = "refuse" }: ActionBinOptions = {},
): number[] {
  checkStatistics(statistics, ids.length);
  return ids.map((id, i) => {
    const bin = vocabularySize - id;
    const isOurs = Number.isInteger(id) && bin >= 1 && bin <= ACTION_BIN_COUNT;
    if (!isOurs && (onForeignId === "refuse" || !Number.isFinite(id)))
      throw new ModelError(
        "ACTION_TOKEN",
        `ids[${i}]: an action token ${vocabularySize - ACTION_BIN_COUNT}…${vocabularySize - 1} ` +
          `expected, found ${id}`,
      );
    // Bins 255 and 256 (a = 1 alone) share the last centre.
    const centre = Math.min(Math.max(Math.trunc(bin) - 1, 0), CENTRES.length - 1);
    return unnormalize(CENTRES[centre]!, i, statistics);
  });
}

/** Number of edges at or below the value, 1…256, as numpy's digitize counts them. */
function binOf(normalized: number): number {
  const a = Math.min(Math.max(normalized, -1), 1);
  let bin = Math.min(Math.max(Math.floor((a + 1) / STEP) + 1, 1), ACTION_BIN_COUNT);
  // The division may be off by one unit in the last place; the edges decide.
  while (bin < ACTION_BIN_COUNT && EDGES[bin]! <= a) bin++;
  while (bin > 1 && EDGES[bin - 1]! > a) bin--;
  return bin;
}

/** 1e-8 keeps the original's division defined where a dimension never moved. */
function normalize(value: number, i: number, { q01, q99, mask }: ActionStatistics): number {
  if (mask && !mask[i]!) return value;
  const a = (2 * (value - q01[i]!)) / (q99[i]! - q01[i]! + 1e-8) - 1;
  return Math.min(Math.max(a, -1), 1);
}

const unnormalize = (a: number, i: number, { q01, q99, mask }: ActionStatistics): number =>
  mask && !mask[i]! ? a : 0.5 * (a + 1) * (q99[i]! - q01[i]!) + q01[i]!;

function checkStatistics({ q01, q99, mask }: ActionStatistics, dimensions: number): void {
  const lengths = [q01.length, q99.length, mask?.length ?? dimensions];
  if (lengths.some((length) => length !== dimensions))
    throw new ModelError(
      "ACTION_STATISTICS",
      `q01, q99 and mask of ${dimensions} dimensions expected, found ${lengths.join(", ")}`,
    );
  for (let i = 0; i < dimensions; i++)
    if (!(Number.isFinite(q01[i]!) && Number.isFinite(q99[i]!) && q01[i]! <= q99[i]!))
      throw new ModelError(
        "ACTION_STATISTICS",
        `dimension ${i}: finite q01 ≤ q99 expected, found ${q01[i]} and ${q99[i]}`,
      );
}
