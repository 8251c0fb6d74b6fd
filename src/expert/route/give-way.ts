import type { DetectedObject, Scene, SignalState } from "../../contract/scene.ts";
import { type LaneNet, type LaneTrack, trackOf } from "../../world/traffic/lane-net.ts";
import type { Overlap } from "../../world/traffic/overlaps.ts";
import { projectOnTrack } from "./follower.ts";
import type { RouteGuide } from "./guide.ts";

/** Ego on its path, in the coordinates of the guide. */
export type EgoOnPath = {
  /** Rear axle. */
  readonly sM: number;
  readonly speedMps: number;
  readonly frontM: number;
  readonly rearM: number;
  /** Speed that it will hardly exceed from here to there. */
  readonly maxMpsAt: (sM: number) => number;
};

/** Wait before this point of the path (front bumper), for that road user. */
export type GiveWay = { readonly stopM: number; readonly forId: number };

const LOOK_AHEAD_M = 80;
/** How far back from the shared ground others are looked for. */
const APPROACH_M = 110;
const EGO_ACCEL_MPS2 = 1.3;
const OTHER_ACCEL_MPS2 = 1.5;
/** Room left in time before and after the other passes, s. */
const BEFORE_S = 1.3;
const AFTER_S = 0.6;
/** Somebody with this braking can still stop for the light, m/s². */
const YELLOW_STOP_MPS2 = 3;
const STOP_SHORT_M = 1.2;
/** Harder than this nobody brakes to give way: then going on is the better way out, m/s². */
const GIVE_WAY_BRAKE_MPS2 = 4.5;
/** Nor harder than this for one that should have waited, m/s². */
const FIRST_BRAKE_MPS2 = 2;

/** Both slower than this wait for each other, m/s. */
const MUTUAL_MPS = 0.3;

type Interval = { readonly fromS: number; readonly toS: number };

/** Time for a distance from `v` with acceleration `a` up to `top`. */
export function travelTimeS(distM: number, v: number, a: number, top: number): number {
  if (distM <= 0) return 0;
  const most = Math.max(top, v, 0.5);
  const speedingM = (most * most - v * v) / (2 * a);
  if (distM <= speedingM) return (Math.sqrt(v * v + 2 * a * distM) - v) / a;
  return (most - v) / a + (distM - speedingM) / most;
}

/** The nearest point at which ego must wait for crossing or merging traffic, if it must. */
export function giveWay(guide: RouteGuide, scene: Scene, ego: EgoOnPath): GiveWay | undefined {
  const front = ego.sM + ego.frontM;
  const vehicles = scene.objects.filter((o) => o.kind !== "PEDESTRIAN" && o.kind !== "STATIC");
  const stands = ego.speedMps < MUTUAL_MPS;
  const states = new Map(scene.signals.map((s) => [s.id, s.state]));
  let found: GiveWay | undefined;
  for (const conflict of guide.conflicts) {
    if (conflict.fromM < front - 0.3 || conflict.fromM > front + LOOK_AHEAD_M) continue;
    if (found !== undefined && conflict.fromM - STOP_SHORT_M >= found.stopM) continue;
    const distM = conflict.fromM - STOP_SHORT_M - front;
    const needed = (ego.speedMps * ego.speedMps) / (2 * Math.max(distM, 0.1));
    if (needed > GIVE_WAY_BRAKE_MPS2 && ego.speedMps > 1) continue;
    const own = egoInterval(ego, conflict.fromM, conflict.toM);
    const comes = conflict.fromM - conflict.overlap.fromM > front && needed < FIRST_BRAKE_MPS2;
    const approach = approachOf(guide.net, conflict.overlap.other);
    const blocker = vehicles.find(
      (o) =>
        blocks(guide.net, conflict.overlap, approach, o, own, stands, comes, states) &&
        !(stands && isHeldUp(guide.net, conflict.overlap, approach, o, vehicles)),
    );
    if (blocker === undefined) continue;
    found = { stopM: conflict.fromM - STOP_SHORT_M, forId: blocker.id };
  }
  return found === undefined ? undefined : clearOfOthers(guide, found, front);
}

