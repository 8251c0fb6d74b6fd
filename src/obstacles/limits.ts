/**
 * Numbers of raw-LiDAR obstacle detection. They follow from geometry of sensors, roads and
 * vehicles, as said on each line; none is fitted to a recording.
 */

/** Lowest height above local ground that counts: above kerbs (0.15 m) plus noise and tilt. */
export const HEIGHT_MIN_M = 0.25;
/**
 * Overhead clearance: a van of 2.2 m and 0.3 m for springs and unsure ground; the safety room draws
 * the same line. Branches over a street are cut to more than that, signs and bridges hang at 4.5 m.
 */
export const HEIGHT_MAX_M = 2.5;
/** Height above ground is surer near the ego: what ground undulation adds per metre of range. */
export const HEIGHT_MIN_PER_RANGE_RATIO = 0.001;
/** … and per metre between a point and the nearest ground return (slope change of 1.5 %). */
export const HEIGHT_MIN_PER_GAP_RATIO = 0.015;
export const HEIGHT_MIN_GAP_CAP_M = 20;

/**
 * Points of the ego's own body, m, ego. A car or minivan reaches 1.2 m behind and 4.0 m before the
 * rear axle and ±1.1 m with mirrors; 0.1 m more takes range noise (3 sigma of 3 cm). More would
 * hide what stands close to the bumper.
 */
export const EGO_BODY = { xMinM: -1.3, xMaxM: 4.1, yAbsM: 1.2, zMaxM: 2.6 } as const;

/** Grid of clustering, m, ego. */
export const CLUSTER_GRID = { xMinM: -60, xMaxM: 120, yAbsM: 60, cellM: 0.3 } as const;
/** Neighbour rings that join cells (1, 2 or 3 of 0.3 m): beams diverge, so gaps grow with range. */
export const JOIN_TWO_CELLS_FROM_M = 25;
export const JOIN_THREE_CELLS_FROM_M = 50;

/** A cluster past these is no road user (a road train is 18.75 × 2.6 m): a structure. */
export const STRUCTURE_LENGTH_M = 20;
export const STRUCTURE_WIDTH_M = 4;
/** Structures are given out in tiles of this size, so that hulls do not span the road. */
export const STRUCTURE_TILE_M = 3;

/** From this many points on a cluster cannot be rain or dust. */
export const STRONG_POINTS = 40;
/** A cluster needs this many points that have a neighbour ray on the same surface … */
export const DENSE_POINTS_MIN = 3;
/**
 * … and more when near: the smallest thing that matters shows 0.3 × 0.1 m above the height limit,
 * which 16 beams of 2° × 0.2° meet 250 / range² times; half of them are asked for, up to a dozen.
 */
export const DENSE_POINTS_MAX = 12;
export const DENSE_POINTS_M2 = 125;
/** Distance of such neighbours: 3 steps of 0.4° azimuth, the coarsest spinning LiDAR. */
export const DENSE_PER_RANGE_RATIO = 0.021;
export const DENSE_MIN_M = 0.12;

/** Standing still hides in measurement noise below this. */
export const STANDING_BELOW_MPS = 0.35;
/** Without sweeps an obstacle is held for the second until a minimal-risk maneuver, and half more. */
export const UNSEEN_MAX_US = 1_500_000;
/** Behind something nearer it is held so long: a walker passes a parked car's length. */
export const UNSEEN_HIDDEN_MAX_US = 1_000_000;
/** … sooner where the sweep looked at the place and saw through it. */
export const UNSEEN_IN_VIEW_MAX_US = 250_000;
/** Without any ego motion for longer than this nothing can be said in a fixed frame. */
export const EGO_BRIDGE_US = 300_000;

/** Obstacle points that belong to no tracked obstacle are handed out up to this range. */
export const UNTRACKED_RANGE_M = 60;
