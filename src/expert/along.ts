import { type Rationale, TRAJECTORY_STEP_S, TRAJECTORY_STEPS } from "../contract/maneuver.ts";
import { wantedGapM } from "./gap-law.ts";
import { findHazards, type Hazard } from "./hazards.ts";
import type { Intent } from "./intent.ts";
import { curvatureOnPath } from "./path.ts";
import type { SidewaysPlan } from "./sideways.ts";
import {
  CURVE_LATERAL_MPS2,
  type CurveCap,
  capAt,
  cutInAccel,
  type Follow,
  followAccel,
  followTarget,
  freeAccel,
  neededDecel,
  stopTarget,
} from "./speed.ts";
import type { SeenLine, View } from "./view.ts";

const STOP_MARGIN_M = 1;
const STOP_LAW = { baseM: 0.3, timeS: 0.2 } as const;
const STOP_DECEL_MPS2 = 1.8;
const PULL_OVER_MPS = 6;
const SUBSTEPS = 2;

/** Standing so slowly and so near before a STOP sign counts as having stood there, m/s and m. */
export const STOOD_MPS = 0.1;
export const STOOD_M = 2.2;
/** From there nobody starts faster than this, and who starts speeds up by more than that, m/s². */
const START_MOST_MPS2 = 1.9;
const START_LEAST_MPS2 = 0.2;
/** Who has not stood comes to a stand over at least this way, m. */
const STAND_ROOM_M = 0.3;

/** Standing nearer than this before a red light, ego stays; elsewhere it rolls up to the place to wait. */
const STAY_AT_LIGHT_M = 7;
const STAY_AT_LINE_M = 1;
/** A plan that begins at standstill and nowhere gets faster than this is waiting, m/s. */
const CREEP_MPS = 0.5;

/** Left over before the end of the lane, to change from standstill. */
const CHANGE_ROOM_M = 12;

/** Duration of a lane change, and the speed below which it is no matter of time. */
const CHANGE_TIME_S = 4;
const CHANGE_SLOWEST_MPS = 3;

type Stop = { readonly distM: number; readonly cause: Rationale };

/** One limit on the speed at this moment. */
export type Limit = {
  readonly cause: Rationale;
  readonly accelMps2: number;
  readonly targetMps: number;
};

/** The longitudinal part of the expert's decision. */
export type AlongPlan = {
  /** [6] m/s after each trajectory step. */
  readonly speedMps: readonly number[];
  readonly accelMps2: number;
  readonly targetMps: number;
  readonly wait: boolean;
  readonly emergency: boolean;
  readonly free: Limit;
  /** Limits that bind, hardest first. */
  readonly binding: readonly Limit[];
  readonly lead?: Hazard;
  readonly wantedGapM?: number;
  readonly greenAhead: boolean;
};

type Cruise = { readonly mps: number; readonly cause: Rationale };

function cruiseOf(view: View, intent: Intent, cruiseMps: number): Cruise {
  let mps = intent.setMps ?? cruiseMps;
  let cause: Rationale = intent.setMps === undefined ? "FREE_ROAD" : "INSTRUCTION_SPEED";
  if (view.limitMps !== undefined && mps > view.limitMps) {
    mps = view.limitMps;
    cause = "SPEED_LIMIT";
  }
  if (cause === "FREE_ROAD" && view.speedMps > mps + 0.7) cause = "SPEED_LIMIT";
  return { mps, cause };
}

function curveCaps(view: View): CurveCap[] {
  const caps: CurveCap[] = [];
  for (let sM = -2; sM < 95; sM += 4) {
    const k = Math.abs(curvatureOnPath(view.path, sM));
    if (k > 0.0012) caps.push({ sM, mps: Math.sqrt(CURVE_LATERAL_MPS2 / k) });
  }
  return caps;
}

/** Speed at which a lane change still fits before the lane's end; none where there is none to make. */
function changeCap(view: View): number {
  const change = view.route?.change;
  if (change === undefined) return Number.POSITIVE_INFINITY;
  const roomM = change.withinM - view.egoFrontM;
  return Math.max(CHANGE_SLOWEST_MPS, roomM / CHANGE_TIME_S);
}

/** Stops that the route asks for beside those at lines: giving way, and a lane change still to come. */
function routeStops(view: View, sideways: SidewaysPlan): Stop[] {
  const { route } = view;
  if (route === undefined) return [];
  const stops: Stop[] = [];
  if (route.giveWayM !== undefined)
    stops.push({ distM: route.giveWayM, cause: "OBSTACLE_ON_PATH" });
  // a change under way is slowed by `changeCap`, one that cannot begin waits at the end of the lane
  if (route.change !== undefined && !sideways.lateral.startsWith("LANE_CHANGE")) {
    const distM = route.change.withinM - view.egoFrontM - CHANGE_ROOM_M;
    if (distM > 0) stops.push({ distM, cause: "LANE_BLOCKED" });
  }
  return stops;
}

