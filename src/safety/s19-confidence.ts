/**
 * S19: how sure the planner is of the two words that move the vehicle. Words that lead to the same
 * motion are counted together, and doubt that the vehicle should be driven more freely is no danger.
 */
import {
  LATERALS,
  type Lateral,
  LONGITUDINALS,
  type Longitudinal,
  type Proposal,
} from "../contract/maneuver.ts";
import { CONFIDENCE_MIN_PROB } from "./limits.ts";
import { type Demand, demand } from "./rule.ts";
import { SLOT_INDEX } from "./s02-proposal.ts";

/** Where a word leads the vehicle. */
const SIDES: Readonly<Record<Lateral, "stay" | "left" | "right">> = {
  KEEP_LANE: "stay",
  GO_STRAIGHT: "stay",
  LANE_CHANGE_LEFT: "left",
  TURN_LEFT: "left",
  NUDGE_LEFT: "left",
  LANE_CHANGE_RIGHT: "right",
  TURN_RIGHT: "right",
  NUDGE_RIGHT: "right",
  PULL_OVER: "right",
};

/**
 * How strictly a word slows the vehicle. KEEP_SPEED and ACCELERATE lead to the same TARGET_SPEED
 * under the same bounds of S07 and S15, and differ by the present speed alone.
 */
const STRICTNESS: Readonly<Record<Longitudinal, number>> = {
  ACCELERATE: 0,
  KEEP_SPEED: 0,
  DECELERATE: 1,
  STOP: 2,
  WAIT: 2,
  EMERGENCY_BRAKE: 3,
};

const massOf = <W extends string>(
  words: readonly W[],
  probs: readonly number[],
  counts: (word: W) => boolean,
): number => words.reduce((sum, word, i) => (counts(word) ? sum + probs[i]! : sum), 0);

/** Probability, before the mask, that the vehicle should go to the side that was chosen. */
export function lateralConfidence(p: Proposal): number {
  const chosen = p.maneuver.lateral;
  if (p.lateralProbs === undefined) return p.probabilities[SLOT_INDEX.LATERAL]!;
  return massOf(LATERALS, p.lateralProbs, (word) => SIDES[word] === SIDES[chosen]);
}

/** Probability, before the mask, that no stricter word than the chosen one is called for. */
export function longitudinalConfidence(p: Proposal): number {
  const most = STRICTNESS[p.maneuver.longitudinal];
  if (p.longitudinalProbs === undefined) return p.probabilities[SLOT_INDEX.LONGITUDINAL]!;
  return massOf(LONGITUDINALS, p.longitudinalProbs, (word) => STRICTNESS[word] <= most);
}

/** CAUTION for each of the two words that is less likely than τ. */
export function confidenceDemands(p: Proposal): Demand[] {
  const demands: Demand[] = [];
  const judge = (word: string, prob: number, what: string): void => {
    if (!(prob < CONFIDENCE_MIN_PROB)) return;
    const detail = `${word}: ${what} with at least ${CONFIDENCE_MIN_PROB} expected, found ${prob.toFixed(3)}`;
    demands.push(demand("S19", "CAUTION", prob, CONFIDENCE_MIN_PROB, "", detail));
  };
  judge(p.maneuver.lateral, lateralConfidence(p), "its side");
  judge(p.maneuver.longitudinal, longitudinalConfidence(p), "no stricter word");
  return demands;
}
