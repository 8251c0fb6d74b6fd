import { z } from "zod";
import type { Fault } from "../contract/fault.ts";
import { type Maneuver, TRAJECTORY_STEPS } from "../contract/maneuver.ts";
import { fromWire, toWire } from "./enums.ts";

const rationale = fromWire("Rationale");
const steps = z.array(z.number()).length(TRAJECTORY_STEPS);

export const FaultSchema = z.strictObject({
  code: fromWire("FaultCode"),
  detail: z.string(),
  stampUs: z.int(),
  source: z.string().exactOptional(),
});

export const ManeuverSchema = z.strictObject({
  rationale: z.tuple([rationale, rationale]),
  lateral: fromWire("Lateral"),
  longitudinal: fromWire("Longitudinal"),
  targetSpeedMps: z.number().nonnegative(),
  gapM: z.number().exactOptional(),
});

export const TrajectorySchema = z.strictObject({
  accelMps2: steps,
  curvatureInvm: steps,
  xM: steps,
  yM: steps,
  yawRad: steps,
  speedMps: steps,
});

export const faultToWire = (fault: Fault): object => ({
  ...fault,
  code: toWire("FaultCode", fault.code),
});

export const maneuverToWire = (maneuver: Maneuver): object => ({
  ...maneuver,
  rationale: maneuver.rationale.map((cause) => toWire("Rationale", cause)),
  lateral: toWire("Lateral", maneuver.lateral),
  longitudinal: toWire("Longitudinal", maneuver.longitudinal),
});
