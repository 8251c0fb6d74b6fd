/** What one tick's input is worth: each part usable, or absent with the reason (S02, S03). */
import type { Mode, RuleId } from "../contract/decision.ts";
import type { Proposal, VehicleProfile } from "../contract/maneuver.ts";
import type { EgoState } from "../contract/observation.ts";
import type { AbsenceClock, AbsenceGroup } from "./absence.ts";
import { absenceDemand } from "./absence.ts";
import { FAULT_RULES, faultDemand, faultsOf } from "./fault-demands.ts";
import type { SafetyInput, SafetyStream } from "./input.ts";
import { type Demand, demand } from "./rule.ts";
import { proposalProblem } from "./s02-proposal.ts";
import { egoProblem, fieldProblem } from "./s02-validity.ts";
import { ageProblem, planAgeProblem, type StreamWatch, usablePeriodUs } from "./s03-freshness.ts";
import { noSightDemand } from "./s13-corridor-box.ts";

export type Intake = {
  readonly ego: EgoState | undefined;
  readonly proposal: Proposal | undefined;
  /** An obstacle field of this tick, or carried forward, is there at all. */
  readonly sighted: boolean;
  /** A proposal was there but could not be used. */
  readonly refused: boolean;
  readonly egoAbsentUs: number;
  readonly sightAbsentUs: number;
  readonly demands: readonly Demand[];
};

export type IntakeTime = {
  readonly nowUs: number;
  readonly stampUs: number;
  /** Supervisor's own time, which only goes forward. */
  readonly tUs: number;
  readonly periodUs: number;
};

type Reason = { readonly rule: RuleId; readonly why: string };

const faultReason = (input: SafetyInput, group: AbsenceGroup): Reason | undefined => {
  const [fault] = faultsOf(input.faults, group);
  return fault === undefined
    ? undefined
    : { rule: FAULT_RULES[fault.code].rule, why: `${fault.code}: ${fault.detail}` };
};
const reason = (rule: RuleId, why: string | undefined): Reason | undefined =>
  why === undefined ? undefined : { rule, why };

/** Longest period of these streams, so that the slowest of them is still allowed its 2.5. */
const longestPeriodUs = (streams: readonly SafetyStream[], otherwiseUs: number): number =>
  streams.reduce((most, s) => Math.max(most, usablePeriodUs(s.periodUs)), 0) || otherwiseUs;

/** Judges the input of one tick. */
export function takeIn(
  input: SafetyInput,
  time: IntakeTime,
  watch: StreamWatch,
  absence: AbsenceClock,
  vehicle: VehicleProfile,
): Intake {
  const { nowUs, stampUs, tUs, periodUs } = time;
  const demands: Demand[] = [];
  const checked = watch.check(
    input.streams.filter((s) => s.expected),
    stampUs,
    nowUs,
  );
  const ofKind = (kind: SafetyStream["kind"]) => checked.filter((c) => c.stream.kind === kind);
  const streamReason = (all: ReturnType<typeof ofKind>): Reason | undefined => {
    const [first] = all;
    if (first === undefined || all.some((c) => c.problem === undefined)) return undefined;
    return { rule: "S03", why: `${first.stream.name}: ${first.problem}` };
  };
  const absentUs = (group: AbsenceGroup, why: Reason | undefined, first: Mode): number => {
    const us = absence.update(group, why === undefined, tUs, periodUs);
    if (why !== undefined) demands.push(absenceDemand(group, us, why.rule, first, why.why));
    return us;
  };

  const egos = ofKind("ego");
  const egoPeriodUs = longestPeriodUs(
    egos.map((c) => c.stream),
    periodUs,
  );
  const given = input.ego;
  const egoWhy =
    faultReason(input, "ego") ??
    (given === undefined ? reason("S03", "no ego state") : reason("S02", egoProblem(given))) ??
    reason("S03", ageProblem(given!.stampUs, stampUs, nowUs, egoPeriodUs)) ??
    streamReason(egos);
  const egoAbsentUs = absentUs("ego", egoWhy, "CAUTION");
  const ego = egoWhy === undefined ? given : undefined;

  const lidars = ofKind("lidar");
  const field = input.obstacles;
  let sightAbsentUs = 0;
  if (lidars.length === 0) demands.push(noSightDemand());
  else {
    const faults = faultsOf(input.faults, "sight");
    const usable = lidars.filter(
      (c) =>
        c.problem === undefined &&
        !faults.some((f) => f.source === undefined || f.source === c.stream.name),
    );
    const period = longestPeriodUs(
      lidars.map((c) => c.stream),
      periodUs,
    );
    const fieldWhy =
      field === undefined
        ? reason("S13", "no obstacle field")
        : (reason("S02", fieldProblem(field)) ??
          reason("S03", ageProblem(field.stampUs, stampUs, nowUs, period)) ??
          reason("S03", field.carried ? "obstacles carried forward" : undefined));
    const noneUsable = usable.length === 0 ? "no LiDAR usable" : undefined;
    const sightWhy =
      streamReason(lidars) ??
      (noneUsable === undefined ? undefined : faultReason(input, "sight")) ??
      reason("S03", noneUsable) ??
      fieldWhy;
    sightAbsentUs = absentUs("sight", sightWhy, "CAUTION");
    if (sightWhy === undefined && (usable.length < lidars.length || faults.length > 0)) {
      const lost = lidars.filter((c) => !usable.includes(c)).map((c) => c.stream.name);
      const names = [...lost, ...faults.map((f) => f.code)].join(", ");
      const detail = `${usable.length} of ${lidars.length} LiDARs usable: ${names}`;
      demands.push(demand("S03", "CAUTION", usable.length, lidars.length, "", detail));
    }
  }

  const cameras = ofKind("camera");
  const cameraWhy = faultReason(input, "cameras") ?? streamReason(cameras);
  absentUs("cameras", cameraWhy, "CAUTION");

  const asked = input.proposal;
  const proposalWhy =
    faultReason(input, "proposal") ??
    (asked === undefined
      ? reason("S03", "no proposal")
      : (reason("S03", planAgeProblem(asked.stampUs, nowUs)) ??
        reason("S02", proposalProblem(asked, input.observationId, ego?.speedMps, vehicle))));
  // A tick without a proposal is absence like any other; a broken one is answered at once.
  const onlyMissing =
    asked === undefined &&
    faultsOf(input.faults, "proposal").every((fault) => fault.code === "PROPOSAL_MISSING");
  absentUs("proposal", proposalWhy, onlyMissing ? "CAUTION" : "COMFORT_STOP");

  for (const fault of input.faults) {
    const asks = faultDemand(fault);
    if (asks !== undefined && !isGrouped(input, fault)) demands.push(asks);
  }
  return {
    ego,
    proposal: proposalWhy === undefined ? asked : undefined,
    sighted: field !== undefined,
    refused: asked !== undefined && proposalWhy !== undefined,
    egoAbsentUs,
    sightAbsentUs,
    demands,
  };
}

const GROUPS: readonly AbsenceGroup[] = ["ego", "cameras", "proposal", "sight"];

/** Faults whose input is timed as absent already; a LiDAR fault counts only where LiDAR is expected. */
const isGrouped = (input: SafetyInput, fault: SafetyInput["faults"][number]): boolean =>
  GROUPS.some((group) => faultsOf(input.faults, group).includes(fault));