/** Distance from the front bumper to the stopping point, where the line must be obeyed. */
function stopDistance(view: View, line: SeenLine): number | undefined {
  const lineM = line.sM - view.egoFrontM;
  if (lineM < -0.4) return undefined;
  const needed = (view.speedMps * view.speedMps) / (2 * Math.max(lineM - 0.2, 0.1));
  const braking = view.accelMps2 < -1;
  if (line.state === "SIGN") {
    if (line.stood ?? startsFrom(view, lineM)) return undefined;
    return needed > 5 ? undefined : lineM - STOP_MARGIN_M;
  }
  if (line.state === "YELLOW")
    return needed > (braking ? 4.5 : 3) ? undefined : lineM - STOP_MARGIN_M;
  if (line.state === "RED") return needed > 7 ? undefined : lineM - STOP_MARGIN_M;
  return undefined;
}

/**
 * Whether ego stands at a sign or has started from there, told by one scene: who has started near the line
 * speeds up and cannot be faster yet than the way since then allows. Creeping behind somebody is neither.
 */
function startsFrom({ speedMps, accelMps2 }: View, lineM: number): boolean {
  if (lineM > STOOD_M) return false;
  if (speedMps < STOOD_MPS) return true;
  const mostMps = Math.sqrt(2 * START_MOST_MPS2 * (STOOD_M - lineM));
  return accelMps2 > START_LEAST_MPS2 && speedMps <= mostMps;
}

/** Where a sign is near, who has not stood there brakes and no longer follows the one who drives off. */
function standAccel(stop: Stop, sM: number, speedMps: number): number {
  const distM = stop.distM - sM;
  const near = stop.cause === "STOP_LINE" && distM < STOOD_M - STOP_MARGIN_M;
  if (!near || speedMps < STOOD_MPS) return Number.POSITIVE_INFINITY;
  return -(speedMps * speedMps) / (2 * Math.max(distM, STAND_ROOM_M));
}

