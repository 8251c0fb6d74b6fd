import { CAR } from "../contract/maneuver.ts";
import { decodeTrajectory } from "../geometry/bicycle.ts";
import type { World } from "../world/world.ts";
import { type ActiveInstruction, advanceInstruction, type ExpertLabel } from "./meaning.ts";

export const DRIVE_STEP_S = 0.1;

/** The first trajectory step of a label as a control. */
export function controlOf(
  label: ExpertLabel,
  speedMps: number,
): { readonly accelMps2: number; readonly curvatureInvm: number } {
  if (label.maneuver.longitudinal === "WAIT" && speedMps < 0.3)
    return { accelMps2: -1, curvatureInvm: 0 };
  const t = decodeTrajectory(speedMps, label.accelCodes, label.curvatureCodes, CAR);
  return { accelMps2: t.accelMps2[0]!, curvatureInvm: t.curvatureInvm[0]! };
}

/** Drives the world one tick by a label and returns the instruction after it. */
export function driveTick(
  world: World,
  speedMps: number,
  stampUs: number,
  instruction: ActiveInstruction,
  label: ExpertLabel,
): ActiveInstruction {
  world.step(DRIVE_STEP_S, controlOf(label, speedMps));
  return advanceInstruction(instruction, label.answer, label.maneuver.lateral, stampUs);
}
