import type { Random } from "../random.ts";
import {
  heightAt,
  type LaneNet,
  type LaneTrack,
  poseInto,
  reachFrom,
  type TrackPose,
  trackOf,
} from "./lane-net.ts";
import type { Rider } from "./rider.ts";

/** How far ahead of its centre a rider knows its way, m: beyond every look-ahead. */
export const PATH_AHEAD_M = 180;
/** Lanes kept behind the present one: the tail may still be there. */
const KEPT_BEHIND = 3;
const TURN_WEIGHTS = { STRAIGHT: 6, LEFT: 2, RIGHT: 2.5, U_TURN: 0.05 } as const;

/** The lane that a rider is on. */
export const laneOf = (rider: Rider): number => rider.path[rider.at]!;

/** Draws the way on until it is known 180 m ahead; stops where the road ends. */
export function extendPath(net: LaneNet, rider: Rider, rng: Random): void {
  let known = trackOf(net, laneOf(rider)).lengthM - rider.sM;
  for (let k = rider.at + 1; k < rider.path.length; k++)
    known += trackOf(net, rider.path[k]!).lengthM;
  while (known < PATH_AHEAD_M) {
    const next = drawNext(net, trackOf(net, rider.path.at(-1)!), rider, rng);
    if (next === undefined) return;
    rider.path.push(next.lane.index);
    known += next.lengthM;
  }
}

function drawNext(
  net: LaneNet,
  track: LaneTrack,
  rider: Rider,
  rng: Random,
): LaneTrack | undefined {
  if (track.next.length <= 1) {
    const only = track.next[0];
    return only === undefined ? undefined : trackOf(net, only);
  }
  let sum = 0;
  const weights = track.next.map((i) => {
    const weight = weightOf(trackOf(net, i), rider);
    sum += weight;
    return weight;
  });
  let x = rng.next() * sum;
  for (let i = 0; i < weights.length; i++) {
    x -= weights[i]!;
    if (x < 0) return trackOf(net, track.next[i]!);
  }
  return trackOf(net, track.next[0]!);
}

/** Long vehicles avoid bends that swing them out of their lane; nobody likes dead ends. */
function weightOf(track: LaneTrack, rider: Rider): number {
  const turn = TURN_WEIGHTS[track.lane.turn ?? "STRAIGHT"];
  const fit = track.fitM >= rider.lengthM ? 1 : 1e-4;
  return turn * fit * (reachFrom(track, 0) > 200 ? 1 : 0.02);
}

/** Turns the way on for a rider that changed to another lane. */
export function replacePath(net: LaneNet, rider: Rider, lane: number, rng: Random): void {
  rider.path = [lane];
  rider.at = 0;
  extendPath(net, rider, rng);
}

/** Moves along the path; false where it ends. */
export function advance(net: LaneNet, rider: Rider, ds: number): boolean {
  rider.sM += ds;
  let length = trackOf(net, laneOf(rider)).lengthM;
  while (rider.sM > length) {
    if (rider.at + 1 >= rider.path.length) return false;
    rider.sM -= length;
    rider.at++;
    length = trackOf(net, laneOf(rider)).lengthM;
  }
  if (rider.at > KEPT_BEHIND + 4) {
    const cut = rider.at - KEPT_BEHIND;
    rider.path.splice(0, cut);
    rider.at -= cut;
    rider.claimStart -= cut;
    rider.claimEnd -= cut;
  }
  return true;
}

const front: TrackPose = { xM: 0, yM: 0, yawRad: 0 };
const rear: TrackPose = { xM: 0, yM: 0, yawRad: 0 };

/** Pose on the path `ds` metres from the centre, into `out`; held at the path's ends along its tangent. */
export function pathPoseInto(net: LaneNet, rider: Rider, ds: number, out: TrackPose): void {
  let k = rider.at;
  let s = rider.sM + ds;
  let track = trackOf(net, rider.path[k]!);
  while (s > track.lengthM && k + 1 < rider.path.length) {
    s -= track.lengthM;
    track = trackOf(net, rider.path[++k]!);
  }
  while (s < 0) {
    const before = k > 0 ? rider.path[k - 1] : track.prev[0];
    if (before === undefined) break;
    k--;
    track = trackOf(net, before);
    s += track.lengthM;
    if (k < 0 && s < 0) break;
  }
  poseInto(track, s, out);
  const over = s < 0 ? s : Math.max(0, s - track.lengthM);
  out.xM += over * Math.cos(out.yawRad);
  out.yM += over * Math.sin(out.yawRad);
}

/** Puts the box where its axles, both on the path, hold it. `slope` is sideways per forward metre. */
export function placeRider(net: LaneNet, rider: Rider, slope: number): void {
  const half = rider.wheelbaseM / 2;
  pathPoseInto(net, rider, half, front);
  pathPoseInto(net, rider, -half, rear);
  const dx = front.xM - rear.xM;
  const dy = front.yM - rear.yM;
  const along = Math.atan2(dy, dx);
  rider.xM = (front.xM + rear.xM) / 2 - Math.sin(along) * rider.dM;
  rider.yM = (front.yM + rear.yM) / 2 + Math.cos(along) * rider.dM;
  rider.zM = heightAt(trackOf(net, laneOf(rider)), rider.sM);
  rider.yawRad = along + Math.atan(slope);
}

/** Pose of a place on a lane. */
export function lanePoseAt(
  track: LaneTrack,
  at: { readonly sM: number; readonly dM: number },
): TrackPose {
  const pose = { xM: 0, yM: 0, yawRad: 0 };
  poseInto(track, at.sM, pose);
  pose.xM -= Math.sin(pose.yawRad) * at.dM;
  pose.yM += Math.cos(pose.yawRad) * at.dM;
  return pose;
}
