import type { Rationale } from "../contract/maneuver.ts";
import type { GapLaw } from "./speed.ts";
import { isVulnerable, type SeenObject, type View } from "./view.ts";

/** Where ego is going sideways: from its offset to `toDM`, over `blendM` of road. */
export type Sideways = { readonly toDM: number; readonly blendM: number };

/** Offset of ego at s of its planned path. */
export function plannedOffset(view: View, way: Sideways, sM: number): number {
  const t = Math.min(1, Math.max(0, sM / way.blendM));
  const smooth = t * t * (3 - 2 * t);
  return view.path.egoDM + (way.toDM - view.path.egoDM) * smooth;
}

/** Something to stay behind, and why. */
export type Hazard = {
  readonly object: SeenObject;
  readonly gapM: number;
  readonly speedMps: number;
  readonly law: GapLaw;
  readonly cause: Rationale;
  /** A vehicle that goes the same way. */
  readonly lead: boolean;
  /** It comes in from beside: its rear is `gapM` ahead of ego's front, less where negative, and in the way after `enterS`. */
  readonly cutIn?: { readonly gapM: number; readonly enterS: number };
};

const VEHICLE_MARGIN_M = 0.25;
const VULNERABLE_MARGIN_M = 0.5;
/** Room to what stands beside ego and which going on does not bring nearer. */
const BESIDE_MARGIN_M = 0.2;
const BESIDE_VEHICLE_M = 0.1;
const STANDS_MPS = 0.1;
/** Whose rear is farther back than this beside ego cannot be let in by braking any more. */
const BESIDE_M = 3.5;
/** Law for things that are not followed. */
const STATIC_LAW: GapLaw = { baseM: 2.5, timeS: 0.4 };
const VULNERABLE_LAW: GapLaw = { baseM: 3, timeS: 0.5 };

/** Lateral room between ego on its planned path and the object; negative = in the way. */
function clearance(view: View, way: Sideways, o: SeenObject): number {
  const half = view.egoWidthM / 2 + o.halfAcrossM;
  const near = Math.abs(o.dM - plannedOffset(view, way, o.sM - o.halfAlongM)) - half;
  const mid = Math.abs(o.dM - plannedOffset(view, way, o.sM)) - half;
  return Math.min(near, mid);
}

/** Time until a sideways moving object is in the way and until it has left, s. */
function crossingTimes(view: View, way: Sideways, o: SeenObject, marginM: number) {
  const off = o.dM - plannedOffset(view, way, o.sM - o.halfAlongM);
  const reach = view.egoWidthM / 2 + o.halfAcrossM + marginM;
  const towards = -Math.sign(off) * o.vdMps;
  if (Math.abs(off) < reach) {
    const exit =
      Math.abs(o.vdMps) > 0.2 ? (reach + Math.sign(o.vdMps) * -off) / Math.abs(o.vdMps) : 99;
    return { enterS: 0, exitS: exit };
  }
  if (towards < 0.25) return { enterS: Number.POSITIVE_INFINITY, exitS: Number.POSITIVE_INFINITY };
  return { enterS: (Math.abs(off) - reach) / towards, exitS: (Math.abs(off) + reach) / towards };
}

function vulnerableHazard(
  view: View,
  way: Sideways,
  o: SeenObject,
  law: GapLaw,
): Hazard | undefined {
  const gapM = o.sM - o.halfAlongM - view.egoFrontM;
  if (gapM < -3 || gapM > 90) return undefined;
  const along = Math.abs(o.vsMps) > 2 * Math.abs(o.vdMps) && o.vsMps > 0.3;
  const stands = gapM < 0 && o.speedMps < STANDS_MPS;
  const times = crossingTimes(view, way, o, stands ? BESIDE_MARGIN_M : VULNERABLE_MARGIN_M);
  const arriveS = Math.max(0, gapM) / Math.max(view.speedMps, 0.5);
  const passS = (Math.max(0, gapM) + 6) / Math.max(view.speedMps, 0.5);
  const inWay = times.enterS === 0;
  if (!inWay) {
    if (times.enterS > 4 || passS + 0.8 < times.enterS) return undefined;
    if (gapM < 0 && times.enterS > 0.8) return undefined;
  }
  if (!along && times.exitS + 1 < arriveS && view.speedMps > 1) return undefined;
  return {
    object: o,
    gapM,
    speedMps: along ? o.vsMps : Math.min(0, o.vsMps),
    law: along ? law : VULNERABLE_LAW,
    cause: "VULNERABLE_ON_PATH",
    lead: along && inWay,
  };
}

