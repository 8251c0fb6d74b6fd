import type { Observation, Sweep } from "../contract/observation.ts";
import type { Obstacle, ObstacleField } from "../contract/obstacle.ts";
import type { Cluster } from "./cluster.ts";
import { Clusterer } from "./clusterer.ts";
import { EgoMotion, type PlanarPose, toEgo } from "./ego-motion.ts";
import { findClusters } from "./find-clusters.ts";
import { carriedSight, freeSightInto } from "./free-sight.ts";
import { Ground } from "./ground.ts";
import { dropIsolated } from "./isolation.ts";
import {
  HEIGHT_MAX_M,
  HEIGHT_MIN_GAP_CAP_M,
  HEIGHT_MIN_M,
  HEIGHT_MIN_PER_GAP_RATIO,
  HEIGHT_MIN_PER_RANGE_RATIO,
  UNTRACKED_RANGE_M,
} from "./limits.ts";
import { SECTORS, sectorOf } from "./polar.ts";
import { Structures } from "./structures.ts";
import { newObstacleOf, obstacleOf, Tracker } from "./tracker.ts";

/** Tightens or moves the height band; nothing else is a matter of taste. */
export type ObstacleDetectorOptions = {
  /** Lowest height above local ground that is an obstacle, m. */
  readonly heightMinM?: number;
  readonly heightMaxM?: number;
};

/** A moving track holds its cells together with this much room around its box. */
const LOCK_MARGIN_M = 0.5;
const LOCK_FROM_MPS = 1;

/** Raw LiDAR to obstacles, without any network. One detector per stream of observations. */
export class ObstacleDetector {
  readonly #heightMinM: number;
  readonly #heightMaxM: number;
  readonly #ground = new Ground();
  readonly #clusterer = new Clusterer();
  readonly #motion = new EgoMotion();
  readonly #tracker = new Tracker();
  readonly #structures = new Structures();
  readonly #nearestM = new Float32Array(SECTORS);
  #sightM: Float32Array = new Float32Array(SECTORS);
  #pose: PlanarPose | undefined;
  #all: Float32Array = new Float32Array(0);
  #above = new Float32Array(0);
  #untrackedXyz: Float32Array = new Float32Array(0);

  constructor(options: ObstacleDetectorOptions = {}) {
    this.#heightMinM = options.heightMinM ?? HEIGHT_MIN_M;
    this.#heightMaxM = options.heightMaxM ?? HEIGHT_MAX_M;
  }

