import { idmAccel } from "../idm.ts";
import type { Random } from "../random.ts";
import { followAccel, type Leader, leaderInto, lookAheadM } from "./follow.ts";
import { type LaneNet, type LaneTrack, projectOn, reachFrom, trackOf } from "./lane-net.ts";
import type { Entry, Occupancy } from "./occupancy.ts";
import { laneOf, replacePath } from "./path.ts";
import { type Driver, type LaneChange, type Rider, STANDING_MPS } from "./rider.ts";

/** What a lane change must gain, m/s² (MOBIL's switching threshold). */
const THRESHOLD_MPS2 = 0.15;
/** Right is where one drives when nothing speaks against it, m/s². */
const KEEP_RIGHT_MPS2 = 0.12;
/** A lane that ends is left as soon as possible from here on, m. */
const MERGE_M = 250;
/** Least clear space at both ends whatever the speeds, m. */
const BODY_GAP_M = 1.5;
/** How far behind a follower matters, m. */
const BEHIND_M = 90;
/** The indicator is on for this long before a driver moves over, s. */
const SIGNAL_S = 1.2;
/** Chance that a driver who does not look moves over, per look at the traffic. */
const BLIND_PROB = 0.06;
const BLIND_BESIDE_EGO_PROB = 0.35;
const BLIND_CHANGE_S = 2.8;
/** Braking of the hindered that even the blind foresee of other traffic, m/s². */
const BLIND_DECEL_MPS2 = 5;
/** From this speed on a lane change takes its time, m/s; below, it takes as long a way as at this speed. */
const SWING_MPS = 4;
/** Who starts from a stand swings out within this way, m, or this many times its length. */
const SWING_M = 12;
const SWING_LENGTHS = 2;
/** Standing so long half way between two lanes, a driver goes back to the one it came from, s. */
const GIVE_UP_S = 4;
/** A vehicle that has broken down is left behind as soon as possible from this far on, m. */
const BLOCKED_M = 120;
/** How ego is reckoned with as a follower: an ordinary driver. */
const EGO_DRIVER: Driver = {
  ...{ timeGapS: 1.2, standstillGapM: 2, accelMaxMps2: 1.5, comfortDecelMps2: 2 },
  ...{ desiredRatio: 1, topMps: 45, politeness: 0.3, aggressiveness: 0.5, safeDecelMps2: 2.5 },
  ...{ changeS: 4, crossGapS: 1.4, blind: false },
};

const leader: Leader = { gapM: 0, speedMps: 0 };

type Gap = { readonly gapM: number; readonly entry: Entry };

/** Next body behind a place on a lane, on this lane or those that lead into it. */
export function followerAt(
  net: LaneNet,
  occupancy: Occupancy,
  lane: number,
  self: { readonly id: number; readonly sM: number; readonly halfM: number },
): Gap | undefined {
  let best: Gap | undefined;
  const look = (at: number, sM: number, depth: number): void => {
    const list = occupancy.on(at);
    for (let i = list.length - 1; i >= 0; i--) {
      const entry = list[i]!;
      if (entry.id === self.id || entry.sM > sM) continue;
      if (entry.sM === sM && entry.id > self.id) continue;
      const gapM = sM - self.halfM - entry.sM - entry.halfM;
      if (best === undefined || gapM < best.gapM) best = { gapM, entry };
      return;
    }
    if (sM > BEHIND_M || depth === 0) return;
    for (const prev of trackOf(net, at).prev)
      look(prev, sM + trackOf(net, prev).lengthM, depth - 1);
  };
  look(lane, self.sM, 3);
  return best;
}

/** The way straight on from a lane, as far as drivers look. */
function straightOn(net: LaneNet, lane: number, aheadM: number): number[] {
  const path = [lane];
  let track = trackOf(net, lane);
  for (let known = track.lengthM; known < aheadM; known += track.lengthM) {
    const next = track.next.find((i) => (trackOf(net, i).lane.turn ?? "STRAIGHT") === "STRAIGHT");
    const on = next ?? track.next[0];
    if (on === undefined) break;
    path.push(on);
    track = trackOf(net, on);
  }
  return path;
}

const driverOf = (entry: Entry): Driver => entry.rider?.driver ?? EGO_DRIVER;

/** Acceleration of an entry behind somebody `gapM` ahead. */
const behindAccel = (net: LaneNet, entry: Entry, gapM: number, leaderMps: number): number => {
  const driver = driverOf(entry);
  const rider = entry.rider;
  const limit = rider === undefined ? Infinity : trackOf(net, laneOf(rider)).limitMps;
  const wish = Math.max(Math.min(limit * driver.desiredRatio, driver.topMps), 1);
  return idmAccel(driver, entry.speedMps, wish, gapM, leaderMps);
};

/** What changing to a lane would bring; undefined where it is not safe. */
type Offer = { readonly lane: number; readonly side: 1 | -1; readonly gainMps2: number };

