import { z } from "zod";
import { MODES, RULES, VERDICTS } from "../contract/decision.ts";
import { FAULT_CODES } from "../contract/fault.ts";
import { ANSWERS, LATERALS, LONGITUDINALS, RATIONALES } from "../contract/maneuver.ts";
import { OVERRIDE_KINDS, OVERRIDE_REFUSALS } from "../contract/override.ts";
import { OBJECT_KINDS } from "../contract/scene.ts";
import { SCENE_REFUSALS } from "../contract/scene-exchange.ts";

/** Proto enum → prefix of its value names and the contract table that it equals. */
export const WIRE_ENUMS = {
  FaultCode: ["FAULT_CODE", FAULT_CODES],
  Mode: ["MODE", MODES],
  Verdict: ["VERDICT", VERDICTS],
  Rule: ["RULE", RULES],
  Answer: ["ANSWER", ANSWERS],
  Rationale: ["RATIONALE", RATIONALES],
  Lateral: ["LATERAL", LATERALS],
  Longitudinal: ["LONGITUDINAL", LONGITUDINALS],
  ImageEncoding: [
    "IMAGE_ENCODING",
    ["JPEG", "PNG", "RGB8", "MONO8", "BGR8", "YUYV", "UYVY", "NV12"],
  ],
  OverrideKind: ["OVERRIDE_KIND", OVERRIDE_KINDS],
  OverrideRefusal: ["OVERRIDE_REFUSAL", OVERRIDE_REFUSALS],
  LensModel: ["LENS_MODEL", ["PLUMB_BOB", "RATIONAL_POLYNOMIAL", "EQUIDISTANT"]],
  ServiceState: ["SERVICE_STATE", ["STARTING", "ONLINE", "OFFLINE"]],
  ObjectKind: ["OBJECT_KIND", OBJECT_KINDS],
  Indicator: ["INDICATOR", ["NONE", "LEFT", "RIGHT", "BOTH"]],
  LaneKind: ["LANE_KIND", ["DRIVING", "SHOULDER", "PARKING", "SIDEWALK"]],
  MarkKind: ["MARK_KIND", ["SOLID", "DASHED", "DOUBLE", "NONE"]],
  SignalState: ["SIGNAL_STATE", ["RED", "YELLOW", "GREEN", "OFF"]],
  BlockKind: ["BLOCK_KIND", ["BUILDING", "TREE", "BUSH", "POLE"]],
  SceneRefusalReason: ["SCENE_REFUSAL_REASON", SCENE_REFUSALS],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

export type WireEnum = keyof typeof WIRE_ENUMS;
type ValueOf<E extends WireEnum> = (typeof WIRE_ENUMS)[E][1][number];

/** Contract name → name on the wire: "NORMAL" → "MODE_NORMAL". */
export const toWire = <E extends WireEnum>(name: E, value: ValueOf<E>): string =>
  `${WIRE_ENUMS[name][0]}_${value}`;

/** Name on the wire → contract name; UNSPECIFIED and unknown numbers are refused. */
export function fromWire<E extends WireEnum>(name: E) {
  const [prefix, values] = WIRE_ENUMS[name];
  const names: readonly string[] = values;
  const cut = (wire: unknown) =>
    typeof wire === "string" && wire.startsWith(`${prefix}_`) ? wire.slice(prefix.length + 1) : "";
  return z
    .unknown()
    .refine((wire) => names.includes(cut(wire)), {
      error: (issue) =>
        `a value of ${name} expected, found ${issue.input === undefined ? "nothing" : String(issue.input)}`,
    })
    .transform((wire) => cut(wire) as ValueOf<E>);
}
