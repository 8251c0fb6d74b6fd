import type { BevState } from "../contract/bev.ts";
import type { Fault } from "../contract/fault.ts";
import type { Proposal } from "../contract/maneuver.ts";
import type { Observation } from "../contract/observation.ts";

/** Perception decodes cameras side by side; the order in which they fail is not part of a decision. */
export const inOrder = (faults: readonly Fault[]): Fault[] => {
  const key = ({ code, source, detail }: Fault) => [code, source ?? "", detail].join("\n");
  return [...faults].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
};

/** PROPOSAL_MISSING where there is none, with the reason where it is known. */
export function absenceFaults(
  observation: Observation,
  bev: BevState | undefined,
  proposal: Proposal | undefined,
): Fault[] {
  if (proposal) return [];
  const why = bev ? (observation.ego ? "" : ": no ego speed") : ": no BevState";
  const detail = `a proposal for observation ${observation.id} expected, found none${why}`;
  return [{ code: "PROPOSAL_MISSING", detail, stampUs: observation.stampUs }];
}

/** What an unexpected error becomes. */
export const internalFault = (error: unknown, stampUs: number): Fault => ({
  code: "INTERNAL",
  detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  stampUs,
});