/** Everything that a look at the neighbouring lanes needs. */
export type LaneChoice = {
  readonly net: LaneNet;
  readonly occupancy: Occupancy;
  readonly rng: Random;
  /** Room before the next junction, gate or end of the lane, from the front bumper. */
  readonly freeM: number;
  readonly wishMps: number;
  /** Gap to somebody ahead who will not drive on; Infinity where there is none. */
  readonly blockedM: number;
  /** Gap to somebody ahead who stands; Infinity where there is none. */
  readonly standsM: number;
  /** Present acceleration by what is ahead in the own lane. */
  readonly accelMps2: number;
};

function offerOf(
  rider: Rider,
  side: 1 | -1,
  choice: LaneChoice,
  urgency: number,
): Offer | undefined {
  const { net, occupancy } = choice;
  const own = trackOf(net, laneOf(rider));
  const lane = side === 1 ? own.left : own.right;
  const allowed = side === 1 ? own.lane.mayChangeLeft : own.lane.mayChangeRight;
  if (lane === undefined || !allowed) return undefined;
  const target = trackOf(net, lane);
  const sM = (rider.sM / own.lengthM) * target.lengthM;
  if (target.junction || reachFrom(target, sM) < Math.min(reachFrom(own, rider.sM), 150))
    return undefined;
  if (target.fitM < rider.lengthM) return undefined;
  const roomy = sM - rider.lengthM / 2 > target.wideFromM && sM + roomM(rider) < target.wideToM;
  const goesOn = target.next.length > 0 && target.wideToM === target.lengthM;
  if (!roomy && !(goesOn && sM - rider.lengthM / 2 > target.wideFromM)) return undefined;
  const self = { id: rider.id, sM, halfM: rider.lengthM / 2 };
  const lookM = lookAheadM(rider.speedMps);
  leaderInto(net, occupancy, straightOn(net, lane, sM + lookM), 0, self, lookM, leader);
  const { gapM: aheadM, speedMps: aheadMps } = leader;
  if (aheadM < BODY_GAP_M) return undefined;
  const safe = rider.driver.safeDecelMps2 + 2 * urgency;
  const mine = followAccel(rider, choice.wishMps, leader);
  if (mine < -safe) return undefined;
  let others = 0;
  const behind = followerAt(net, occupancy, lane, self);
  if (behind !== undefined) {
    if (behind.gapM < BODY_GAP_M) return undefined;
    const after = behindAccel(net, behind.entry, behind.gapM, rider.speedMps);
    if (after < -safe) return undefined;
    const before = behindAccel(net, behind.entry, behind.gapM + rider.lengthM + aheadM, aheadMps);
    others += after - before;
  }
  const gain = mine - choice.accelMps2 + rider.driver.politeness * others;
  return { lane, side, gainMps2: gain - side * KEEP_RIGHT_MPS2 + 3 * urgency };
}

/** Way that a lane change takes. */
const roomM = (rider: Rider): number => Math.max(20, rider.driver.changeS * rider.speedMps);

/** How badly a driver must leave a lane that ends: 0 not at all, 1 at its end. */
function urgencyOf(net: LaneNet, rider: Rider): number {
  const own = trackOf(net, laneOf(rider));
  const left = reachFrom(own, rider.sM);
  if (left >= MERGE_M) return 0;
  const beside = [own.left, own.right].map((i) =>
    i === undefined ? 0 : reachFrom(trackOf(net, i), rider.sM),
  );
  return Math.max(...beside) > left + 30 ? 1 - left / MERGE_M : 0;
}

/** A look at the neighbours; starts a lane change where it pays (MOBIL) or where the lane ends. */
export function considerChange(rider: Rider, choice: LaneChoice, timeS: number): void {
  const own = trackOf(choice.net, laneOf(rider));
  if (rider.change !== undefined) giveUpStuck(rider, choice);
  if (own.junction || rider.change !== undefined || rider.claim > 0 || rider.kind === "CYCLIST")
    return;
  // too near behind one that stands there is no way round it
  if (rider.speedMps < STANDING_MPS && choice.standsM < swingOutM(rider) - 1) return;
  if (own.left === undefined && own.right === undefined) return;
  const urgency = Math.max(urgencyOf(choice.net, rider), 1 - choice.blockedM / BLOCKED_M, 0);
  if (urgency === 0 && (choice.freeM < roomM(rider) || rider.speedMps < 2 || rider.restS > 0))
    return;
  if (rider.driver.blind && changeBlindly(rider, choice)) return;
  let best: Offer | undefined;
  for (const side of [1, -1] as const) {
    const offer = offerOf(rider, side, choice, urgency);
    if (offer !== undefined && offer.gainMps2 > (best?.gainMps2 ?? THRESHOLD_MPS2)) best = offer;
  }
  if (best === undefined) {
    rider.intendsSide = 0;
    return;
  }
  if (rider.intendsSide !== best.side) {
    rider.intendsSide = best.side;
    rider.intendsSinceS = timeS;
  }
  const signalS = SIGNAL_S * (1 - 0.6 * rider.driver.aggressiveness);
  if (timeS - rider.intendsSinceS < signalS) return;
  begin(rider, best.lane, best.side, rider.driver.changeS, choice);
}

