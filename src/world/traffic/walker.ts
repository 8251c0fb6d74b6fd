import type { Random } from "../random.ts";
import { type CrossLine, reversed } from "./crossing-lines.ts";
import { heightAt, type LaneNet, type LaneTrack, poseInto, type TrackPose } from "./lane-net.ts";

/** What somebody on foot does: goes along a sidewalk, waits to cross, crosses. */
export type WalkerMode = "STROLL" | "WAIT" | "CROSS";

/** Somebody on foot. */
export type Walker = {
  readonly id: number;
  readonly kind: "PEDESTRIAN";
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly rgb: readonly [number, number, number];
  readonly paceMps: number;
  /** Steps out without a look at the traffic. */
  readonly heedless: boolean;
  mode: WalkerMode;
  xM: number;
  yM: number;
  zM: number;
  yawRad: number;
  speedMps: number;
  /** WAIT, CROSS: the way over the road and how far along it. */
  line: CrossLine | undefined;
  posM: number;
  /** WAIT: not before this time. */
  fromS: number;
  /** STROLL: sidewalk, place on it and direction. */
  walk: number;
  sM: number;
  dM: number;
  dir: 1 | -1;
};

/** Waiting at the kerb after a way over the road, s. */
const PAUSE_S = [8, 40] as const;

/** Somebody of random size and pace; to be placed by `placeAtLine` or `placeOnWalk`. */
export function drawWalker(rng: Random, id: number, heedlessShare: number): Walker {
  const size = rng.next();
  return {
    id,
    kind: "PEDESTRIAN",
    lengthM: 0.4 + 0.2 * size,
    widthM: 0.4 + 0.25 * size,
    heightM: 1.3 + 0.6 * size,
    rgb: [rng.int(30, 220), rng.int(30, 200), rng.int(30, 200)],
    paceMps: rng.range(0.9, 1.9),
    heedless: rng.chance(heedlessShare),
    mode: "STROLL",
    xM: 0,
    yM: 0,
    zM: 0,
    yawRad: 0,
    speedMps: 0,
    line: undefined,
    posM: 0,
    fromS: 0,
    walk: -1,
    sM: 0,
    dM: 0,
    dir: 1,
  };
}

/** Stands at the start of a way over the road until `fromS`. */
export function placeAtLine(walker: Walker, line: CrossLine, fromS: number): void {
  walker.mode = "WAIT";
  walker.line = line;
  walker.posM = 0;
  walker.fromS = fromS;
  walker.speedMps = 0;
  moveAlongLine(walker, line, 0);
}

function moveAlongLine(walker: Walker, line: CrossLine, ds: number): void {
  walker.posM += ds;
  const t = walker.posM / line.lengthM;
  walker.xM = line.x0M + (line.x1M - line.x0M) * t;
  walker.yM = line.y0M + (line.y1M - line.y0M) * t;
  walker.zM = line.zM;
  walker.yawRad = line.yawRad;
}

export function placeOnWalk(walker: Walker, track: LaneTrack, sM: number, dM: number): void {
  walker.mode = "STROLL";
  walker.line = undefined;
  walker.walk = track.lane.index;
  walker.sM = sM;
  walker.dM = dM;
  walker.speedMps = walker.paceMps;
  poseOnWalk(walker, track);
}

const pose: TrackPose = { xM: 0, yM: 0, yawRad: 0 };

function poseOnWalk(walker: Walker, track: LaneTrack): void {
  poseInto(track, walker.sM, pose);
  walker.xM = pose.xM - Math.sin(pose.yawRad) * walker.dM;
  walker.yM = pose.yM + Math.cos(pose.yawRad) * walker.dM;
  walker.zM = heightAt(track, walker.sM);
  walker.yawRad = pose.yawRad + (walker.dir > 0 ? 0 : Math.PI);
}

/** One step along the sidewalk; turns round where it ends. */
export function stroll(net: LaneNet, walker: Walker, dtS: number, rng: Random): void {
  let track = net.walks[walker.walk]!;
  walker.sM += walker.dir * walker.paceMps * dtS;
  if (walker.sM < 0 || walker.sM > track.lengthM) {
    const on = walker.dir > 0 ? track.next : track.prev;
    if (on.length === 0) {
      walker.dir = walker.dir > 0 ? -1 : 1;
      walker.sM = Math.min(Math.max(walker.sM, 0), track.lengthM);
    } else {
      const overM = walker.dir > 0 ? walker.sM - track.lengthM : -walker.sM;
      walker.walk = rng.pick(on);
      track = net.walks[walker.walk]!;
      walker.sM = walker.dir > 0 ? overM : track.lengthM - overM;
    }
  }
  walker.speedMps = walker.paceMps;
  poseOnWalk(walker, track);
}

/** One step over the road; at the far kerb it turns round and pauses. `mayGo` is asked before each lane. */
export function cross(
  walker: Walker,
  dtS: number,
  timeS: number,
  rng: Random,
  mayGo: (hit: CrossLine["hits"][number]) => boolean,
): void {
  const line = walker.line!;
  const ds = walker.paceMps * dtS;
  const before = line.hits.find((hit) => {
    const toEdgeM = hit.fromM - walker.posM;
    return toEdgeM > 0 && toEdgeM <= ds + 0.3;
  });
  if (before !== undefined && !mayGo(before)) {
    walker.speedMps = 0;
    return;
  }
  walker.speedMps = walker.paceMps;
  moveAlongLine(walker, line, ds);
  if (walker.posM < line.lengthM) return;
  placeAtLine(walker, reversed(line), timeS + rng.range(...PAUSE_S));
}
