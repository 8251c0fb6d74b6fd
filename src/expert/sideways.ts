import type { Lateral } from "../contract/maneuver.ts";
import { gapIsSafe, nudgeOffset, type Sideways } from "./hazards.ts";
import type { Intent } from "./intent.ts";
import type { ActiveInstruction, Side } from "./meaning.ts";
import { USUAL_GAP } from "./speed.ts";
import type { View } from "./view.ts";

/** Where to go sideways, under which name, and whether that is finished. */
export type SidewaysPlan = {
  readonly way: Sideways;
  readonly lateral: Lateral;
  /** Time of lookahead, s; longer = softer. */
  readonly lookaheadS: number;
  /** The lane change that was asked for has arrived. */
  readonly arrived: boolean;
  /** ego is off the lane and must let others pass before it comes back. */
  readonly yields?: boolean;
};

const CHANGE_LOOKAHEAD_S = 2.0;
const KEEP_LOOKAHEAD_S = 1.2;
/** Slower than this no lane change starts. */
const CHANGE_MIN_MPS = 2;

/** Offset in the target lane and heading settled. */
const settled = (view: View, toDM: number): boolean =>
  Math.abs(view.path.egoDM - toDM) < 0.5 &&
  Math.abs(view.speedMps * Math.sin(view.path.laneYawRad)) < 0.5;

/**
 * Has a lane change in progress crossed into the new lane? The nearest lane alone cannot tell the
 * old lane's left half from the new lane's right half, so the time under way helps.
 */
function hasCrossed(view: View, side: Side, elapsedS: number): boolean {
  const progressM = view.path.egoDM * (side === "LEFT" ? 1 : -1);
  const slow = Math.max(1, 4.5 / Math.max(view.speedMps, 1));
  if (progressM < -0.8) return elapsedS > 1;
  return elapsedS > (progressM < 0.5 ? 2 : 5) * slow;
}

const changeWay = (view: View, toDM: number): Sideways => ({
  toDM,
  blendM: Math.max(12, 3.5 * view.speedMps),
});

/** The sideways part of the expert's decision. */
export function planSideways(
  view: View,
  intent: Intent,
  instruction: ActiveInstruction,
  stampUs: number,
): SidewaysPlan {
  if (intent.change !== undefined && !isOffLane(view)) {
    const plan = planChange(view, intent, intent.change, instruction, stampUs);
    if (plan !== undefined) return plan;
  }
  if (intent.pullOver) return planPullOver(view, intent);
  if (view.route?.change !== undefined && intent.change === undefined && !isOffLane(view)) {
    const plan = planRouteChange(view, view.route.change.side);
    if (plan !== undefined) return plan;
  }
  const nudge = nudgeOffset(view);
  if (nudge !== undefined)
    return {
      way: { toDM: nudge.toDM, blendM: Math.max(8, 1.5 * view.speedMps) },
      lateral: nudge.toDM > 0 ? "NUDGE_LEFT" : "NUDGE_RIGHT",
      lookaheadS: KEEP_LOOKAHEAD_S,
      arrived: false,
    };
  return keepLane(view);
}

/** ego's rear axle is outside its lane, on the shoulder for instance. */
const isOffLane = (view: View): boolean => Math.abs(view.path.egoDM) > view.laneWidthM / 2 + 0.2;

function keepLane(view: View, arrived = false): SidewaysPlan {
  const { egoDM } = view.path;
  if (isOffLane(view) && !gapIsSafe(view, 0, USUAL_GAP))
    return {
      way: { toDM: egoDM + 0.6 * Math.sign(egoDM), blendM: 10 },
      lateral: "KEEP_LANE",
      lookaheadS: KEEP_LOOKAHEAD_S,
      arrived,
      yields: true,
    };
  return {
    way: {
      toDM: 0,
      blendM:
        Math.abs(egoDM) > 1 ? Math.max(12, 2.5 * view.speedMps) : Math.max(6, 2 * view.speedMps),
    },
    lateral: "KEEP_LANE",
    lookaheadS: KEEP_LOOKAHEAD_S,
    arrived,
  };
}