/** Moves over without a look back: other traffic must just be able to stand it, ego is not seen. */
function changeBlindly(rider: Rider, choice: LaneChoice): boolean {
  const { net, occupancy, rng } = choice;
  const own = trackOf(net, laneOf(rider));
  const egoLane = [own.left, own.right].find(
    (i) => i !== undefined && besideEgo(occupancy, i, rider),
  );
  if (!rng.chance(egoLane === undefined ? BLIND_PROB : BLIND_BESIDE_EGO_PROB)) return false;
  const lane = egoLane ?? (rng.chance(0.5) ? own.left : own.right);
  if (lane === undefined) return false;
  const target = trackOf(net, lane);
  const sM = (rider.sM / own.lengthM) * target.lengthM;
  if (target.junction || reachFrom(target, sM) < MERGE_M) return false;
  if (sM - rider.lengthM / 2 < target.wideFromM || sM > target.wideToM) return false;
  for (const entry of occupancy.on(lane)) {
    if (entry.id === rider.id || entry.rider === undefined) continue;
    const apartM = Math.abs(entry.sM - sM) - entry.halfM - rider.lengthM / 2;
    const closing =
      entry.sM < sM ? entry.speedMps - rider.speedMps : rider.speedMps - entry.speedMps;
    const needM =
      BODY_GAP_M + 0.2 * rider.speedMps + Math.max(0, closing) ** 2 / (2 * BLIND_DECEL_MPS2);
    if (apartM < needM) return false;
  }
  begin(rider, lane, lane === own.left ? 1 : -1, BLIND_CHANGE_S, choice);
  return true;
}

/** true where ego is on the lane, from a little ahead of the rider to a car's braking way behind. */
function besideEgo(occupancy: Occupancy, lane: number, rider: Rider): boolean {
  for (const entry of occupancy.on(lane))
    if (entry.id === 0) {
      const behindM = rider.sM - entry.sM;
      return behindM > -6 && behindM < 12 + 0.8 * entry.speedMps;
    }
  return false;
}

function begin(rider: Rider, lane: number, side: 1 | -1, lastsS: number, choice: LaneChoice): void {
  const { net, occupancy, rng } = choice;
  const leaving = laneOf(rider);
  const target = trackOf(net, lane);
  const hint = (rider.sM / trackOf(net, leaving).lengthM) * target.lengthM;
  const at = projectOn(target, rider.xM, rider.yM, hint);
  rider.sM = at.sM;
  rider.dM = at.dM;
  rider.change = { side, fromDM: at.dM, lastsS, doneS: 0, leaving };
  rider.intendsSide = 0;
  rider.restS = rng.range(3, 9);
  replacePath(net, rider, lane, rng);
  occupancy.put(lane, rider, at.sM, rider.lengthM / 2, rider.speedMps, false);
}

/** Whether a rider in a lane change has moved aside far enough to pass somebody in the old lane. */
export const passesAside = (rider: Rider, change: LaneChange, otherWidthM: number): boolean =>
  Math.abs(rider.dM - change.fromDM) > (rider.widthM + otherWidthM) / 2 + 0.6;

/** Whether the body still reaches over the border that it came over. */
const reachesBack = (rider: Rider, track: LaneTrack, side: 1 | -1): boolean =>
  side * rider.dM - rider.widthM / 2 < -track.halfWidthM;

/** Room behind one that stands which is enough to swing out round it from a stand, m. */
export const swingOutM = (rider: Rider): number => 8 + 0.6 * rider.lengthM;

/** Who can go neither past the one in the old lane nor on stays out of the way of those in the new one. */
function giveUpStuck(rider: Rider, choice: LaneChoice): void {
  const { change } = rider;
  if (change?.leaving === undefined || rider.speedMps > STANDING_MPS || rider.stoodS < GIVE_UP_S)
    return;
  if (2 * change.doneS > change.lastsS || change.leaving === laneOf(rider)) return;
  begin(rider, change.leaving, change.side === 1 ? -1 : 1, change.lastsS, choice);
}

/** One step sideways; returns metres to the left per metre forward. */
export function moveSideways(net: LaneNet, rider: Rider, dtS: number): number {
  const change = rider.change;
  if (change === undefined) return 0;
  // below this speed the way counts, not the time: nobody slides sideways while standing
  const wayM = Math.min(
    SWING_MPS * change.lastsS,
    Math.max(SWING_M, SWING_LENGTHS * rider.lengthM),
  );
  change.doneS += dtS * Math.min(1, (rider.speedMps * change.lastsS) / wayM);
  const t = Math.min(1, change.doneS / change.lastsS);
  const smooth = t * t * t * (10 - 15 * t + 6 * t * t);
  const before = rider.dM;
  rider.dM = change.fromDM + (rider.ownDM - change.fromDM) * smooth;
  const track = trackOf(net, laneOf(rider));
  if (change.leaving !== undefined) {
    const beside = change.side === 1 ? track.right : track.left;
    change.leaving = reachesBack(rider, track, change.side) ? beside : undefined;
  }
  if (t >= 1) rider.change = undefined;
  return rider.speedMps > 0.2 ? (rider.dM - before) / (rider.speedMps * dtS) : 0;
}
