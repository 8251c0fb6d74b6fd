import { isSuccess } from "../../expert/navigator/judge.ts";
import { NAV_KINDS, type NavKind } from "../../expert/navigator/nav-meaning.ts";
import { type Estimate, shareOf } from "../score/confidence.ts";
import type { InstructionResult } from "./instructor.ts";
import type { RunResult } from "./result.ts";

/** Instructions of a sort: how many were tested, and the share of them that were done or refused rightly. */
export type InstructionShare = {
  /** Undefined: all kinds together. */
  readonly kind: NavKind | undefined;
  readonly untestedCount: number;
  readonly success: Estimate | undefined;
};

export const isTested = ({ verdict }: InstructionResult): boolean => verdict.outcome !== "UNTESTED";
export const isMissed = (one: InstructionResult): boolean =>
  isTested(one) && !isSuccess(one.verdict);

/** What became of one, for a person. */
export const instructionLine = ({ meaning, answers, verdict }: InstructionResult): string =>
  `${meaning.kind}: ${verdict.outcome}, ${verdict.why}; answered ${answers.join(", ") || "nothing"}`;

/** All together first, then each kind that was asked for; empty where nothing was asked for. */
export function instructionShares(runs: readonly RunResult[]): InstructionShare[] {
  const all = runs.flatMap(({ instructions }) => instructions ?? []);
  if (all.length === 0) return [];
  const share = (kind: NavKind | undefined, some: readonly InstructionResult[]) => {
    const tested = some.filter(isTested);
    const hits = tested.filter(({ verdict }) => isSuccess(verdict)).length;
    return {
      kind,
      untestedCount: some.length - tested.length,
      success: shareOf(hits, tested.length),
    };
  };
  const kinds = NAV_KINDS.flatMap((kind) => {
    const some = all.filter(({ meaning }) => meaning.kind === kind);
    return some.length === 0 ? [] : [share(kind, some)];
  });
  return [share(undefined, all), ...kinds];
}
