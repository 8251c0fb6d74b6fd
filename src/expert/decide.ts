import {
  ACCEL_CODES_MPS2,
  type Answer,
  CAR,
  CURVATURE_CODES_RATIO,
  GAP_MAX_M,
  GAP_MIN_M,
  type Lateral,
  type Longitudinal,
  type Rationale,
  TRAJECTORY_STEP_S,
  TRAJECTORY_STEPS,
} from "../contract/maneuver.ts";
import type { Scene } from "../contract/scene.ts";
import {
  type BicycleState,
  curvatureMaxInvm,
  encodeStep,
  stepBicycle,
} from "../geometry/bicycle.ts";
import { type AlongPlan, planAlong } from "./along.ts";
import { type Intent, readIntent } from "./intent.ts";
import type { ActiveInstruction, ExpertLabel } from "./meaning.ts";
import { pointOnPath, projectOnPath } from "./path.ts";
import type { RouteGuide } from "./route/guide.ts";
import { planSideways, type SidewaysPlan } from "./sideways.ts";
import { type View, viewOf } from "./view.ts";

const LOOKAHEAD_MIN_M = 6;
const ZERO_ACCEL_CODE = ACCEL_CODES_MPS2.indexOf(0);
const ZERO_CURVATURE_CODE = CURVATURE_CODES_RATIO.indexOf(0);

/**
 * Labels every slot for one scene. Pure: the same scene, instruction and cruise speed give the
 * same label, so other instructions can be tried on the same scene. With a guide it drives a route.
 */
export function expertDecide(
  scene: Scene,
  instruction: ActiveInstruction,
  cruiseSpeedMps: number,
  guide?: RouteGuide,
): ExpertLabel {
  return decideByView(viewOf(scene, guide), scene.stampUs, instruction, cruiseSpeedMps);
}

/** As `expertDecide`, by what it sees of a scene: for many instructions on the same one. */
export function decideByView(
  view: View,
  stampUs: number,
  instruction: ActiveInstruction,
  cruiseSpeedMps: number,
): ExpertLabel {
  const intent = readIntent(view, instruction, stampUs, cruiseSpeedMps);
  const sideways = planSideways(view, intent, instruction, stampUs);
  const along = planAlong(view, intent, sideways, cruiseSpeedMps);
  const answer = answerOf(view, intent, sideways, along, instruction.course !== undefined);
  const codes = along.wait
    ? {
        accelCodes: new Array<number>(TRAJECTORY_STEPS).fill(ZERO_ACCEL_CODE),
        curvatureCodes: new Array<number>(TRAJECTORY_STEPS).fill(ZERO_CURVATURE_CODE),
      }
    : encodePlan(view, sideways, along.speedMps);
  const lead = along.wantedGapM;
  return {
    answer,
    maneuver: {
      rationale: rationaleOf(view, intent, sideways, along, answer),
      lateral: namedLateral(view, sideways),
      longitudinal: longitudinalOf(view, along),
      targetSpeedMps: along.targetMps,
      ...(lead === undefined ? {} : { gapM: Math.min(GAP_MAX_M, Math.max(GAP_MIN_M, lead)) }),
    },
    ...codes,
  };
}

const TURN_WORDS = {
  LEFT: "TURN_LEFT",
  U_TURN: "TURN_LEFT",
  RIGHT: "TURN_RIGHT",
  STRAIGHT: "GO_STRAIGHT",
} as const;

/** In a junction, keeping the lane has the name of the turn. */
function namedLateral(view: View, sideways: SidewaysPlan): Lateral {
  const turn = view.route?.turn;
  if (turn === undefined || sideways.lateral !== "KEEP_LANE") return sideways.lateral;
  return TURN_WORDS[turn];
}

function longitudinalOf(view: View, along: AlongPlan): Longitudinal {
  if (along.wait) return "WAIT";
  if (along.emergency || along.accelMps2 < -4.5) return "EMERGENCY_BRAKE";
  const v = view.speedMps;
  if (v >= 0.3 && along.speedMps[TRAJECTORY_STEPS - 1]! < 0.2) return "STOP";
  const mean = along.speedMps[1]! - v;
  return mean > 0.3 ? "ACCELERATE" : mean < -0.3 ? "DECELERATE" : "KEEP_SPEED";
}