function egoInterval(ego: EgoOnPath, fromM: number, toM: number): Interval {
  const top = ego.maxMpsAt(toM);
  const time = (m: number) => travelTimeS(m, ego.speedMps, EGO_ACCEL_MPS2, top);
  return { fromS: time(fromM - ego.sM - ego.frontM), toS: time(toM - ego.sM + ego.rearM) };
}

/** Somebody on the way to the shared ground, or on it: front and rear against its ends, m. */
type Coming = {
  readonly sM: number;
  readonly inM: number;
  readonly outM: number;
};

/** Where `o` is on the other lane or one that leads to it; undefined where it is on none or past the ground. */
function comesBy(
  net: LaneNet,
  overlap: Overlap,
  { lane, beforeM }: ApproachLane,
  o: DetectedObject,
): Coming | undefined {
  const track = trackOf(net, lane);
  if (!isNear(track, o)) return undefined;
  const at = projectOnTrack(track, o);
  if (at === undefined || at.pastM > 0.5 || at.turnRad > 1) return undefined;
  if (Math.abs(at.dM) > track.halfWidthM + 0.4) return undefined;
  const toStartM = lane === overlap.other ? -at.sM : beforeM + track.lengthM - at.sM;
  const inM = toStartM + overlap.otherFromM - o.lengthM / 2;
  const outM = toStartM + overlap.otherToM + o.lengthM / 2;
  return outM < 0 || inM > APPROACH_M ? undefined : { sM: at.sM, inM, outM };
}

/** Does `o` come over the other lane while ego would be on the shared ground? */
function blocks(
  net: LaneNet,
  overlap: Overlap,
  approach: readonly ApproachLane[],
  o: DetectedObject,
  own: Interval,
  egoStands: boolean,
  /** Ego is still before the junction and has room to stop there. */
  egoComes: boolean,
  states: ReadonlyMap<number, SignalState>,
): boolean {
  for (const from of approach) {
    const coming = comesBy(net, overlap, from, o);
    if (coming === undefined) continue;
    const { lane } = from;
    const { sM, inM, outM } = coming;
    const onJunction = lane === overlap.other;
    // who drives with its nose in the junction before ego is there goes first, whoever should have
    const first = egoComes && overlap.kind === "CROSS" && inM < overlap.otherFromM;
    if (inM <= 0) {
      // it stands or drives on the shared ground now
      if (overlap.kind === "MERGE" && !overlap.yields) continue;
      return own.fromS < stayS(outM, o.speedMps) + AFTER_S;
    }
    if (!onJunction && isHeld(net, lane, overlap.other, sM, o, states)) continue;
    // two that wait for each other would wait for good: who stands off the ground lets ego start
    if (egoStands && o.speedMps < MUTUAL_MPS) continue;
    const other = otherInterval(o, inM, outM, trackOf(net, lane).limitMps);
    if (overlap.yields) {
      const late = other.fromS - BEFORE_S > own.toS;
      const gone = other.toS + AFTER_S < own.fromS;
      if (!late && !gone) return true;
    } else if (first && o.speedMps > 0.5) {
      if (other.fromS < own.toS && other.toS > own.fromS) return true;
    } else if (onJunction && o.speedMps > 0.5) {
      if (other.fromS < own.fromS && other.toS > own.fromS) return true;
    }
  }
  return false;
}

/** Nothing whose middle is so far from all of a lane is on it, m. */
const OFF_LANE_M = 3;

/** false where something is plainly not on a lane: most lanes need no closer look. */
function isNear({ box, halfWidthM }: LaneTrack, { xM, yM }: DetectedObject): boolean {
  const reachM = halfWidthM + OFF_LANE_M;
  return (
    xM > box.x0M - reachM && xM < box.x1M + reachM && yM > box.y0M - reachM && yM < box.y1M + reachM
  );
}

