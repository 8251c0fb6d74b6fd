import {
  CAR,
  type Maneuver,
  TRAJECTORY_STEP_S,
  TRAJECTORY_STEPS,
} from "../../contract/maneuver.ts";
import { encodePlan } from "../../expert/decide.ts";
import { readIntent } from "../../expert/intent.ts";
import { giveInstruction } from "../../expert/meaning.ts";
import { curvatureOnPath } from "../../expert/path.ts";
import { planSideways } from "../../expert/sideways.ts";
import { type View, viewOf } from "../../expert/view.ts";
import { decodeTrajectory } from "../../geometry/bicycle.ts";
import { type IdmDriver, idmAccel } from "../../world/idm.ts";
import type { TruthDriver } from "./driver.ts";

const IDM: IdmDriver = {
  timeGapS: 1.5,
  standstillGapM: 2.5,
  accelMaxMps2: 1.5,
  comfortDecelMps2: 2,
};
/** The slow driver goes at this share of the limit. */
const SLOW_RATIO = 0.4;
const FREE_MPS = 36;
const BEND_MPS2 = 2;
/** A line is taken for a standing vehicle this far behind it, m. */
const LINE_M = 1.5;
const FOLLOW = giveInstruction("", { kind: "FOLLOW_ROAD" }, 0, 0);

/**
 * IDM, lane keeping, lights and signs, and the lane changes that the route needs: the baseline. It
 * follows what is in its lane now; it predicts nobody, gives way to nobody and evades nothing.
 */
export const ruleDriver = (speedRatio = 1): TruthDriver => ({
  sees: "TRUTH",
  decide: ({ scene, guide }) => {
    const view = viewOf(scene, guide);
    const intent = readIntent(view, FOLLOW, scene.stampUs, FREE_MPS);
    const sideways = planSideways(view, intent, FOLLOW, scene.stampUs);
    const speeds = rollSpeeds(view, speedRatio);
    const codes = encodePlan(view, sideways, speeds);
    const v = view.speedMps;
    const standing = v < 0.3 && speeds[TRAJECTORY_STEPS - 1]! < 0.3;
    const accel = (speeds[0]! - v) / TRAJECTORY_STEP_S;
    const maneuver: Maneuver = {
      rationale: ["NONE", "NONE"],
      lateral: sideways.lateral,
      longitudinal: standing
        ? "WAIT"
        : accel < -4.5
          ? "EMERGENCY_BRAKE"
          : accel > 0.3
            ? "ACCELERATE"
            : accel < -0.3
              ? "DECELERATE"
              : "KEEP_SPEED",
      targetSpeedMps: standing ? 0 : Math.round(speeds[TRAJECTORY_STEPS - 1]! * 2) / 2,
    };
    const trajectory = decodeTrajectory(v, codes.accelCodes, codes.curvatureCodes, CAR);
    return { maneuver, trajectory, answer: "NONE" };
  },
});

/** The same at less than half the speed. */
export const slowDriver = (): TruthDriver => ruleDriver(SLOW_RATIO);

type Obstacle = { readonly gapM: number; readonly speedMps: number };

/** What stands or drives in the lane, and lines that are closed. */
function obstaclesOf(view: View): Obstacle[] {
  const out: Obstacle[] = [];
  for (const o of view.objects) {
    const gapM = o.sM - o.halfAlongM - view.egoFrontM;
    const inLane = Math.abs(o.dM - view.path.egoDM) < o.halfAcrossM + view.egoWidthM / 2 + 0.2;
    if (inLane && gapM > -1) out.push({ gapM, speedMps: Math.max(0, o.vsMps) });
  }
  for (const line of view.lines) {
    const lineM = line.sM - view.egoFrontM;
    if (lineM < 0) continue;
    const needed = (view.speedMps * view.speedMps) / (2 * Math.max(0.1, lineM));
    const signDone = line.state === "SIGN" && view.speedMps < 0.2 && lineM < 3.5;
    const closed =
      (line.state === "RED" && needed < 8) ||
      (line.state === "YELLOW" && needed < 3) ||
      (line.state === "SIGN" && !signDone && !(view.speedMps < 3 && view.accelMps2 > 0.2));
    if (closed) out.push({ gapM: lineM + LINE_M, speedMps: 0 });
  }
  const change = view.route?.change;
  if (change !== undefined && Math.abs(view.path.egoDM) < 0.5)
    out.push({ gapM: change.withinM - view.egoFrontM - 10, speedMps: 0 });
  return out;
}

function desiredMps(view: View, speedRatio: number): number {
  let mps = (view.limitMps ?? FREE_MPS) * speedRatio;
  for (let sM = 0; sM < 60; sM += 4) {
    const k = Math.max(1e-4, Math.abs(curvatureOnPath(view.path, sM)));
    const bendMps = Math.sqrt(BEND_MPS2 / k);
    mps = Math.min(mps, Math.sqrt(bendMps * bendMps + 2 * 1.2 * sM));
  }
  return mps;
}

function rollSpeeds(view: View, speedRatio: number): number[] {
  const wishMps = desiredMps(view, speedRatio);
  const obstacles = obstaclesOf(view);
  const speeds: number[] = [];
  let v = view.speedMps;
  let sM = 0;
  for (let i = 0; i < TRAJECTORY_STEPS; i++) {
    const tS = i * TRAJECTORY_STEP_S;
    const accels = obstacles.map((o) =>
      idmAccel(IDM, v, wishMps, o.gapM + o.speedMps * tS - sM, o.speedMps),
    );
    const a = Math.max(
      -8,
      Math.min(idmAccel(IDM, v, wishMps, Number.POSITIVE_INFINITY, 0), ...accels),
    );
    const next = Math.max(0, v + a * TRAJECTORY_STEP_S);
    sM += ((v + next) / 2) * TRAJECTORY_STEP_S;
    v = next;
    speeds.push(v);
  }
  return speeds;
}
