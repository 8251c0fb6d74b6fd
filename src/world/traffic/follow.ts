import { type IdmDriver, idmAccel } from "../idm.ts";
import { bendMpsAt, type LaneNet, trackOf } from "./lane-net.ts";
import type { Entry, Occupancy } from "./occupancy.ts";
import type { Rider } from "./rider.ts";

/** Whoever is next ahead: bumper to bumper, Infinity where there is nobody. */
export type Leader = { gapM: number; speedMps: number };

/** Drivers look this far, m, plus six seconds of their speed. */
const LOOK_M = 50;
const LOOK_S = 6;
/** Law of stopping at a line: the driver aims at it, not at a distance from it. */
const STOP_LAW = { timeGapS: 0.4, standstillGapM: 0.4 } as const;
/** Comfortable braking before bends and limits, m/s². */
const APPROACH_MPS2 = 1.3;

export const lookAheadM = (speedMps: number): number => LOOK_M + LOOK_S * speedMps;

/** First body ahead on a way of lanes, into `out`. `sM` is the centre on `path[at]`. */
export function leaderInto(
  net: LaneNet,
  occupancy: Occupancy,
  path: readonly number[],
  at: number,
  self: { readonly id: number; readonly sM: number; readonly halfM: number },
  maxM: number,
  out: Leader,
): Entry | undefined {
  out.gapM = Number.POSITIVE_INFINITY;
  out.speedMps = 0;
  let offset = -self.sM;
  for (let k = at; k < path.length && offset < maxM; k++) {
    for (const entry of occupancy.on(path[k]!)) {
      if (entry.id === self.id) continue;
      const ahead = offset + entry.sM;
      if (ahead < 0 || (ahead === 0 && entry.id < self.id)) continue;
      out.gapM = ahead - entry.halfM - self.halfM;
      out.speedMps = entry.speedMps;
      return entry;
    }
    offset += trackOf(net, path[k]!).lengthM;
  }
  return undefined;
}

/** Speed that the driver wishes on this lane. */
export function wishMps(net: LaneNet, rider: Rider): number {
  const track = trackOf(net, rider.path[rider.at]!);
  return Math.min(track.limitMps * rider.driver.desiredRatio, rider.driver.topMps);
}

/** Highest speed now from which the bends and limits ahead are met by comfortable braking. */
export function waySpeedMps(net: LaneNet, rider: Rider): number {
  const { path, at, sM, driver } = rider;
  const here = trackOf(net, path[at]!);
  let best = Math.min(wishMps(net, rider), bendMpsAt(here, sM));
  let aheadM = here.lengthM - sM;
  const reachM = (rider.speedMps * rider.speedMps) / (2 * APPROACH_MPS2) + 10;
  for (let k = at + 1; k < path.length && aheadM < reachM; k++) {
    const track = trackOf(net, path[k]!);
    const entry = Math.min(bendMpsAt(track, 0), track.limitMps * driver.desiredRatio);
    best = Math.min(best, Math.sqrt(entry * entry + 2 * APPROACH_MPS2 * aheadM));
    aheadM += track.lengthM;
  }
  return best;
}

/** Acceleration behind a leader, or on a free road. */
export const followAccel = (rider: Rider, wishMps: number, leader: Leader): number =>
  Math.max(
    -rider.brakeMaxMps2,
    idmAccel(rider.driver, rider.speedMps, wishMps, leader.gapM, leader.speedMps),
  );

/** Acceleration that ends with the front bumper `gapM` ahead of where it is. */
export function stopAccel(rider: Rider, wishMps: number, gapM: number): number {
  const law: IdmDriver = { ...rider.driver, ...STOP_LAW };
  return Math.max(
    -rider.brakeMaxMps2,
    idmAccel(law, rider.speedMps, wishMps, Math.max(gapM, 0), 0),
  );
}
