/** Raw-LiDAR obstacle as the safety room sees it: unclassified, tracked. All in `ego` at stampUs. */
export type Obstacle = {
  readonly id: number;
  /** Oriented box: centre, m, ego. */
  readonly xM: number;
  readonly yM: number;
  readonly zMinM: number;
  readonly zMaxM: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly yawRad: number;
  /** Ground-relative velocity along ego axes. */
  readonly vxMps: number;
  readonly vyMps: number;
  /** false until seen long enough that the velocity can be trusted; then vx, vy are 0. */
  readonly tracked: boolean;
  /** How long this obstacle has been seen. */
  readonly ageUs: number;
  /** 0 when seen in this sweep; grows while it is carried forward unseen. */
  readonly unseenUs: number;
  /** Position uncertainty, m (1 sigma); grows while unseen. */
  readonly sigmaM: number;
  readonly pointCount: number;
  /** Convex outline of the points, [[x, y], …] m, ego, counter-clockwise. */
  readonly hull: readonly (readonly [number, number])[];
};

/** What raw LiDAR says, without any network. */
export type ObstacleField = {
  readonly stampUs: number;
  readonly obstacles: readonly Obstacle[];
  /** Points above ground that belong to no tracked obstacle: [N, 3] m, ego. */
  readonly untrackedXyz: Float32Array;
  /**
   * Free sight: for each of 360 azimuth bins (1°, bin 0 centred on ego +x, counter-clockwise) the
   * range up to which ground was seen without a gap, m.
   */
  readonly freeSightM: Float32Array;
  /** true when no sweep was there and the field was carried forward. */
  readonly carried: boolean;
};
