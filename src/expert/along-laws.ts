import type { Rationale } from "../contract/maneuver.ts";
import { wantedGapM } from "./gap-law.ts";
import type { Hazard } from "./hazards.ts";
import type { Intent } from "./intent.ts";
import {
  type CurveCap,
  capAt,
  cutInAccel,
  type Follow,
  followAccel,
  followTarget,
  freeAccel,
  stopTarget,
} from "./speed.ts";

export const STOP_MARGIN_M = 1;
export const STOP_LAW = { baseM: 0.3, timeS: 0.2 } as const;
const STOP_DECEL_MPS2 = 1.8;
const PULL_OVER_MPS = 6;

/** Standing so slowly and so near before a STOP sign counts as having stood there, m/s and m. */
export const STOOD_MPS = 0.1;
export const STOOD_M = 2.2;
/** Who has not stood comes to a stand over at least this way, m. */
const STAND_ROOM_M = 0.3;

/** A place to stop at, from the front bumper. */
export type Stop = { readonly distM: number; readonly cause: Rationale };

/** A number at ego's own speed, m/s, after so many metres and seconds. */
type Along = (speedMps: number, sM: number, tS: number) => number;

/**
 * One thing that limits the speed, made once a plan and asked at each of its steps: the acceleration that it
 * allows, m/s², and the speed to settle at, m/s.
 */
export type Law = { readonly cause: Rationale; readonly accelAt: Along; readonly targetAt: Along };

const always =
  (value: number): Along =>
  () =>
    value;

export const cruiseLaw = (cause: Rationale, mps: number): Law => ({
  cause,
  accelAt: (speedMps) => freeAccel(speedMps, mps),
  targetAt: always(mps),
});

export const curveLaw = (caps: readonly CurveCap[]): Law => ({
  cause: "CURVE",
  accelAt: (speedMps, sM) => Math.max(-3, freeAccel(speedMps, capAt(caps, sM + 0.9 * speedMps))),
  targetAt: (_speedMps, sM) => capAt(caps, sM),
});

/** Slow enough for a lane change that must still fit. */
export const changeLaw = (mps: number): Law => ({
  cause: "LANE_BLOCKED",
  accelAt: (speedMps) => Math.max(-2.5, freeAccel(speedMps, mps)),
  targetAt: always(mps),
});

/** What is to be followed after `tS` and `sM`, with the gap that was asked for or the hazard's own. */
export function followOf(
  h: Hazard,
  intent: Intent,
  egoMps: number,
  sM: number,
  tS: number,
): Follow {
  const law =
    h.law === intent.law && intent.ownGap
      ? { baseM: wantedGapM(h.law, egoMps) - h.law.timeS * egoMps, timeS: h.law.timeS }
      : h.law;
  return { gapM: h.gapM + h.speedMps * tS - sM, speedMps: h.speedMps, law };
}

/** Somebody ahead; `egoMps` is ego's speed now. */
export function hazardLaw(h: Hazard, intent: Intent, egoMps: number, cruiseMps: number): Law {
  const { law } = followOf(h, intent, egoMps, 0, 0);
  const { speedMps: otherMps, cutIn } = h;
  const followAt = (sM: number, tS: number): Follow => ({
    gapM: h.gapM + otherMps * tS - sM,
    speedMps: otherMps,
    law,
  });
  return {
    cause: h.cause === "LEAD_VEHICLE" && intent.ownGap ? "INSTRUCTION_GAP" : h.cause,
    accelAt: (speedMps, sM, tS) => {
      const follow = followAccel(speedMps, freeAccel(speedMps, cruiseMps), followAt(sM, tS));
      if (cutIn === undefined || tS > cutIn.enterS) return follow;
      const gapM = cutIn.gapM + otherMps * tS - sM;
      return Math.min(follow, cutInAccel(speedMps, gapM, otherMps, cutIn.enterS - tS));
    },
    targetAt: (speedMps, sM, tS) => followTarget(speedMps, followAt(sM, tS)),
  };
}

export const stopLaw = (stop: Stop, cruiseMps: number): Law => ({
  cause: stop.cause,
  accelAt: (speedMps, sM) =>
    Math.min(
      followAccel(speedMps, freeAccel(speedMps, cruiseMps), {
        gapM: stop.distM + STOP_LAW.baseM - sM,
        speedMps: 0,
        law: STOP_LAW,
      }),
      standAccel(stop, sM, speedMps),
    ),
  targetAt: (_speedMps, sM) => stopTarget(stop.distM - sM),
});

/** Where a sign is near, who has not stood there brakes and no longer follows the one who drives off. */
function standAccel(stop: Stop, sM: number, speedMps: number): number {
  const distM = stop.distM - sM;
  const near = stop.cause === "STOP_LINE" && distM < STOOD_M - STOP_MARGIN_M;
  if (!near || speedMps < STOOD_MPS) return Number.POSITIVE_INFINITY;
  return -(speedMps * speedMps) / (2 * Math.max(distM, STAND_ROOM_M));
}

/** Stops where ego is. */
export const stopNowLaw = (cause: Rationale): Law => ({
  cause,
  accelAt: (speedMps) => -Math.min(STOP_DECEL_MPS2, 0.6 + speedMps),
  targetAt: always(0),
});

/** Lets somebody by who comes from the side. */
export const yieldLaw: Law = {
  cause: "OFF_LANE_CENTRE",
  accelAt: (speedMps) => -Math.min(2.75, 0.6 + speedMps),
  targetAt: always(0),
};

/** Slow on the way to the edge. */
export const pullOverLaw: Law = {
  cause: "INSTRUCTION_PULL_OVER",
  accelAt: (speedMps) => Math.max(-1.5, freeAccel(speedMps, PULL_OVER_MPS)),
  targetAt: always(PULL_OVER_MPS),
};