/** Plans the speed over the horizon: every limit is followed with its own law, the hardest wins. */
export function planAlong(
  view: View,
  intent: Intent,
  sideways: SidewaysPlan,
  cruiseMps: number,
): AlongPlan {
  const v = view.speedMps;
  const cruise = cruiseOf(view, intent, cruiseMps);
  const changeMps = changeCap(view);
  const caps = [...curveCaps(view), ...(view.route?.limits ?? [])];
  const hazards = findHazards(view, sideways.way, intent.law);
  const stops: Stop[] = view.lines.flatMap((line) => {
    const distM = stopDistance(view, line);
    const cause: Rationale = line.state === "SIGN" ? "STOP_LINE" : "RED_LIGHT";
    return distM === undefined ? [] : [{ distM, cause }];
  });
  stops.push(...routeStops(view, sideways));
  if (intent.stopInM !== undefined) stops.push({ distM: intent.stopInM, cause: intent.cause });
  const edge = intent.pullOver ? pullOverStop(view, sideways) : "NO";
  const stopNow = intent.stop || edge === "STOP";

  const followOf = (h: Hazard, sM: number, tS: number): Follow => ({
    gapM: h.gapM + h.speedMps * tS - sM,
    speedMps: h.speedMps,
    law:
      h.law === intent.law && intent.ownGap
        ? { baseM: wantedGapM(h.law, v) - h.law.timeS * v, timeS: h.law.timeS }
        : h.law,
  });
  const cutInOf = ({ cutIn, speedMps }: Hazard, ownMps: number, sM: number, tS: number): number =>
    cutIn === undefined || tS > cutIn.enterS
      ? Number.POSITIVE_INFINITY
      : cutInAccel(ownMps, cutIn.gapM + speedMps * tS - sM, speedMps, cutIn.enterS - tS);
  const lineOf = (distM: number, sM: number): Follow => ({
    gapM: distM + STOP_LAW.baseM - sM,
    speedMps: 0,
    law: STOP_LAW,
  });
  const curveMps = (sM: number, speedMps: number) => capAt(caps, sM + 0.9 * speedMps);

  const limitsAt = (speedMps: number, sM: number, tS: number): Limit[] => {
    const free = freeAccel(speedMps, cruise.mps);
    const limits: Limit[] = [{ cause: cruise.cause, accelMps2: free, targetMps: cruise.mps }];
    limits.push({
      cause: "CURVE",
      accelMps2: Math.max(-3, freeAccel(speedMps, curveMps(sM, speedMps))),
      targetMps: capAt(caps, sM),
    });
    if (changeMps < Number.POSITIVE_INFINITY)
      limits.push({
        cause: "LANE_BLOCKED",
        accelMps2: Math.max(-2.5, freeAccel(speedMps, changeMps)),
        targetMps: changeMps,
      });
    for (const h of hazards) {
      const f = followOf(h, sM, tS);
      limits.push({
        cause: h.cause === "LEAD_VEHICLE" && intent.ownGap ? "INSTRUCTION_GAP" : h.cause,
        accelMps2: Math.min(followAccel(speedMps, free, f), cutInOf(h, speedMps, sM, tS)),
        targetMps: followTarget(speedMps, f),
      });
    }
    for (const stop of stops)
      limits.push({
        cause: stop.cause,
        accelMps2: Math.min(
          followAccel(speedMps, free, lineOf(stop.distM, sM)),
          standAccel(stop, sM, speedMps),
        ),
        targetMps: stopTarget(stop.distM - sM),
      });
    if (stopNow)
      limits.push({
        cause: intent.cause,
        accelMps2: -Math.min(STOP_DECEL_MPS2, 0.6 + speedMps),
        targetMps: 0,
      });
    else if (sideways.yields === true)
      limits.push({
        cause: "OFF_LANE_CENTRE",
        accelMps2: -Math.min(2.75, 0.6 + speedMps),
        targetMps: 0,
      });
    else if (edge === "SLOW")
      limits.push({
        cause: "INSTRUCTION_PULL_OVER",
        accelMps2: Math.max(-1.5, freeAccel(speedMps, PULL_OVER_MPS)),
        targetMps: PULL_OVER_MPS,
      });
    return limits;
  };

  const now = limitsAt(v, 0, 0);
  const free = now[0]!;
  const binding = now
    .slice(1)
    .filter((l) => l.accelMps2 < free.accelMps2 - 0.15 || l.targetMps < free.targetMps - 0.5)
    .sort((a, b) => a.accelMps2 - b.accelMps2 || a.targetMps - b.targetMps);
  const needed = Math.max(
    0,
    ...hazards.map((h) => neededDecel(v, followOf(h, 0, 0), 0.8)),
    ...stops.map((s) =>
      neededDecel(v, { gapM: s.distM + STOP_MARGIN_M, speedMps: 0, law: STOP_LAW }, 0.2),
    ),
  );
  const mustStay =
    stopNow ||
    sideways.yields === true ||
    stops.some((s) => s.distM < (s.cause === "RED_LIGHT" ? STAY_AT_LIGHT_M : STAY_AT_LINE_M)) ||
    hazards.some((h) => h.gapM < (h.cause === "VULNERABLE_ON_PATH" ? 12 : 10) && h.speedMps < 0.5);
  const held = v < 0.3 && mustStay;
  const accelAt = (speedMps: number, sM: number, tS: number) =>
    Math.min(...limitsAt(speedMps, sM, tS).map((l) => l.accelMps2));
  const speeds = rollSpeeds(v, held, accelAt);
  const wait = held || (v < 0.3 && Math.max(...speeds) < CREEP_MPS);
  const lead = hazards.find((h) => h.lead && h.gapM < 80);
  const target = wait ? 0 : Math.min(...now.map((l) => l.targetMps));
  return {
    speedMps: speeds,
    accelMps2: wait ? 0 : (speeds[0]! - v) / TRAJECTORY_STEP_S,
    targetMps: Math.min(40, Math.round(target * 2) / 2),
    wait,
    emergency: needed > 4 && v > 0.5,
    free,
    binding,
    ...(lead === undefined ? {} : { lead, wantedGapM: wantedGapM(lead.law, v) }),
    greenAhead: view.lines.some(
      (l) => l.state === "GREEN" && l.sM > view.egoFrontM && l.sM < view.egoFrontM + 25,
    ),
  };
}

/** Speeds after each trajectory step, m/s. */
function rollSpeeds(
  speedMps: number,
  wait: boolean,
  accelAt: (speedMps: number, sM: number, tS: number) => number,
): number[] {
  const out: number[] = [];
  const h = TRAJECTORY_STEP_S / SUBSTEPS;
  let v = speedMps;
  let sM = 0;
  for (let i = 0; i < TRAJECTORY_STEPS; i++) {
    for (let k = 0; k < SUBSTEPS; k++) {
      const a = wait ? -1 : accelAt(v, sM, (i * SUBSTEPS + k) * h);
      const next = Math.max(0, v + a * h);
      sM += ((v + next) / 2) * h;
      v = next;
    }
    out.push(v);
  }
  return out;
}

/** What pulling over asks of the speed. */
function pullOverStop(view: View, sideways: SidewaysPlan): "NO" | "SLOW" | "STOP" {
  // with lanes to cross, ego keeps up with who drives there
  if (view.rightDM !== undefined) return view.route === undefined ? "SLOW" : "NO";
  const toDM = view.pullOverDM;
  if (toDM === undefined) return "NO";
  const off = Math.abs(view.path.egoDM - toDM);
  if (off < 0.45 || (sideways.lateral !== "PULL_OVER" && off < 0.6)) return "STOP";
  return "SLOW";
}
