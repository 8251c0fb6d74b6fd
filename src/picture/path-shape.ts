import { TRAJECTORY_STEP_S, type Trajectory } from "../contract/maneuver.ts";
import { stepBicycle } from "../geometry/bicycle.ts";

/** Half of the 2.5 m corridor that the safety room guards. */
const CORRIDOR_HALF_M = 1.25;
const SUBSTEPS = 10;

type Line = readonly (readonly [number, number])[];

/** The rear axle's way along a trajectory and the edges of what it sweeps: [[x, y], …] m, ego. */
export type PathShape = { readonly centre: Line; readonly left: Line; readonly right: Line };

/** In steps of 0.05 s from where ego is. */
export function pathShapeOf(trajectory: Trajectory, speedMps: number): PathShape {
  let state = { xM: 0, yM: 0, yawRad: 0, speedMps };
  const states = [state];
  for (const [i, accelMps2] of trajectory.accelMps2.entries())
    for (let k = 0; k < SUBSTEPS; k++) {
      const curvature = trajectory.curvatureInvm[i]!;
      state = stepBicycle(state, accelMps2, curvature, TRAJECTORY_STEP_S / SUBSTEPS);
      states.push(state);
    }
  const at = (leftM: number): Line =>
    states.map(({ xM, yM, yawRad }) => [
      xM - Math.sin(yawRad) * leftM,
      yM + Math.cos(yawRad) * leftM,
    ]);
  return { centre: at(0), left: at(CORRIDOR_HALF_M), right: at(-CORRIDOR_HALF_M) };
}