function vehicleHazard(view: View, way: Sideways, o: SeenObject, law: GapLaw): Hazard | undefined {
  const gapM = o.sM - o.halfAlongM - view.egoFrontM;
  const free = clearance(view, way, o);
  const moving = o.speedMps > 0.4;
  const beside = gapM < 0 && o.speedMps < STANDS_MPS;
  if (free < (beside ? BESIDE_VEHICLE_M : VEHICLE_MARGIN_M)) {
    if (o.sM + o.halfAlongM < view.egoFrontM * 0.6) return undefined;
    const aside = Math.abs(o.dM - way.toDM) - o.halfAcrossM > 0.2;
    const cutsIn =
      moving && o.vdMps * Math.sign(way.toDM - o.dM) > 0.3 && Math.abs(o.dM - way.toDM) > 0.6;
    return {
      object: o,
      gapM,
      speedMps: o.vsMps,
      law: moving || !aside ? law : STATIC_LAW,
      cause: cutsIn ? "CUT_IN" : leadCause(view, o, gapM, aside),
      lead: o.vsMps > -0.5 && !(aside && !moving),
    };
  }
  if (!moving || o.vsMps < 1 || gapM < -BESIDE_M) return undefined;
  const times = crossingTimes(view, way, o, VEHICLE_MARGIN_M);
  if (times.enterS > 1.8) return undefined;
  return {
    object: o,
    gapM: Math.max(gapM, 0.5),
    speedMps: o.vsMps,
    law,
    cause: "CUT_IN",
    lead: true,
    cutIn: { gapM, enterS: times.enterS },
  };
}

function leadCause(view: View, o: SeenObject, gapM: number, aside: boolean): Rationale {
  if (o.kind === "STATIC") return "OBSTACLE_ON_PATH";
  if (o.speedMps < 0.5) return aside ? "LANE_BLOCKED" : "LEAD_STANDING";
  if (o.vsMps < -0.5) return "OBSTACLE_ON_PATH";
  if (view.speedMps < 2.5 && o.vsMps > view.speedMps && o.vsMps < 6 && gapM < 20)
    return "LEAD_MOVING_OFF";
  const closing = view.speedMps - o.vsMps;
  const needed = closing > 0 ? (closing * closing) / (2 * Math.max(gapM - 2, 0.2)) : 0;
  return closing > 1 && needed > 0.7 ? "LEAD_BRAKING" : "LEAD_VEHICLE";
}

/** true where `o` cannot be seen past `front`. */
const hiddenBy = (o: SeenObject, front: SeenObject): boolean =>
  o.bearingMinRad > front.bearingMinRad && o.bearingMaxRad < front.bearingMaxRad;

/** All that ego must stay behind on its planned path, nearest first. */
export function findHazards(view: View, way: Sideways, law: GapLaw): Hazard[] {
  const found: Hazard[] = [];
  for (const o of view.objects) {
    if (o.sM + o.halfAlongM < -1) continue;
    const hazardOf = isVulnerable(o) ? vulnerableHazard : vehicleHazard;
    const h = hazardOf(view, way, o, law);
    if (h !== undefined) found.push(h);
  }
  found.sort((a, b) => a.gapM - b.gapM);
  const nearest = found[0];
  return nearest === undefined
    ? found
    : found.filter((h) => h === nearest || !hiddenBy(h.object, nearest.object));
}

/** Sideways offset that passes standing things at the lane's side, where they leave room. */
export function nudgeOffset(
  view: View,
): { readonly toDM: number; readonly object: SeenObject } | undefined {
  const half = view.egoWidthM / 2;
  const most = view.laneWidthM / 2 - half + 0.35;
  let left = 0;
  let right = 0;
  let object: SeenObject | undefined;
  for (const o of view.objects) {
    if (o.speedMps > 0.3 || isVulnerable(o) || Math.abs(o.dM) < 1) continue;
    const gapM = o.sM - o.halfAlongM - view.egoFrontM;
    if (gapM > Math.max(12, 2.5 * view.speedMps) || o.sM + o.halfAlongM < -1.2) continue;
    const inner = Math.abs(o.dM) - o.halfAcrossM;
    const need = half + 0.5 - inner;
    if (need < 0.15 || inner < -0.5) continue;
    if (o.dM < 0) left = Math.max(left, need);
    else right = Math.max(right, need);
    object ??= o;
  }
  if (object === undefined || (left > 0 && right > 0)) return undefined;
  const toDM = left > 0 ? left : -right;
  return Math.abs(toDM) > most ? undefined : { toDM, object };
}

/** May ego move into the lane whose centre is at offset `laneDM` now? */
export function gapIsSafe(view: View, laneDM: number, law: GapLaw): boolean {
  const v = view.speedMps;
  for (const o of view.objects) {
    const half = o.halfAcrossM + view.egoWidthM / 2 + 0.3;
    const later = o.dM + o.vdMps * 1.5;
    if (Math.abs(o.dM - laneDM) > half && Math.abs(later - laneDM) > half) continue;
    const ahead = o.sM - o.halfAlongM - view.egoFrontM;
    const behind = -(o.sM + o.halfAlongM) - view.egoRearM;
    if (ahead >= 0) {
      const closing = Math.max(0, v - o.vsMps);
      const room = ahead - 1.5 - 0.25 * Math.min(law.timeS, 1.5) * v - closing * 1.5;
      if (room <= 0 || (closing * closing) / (2 * room) > 2) return false;
      if (o.vsMps < -1) return false;
    } else if (behind >= 0) {
      const closing = Math.max(0, o.vsMps - v);
      const room = behind - 1.5 - 0.2 * v - closing * 1;
      if (room <= 0 || (closing * closing) / (2 * room) > 2.5) return false;
    } else return false;
  }
  return true;
}
