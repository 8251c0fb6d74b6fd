import type { VehicleProfile } from "../../contract/maneuver.ts";
import { curvatureMaxInvm } from "../../geometry/bicycle.ts";
import { ACTUATION_S } from "./limits.ts";
import { nearestOnTrack, type Track, type VehicleState } from "./track.ts";

/** Natural frequency of the return to the track, rad/s, and its damping ratio. */
const RETURN_RADPS = 1.1;
const RETURN_DAMPING = 0.9;
/** Below this speed the gains would grow without bound, m/s. */
const GAIN_SPEED_MIN_MPS = 3;

const wrapRad = (a: number): number => Math.atan2(Math.sin(a), Math.cos(a));

/**
 * Curvature to drive now, 1/m: the track's own, looked up ahead by the actuation time, and a damped
 * return to it. Bounded by wheel angle and lateral acceleration.
 */
export function curvatureToSteer(
  track: Track,
  state: VehicleState,
  vehicle: VehicleProfile,
): number {
  const v = state.speedMps;
  const ahead = v * ACTUATION_S;
  const near = nearestOnTrack(track, state.xM, state.yM);
  const next = nearestOnTrack(
    track,
    state.xM + ahead * Math.cos(state.yawRad),
    state.yM + ahead * Math.sin(state.yawRad),
  );
  const headingRad = wrapRad(state.yawRad - near.yawRad);
  const gainMps = Math.max(v, GAIN_SPEED_MIN_MPS);
  const back =
    (RETURN_RADPS * RETURN_RADPS * near.offsetM) / (gainMps * gainMps) +
    (2 * RETURN_DAMPING * RETURN_RADPS * Math.sin(headingRad)) / gainMps;
  const most = curvatureMaxInvm(v, vehicle);
  return Math.max(-most, Math.min(most, track.curvatureInvm[next.index]! - back));
}
