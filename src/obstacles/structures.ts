import type { Obstacle } from "../contract/obstacle.ts";
import type { Cluster } from "./cluster.ts";
import { type PlanarPose, toEgo } from "./ego-motion.ts";
import { UNSEEN_IN_VIEW_MAX_US, UNSEEN_MAX_US } from "./limits.ts";
import { type Hull, hullInOdom } from "./outline.ts";

const HITS_MIN = 4;
const AGE_MIN_US = 400_000;
/** A wall point lies within range noise and tile cut. */
const SIGMA_M = 0.1;
const SIGMA_GROWTH_MPS = 0.2;

/** A tile of a wall, hedge or building front: fixed to the ground by definition. */
type Tile = {
  readonly id: number;
  readonly firstUs: number;
  lastSeenUs: number;
  hits: number;
  hull: Hull;
  boxX: number;
  boxY: number;
  boxYawRad: number;
  cluster: Cluster;
};

/** Large static things, remembered by their tile of the fixed frame; they have no velocity. */
export class Structures {
  readonly #tiles = new Map<number, Tile>();

  reset(): void {
    this.#tiles.clear();
  }

  /** Returns true where the cluster's tile is known long enough to be trusted as standing. */
  see(cluster: Cluster, pose: PlanarPose, stampUs: number, takeId: () => number): boolean {
    const key = cluster.tileKey!;
    const known = this.#tiles.get(key);
    const [[boxX, boxY]] = hullInOdom([[cluster.box.xM, cluster.box.yM]], pose) as [
      readonly [number, number],
    ];
    const tile: Tile = {
      id: known?.id ?? takeId(),
      firstUs: known?.firstUs ?? stampUs,
      lastSeenUs: stampUs,
      hits: (known?.hits ?? 0) + 1,
      hull: hullInOdom(cluster.hull, pose),
      boxX,
      boxY,
      boxYawRad: cluster.box.yawRad + pose.yawRad,
      cluster,
    };
    this.#tiles.set(key, tile);
    return isTracked(tile);
  }

  forget(stampUs: number, sweepSeen: boolean): void {
    const limitUs = sweepSeen ? UNSEEN_IN_VIEW_MAX_US : UNSEEN_MAX_US;
    for (const [key, tile] of this.#tiles)
      if (stampUs - tile.lastSeenUs > limitUs) this.#tiles.delete(key);
  }

  obstacles(pose: PlanarPose, stampUs: number): Obstacle[] {
    return [...this.#tiles.values()].map((tile) => obstacleOfTile(tile, pose, stampUs));
  }
}

const isTracked = (tile: Tile): boolean =>
  tile.hits >= HITS_MIN && tile.lastSeenUs - tile.firstUs >= AGE_MIN_US;

function obstacleOfTile(tile: Tile, pose: PlanarPose, stampUs: number): Obstacle {
  const [xM, yM] = toEgo(pose, tile.boxX, tile.boxY);
  const unseenUs = Math.max(0, stampUs - tile.lastSeenUs);
  return {
    id: tile.id,
    xM,
    yM,
    zMinM: tile.cluster.zMinM,
    zMaxM: tile.cluster.zMaxM,
    lengthM: tile.cluster.box.lengthM,
    widthM: tile.cluster.box.widthM,
    yawRad: tile.boxYawRad - pose.yawRad,
    vxMps: 0,
    vyMps: 0,
    tracked: isTracked(tile),
    ageUs: stampUs - tile.firstUs,
    unseenUs,
    sigmaM: SIGMA_M + (SIGMA_GROWTH_MPS * unseenUs) / 1e6,
    pointCount: tile.cluster.to - tile.cluster.from,
    hull: tile.hull.map(([x, y]) => toEgo(pose, x, y)),
  };
}