  /** Forgets everything, as after a jump of time. */
  reset(): void {
    this.#motion.reset();
    this.#forgetAll();
    this.#pose = undefined;
    this.#sightM = new Float32Array(SECTORS);
    this.#untrackedXyz = new Float32Array(0);
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
    const above = this.#selectAbove(xyz, points);
    this.#findNearest(above);
    const { sparseness } = this.#ground;
    const locks = this.#locks(pose, observation.stampUs);
    this.#clusterer.update(this.#above, above, locks, sparseness);
    const clusters = findClusters(this.#above, this.#clusterer, this.#nearestM, pose, sparseness);
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

  /** Copies points of the height band to #above, rain and dust left out. */
  #selectAbove(xyz: Float32Array, points: number): number {
    if (this.#above.length < points * 3) this.#above = new Float32Array(points * 4);
    const ground = this.#ground;
    const above = this.#above;
    let count = 0;
    for (let i = 0; i < points; i++) {
      const cell = ground.cellOfPoint[i]!;
      if (cell < 0) continue;
      const r = ground.rangeOfPoint[i]!;
      const z = xyz[i * 3 + 2]!;
      const height = z - ground.heightAt(cell, r);
      if (height > this.#heightMaxM || height < this.#heightMinM) continue;
      const floor =
        this.#heightMinM +
        HEIGHT_MIN_PER_RANGE_RATIO * r +
        HEIGHT_MIN_PER_GAP_RATIO * Math.min(ground.gapM[cell]!, HEIGHT_MIN_GAP_CAP_M);
      if (height < floor) continue;
      above[count * 3] = xyz[i * 3]!;
      above[count * 3 + 1] = xyz[i * 3 + 1]!;
      above[count * 3 + 2] = z;
      count++;
    }
    return dropIsolated(above, count, ground.sparseness);
  }

  #findNearest(points: number): void {
    const nearest = this.#nearestM.fill(Number.POSITIVE_INFINITY);
    const above = this.#above;
    for (let i = 0; i < points * 3; i += 3) {
      const x = above[i]!;
      const y = above[i + 1]!;
      const r2 = x * x + y * y;
      const sector = sectorOf(x, y);
      if (r2 < nearest[sector]!) nearest[sector] = r2;
    }
    for (let s = 0; s < SECTORS; s++) nearest[s] = Math.sqrt(nearest[s]!);
  }

  /** Boxes of moving tracks at `stampUs`, as a function of a cell's place. */
  #locks(pose: PlanarPose | undefined, stampUs: number): (x: number, y: number) => number {
    if (pose === undefined) return () => 0;
    const boxes: {
      id: number;
      x: number;
      y: number;
      c: number;
      s: number;
      l: number;
      w: number;
    }[] = [];
    for (const track of this.#tracker.tracks) {
      if (!track.tracked) continue;
      const o = obstacleOf(track, pose, stampUs);
      if (Math.hypot(o.vxMps, o.vyMps) < LOCK_FROM_MPS) continue;
      boxes.push({
        id: o.id,
        x: o.xM,
        y: o.yM,
        c: Math.cos(o.yawRad),
        s: Math.sin(o.yawRad),
        l: o.lengthM / 2 + LOCK_MARGIN_M,
        w: o.widthM / 2 + LOCK_MARGIN_M,
      });
    }
    return (x, y) => {
      for (const b of boxes) {
        const dx = x - b.x;
        const dy = y - b.y;
        if (Math.abs(b.c * dx + b.s * dy) < b.l && Math.abs(b.c * dy - b.s * dx) < b.w) return b.id;
      }
      return 0;
    };
  }

  #follow(
    clusters: readonly Cluster[],
    pose: PlanarPose | undefined,
    observation: Observation,
  ): Obstacle[] {
    const { stampUs } = observation;
    if (pose === undefined) {
      this.#untrackedXyz = this.#pointsOf(clusters);
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
    this.#untrackedXyz = this.#pointsOf(loose);
    return this.#obstacles(pose, stampUs);
  }

  #obstacles(pose: PlanarPose, stampUs: number): Obstacle[] {
    const shown = this.#tracker.tracks.filter((track) => isShown(track.hits, track.cluster));
    return [
      ...shown.map((track) => obstacleOf(track, pose, stampUs)),
      ...this.#structures.obstacles(pose, stampUs),
    ];
  }

  #pointsOf(clusters: readonly Cluster[]): Float32Array {
    let count = 0;
    for (const cluster of clusters) count += cluster.to - cluster.from;
    const out = new Float32Array(count * 3);
    const xyz = this.#above;
    let at = 0;
    for (const { from, to } of clusters)
      for (let i = from; i < to; i++) {
        const p = this.#clusterer.order[i]! * 3;
        const x = xyz[p]!;
        const y = xyz[p + 1]!;
        if (x * x + y * y > UNTRACKED_RANGE_M * UNTRACKED_RANGE_M) continue;
        out[at++] = x;
        out[at++] = y;
        out[at++] = xyz[p + 2]!;
      }
    return out.subarray(0, at);
  }

  /** No sweep: tracks move on, loose points and free sight are moved with the ego. */
  #carry(
    before: PlanarPose | undefined,
    pose: PlanarPose | undefined,
    stampUs: number,
  ): ObstacleField {
    if (before === undefined || pose === undefined) {
      this.#untrackedXyz = new Float32Array(0);
      this.#sightM = new Float32Array(SECTORS);
      return this.#field([], stampUs, true);
    }
    this.#tracker.predictTo(stampUs);
    this.#tracker.forget(stampUs, pose, undefined);
    this.#structures.forget(stampUs, false);
    const moved = this.#untrackedXyz.slice();
    const c = Math.cos(before.yawRad);
    const s = Math.sin(before.yawRad);
    for (let i = 0; i < moved.length; i += 3) {
      const [x, y] = toEgo(
        pose,
        before.xM + c * moved[i]! - s * moved[i + 1]!,
        before.yM + s * moved[i]! + c * moved[i + 1]!,
      );
      moved[i] = x;
      moved[i + 1] = y;
    }
    this.#untrackedXyz = moved;
    this.#sightM = carriedSight(this.#sightM, before, pose);
    return this.#field(this.#obstacles(pose, stampUs), stampUs, true);
  }

  #field(obstacles: readonly Obstacle[], stampUs: number, carried: boolean): ObstacleField {
    return {
      stampUs,
      obstacles,
      untrackedXyz: this.#untrackedXyz,
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