function answerOf(
  view: View,
  intent: Intent,
  sideways: SidewaysPlan,
  along: AlongPlan,
  heard: boolean,
): Answer {
  // where the roads are known, `hearInstruction` tells what is done
  if (intent.answer !== "ACCEPTED" || heard) return intent.answer;
  const v = view.speedMps;
  const done = intent.stop
    ? v < 0.3
    : intent.pullOver
      ? v < 0.3 &&
        view.rightDM === undefined &&
        Math.abs(view.path.egoDM - (view.pullOverDM ?? 0)) < 0.6
      : intent.change !== undefined
        ? sideways.arrived
        : intent.setMps !== undefined
          ? Math.abs(v - intent.setMps) < 0.5 && along.binding.length === 0
          : intent.ownGap &&
            along.lead !== undefined &&
            along.wantedGapM !== undefined &&
            v > 1 &&
            Math.abs(along.lead.gapM - along.wantedGapM) < 0.15 * along.wantedGapM;
  return done ? "DONE" : "ACCEPTED";
}

function rationaleOf(
  view: View,
  intent: Intent,
  sideways: SidewaysPlan,
  along: AlongPlan,
  answer: Answer,
): readonly [Rationale, Rationale] {
  const first =
    along.binding[0]?.cause ??
    (along.greenAhead && view.speedMps < 4 ? "GREEN_LIGHT" : along.free.cause);
  const sidewaysCause: Rationale =
    sideways.lateral === "LANE_CHANGE_LEFT" || sideways.lateral === "LANE_CHANGE_RIGHT"
      ? intent.change === undefined && intent.way !== true
        ? "NONE"
        : "INSTRUCTION_LANE"
      : sideways.lateral === "PULL_OVER"
        ? "INSTRUCTION_PULL_OVER"
        : sideways.lateral !== "KEEP_LANE"
          ? "OBSTACLE_ON_PATH"
          : Math.abs(view.path.egoDM - sideways.way.toDM) > 0.5
            ? "OFF_LANE_CENTRE"
            : "NONE";
  const waits = intent.change !== undefined && answer === "ACCEPTED";
  const candidates: Rationale[] = [
    answer.startsWith("REFUSED") ? "INSTRUCTION_REFUSED" : "NONE",
    sidewaysCause,
    waits ? "INSTRUCTION_LANE" : "NONE",
    along.binding.find((l) => l.cause !== first)?.cause ?? "NONE",
    intent.ownGap && along.lead !== undefined ? "INSTRUCTION_GAP" : "NONE",
    intent.way && view.route?.turn !== undefined ? "INSTRUCTION_LANE" : "NONE",
  ];
  return [first, candidates.find((c) => c !== "NONE" && c !== first) ?? "NONE"];
}

/** Curvature that leads to the point `lookahead` ahead on the planned offset. */
function pursueCurvature(view: View, plan: SidewaysPlan, s: BicycleState): number {
  const at = projectOnPath(view.path, s.xM, s.yM);
  const nearM = Math.abs(at.dM - plan.way.toDM) > 1.5 && s.speedMps < 4 ? 4.5 : LOOKAHEAD_MIN_M;
  const lookaheadM = Math.max(nearM, plan.lookaheadS * s.speedMps);
  const goal = pointOnPath(view.path, at.sM + lookaheadM, plan.way.toDM);
  const dx = goal.x - s.xM;
  const dy = goal.y - s.yM;
  const across = -Math.sin(s.yawRad) * dx + Math.cos(s.yawRad) * dy;
  return (2 * across) / Math.max(dx * dx + dy * dy, 4);
}

/** Codes step by step along the quantised motion, so that rounding does not add up. */
export function encodePlan(
  view: View,
  sideways: SidewaysPlan,
  speedMps: readonly number[],
): { accelCodes: number[]; curvatureCodes: number[] } {
  const accelCodes: number[] = [];
  const curvatureCodes: number[] = [];
  let s: BicycleState = { xM: 0, yM: 0, yawRad: 0, speedMps: view.speedMps };
  for (let i = 0; i < TRAJECTORY_STEPS; i++) {
    const goalMps = speedMps[i]!;
    const accel = (goalMps - s.speedMps) / TRAJECTORY_STEP_S;
    const step = encodeStep(s.speedMps, accel, pursueCurvature(view, sideways, s), CAR);
    accelCodes.push(step.accelCode);
    curvatureCodes.push(step.curvatureCode);
    const kappa = CURVATURE_CODES_RATIO[step.curvatureCode]! * curvatureMaxInvm(s.speedMps, CAR);
    s = stepBicycle(s, ACCEL_CODES_MPS2[step.accelCode]!, kappa, TRAJECTORY_STEP_S);
  }
  return { accelCodes, curvatureCodes };
}