/** Whoever comes up behind one that stands off the ground and lets ego start comes no further than that. */
function isHeldUp(
  net: LaneNet,
  overlap: Overlap,
  approach: readonly ApproachLane[],
  o: DetectedObject,
  vehicles: readonly DetectedObject[],
): boolean {
  const standing = vehicles.filter((p) => p.id !== o.id && p.speedMps < MUTUAL_MPS);
  return approach.some((from) => {
    const own = comesBy(net, overlap, from, o);
    if (own === undefined || own.inM <= 0) return false;
    const between: ApproachLane[] = [];
    for (let at: ApproachLane | undefined = from; at !== undefined; at = at.next) between.push(at);
    return standing.some((p) =>
      between.some((at) => {
        const other = comesBy(net, overlap, at, p);
        return other !== undefined && other.inM > 0 && other.inM < own.inM;
      }),
    );
  });
}

const stayS = (outM: number, speedMps: number): number =>
  speedMps < 0.3 ? 99 : outM / Math.max(speedMps, 0.8);

function otherInterval(o: DetectedObject, inM: number, outM: number, limitMps: number): Interval {
  const v = Math.max(0, o.speedMps);
  const waits = v < 0.5 ? 0.5 : 0;
  return {
    fromS: waits + travelTimeS(inM, v, OTHER_ACCEL_MPS2, Math.max(v, limitMps)),
    toS: waits + outM / Math.max(v, 2.5),
  };
}

/** Waits at a red light or a sign between here and the junction. */
function isHeld(
  net: LaneNet,
  lane: number,
  into: number,
  sM: number,
  o: DetectedObject,
  states: ReadonlyMap<number, SignalState>,
): boolean {
  const gates = [
    ...trackOf(net, lane).gates.filter((g) => g.sM > sM + o.lengthM / 2 - 1),
    ...trackOf(net, into).gates,
  ];
  return gates.some((gate) => {
    if (gate.kind === "STOP") return true;
    if (gate.kind === "YIELD") return o.speedMps < 0.5;
    const shown = gate.signals.map((i) => states.get(i));
    if (shown.includes("RED")) return true;
    const leftM = Math.max(0.5, gate.sM - sM - o.lengthM / 2);
    return shown.includes("YELLOW") && (o.speedMps * o.speedMps) / (2 * leftM) < YELLOW_STOP_MPS2;
  });
}

type ApproachLane = {
  readonly lane: number;
  /** From its end to the start of the junction lane. */
  readonly beforeM: number;
  /** The one that it leads to. */
  readonly next?: ApproachLane;
};
const approaches = new WeakMap<LaneNet, Map<number, readonly ApproachLane[]>>();

/** A junction lane and the lanes that lead to it, with the way from their end to its start. */
function approachOf(net: LaneNet, junctionLane: number): readonly ApproachLane[] {
  let known = approaches.get(net);
  if (known === undefined) {
    known = new Map();
    approaches.set(net, known);
  }
  const made = known.get(junctionLane);
  if (made !== undefined) return made;
  const last: ApproachLane = { lane: junctionLane, beforeM: 0 };
  const out = [last];
  const open: ApproachLane[] = trackOf(net, junctionLane).prev.map((lane) => ({
    ...{ lane, beforeM: 0 },
    next: last,
  }));
  while (open.length > 0 && out.length < 24) {
    const next = open.shift()!;
    if (out.some((a) => a.lane === next.lane)) continue;
    out.push(next);
    const track = trackOf(net, next.lane);
    const beforeM = next.beforeM + track.lengthM;
    if (beforeM < APPROACH_M) for (const lane of track.prev) open.push({ lane, beforeM, next });
  }
  known.set(junctionLane, out);
  return out;
}

/** Does not wait standing across the way of others: goes back to before what it would block. */
function clearOfOthers(guide: RouteGuide, wait: GiveWay, front: number): GiveWay {
  let stopM = wait.stopM;
  const bodyM = 5.5;
  const sorted = [...guide.conflicts].sort((a, b) => b.toM - a.toM);
  for (const c of sorted)
    if (c.fromM < stopM && c.toM > stopM - bodyM && c.fromM - STOP_SHORT_M >= front)
      if (c.overlap.kind === "CROSS") stopM = Math.min(stopM, c.fromM - STOP_SHORT_M);
  return { ...wait, stopM };
}
