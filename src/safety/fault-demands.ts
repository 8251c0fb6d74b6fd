/** Faults of the other rooms → demands: the reaction of contract/fault.ts, grown by absence.ts. */
import type { RuleId } from "../contract/decision.ts";
import { FAULTS, type Fault, type FaultCode } from "../contract/fault.ts";
import type { AbsenceGroup } from "./absence.ts";
import { type Demand, demand } from "./rule.ts";

/** Rule that speaks for a fault, and the input whose absence it is. */
export const FAULT_RULES: Readonly<
  Record<FaultCode, { readonly rule: RuleId; readonly group?: AbsenceGroup }>
> = {
  LIDAR_MISSING: { rule: "S03", group: "sight" },
  LIDAR_STALE: { rule: "S03", group: "sight" },
  LIDAR_INVALID: { rule: "S02", group: "sight" },
  CAMERA_MISSING: { rule: "S03" },
  CAMERA_STALE: { rule: "S03" },
  CAMERA_INVALID: { rule: "S02" },
  ALL_CAMERAS_MISSING: { rule: "S03", group: "cameras" },
  CALIBRATION_MISSING: { rule: "S02" },
  EGO_MISSING: { rule: "S03", group: "ego" },
  EGO_STALE: { rule: "S03", group: "ego" },
  EGO_INVALID: { rule: "S02", group: "ego" },
  TRANSFORM_MISSING: { rule: "S02" },
  STAMP_IN_FUTURE: { rule: "S03" },
  CLOCK_JUMP: { rule: "S03" },
  MESSAGE_INVALID: { rule: "S02" },
  SENSING_ABSENT: { rule: "S22" },
  PROPOSAL_MISSING: { rule: "S03", group: "proposal" },
  PROPOSAL_STALE: { rule: "S03", group: "proposal" },
  PROPOSAL_INVALID: { rule: "S02", group: "proposal" },
  PROPOSAL_LOW_MARGIN: { rule: "S19" },
  MODEL_OUTPUT_NON_FINITE: { rule: "S02", group: "proposal" },
  MODEL_OUTPUT_SHAPE: { rule: "S02", group: "proposal" },
  OBSTACLES_MISSING: { rule: "S13", group: "sight" },
  SEAL_FAILED: { rule: "S24" },
  INTERNAL: { rule: "S00" },
  OBSERVATION_MISSING: { rule: "S03" },
  OBSERVATION_LATE: { rule: "S03" },
  MESSAGE_REPEATED: { rule: "S05" },
  MESSAGES_LOST: { rule: "S05" },
  SOURCE_EPOCH: { rule: "S05" },
  LOOP_LAG: { rule: "S23" },
  INFERENCE_SLOW: { rule: "S23" },
  WATCHDOG_STOP: { rule: "S23" },
  WATCHDOG_MRM: { rule: "S23" },
  SHUTDOWN: { rule: "S22" },
};

const isKnown = (code: string): code is FaultCode => Object.hasOwn(FAULTS, code);

/** Demand of one fault by its table, or undefined where it asks for nothing. */
export function faultDemand(fault: Fault): Demand | undefined {
  const code: string = fault.code;
  const where = fault.source === undefined ? "" : ` (${fault.source})`;
  const detail = `${code}${where}: ${fault.detail}`;
  // Default deny: a code that this layer has never heard of may mean anything.
  if (!isKnown(code)) return demand("S00", "COMFORT_STOP", 1, 0, "", `unknown fault ${detail}`);
  const [reaction] = FAULTS[code];
  if (reaction === "NONE") return undefined;
  const mrm = reaction === "EMERGENCY_STOP";
  return demand(FAULT_RULES[code].rule, reaction, 1, 0, "", detail, mrm);
}

/** Faults of one absence group. */
export const faultsOf = (faults: readonly Fault[], group: AbsenceGroup): readonly Fault[] =>
  faults.length === 0
    ? faults
    : faults.filter((f) => isKnown(f.code) && FAULT_RULES[f.code].group === group);
