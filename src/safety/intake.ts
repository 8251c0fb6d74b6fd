/** What one tick's input is worth: each part usable, or absent with the reason (S02, S03). */
import type { Mode, RuleId } from "../contract/decision.ts";
import type { Proposal, VehicleProfile } from "../contract/maneuver.ts";
import type { EgoState } from "../contract/observation.ts";
import { AbsenceClock, type AbsenceGroup, absenceDemand } from "./absence.ts";
import { FAULT_RULES, faultDemand, faultsOf } from "./fault-demands.ts";
import type { SafetyInput, SafetyStream } from "./input.ts";
import { type Demand, demand } from "./rule.ts";
import { proposalProblem } from "./s02-proposal.ts";
import { egoProblem, fieldProblem } from "./s02-validity.ts";
import { ageProblem, planAgeProblem, StreamWatch, usablePeriodUs } from "./s03-freshness.ts";
import { FrozenWatch } from "./s04-frozen.ts";
import { CrossWatch, mountProblem } from "./s06-cross-source.ts";
import { noSightDemand } from "./s13-corridor-box.ts";

export type Intake = {
  readonly ego: EgoState | undefined;
  readonly proposal: Proposal | undefined;
  /** An obstacle field of this tick, or carried forward, is there at all. */
  readonly sighted: boolean;
  /** The second speed where it contradicts the first (S06). */
  readonly disagreeingMps: number | undefined;
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
  const fault = faultsOf(input.faults, group)[0];
  return fault === undefined
    ? undefined
    : { rule: FAULT_RULES[fault.code].rule, why: `${fault.code}: ${fault.detail}` };
};
const reason = (rule: RuleId, why: string | undefined): Reason | undefined =>
  why === undefined ? undefined : { rule, why };

type Kind = SafetyStream["kind"];

/** Longest period of the streams of a kind, so that the slowest is still allowed its 2.5. */
function longestPeriodUs(all: readonly Checked[], kind: Kind, otherwiseUs: number): number {
  let most = 0;
  for (const { stream } of all)
    if (stream.kind === kind) most = Math.max(most, usablePeriodUs(stream.periodUs));
  return most || otherwiseUs;
}

/** What judging the input remembers from tick to tick. */
export class IntakeMemory {
  readonly watch = new StreamWatch();
  readonly frozen = new FrozenWatch();
  readonly cross = new CrossWatch();
  readonly absence = new AbsenceClock();
}

/** A stream and why it cannot be used, if so. */
type Checked = { readonly stream: SafetyStream; readonly reason: Reason | undefined };

const isExpected = (s: SafetyStream): boolean => s.expected;

/** Each expected stream: of its time (S03), not repeating itself (S04), mounted on the vehicle (S06). */
function checkStreams(
  input: SafetyInput,
  time: IntakeTime,
  speedMps: number,
  m: IntakeMemory,
): readonly Checked[] {
  const expected = input.streams.every(isExpected)
    ? input.streams
    : input.streams.filter(isExpected);
  const frozen = m.frozen.check(expected, speedMps);
  return m.watch.check(expected, time.stampUs, time.nowUs).map(({ stream, problem }, i) => ({
    stream,
    reason:
      reason("S03", problem) ??
      reason("S04", frozen[i]) ??
      reason("S06", placeProblem(stream, time.stampUs, speedMps)),
  }));
}

const placeProblem = ({ mount, stampUs }: SafetyStream, tickUs: number, speedMps: number) =>
  mount === undefined || stampUs === undefined
    ? undefined
    : mountProblem(mount, (speedMps * Math.abs(tickUs - stampUs)) / 1e6);

/** The first reason where none of the streams of a kind can be used. */
function streamReason(all: readonly Checked[], kind: Kind): Reason | undefined {
  let first: Reason | undefined;
  for (const { stream, reason: found } of all) {
    if (stream.kind !== kind) continue;
    if (found === undefined) return undefined;
    first ??= { rule: found.rule, why: `${stream.name}: ${found.why}` };
  }
  return first;
}

