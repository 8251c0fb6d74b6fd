import type { LaneRoute } from "../../contract/lane-graph.ts";
import { type LaneNet, type LaneTrack, trackOf } from "../../world/traffic/lane-net.ts";
import { guideFrom, type RouteGuide } from "./guide.ts";

/** Pose in the map. */
export type MapPose = { readonly xM: number; readonly yM: number; readonly yawRad: number };

export type RoutePlace = {
  readonly lane: number;
  readonly sM: number;
  readonly dM: number;
  /** Distance from the route's nearest lane centre. */
  readonly offRouteM: number;
  /** Driven way along the route. */
  readonly doneM: number;
};

/** So many lanes of the route before and behind the present one are looked at. */
const LOOK_BACK = 1;
const LOOK_AHEAD = 4;
/** Leaving the lane one is in must be worth this much, m. */
const STAY_M = 0.35;
/** A heading of one radian off counts like so many metres beside the lane. */
const HEADING_M = 4;

type Candidate = { lane: number; index: number; sM: number; dM: number; cost: number };

/** Follows a vehicle along a route: where it is, how far it came, what comes next. */
export class RouteFollower {
  readonly #net: LaneNet;
  readonly #route: LaneRoute;
  /** Way driven when a lane of the route begins. */
  readonly #startM: number[];
  #index = 0;
  #place: RoutePlace | undefined;

  constructor(net: LaneNet, route: LaneRoute) {
    this.#net = net;
    this.#route = route;
    this.#startM = startsOf(net, route);
  }

  get route(): LaneRoute {
    return this.#route;
  }

  get lengthM(): number {
    const last = this.#route.lanes.length - 1;
    return this.#startM[last]! + trackOf(this.#net, this.#route.lanes[last]!).lengthM;
  }

  /** The newest place. @throws RangeError before the first `update`. */
  get place(): RoutePlace {
    if (this.#place === undefined)
      throw new RangeError("route: update with a pose expected before the place is read");
    return this.#place;
  }

  /** Finds the vehicle on the route or on a lane beside it. */
  update(pose: MapPose): RoutePlace {
    const candidates: Candidate[] = [];
    const { lanes } = this.#route;
    const to = Math.min(lanes.length - 1, this.#index + LOOK_AHEAD);
    for (let k = Math.max(0, this.#index - LOOK_BACK); k <= to; k++) {
      const track = trackOf(this.#net, lanes[k]!);
      this.#add(candidates, track, k, pose, 0);
      for (const lane of besides(track))
        if (lane !== lanes[k + 1] && lane !== lanes[k - 1])
          this.#add(candidates, trackOf(this.#net, lane), k, pose, 0.2);
    }
    const before = this.#place;
    if (before !== undefined)
      for (const c of candidates) if (c.lane === before.lane) c.cost -= STAY_M;
    candidates.sort((a, b) => a.cost - b.cost || a.index - b.index);
    const best = candidates[0];
    if (best === undefined) return this.#lost();
    this.#index = best.index;
    const onRoute = candidates.filter((c) => c.lane === lanes[c.index]);
    const offRouteM = Math.min(...onRoute.map((c) => Math.abs(c.dM)), 1e6);
    const doneM = this.#startM[best.index]! + best.sM;
    this.#place = { lane: best.lane, sM: best.sM, dM: best.dM, offRouteM, doneM };
    return this.#place;
  }

  /** What lies ahead of the newest place; `lateM` as in `guideFrom`. */
  guide(lateM?: number): RouteGuide {
    return guideFrom(this.#net, this.#route, this.place, lateM);
  }

  #lost(): RoutePlace {
    const { lanes } = this.#route;
    const before = this.#place ?? { lane: lanes[0]!, sM: 0, dM: 0, offRouteM: 1e6, doneM: 0 };
    this.#place = { ...before, offRouteM: 1e6 };
    return this.#place;
  }

  #add(out: Candidate[], track: LaneTrack, index: number, pose: MapPose, extra: number): void {
    const at = projectOnTrack(track, pose);
    if (at === undefined || at.turnRad > 2) return;
    const cost = Math.abs(at.dM) + HEADING_M * Math.max(0, at.turnRad - 0.15) + at.pastM + extra;
    out.push({ lane: track.lane.index, index, sM: at.sM, dM: at.dM, cost });
  }
}

/** Lanes beside; in a junction only those that the marks let ego change to, as in a roundabout. */
function besides({ left, right, junction, lane }: LaneTrack): number[] {
  const out: number[] = [];
  if (left !== undefined && (!junction || lane.mayChangeLeft)) out.push(left);
  if (right !== undefined && (!junction || lane.mayChangeRight)) out.push(right);
  return out;
}

/** Where along the route each of its lanes begins; a lane change goes on at the same height. */
function startsOf(net: LaneNet, route: LaneRoute): number[] {
  const starts = [0];
  for (let k = 1; k < route.lanes.length; k++) {
    const before = trackOf(net, route.lanes[k - 1]!);
    const follows = before.next.includes(route.lanes[k]!);
    starts.push(starts[k - 1]! + (follows ? before.lengthM : 0));
  }
  return starts;
}

/** Nearest place on a whole lane: offset to its left, angle to it, and how far past its ends. */
export function projectOnTrack(
  track: LaneTrack,
  pose: MapPose,
):
  | { readonly sM: number; readonly dM: number; readonly turnRad: number; readonly pastM: number }
  | undefined {
  const { xM, yM, yawRad, stepM } = track;
  const best = nearestSample(track, pose);
  const yaw = yawRad[best]!;
  const dx = pose.xM - xM[best]!;
  const dy = pose.yM - yM[best]!;
  const along = Math.cos(yaw) * dx + Math.sin(yaw) * dy;
  const s = best * stepM + along;
  const pastM = Math.max(0, -s, s - track.lengthM);
  if (pastM > 6) return undefined;
  const turn = pose.yawRad - yaw;
  return {
    sM: Math.min(track.lengthM, Math.max(0, s)),
    dM: -Math.sin(yaw) * dx + Math.cos(yaw) * dy,
    turnRad: Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))),
    pastM,
  };
}

/** So many samples apart a first look is taken. */
const GLANCE = 16;

/** The first of the samples that lie nearest. Stretches that are too far away to hold it are left out. */
function nearestSample({ xM, yM, hopM }: LaneTrack, pose: MapPose): number {
  const n = xM.length;
  const squareTo = (i: number) => {
    const dx = pose.xM - xM[i]!;
    const dy = pose.yM - yM[i]!;
    return dx * dx + dy * dy;
  };
  let nearSq = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i += GLANCE) nearSq = Math.min(nearSq, squareTo(i));
  const nearM = Math.sqrt(nearSq);
  let best = 0;
  let bestSq = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; ) {
    const sq = squareTo(i);
    if (sq < bestSq) {
      bestSq = sq;
      best = i;
    }
    // only so many hops on can a sample be nearer than what the first look found
    i += Math.max(1, Math.floor((Math.sqrt(sq) - nearM) / hopM) || 1);
  }
  return best;
}
