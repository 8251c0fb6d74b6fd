import { z } from "zod";
import { type Decision, RULES, type RuleId } from "../contract/decision.ts";
import { WireError } from "../contract/errors.ts";
import { fromWire, toWire } from "./enums.ts";
import {
  FaultSchema,
  faultToWire,
  ManeuverSchema,
  maneuverToWire,
  TrajectorySchema,
} from "./maneuver-codec.ts";
import { messageCodec } from "./proto.ts";
import { VALID_MS_MAX } from "./seal.ts";

const count = z.int().nonnegative();
const ms = z.number().nonnegative();

const RuleHitSchema = z.strictObject({
  rule: fromWire("Rule"),
  mode: fromWire("Mode"),
  value: z.number(),
  limit: z.number(),
  unit: z.string(),
  detail: z.string(),
});

const DecisionSchema = z.strictObject({
  id: count,
  observationId: count,
  observationStampUs: z.int(),
  decidedUs: z.int(),
  validMs: z.int().min(1).max(VALID_MS_MAX),
  mode: fromWire("Mode"),
  verdict: fromWire("Verdict"),
  hits: z.array(RuleHitSchema),
  ruleBitmap: count,
  maneuver: ManeuverSchema,
  trajectory: TrajectorySchema,
  hazardLights: z.boolean(),
  accelLimitMps2: z.number(),
  proposedManeuver: ManeuverSchema.exactOptional(),
  answer: fromWire("Answer"),
  answerDetail: z.string(),
  sentence: z.string(),
  probabilities: z.array(z.number()),
  ages: z.array(z.strictObject({ name: z.string(), ageUs: z.int() })),
  faults: z.array(FaultSchema),
  egoSpeedMps: z.number().exactOptional(),
  modelHash: z.string(),
  configHash: z.string(),
  timing: z.strictObject({
    decodeMs: ms,
    pillarsMs: ms,
    bevMs: ms,
    obstaclesMs: ms,
    plannerMs: ms,
    safetyMs: ms,
    sealMs: ms,
    totalMs: ms,
  }),
});

const codec = messageCodec("Decision", DecisionSchema);

/** Bit i is set where rule S(i) spoke. */
export const ruleBitmap = (rules: readonly RuleId[]): number =>
  rules.reduce((bits, rule) => bits | (1 << RULES.indexOf(rule)), 0) >>> 0;

function toWireForm(decision: Omit<Decision, "timing">): object {
  const { proposedManeuver, ...rest } = decision;
  return {
    ...rest,
    mode: toWire("Mode", decision.mode),
    verdict: toWire("Verdict", decision.verdict),
    hits: decision.hits.map((hit) => ({
      ...hit,
      rule: toWire("Rule", hit.rule),
      mode: toWire("Mode", hit.mode),
    })),
    ruleBitmap: ruleBitmap(decision.hits.map((hit) => hit.rule)),
    maneuver: maneuverToWire(decision.maneuver),
    ...(proposedManeuver ? { proposedManeuver: maneuverToWire(proposedManeuver) } : {}),
    answer: toWire("Answer", decision.answer),
    faults: decision.faults.map(faultToWire),
  };
}

/** The body that is sealed and published. */
export const encodeDecision = (decision: Decision): Uint8Array =>
  codec.encode(toWireForm(decision));

/** What two replays are compared by: the Decision without its wall times. */
export function decisionBytesForCompare(decision: Decision): Uint8Array {
  const { timing: _wallTimes, ...rest } = decision;
  return codec.encode(toWireForm(rest));
}

/** @throws WireError WIRE_MALFORMED, WIRE_FIELD, WIRE_RULE_BITMAP */
export function decodeDecision(bytes: Uint8Array, where = "Decision"): Decision {
  const { ruleBitmap: found, ...decision } = codec.decode(bytes, where);
  const expected = ruleBitmap(decision.hits.map((hit) => hit.rule));
  if (found !== expected)
    throw new WireError(
      "WIRE_RULE_BITMAP",
      `${where}: rule_bitmap 0x${expected.toString(16)} expected from hits, found 0x${found.toString(16)}`,
    );
  return decision;
}