function planChange(
  view: View,
  intent: Intent,
  side: Side,
  instruction: ActiveInstruction,
  stampUs: number,
): SidewaysPlan | undefined {
  const there = side === "LEFT" ? view.leftDM : view.rightDM;
  const lateral: Lateral = side === "LEFT" ? "LANE_CHANGE_LEFT" : "LANE_CHANGE_RIGHT";
  const { course } = instruction;
  const underWay = (course === undefined ? instruction.phase : course.side) === side;
  const crossed =
    course === undefined
      ? underWay &&
        (there === undefined || hasCrossed(view, side, (stampUs - instruction.phaseSinceUs) / 1e6))
      : course.shift !== 0;
  if (crossed) {
    if (settled(view, 0)) return keepLane(view, true);
    return {
      way: changeWay(view, 0),
      lateral,
      lookaheadS: CHANGE_LOOKAHEAD_S * 0.8,
      arrived: false,
    };
  }
  if (there === undefined) return undefined;
  // where the lanes are known, one that was given up begins anew
  const begun =
    underWay && (course === undefined || view.path.egoDM * Math.sign(there) > CHANGE_BEGUN_M);
  if (!begun && (view.speedMps < CHANGE_MIN_MPS || !gapIsSafe(view, there, intent.law)))
    return undefined;
  if (underWay && besideSomebody(view, there)) return undefined;
  return { way: changeWay(view, there), lateral, lookaheadS: CHANGE_LOOKAHEAD_S, arrived: false };
}

/** Begun, a lane change is finished unless somebody is beside. */
const CHANGE_BEGUN_M = 0.45;

/** The lane change that the route needs; ego counts as in the new lane once that is the nearer one. */
function planRouteChange(view: View, side: Side): SidewaysPlan | undefined {
  const there = side === "LEFT" ? view.leftDM : view.rightDM;
  if (there === undefined) return undefined;
  const begun = view.path.egoDM * Math.sign(there) > CHANGE_BEGUN_M;
  const free = begun ? !besideSomebody(view, there) : gapIsSafe(view, there, USUAL_GAP);
  if (!free) return undefined;
  const lateral: Lateral = side === "LEFT" ? "LANE_CHANGE_LEFT" : "LANE_CHANGE_RIGHT";
  return { way: changeWay(view, there), lateral, lookaheadS: CHANGE_LOOKAHEAD_S, arrived: false };
}

/** Somebody is beside ego where it wants to go: hold off. */
function besideSomebody(view: View, thereDM: number): boolean {
  return view.objects.some(
    (o) =>
      Math.abs(o.dM - thereDM) < o.halfAcrossM + view.egoWidthM / 2 + 0.3 &&
      o.sM - o.halfAlongM < view.egoFrontM + 1 &&
      o.sM + o.halfAlongM > -view.egoRearM - 1,
  );
}

/** Somebody stands at the edge too near ahead to stop behind. */
function edgeIsTaken(view: View, edgeDM: number): boolean {
  const roomM = 12 + view.speedMps ** 2 / 4;
  return view.objects.some((o) => {
    const aheadM = o.sM - o.halfAlongM - view.egoFrontM;
    const inBand = Math.abs(o.dM - edgeDM) < o.halfAcrossM + view.egoWidthM / 2 + 0.25;
    return inBand && aheadM > -view.egoFrontM && aheadM < roomM && o.vsMps < view.speedMps - 1;
  });
}

function planPullOver(view: View, intent: Intent): SidewaysPlan {
  const toDM = view.rightDM ?? view.pullOverDM;
  // neither a side to stand at nor a lane to cross: on to where there is one
  if (toDM === undefined) return keepLane(view);
  const last = view.rightDM === undefined;
  const reached = last && Math.abs(view.path.egoDM - toDM) < 0.3;
  const free = last ? !besideSomebody(view, toDM) : gapIsSafe(view, toDM, intent.law);
  const standing = view.speedMps < 0.3;
  const begun = Math.abs(view.path.egoDM) > 0.5 * Math.abs(toDM);
  if (last && !begun && edgeIsTaken(view, toDM)) return keepLane(view);
  if (!free || (standing && reached)) return keepLane(view);
  return {
    way: { toDM, blendM: Math.max(10, 2.5 * view.speedMps) },
    lateral: "PULL_OVER",
    lookaheadS: last ? 1.5 : CHANGE_LOOKAHEAD_S,
    arrived: false,
  };
}
