import { type Rationale, TRAJECTORY_STEP_S, TRAJECTORY_STEPS } from "../contract/maneuver.ts";
import {
  changeLaw,
  cruiseLaw,
  curveLaw,
  followOf,
  hazardLaw,
  type Law,
  pullOverLaw,
  STOOD_M,
  STOOD_MPS,
  STOP_LAW,
  STOP_MARGIN_M,
  type Stop,
  stopLaw,
  stopNowLaw,
  yieldLaw,
} from "./along-laws.ts";
import { wantedGapM } from "./gap-law.ts";
import { findHazards, type Hazard } from "./hazards.ts";
import type { Intent } from "./intent.ts";
import { curvatureOnPath } from "./path.ts";
import type { SidewaysPlan } from "./sideways.ts";
import { CURVE_LATERAL_MPS2, type CurveCap, neededDecel } from "./speed.ts";
import type { SeenLine, View } from "./view.ts";

const SUBSTEPS = 2;

/** From where a stand counts, nobody starts faster than this, and who starts speeds up by more than that, m/s². */
const START_MOST_MPS2 = 1.9;
const START_LEAST_MPS2 = 0.2;

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

  const laws: Law[] = [cruiseLaw(cruise.cause, cruise.mps), curveLaw(caps)];
  if (changeMps < Number.POSITIVE_INFINITY) laws.push(changeLaw(changeMps));
  for (const h of hazards) laws.push(hazardLaw(h, intent, v, cruise.mps));
  for (const stop of stops) laws.push(stopLaw(stop, cruise.mps));
  if (stopNow) laws.push(stopNowLaw(intent.cause));
  else if (sideways.yields === true) laws.push(yieldLaw);
  else if (edge === "SLOW") laws.push(pullOverLaw);

  const now: Limit[] = laws.map(({ cause, accelAt, targetAt }) => ({
    cause,
    accelMps2: accelAt(v, 0, 0),
    targetMps: targetAt(v, 0, 0),
  }));
  const free = now[0]!;
  const binding = now
    .slice(1)
    .filter((l) => l.accelMps2 < free.accelMps2 - 0.15 || l.targetMps < free.targetMps - 0.5)
    .sort((a, b) => a.accelMps2 - b.accelMps2 || a.targetMps - b.targetMps);
  const needed = Math.max(
    0,
    ...hazards.map((h) => neededDecel(v, followOf(h, intent, v, 0, 0), 0.8)),
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
  const speeds = rollSpeeds(v, held, laws);
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
function rollSpeeds(speedMps: number, wait: boolean, laws: readonly Law[]): number[] {
  const out: number[] = [];
  const h = TRAJECTORY_STEP_S / SUBSTEPS;
  let v = speedMps;
  let sM = 0;
  for (let i = 0; i < TRAJECTORY_STEPS; i++) {
    for (let k = 0; k < SUBSTEPS; k++) {
      const a = wait ? -1 : leastAccel(laws, v, sM, (i * SUBSTEPS + k) * h);
      const next = Math.max(0, v + a * h);
      sM += ((v + next) / 2) * h;
      v = next;
    }
    out.push(v);
  }
  return out;
}

function leastAccel(laws: readonly Law[], speedMps: number, sM: number, tS: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { accelAt } of laws) least = Math.min(least, accelAt(speedMps, sM, tS));
  return least;
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
