import type { Observation, Sweep } from "../contract/observation.ts";
import type { Obstacle, ObstacleField } from "../contract/obstacle.ts";
import { AboveGround } from "./above-ground.ts";
import type { Cluster } from "./cluster.ts";
import { Clusterer } from "./clusterer.ts";
import { EgoMotion, type PlanarPose } from "./ego-motion.ts";
import { findClusters } from "./find-clusters.ts";
import { carriedSight, freeSightInto } from "./free-sight.ts";
import { Ground } from "./ground.ts";
import { HEIGHT_MAX_M, HEIGHT_MIN_M } from "./limits.ts";
import { type Lock, lockOf } from "./lock.ts";
import { LoosePoints } from "./loose-points.ts";
import { RANGE_BINS, SECTORS } from "./polar.ts";
import { Structures } from "./structures.ts";
import { boxOfTrack, newObstacleOf, obstacleOf, Tracker } from "./tracker.ts";

/** Tightens or moves the height band; nothing else is a matter of taste. */
export type ObstacleDetectorOptions = {
  /** Lowest height above local ground that is an obstacle, m. */
  readonly heightMinM?: number;
  readonly heightMaxM?: number;
};

/** Slower tracks hold no cells together. */
const LOCK_FROM_MPS = 1;
// In the loop over points only constants of this module are constants to the compiler.
const BINS = RANGE_BINS;

/** Raw LiDAR to obstacles, without any network. One detector per stream of observations. */
export class ObstacleDetector {
  readonly #ground = new Ground();
  readonly #above: AboveGround;
  readonly #clusterer = new Clusterer();
  readonly #motion = new EgoMotion();
  readonly #tracker = new Tracker();
  readonly #structures = new Structures();
  readonly #nearestM = new Float32Array(SECTORS);
  #sightM: Float32Array = new Float32Array(SECTORS);
  #pose: PlanarPose | undefined;
  #all: Float32Array = new Float32Array(0);
  readonly #loose = new LoosePoints();

