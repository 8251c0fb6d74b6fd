import type { Mode, RuleId } from "../contract/decision.ts";
import { ABSENCE_CAUTION_US, ABSENCE_COMFORT_US } from "./limits.ts";
import { type Demand, demand, stricter } from "./rule.ts";

/** Inputs whose absence is timed. `sight` is LiDAR and the obstacle field made of it. */
export const ABSENCE_GROUPS = ["ego", "sight", "cameras", "proposal"] as const;
export type AbsenceGroup = (typeof ABSENCE_GROUPS)[number];

/** Mode that an absence asks for: ≤ 300 ms CAUTION, ≤ 1 s COMFORT_STOP, then MRM; jitter allowed. */
export function modeOfAbsence(absentUs: number): Mode {
  if (absentUs <= ABSENCE_CAUTION_US) return "CAUTION";
  if (absentUs <= ABSENCE_COMFORT_US) return "COMFORT_STOP";
  return "EMERGENCY_STOP";
}

/** Times how long each group has been absent; before the first arrival is absence from tick 0. */
export class AbsenceClock {
  readonly #lastSeenUs = new Map<AbsenceGroup, number>();

  /** Duration of the absence, µs; 0 while present. */
  update(group: AbsenceGroup, present: boolean, nowUs: number, periodUs: number): number {
    if (present) {
      this.#lastSeenUs.set(group, nowUs);
      return 0;
    }
    let last = this.#lastSeenUs.get(group);
    if (last === undefined) {
      last = nowUs - periodUs;
      this.#lastSeenUs.set(group, last);
    }
    return nowUs - last;
  }
}

/** Demand of an absence; `first` is the reaction of the fault table on the first tick. */
export function absenceDemand(
  group: AbsenceGroup,
  absentUs: number,
  rule: RuleId,
  first: Mode,
  why: string,
): Demand {
  const byTime = modeOfAbsence(absentUs);
  const limitUs = byTime === "CAUTION" ? ABSENCE_CAUTION_US : ABSENCE_COMFORT_US;
  const detail = `${group} absent for ${Math.round(absentUs / 1000)} ms: ${why}`;
  return demand(
    rule,
    stricter(byTime, first),
    absentUs / 1e6,
    limitUs / 1e6,
    "s",
    detail,
    byTime === "EMERGENCY_STOP",
  );
}
