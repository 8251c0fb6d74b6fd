import type { Obstacle } from "../contract/obstacle.ts";
import { carryParts, isAbsorbed } from "./carried-parts.ts";
import type { Cluster } from "./cluster.ts";
import { type PlanarPose, toEgo, toOdom } from "./ego-motion.ts";
import { UNSEEN_HIDDEN_MAX_US, UNSEEN_IN_VIEW_MAX_US, UNSEEN_MAX_US } from "./limits.ts";
import { type Box, type Hull, hullInOdom } from "./outline.ts";
import { sectorOf } from "./polar.ts";
import { type Shift, Track } from "./track.ts";

/** Unknown velocity at birth: 20 m/s over one period and the cluster's own play. */
const YOUNG_GATE_MPS = 25;
const YOUNG_GATE_MIN_M = 1;
const GATE_M = 0.8;
const GATE_MAX_M = 2.5;
/** No gate is wider than this in ordinary periods, so centres further apart need no look. */
const REACH_M = 4;
/** Over a hole gates open by as much as full braking may have changed. */
const HOLE_ACCEL_MPS2 = 8;
const ORDINARY_PERIOD_S = 0.15;
/** Something nearer by more than this than the near half of a thing hides it. */
const HIDES_BY_M = 1;
/** What shows few points is small, and what is small moves no faster than a runner. */
const WEAK_GATE_M = 0.3;
const WEAK_GATE_MPS = 4;
const YOUNG_HITS = 3;
/** How much a cluster may outgrow a track's outline and still be the same thing. */
const SIZE_RATIO_MAX = 3;
const SIZE_PLAY_M = 1.5;
/** Range noise and outline of a single sweep. */
const SINGLE_SWEEP_SIGMA_M = 0.15;

type Pair = {
  readonly track: Track;
  readonly index: number;
  readonly shift: Shift;
  readonly cost: number;
};

/** Associates clusters with tracks, and tracks with time. */
export class Tracker {
  #tracks: Track[] = [];
  #nextId = 1;
  /** Of the clusters of one update, m, odom. */
  #centreX = new Float64Array(64);
  #centreY = new Float64Array(64);

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  reset(): void {
    this.#tracks = [];
    this.#nextId = 1;
  }

  /** Next obstacle number; never used twice between two resets. */
  takeId(): number {
    return this.#nextId++;
  }