  constructor(options: ObstacleDetectorOptions = {}) {
    this.#above = new AboveGround(
      options.heightMinM ?? HEIGHT_MIN_M,
      options.heightMaxM ?? HEIGHT_MAX_M,
    );
  }

  /** Forgets everything, as after a jump of time. */
  reset(): void {
    this.#motion.reset();
    this.#forgetAll();
    this.#pose = undefined;
    this.#sightM = new Float32Array(SECTORS);
    this.#loose.clear();
  }

  update(observation: Observation): ObstacleField {
    const before = this.#pose;
    const pose = this.#motion.advance(observation.stampUs, observation.ego);
    if (pose === undefined || before === undefined) this.#forgetAll();
    this.#pose = pose;
    let points = 0;
    for (const sweep of observation.sweeps) points += sweep.xyz.length / 3;
    if (points === 0) return this.#carry(before, pose, observation.stampUs);
    const xyz = this.#gather(observation.sweeps, points);
    this.#ground.update(xyz, points);
    const above = this.#above.update(this.#ground, xyz, points);
    this.#findNearest(above);
    const { sparseness } = this.#ground;
    const locks = this.#locks(pose, observation.stampUs);
    this.#clusterer.update(this.#above.xyz, above, locks, sparseness);
    const clusters = findClusters(
      this.#above.xyz,
      this.#clusterer,
      this.#nearestM,
      pose,
      sparseness,
    );
    this.#sightM = new Float32Array(SECTORS);
    freeSightInto(this.#ground, this.#nearestM, this.#sightM);
    const obstacles = this.#follow(clusters, pose, observation);
    return this.#field(obstacles, observation.stampUs, false);
  }

  #forgetAll(): void {
    this.#tracker.reset();
    this.#structures.reset();
  }

  #gather(sweeps: readonly Sweep[], points: number): Float32Array {
    if (sweeps.length === 1) return sweeps[0]!.xyz;
    if (this.#all.length < points * 3) this.#all = new Float32Array(points * 4);
    let at = 0;
    for (const sweep of sweeps) {
      this.#all.set(sweep.xyz, at);
      at += sweep.xyz.length;
    }
    return this.#all;
  }

  #findNearest(points: number): void {
    const nearest = this.#nearestM.fill(Number.POSITIVE_INFINITY);
    const { xyz, cellOfPoint } = this.#above;
    for (let i = 0, k = 0; i < points; i++, k += 3) {
      const x = xyz[k]!;
      const y = xyz[k + 1]!;
      const r2 = x * x + y * y;
      const sector = (cellOfPoint[i]! / BINS) | 0;
      if (r2 < nearest[sector]!) nearest[sector] = r2;
    }
    for (let s = 0; s < SECTORS; s++) nearest[s] = Math.sqrt(nearest[s]!);
  }

  /** Boxes of moving tracks at `stampUs`. */
  #locks(pose: PlanarPose | undefined, stampUs: number): Lock[] {
    if (pose === undefined) return [];
    const locks: Lock[] = [];
    for (const track of this.#tracker.tracks) {
      const [vx, vy] = track.velocity;
      if (!track.tracked || Math.hypot(vx, vy) < LOCK_FROM_MPS) continue;
      locks.push(lockOf(track.id, boxOfTrack(track, pose, stampUs)));
    }
    return locks;
  }

  #follow(
    clusters: readonly Cluster[],
    pose: PlanarPose | undefined,
    observation: Observation,
  ): Obstacle[] {
    const { stampUs } = observation;
    if (pose === undefined) {
      this.#loose.take(clusters, this.#clusterer.order, this.#above.xyz);
      return clusters.map((cluster) => newObstacleOf(cluster, this.#tracker.takeId()));
    }
    const free = clusters.filter((cluster) => cluster.tileKey === undefined);
    const sweepUs = sweepStampUs(observation);
    this.#tracker.predictTo(sweepUs);
    const tracks = this.#tracker.update(free, pose, sweepUs);
    const loose = free.filter((_, i) => {
      const track = tracks[i]!;
      return !track.tracked && isShown(track.hits, track.cluster);
    });
    for (const cluster of clusters)
      if (cluster.tileKey !== undefined)
        if (!this.#structures.see(cluster, pose, stampUs, () => this.#tracker.takeId()))
          loose.push(cluster);
    this.#tracker.forget(
      sweepUs,
      pose,
      this.#nearestM,
      (sector) => this.#nearestM[sector] === Infinity && !this.#ground.isSeenIn(sector),
    );
    this.#structures.forget(stampUs, true);
    this.#loose.take(loose, this.#clusterer.order, this.#above.xyz);
    return this.#obstacles(pose, stampUs);
  }

  #obstacles(pose: PlanarPose, stampUs: number): Obstacle[] {
    const shown = this.#tracker.tracks.filter((track) => isShown(track.hits, track.cluster));
    return [
      ...shown.map((track) => obstacleOf(track, pose, stampUs)),
      ...this.#structures.obstacles(pose, stampUs),
    ];
  }

  /** No sweep: tracks move on, loose points and free sight are moved with the ego. */
  #carry(
    before: PlanarPose | undefined,
    pose: PlanarPose | undefined,
    stampUs: number,
  ): ObstacleField {
    if (before === undefined || pose === undefined) {
      this.#loose.clear();
      this.#sightM = new Float32Array(SECTORS);
      return this.#field([], stampUs, true);
    }
    this.#tracker.predictTo(stampUs);
    this.#tracker.forget(stampUs, pose, undefined);
    this.#structures.forget(stampUs, false);
    this.#loose.move(before, pose);
    this.#sightM = carriedSight(this.#sightM, before, pose);
    return this.#field(this.#obstacles(pose, stampUs), stampUs, true);
  }

  #field(obstacles: readonly Obstacle[], stampUs: number, carried: boolean): ObstacleField {
    return {
      stampUs,
      obstacles,
      untrackedXyz: this.#loose.copy(),
      freeSightM: this.#sightM,
      carried,
    };
  }
}

/** A weak cluster is shown from its second sighting on. */
const isShown = (hits: number, cluster: Cluster): boolean =>
  hits >= 2 || cluster.strength === "STRONG";

/** Acquisition of what was seen: the newest sweep, never ahead of the observation. */
function sweepStampUs(observation: Observation): number {
  let newest = observation.sweeps[0]!.stampUs;
  for (const sweep of observation.sweeps) newest = Math.max(newest, sweep.stampUs);
  return Math.min(newest, observation.stampUs);
}
