import { curvatureOnPath } from "../path.ts";
import { CURVE_LATERAL_MPS2 } from "../speed.ts";
import type { View } from "../view.ts";
import { gapAheadM } from "./facts.ts";

/** Bends and limits ahead are braked for as hard, closed lines a little softer, m/s². */
const SLOW_DOWN_MPS2 = 1.5;
const APPROACH_MPS2 = 1.2;
const LOOK_M = 90;
const LOOK_STEP_M = 4;
/** Nearer to something ahead than this time and distance ego is held up. */
const HELD_UP_S = 2.5;
const HELD_UP_M = 8;
/** Using this share of what is allowed is driving freely; the judge asks for 85 %. */
const FREE_RATIO = 0.88;

/** Whether ego drives about as fast as limits, bends, lines and traffic allow. */
export function drivesFreely(view: View): boolean {
  const { speedMps: v, limitMps, route } = view;
  const gapM = gapAheadM(view);
  if (gapM !== undefined && gapM < HELD_UP_M + HELD_UP_S * v) return true;
  const reach = (mps: number, aheadM: number, brakeMps2: number) =>
    Math.sqrt(mps * mps + 2 * brakeMps2 * Math.max(0, aheadM));
  let most = limitMps ?? Number.POSITIVE_INFINITY;
  for (const { sM, mps } of route?.limits ?? [])
    most = Math.min(most, reach(mps, sM, SLOW_DOWN_MPS2));
  for (let sM = 0; sM < LOOK_M; sM += LOOK_STEP_M) {
    const k = Math.max(1e-4, Math.abs(curvatureOnPath(view.path, sM)));
    most = Math.min(most, reach(Math.sqrt(CURVE_LATERAL_MPS2 / k), sM, SLOW_DOWN_MPS2));
  }
  for (const { sM, state } of view.lines) {
    const aheadM = sM - view.egoFrontM;
    const closed = state === "RED" || state === "YELLOW" || state === "SIGN";
    if (closed && aheadM > 0) most = Math.min(most, reach(0, aheadM, APPROACH_MPS2));
  }
  if (route?.giveWayM !== undefined) most = Math.min(most, reach(0, route.giveWayM, APPROACH_MPS2));
  return v >= FREE_RATIO * most;
}
