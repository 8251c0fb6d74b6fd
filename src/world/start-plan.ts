import type { Layout } from "./layout.ts";
import type { Random } from "./random.ts";

export const START_KINDS = ["MOVING", "QUEUE", "AT_LIGHT", "STANDING"] as const;
export type StartKind = (typeof START_KINDS)[number];

/** What happens in a world, drawn before anything is placed. */
export type StartPlan = {
  readonly start: StartKind;
  readonly nominal: boolean;
  readonly egoLane: number;
  readonly egoMps: number;
  readonly lateralM: number;
  readonly headingRad: number;
  /** Bumper to bumper; absent: no lead placed. */
  readonly leadGapM?: number;
  readonly leadMps: number;
  readonly leadHoldS: number;
  /** Mean vehicles per usual headway. */
  readonly density: number;
  /** Braking episodes per vehicle and second. */
  readonly episodeRateHz: number;
  readonly blocker: boolean;
  readonly cutIn: boolean;
  readonly crossing: boolean;
  readonly cyclist: boolean;
  readonly signal: "NONE" | "LIGHT" | "SIGN";
};

/** Draws the plan; `nominal` leaves out bad first positions and speeds. */
export function drawStartPlan(
  rng: Random,
  layout: Layout,
  nominal: boolean,
  start: StartKind,
): StartPlan {
  const standing = start !== "MOVING";
  const city = layout.roadClass === "CITY";
  const slow = layout.limitMps < 23;
  const speedRatio = nominal ? rng.range(0.6, 1) : rng.range(0, 1.2);
  const egoMps = standing ? 0 : layout.limitMps * speedRatio;
  const withLead = start === "QUEUE" || rng.chance(start === "STANDING" ? 0 : 0.45);
  const critical = !nominal && !standing && rng.chance(0.2);
  const leadRatio = nominal
    ? rng.range(0.85, 1.1)
    : critical
      ? rng.range(0, 0.6)
      : rng.range(0.5, 1.15);
  const leadMps = standing ? 0 : egoMps * leadRatio;
  const closing = Math.max(0, egoMps - leadMps);
  const leadGapM = standing
    ? rng.range(2, 8)
    : nominal
      ? 3 + 1.4 * egoMps + closing * 4 + rng.range(0, 40)
      : critical
        ? 2.5 + egoMps * 0.15 + (closing * closing) / (2 * rng.range(3.5, 6))
        : 2.5 + egoMps * rng.range(0.35, 1.5) + (closing * closing) / 6 + rng.range(0, 10);
  const bent = standing ? 0.4 : 1;
  const signalProb = { CITY: 0.65, RURAL: slow ? 0.3 : 0, HIGHWAY: 0 }[layout.roadClass];
  const signed = rng.chance(signalProb) || start === "AT_LIGHT";
  return {
    start,
    nominal,
    egoLane: rng.int(0, layout.lanes.length - 1),
    egoMps,
    lateralM: (nominal ? rng.range(-0.15, 0.15) : rng.range(-0.8, 0.8)) * bent,
    headingRad: ((nominal ? rng.range(-0.5, 0.5) : rng.range(-4, 4)) * bent * Math.PI) / 180,
    ...(withLead ? { leadGapM } : {}),
    leadMps,
    leadHoldS: rng.range(0.5, 9),
    density: 0.08 + 1.5 * rng.next() ** 2,
    episodeRateHz: rng.chance(0.6) ? rng.range(0.02, 0.1) : 0,
    blocker: slow && rng.chance(0.1),
    cutIn: layout.lanes.length > 1 && !standing && rng.chance(0.35),
    crossing: city && rng.chance(0.3),
    cyclist: city && rng.chance(0.1),
    signal: signed ? (start !== "AT_LIGHT" && rng.chance(0.22) ? "SIGN" : "LIGHT") : "NONE",
  };
}
