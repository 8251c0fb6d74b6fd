import { InvalidArgumentError } from "commander";
import type { Comparison } from "../record/compare.ts";

/** At most so many ticks, or such a share of the ticks that both runs decided. */
export type Budget = { readonly most: number; readonly unit: "ticks" | "%" };

/** "5" or "2.5%". */
export function parseBudget(text: string): Budget {
  const found = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim());
  const most = Number(found?.[1]);
  const share = found?.[2] === "%";
  if (!found || (share ? most > 100 : !Number.isInteger(most)))
    throw new InvalidArgumentError(
      `a whole number or a share such as 2.5% expected, found "${text}".`,
    );
  return { most, unit: share ? "%" : "ticks" };
}

/** What can be bounded: option → what it counts. */
export const MEASURES = {
  maxFlips: ["flips", (c: Comparison) => c.flips.length],
  maxModeFlips: ["mode flips", (c: Comparison) => c.flipsByKind.mode],
  maxVerdictFlips: ["verdict flips", (c: Comparison) => c.flipsByKind.verdict],
  maxManeuverFlips: [
    "maneuver flips",
    (c: Comparison) =>
      c.flips.filter(({ kinds }) => kinds.includes("lateral") || kinds.includes("longitudinal"))
        .length,
  ],
  maxFreer: ["freer modes in B", (c: Comparison) => c.freer],
  maxUnmatched: ["ticks in one run only", (c: Comparison) => c.onlyInA + c.onlyInB],
} as const satisfies Record<string, readonly [string, (c: Comparison) => number]>;

export type Measure = keyof typeof MEASURES;
export type Budgets = { readonly [M in Measure]?: Budget };

export type Measured = {
  readonly name: string;
  readonly count: number;
  /** What was expected and found, where a stated budget is broken. */
  readonly broken?: string;
};

/** Every measure, with the stated budgets held against it. */
export function measure(comparison: Comparison, budgets: Budgets): Measured[] {
  return (Object.keys(MEASURES) as Measure[]).map((key) => {
    const [name, countOf] = MEASURES[key];
    const count = countOf(comparison);
    const budget = budgets[key];
    const share = (100 * count) / Math.max(1, comparison.ticks);
    const found = budget?.unit === "%" ? share : count;
    if (!budget || found <= budget.most) return { name, count };
    const unit = budget.unit === "%" ? " %" : "";
    const broken = `at most ${budget.most}${unit} ${name} expected, found ${Number(found.toFixed(2))}${unit}`;
    return { name, count, broken };
  });
}
