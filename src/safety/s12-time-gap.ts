/**
 * S12: the following time gap of UN R157, as a comfort target. Less than it is CAUTION (the vehicle
 * may not accelerate until the gap has grown), never a stop: what is dangerous, S07 says.
 */
import { TIME_GAPS } from "./limits.ts";
import { type Demand, demand } from "./rule.ts";
import { isOpening } from "./s18-cut-in.ts";
import type { Threat } from "./threats.ts";

/** Time gap at this speed, s: between the rows in a straight line, the last one beyond. */
export function timeGapS(speedMps: number): number {
  let v0: number = TIME_GAPS[0][0];
  let s0: number = TIME_GAPS[0][1];
  if (speedMps <= v0) return s0;
  for (let i = 1; i < TIME_GAPS.length; i++) {
    const v1 = TIME_GAPS[i]![0];
    const s1 = TIME_GAPS[i]![1];
    if (speedMps < v1) return s0 + ((s1 - s0) * (speedMps - v0)) / (v1 - v0);
    v0 = v1;
    s0 = s1;
  }
  return s0;
}

/** Distance that the table asks for, m; 0 below its first row, where waiting and moving off lie. */
export const followingDistanceM = (speedMps: number): number =>
  speedMps < TIME_GAPS[0][0] ? 0 : speedMps * timeGapS(speedMps);

/** What is nearer than the table asks. */
export function undercutting(
  watched: readonly { readonly threat: Threat }[],
  speedMps: number,
): readonly Threat[] {
  const leastM = followingDistanceM(speedMps);
  const near: Threat[] = [];
  for (const { threat } of watched) if (threat.gapM < leastM) near.push(threat);
  return near;
}

const NONE: readonly Demand[] = [];

/** CAUTION for each of them, but not while the gap opens and a cut-in is exempt (S18). */
export function timeGapDemands(
  near: readonly Threat[],
  speedMps: number,
  exempt: boolean,
): readonly Demand[] {
  if (near.length === 0) return NONE;
  return near
    .filter((threat) => !(exempt && isOpening(speedMps, threat.speedMps)))
    .map((threat) => {
      const foundS = threat.gapM / speedMps;
      const leastS = timeGapS(speedMps);
      const detail =
        `${threat.label} ${threat.gapM.toFixed(2)} m ahead: time gap of ${leastS.toFixed(2)} s ` +
        `expected, found ${foundS.toFixed(2)} s`;
      return demand("S12", "CAUTION", foundS, leastS, "s", detail);
    });
}