/** LiDAR and the obstacle field made of it: how long there has been no sight; its demands. */
function judgeSight(
  input: SafetyInput,
  { nowUs, stampUs, periodUs }: IntakeTime,
  checked: readonly Checked[],
  absentUs: (group: AbsenceGroup, why: Reason | undefined, first: Mode) => number,
  demands: Demand[],
): number {
  const field = input.obstacles;
  const faults = faultsOf(input.faults, "sight");
  let lidarCount = 0;
  const lostOnes: Checked[] = [];
  for (const c of checked) {
    if (c.stream.kind !== "lidar") continue;
    lidarCount++;
    const isFaulty = faults.some((f) => f.source === undefined || f.source === c.stream.name);
    if (c.reason !== undefined || isFaulty) lostOnes.push(c);
  }
  if (lidarCount === 0) {
    demands.push(noSightDemand());
    return 0;
  }
  const usableCount = lidarCount - lostOnes.length;
  const period = longestPeriodUs(checked, "lidar", periodUs);
  const fieldWhy =
    field === undefined
      ? reason("S13", "no obstacle field")
      : (reason("S02", fieldProblem(field)) ??
        reason("S03", ageProblem(field.stampUs, stampUs, nowUs, period)) ??
        reason("S03", field.carried ? "obstacles carried forward" : undefined));
  const noneUsable = usableCount === 0 ? "no LiDAR usable" : undefined;
  const sightWhy =
    streamReason(checked, "lidar") ??
    (noneUsable === undefined ? undefined : faultReason(input, "sight")) ??
    reason("S03", noneUsable) ??
    fieldWhy;
  const sightAbsentUs = absentUs("sight", sightWhy, "CAUTION");
  if (sightWhy === undefined && (lostOnes.length > 0 || faults.length > 0)) {
    const lost = lostOnes.map((c) => c.stream.name);
    const names = [...lost, ...faults.map((f) => f.code)].join(", ");
    const detail = `${usableCount} of ${lidarCount} LiDARs usable: ${names}`;
    const rule = lostOnes[0]?.reason?.rule ?? "S03";
    demands.push(demand(rule, "CAUTION", usableCount, lidarCount, "", detail));
  }
  return sightAbsentUs;
}

/**
 * Judges the input of one tick. `lastMps`: speed where this tick measures none, only used to tell
 * whether the vehicle moves.
 */
export function takeIn(
  input: SafetyInput,
  time: IntakeTime,
  lastMps: number,
  m: IntakeMemory,
  vehicle: VehicleProfile,
): Intake {
  const { nowUs, stampUs, tUs, periodUs } = time;
  const demands: Demand[] = [];
  const measuredMps = Math.abs(input.ego?.speedMps ?? lastMps);
  const movingMps = Number.isFinite(measuredMps) ? measuredMps : lastMps;
  const checked = checkStreams(input, time, movingMps, m);
  const absentUs = (group: AbsenceGroup, why: Reason | undefined, first: Mode): number => {
    const us = m.absence.update(group, why === undefined, tUs, periodUs);
    if (why !== undefined) demands.push(absenceDemand(group, us, why.rule, first, why.why));
    return us;
  };

  const egoPeriodUs = longestPeriodUs(checked, "ego", periodUs);
  const given = input.ego;
  const egoWhy =
    faultReason(input, "ego") ??
    (given === undefined ? reason("S03", "no ego state") : reason("S02", egoProblem(given))) ??
    reason("S03", ageProblem(given!.stampUs, stampUs, nowUs, egoPeriodUs)) ??
    streamReason(checked, "ego");
  const egoAbsentUs = absentUs("ego", egoWhy, "CAUTION");
  const ego = egoWhy === undefined ? given : undefined;
  const disagree = ego && m.cross.speeds(ego, tUs);
  if (disagree !== undefined) demands.push(disagree);

  const sightAbsentUs = judgeSight(input, time, checked, absentUs, demands);

  const cameraWhy = faultReason(input, "cameras") ?? streamReason(checked, "camera");
  absentUs("cameras", cameraWhy, "CAUTION");
  if (cameraWhy === undefined) tellMisleading(checked, demands);
  demands.push(...m.cross.skews(input.streams));

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
    sighted: input.obstacles !== undefined,
    disagreeingMps: disagree === undefined ? undefined : ego?.secondSpeed?.speedMps,
    refused: asked !== undefined && proposalWhy !== undefined,
    egoAbsentUs,
    sightAbsentUs,
    demands,
  };
}

/** A missing camera is a hole that the networks know; one that shows something else is not. */
function tellMisleading(checked: readonly Checked[], demands: Demand[]): void {
  for (const { stream, reason: found } of checked)
    if (stream.kind === "camera" && found !== undefined && found.rule !== "S03")
      demands.push(demand(found.rule, "CAUTION", 1, 0, "", `${stream.name}: ${found.why}`));
}

const GROUPS: readonly AbsenceGroup[] = ["ego", "cameras", "proposal", "sight"];

/** Faults whose input is timed as absent already; a LiDAR fault counts only where LiDAR is expected. */
const isGrouped = (input: SafetyInput, fault: SafetyInput["faults"][number]): boolean =>
  GROUPS.some((group) => faultsOf(input.faults, group).includes(fault));