  predictTo(stampUs: number): void {
    for (const track of this.#tracks) track.predictTo(stampUs);
  }

  /** Tracks must stand at `stampUs` (predictTo). Returns the track of each cluster. */
  update(clusters: readonly Cluster[], pose: PlanarPose, stampUs: number): Track[] {
    const hulls = clusters.map((cluster) => hullInOdom(cluster.hull, pose));
    const pairs: Pair[] = [];
    this.#placeCentres(clusters, pose);
    for (const track of this.#tracks) this.#pairUp(track, clusters, hulls, pose, stampUs, pairs);
    pairs.sort((a, b) => a.cost - b.cost || a.track.id - b.track.id || a.index - b.index);
    const taken = new Set<Track>();
    const trackOf = new Array<Track | undefined>(clusters.length);
    for (const { track, index, shift } of pairs) {
      if (taken.has(track) || trackOf[index]) continue;
      taken.add(track);
      trackOf[index] = track;
      track.see(clusters[index]!, hulls[index]!, shift, pose, stampUs);
    }
    const found = clusters.map((cluster, i) => {
      const known = trackOf[i];
      if (known) return known;
      const born = new Track(this.takeId(), cluster, pose, stampUs);
      this.#tracks.push(born);
      return born;
    });
    carryParts(this.#tracks);
    return found;
  }

  #placeCentres(clusters: readonly Cluster[], pose: PlanarPose): void {
    if (this.#centreX.length < clusters.length) {
      this.#centreX = new Float64Array(2 * clusters.length);
      this.#centreY = new Float64Array(2 * clusters.length);
    }
    for (let i = 0; i < clusters.length; i++) {
      const [x, y] = toOdom(pose, clusters[i]!.box.xM, clusters[i]!.box.yM);
      this.#centreX[i] = x;
      this.#centreY[i] = y;
    }
  }

  /** Adds the clusters that may be this track. */
  #pairUp(
    track: Track,
    clusters: readonly Cluster[],
    hulls: readonly Hull[],
    pose: PlanarPose,
    stampUs: number,
    pairs: Pair[],
  ): void {
    const x = track.filter.state[0]!;
    const y = track.filter.state[1]!;
    const [offsetX, offsetY] = track.boxOffset;
    const { lengthM } = track.cluster.box;
    const dtS = (stampUs - track.lastSeenUs) / 1e6;
    const holeM = dtS > ORDINARY_PERIOD_S ? (HOLE_ACCEL_MPS2 * dtS * dtS) / 2 : 0;
    for (let i = 0; i < clusters.length; i++) {
      const dx = this.#centreX[i]! - x - offsetX;
      const dy = this.#centreY[i]! - y - offsetY;
      const reach = (clusters[i]!.box.lengthM + lengthM) / 2 + REACH_M + holeM;
      if (dx * dx + dy * dy > reach * reach) continue;
      const pair = pairOf(track, i, clusters[i]!, hulls[i]!, pose, dtS, holeM);
      if (pair) pairs.push(pair);
    }
  }

  /**
   * Forgets what has gone. With `nearestM` (a sweep was there) what should have been seen goes
   * soon, and what was never confirmed at once; behind something nearer it may live on, and so it
   * may in directions from which the sweep has nothing at all (`isBlind`).
   */
  forget(
    stampUs: number,
    pose: PlanarPose,
    nearestM: Float32Array | undefined,
    isBlind: (sector: number) => boolean = () => false,
  ): void {
    this.#tracks = this.#tracks.filter((track) => {
      const unseenUs = stampUs - track.lastSeenUs;
      if (unseenUs <= 0) return true;
      if (unseenUs > UNSEEN_MAX_US) return false;
      if (nearestM === undefined) return true;
      const outline = outlineAt(track, stampUs, pose);
      if (outline.every(([x, y]) => isBlind(sectorOf(x, y)))) return true;
      if (track.hits < 2 || (!track.tracked && isAbsorbed(track, this.#tracks, stampUs)))
        return false;
      if (track.tracked && isHidden(track, outline, nearestM))
        return unseenUs <= UNSEEN_HIDDEN_MAX_US;
      return unseenUs <= UNSEEN_IN_VIEW_MAX_US;
    });
  }
}

/** Outline at `stampUs`, m, ego. */
function outlineAt(track: Track, stampUs: number, pose: PlanarPose): Hull {
  const [ax, ay] = track.anchorAt(stampUs);
  return track.outline.map(([x, y]) => toEgo(pose, ax + x, ay + y));
}

/** Half of the outline or more lies behind something nearer: what is left may be too few points. */
function isHidden(track: Track, outline: Hull, nearestM: Float32Array): boolean {
  const lengthM = track.cluster.box.lengthM;
  const hidden = outline.filter(
    ([x, y]) => nearestM[sectorOf(x, y)]! < Math.hypot(x, y) - lengthM / 2 - HIDES_BY_M,
  );
  return hidden.length * 2 >= outline.length;
}

function pairOf(
  track: Track,
  index: number,
  cluster: Cluster,
  hull: Hull,
  pose: PlanarPose,
  dtS: number,
  holeM: number,
): Pair | undefined {
  const before = track.cluster.box.lengthM;
  const now = cluster.box.lengthM;
  // Something nearer may cut off any part of it, and give it back.
  if (now > SIZE_RATIO_MAX * before + SIZE_PLAY_M && !isCut(track.cluster)) return undefined;
  if (before > SIZE_RATIO_MAX * now + SIZE_PLAY_M && !isCut(cluster)) return undefined;
  const shift = track.shiftTo(hull, cluster, pose);
  const along = Math.abs(shift.alongM);
  const across = Math.abs(shift.acrossM);
  const sigma = Math.sqrt(track.filter.positionVar(shift.ux, shift.uy));
  const bothWeak = track.cluster.strength === "WEAK" && cluster.strength === "WEAK";
  const gate =
    track.hits < YOUNG_HITS && bothWeak
      ? WEAK_GATE_M + WEAK_GATE_MPS * dtS
      : track.hits < YOUNG_HITS
        ? Math.max(YOUNG_GATE_MIN_M, YOUNG_GATE_MPS * dtS)
        : Math.min(GATE_M + 3 * sigma, GATE_MAX_M + holeM);
  if (along > gate || across > gate) return undefined;
  return { track, index, shift, cost: along + across + 0.3 * Math.abs(now - before) };
}

const isCut = (cluster: Cluster): boolean => cluster.leftHidden || cluster.rightHidden;

/** Where a track's box lies at `stampUs`, ego; `pose` is that of `stampUs`. */
export function boxOfTrack(track: Track, pose: PlanarPose, stampUs: number): Box {
  const [x, y] = track.anchorAt(stampUs);
  const [xM, yM] = toEgo(pose, x + track.boxOffset[0], y + track.boxOffset[1]);
  const { lengthM, widthM } = track.cluster.box;
  return { xM, yM, lengthM, widthM, yawRad: track.boxYawRad - pose.yawRad };
}

/** Track as the safety room sees it; `pose` is that of `stampUs`. */
export function obstacleOf(track: Track, pose: PlanarPose, stampUs: number): Obstacle {
  const box = boxOfTrack(track, pose, stampUs);
  const [vx, vy] = track.velocity;
  const unseenUs = Math.max(0, stampUs - track.lastSeenUs);
  return {
    id: track.id,
    xM: box.xM,
    yM: box.yM,
    zMinM: track.cluster.zMinM,
    zMaxM: track.cluster.zMaxM,
    lengthM: box.lengthM,
    widthM: box.widthM,
    yawRad: box.yawRad,
    vxMps: pose.cos * vx + pose.sin * vy,
    vyMps: -pose.sin * vx + pose.cos * vy,
    tracked: track.tracked,
    ageUs: stampUs - track.firstUs,
    unseenUs,
    sigmaM: track.sigmaAtM(stampUs),
    pointCount: track.cluster.to - track.cluster.from,
    hull: outlineAt(track, stampUs, pose),
  };
}

/** What a single sweep shows, where motion of the ego is unknown: nothing is said on velocity. */
export function newObstacleOf(cluster: Cluster, id: number): Obstacle {
  return {
    id,
    ...cluster.box,
    zMinM: cluster.zMinM,
    zMaxM: cluster.zMaxM,
    vxMps: 0,
    vyMps: 0,
    tracked: false,
    ageUs: 0,
    unseenUs: 0,
    sigmaM: SINGLE_SWEEP_SIGMA_M,
    pointCount: cluster.to - cluster.from,
    hull: cluster.hull,
  };
}
