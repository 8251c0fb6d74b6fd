import { TRAJECTORY_STEP_S, type Trajectory } from "../../contract/maneuver.ts";
import { stepBicycle } from "../../geometry/bicycle.ts";

/** Where the vehicle is and how fast it moves, in any fixed local frame (its odometry). */
export type VehicleState = {
  readonly stampUs: number;
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
  readonly speedMps: number;
  /** What the vehicle's own distance sensor says of the vehicle ahead, bumper to bumper. */
  readonly lead?: { readonly gapM: number; readonly speedMps: number };
};

/** A decision's trajectory laid into the odometry frame. P points, 0.1 s apart. */
export type Track = {
  readonly stampUs: number;
  readonly xM: Float64Array; // [P] m, odom
  readonly yM: Float64Array; // [P] m, odom
  readonly yawRad: Float64Array; // [P] rad, odom
  readonly curvatureInvm: Float64Array; // [P] 1/m, of the piece that starts here
  /** Speed at the stamp and constant acceleration of each step of 0.5 s. */
  readonly startMps: number;
  readonly accelMps2: readonly number[];
};

const PIECES_PER_STEP = 5;
/** The curve goes on beyond the last step so far, that a slow vehicle has something to steer to. */
const TAIL_M = 8;
const TAIL_PIECES = 8;

/** Lays `trajectory` where the vehicle was at the decision's observation stamp. */
export function layTrack(trajectory: Trajectory, at: VehicleState, stampUs: number): Track {
  const steps = trajectory.accelMps2.length;
  const n = steps * PIECES_PER_STEP + TAIL_PIECES + 1;
  const track = {
    stampUs,
    xM: new Float64Array(n),
    yM: new Float64Array(n),
    yawRad: new Float64Array(n),
    curvatureInvm: new Float64Array(n),
    startMps: startSpeedMps(trajectory, at.speedMps),
    accelMps2: trajectory.accelMps2,
  };
  let s = { xM: at.xM, yM: at.yM, yawRad: at.yawRad, speedMps: track.startMps };
  for (let i = 0; i < n; i++) {
    const step = Math.min(steps - 1, Math.floor(i / PIECES_PER_STEP));
    const tail = i >= steps * PIECES_PER_STEP;
    const curvature = trajectory.curvatureInvm[step] ?? 0;
    track.xM[i] = s.xM;
    track.yM[i] = s.yM;
    track.yawRad[i] = s.yawRad;
    track.curvatureInvm[i] = curvature;
    s = tail
      ? stepBicycle({ ...s, speedMps: TAIL_M / TAIL_PIECES }, 0, curvature, 1)
      : stepBicycle(s, trajectory.accelMps2[step]!, curvature, TRAJECTORY_STEP_S / PIECES_PER_STEP);
  }
  return track;
}

/** The first step tells the speed that it started from, unless it ends in standing. */
function startSpeedMps(trajectory: Trajectory, measuredMps: number): number {
  const after = trajectory.speedMps[0] ?? 0;
  if (after <= 0) return Math.max(0, measuredMps);
  return Math.max(0, after - (trajectory.accelMps2[0] ?? 0) * TRAJECTORY_STEP_S);
}

/** Planned speed and acceleration `tS` after the stamp; the last step goes on. */
export function paceAt(
  track: Track,
  tS: number,
): { readonly speedMps: number; readonly accelMps2: number } {
  let v = track.startMps;
  const last = track.accelMps2.length - 1;
  for (let i = 0; i <= last; i++) {
    const a = track.accelMps2[i]!;
    const inside = Math.min(Math.max(0, tS - i * TRAJECTORY_STEP_S), TRAJECTORY_STEP_S);
    if (inside < TRAJECTORY_STEP_S || i === last)
      return { speedMps: Math.max(0, v + a * inside), accelMps2: a };
    v = Math.max(0, v + a * TRAJECTORY_STEP_S);
  }
  return { speedMps: v, accelMps2: 0 };
}

/** Place on the track beside a point: offset to its left, its heading, and its index. */
export function nearestOnTrack(
  track: Track,
  xM: number,
  yM: number,
): { readonly index: number; readonly offsetM: number; readonly yawRad: number } {
  let index = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < track.xM.length; i++) {
    const dx = xM - track.xM[i]!;
    const dy = yM - track.yM[i]!;
    const sq = dx * dx + dy * dy;
    if (sq < best) {
      best = sq;
      index = i;
    }
  }
  const yaw = track.yawRad[index]!;
  const dx = xM - track.xM[index]!;
  const dy = yM - track.yM[index]!;
  const along = Math.cos(yaw) * dx + Math.sin(yaw) * dy;
  const turned = track.curvatureInvm[index]! * along;
  const offsetM = -Math.sin(yaw) * dx + Math.cos(yaw) * dy - (turned * along) / 2;
  return { index, offsetM, yawRad: yaw + turned };
}
