/**
 * S24, this room's part: what a decision must hold before it may be sealed. The seal itself is in
 * wire; where sealing fails the service raises SEAL_FAILED, which starts a minimal-risk maneuver.
 */
import {
  type Decision,
  MODES,
  RULES,
  type RuleHit,
  type SafetyResult,
  VERDICTS,
} from "../contract/decision.ts";
import type { VehicleProfile } from "../contract/maneuver.ts";
import { ACCEL_MAX_MPS2, BRAKE_MAX_MPS2, PLAN_AGE_US } from "./limits.ts";
import { maneuverProblem, trajectoryProblem } from "./s02-proposal.ts";

/** Longest validity of a decision, ms: consumers stop when silence lasts longer. */
export const VALID_MS_MAX = PLAN_AGE_US / 1000;

function hitProblem(hit: RuleHit): string | undefined {
  if (!RULES.includes(hit.rule)) return `a rule id expected in a hit, found ${hit.rule}`;
  if (!MODES.includes(hit.mode)) return `a mode expected in hit ${hit.rule}, found ${hit.mode}`;
  if (!Number.isFinite(hit.value) || !Number.isFinite(hit.limit))
    return `finite numbers expected in hit ${hit.rule}, found ${hit.value} and ${hit.limit}`;
  return undefined;
}

/** What keeps a safety result from being sealed, or undefined. */
export function resultProblem(
  result: Omit<SafetyResult, "hazardLights">,
  vehicle: VehicleProfile,
): string | undefined {
  if (!MODES.includes(result.mode)) return `a mode expected, found ${result.mode}`;
  if (!VERDICTS.includes(result.verdict)) return `a verdict expected, found ${result.verdict}`;
  const limit = result.accelLimitMps2;
  if (!(limit >= -BRAKE_MAX_MPS2 && limit <= ACCEL_MAX_MPS2))
    return `acceleration limit of −8…2 m/s² expected, found ${limit}`;
  for (const hit of result.hits) {
    const problem = hitProblem(hit);
    if (problem !== undefined) return problem;
  }
  return maneuverProblem(result.maneuver) ?? trajectoryProblem(result.trajectory, vehicle);
}

/** What keeps a whole decision from being sealed, or undefined. */
export function decisionProblem(d: Decision, vehicle: VehicleProfile): string | undefined {
  for (const [name, value] of [
    ["id", d.id],
    ["observationId", d.observationId],
    ["observationStampUs", d.observationStampUs],
    ["decidedUs", d.decidedUs],
  ] as const)
    if (!Number.isSafeInteger(value)) return `integer ${name} expected, found ${value}`;
  if (!(d.validMs > 0 && d.validMs <= VALID_MS_MAX))
    return `validity of up to ${VALID_MS_MAX} ms expected, found ${d.validMs}`;
  if (d.modelHash === "" || d.configHash === "") return "model and config hash expected";
  return resultProblem(d, vehicle);
}
