import { boxesOverlap, type GroundBox } from "../box.ts";
import type { Random } from "../random.ts";
import { LEVEL_M } from "./contacts.ts";
import type { EgoBody } from "./ego-track.ts";
import type { TrafficFlow } from "./flow.ts";
import { type Leader, leaderInto } from "./follow.ts";
import { followerAt } from "./lane-change.ts";
import { bendMpsAt, type LaneTrack, reachFrom, trackOf } from "./lane-net.ts";
import type { LaneSpots, Spot } from "./lane-spots.ts";
import { drawRider, type Mix, type Rider, type RiderKind, type Temper } from "./rider.ts";

export type SpawnOptions = {
  /** Vehicles per kilometre of driving lane. */
  readonly perKmLane: number;
  readonly maxVehicles: number;
  readonly mix: Mix;
  readonly temper: Temper;
  /** Share that has broken down on a road with more than one lane. */
  readonly stoppedShare: number;
  /** Vehicles live within this distance of ego, m. */
  readonly radiusM: number;
};

/** Nobody appears nearer to ego than this once the world runs, m; behind ego a little nearer. */
const OUT_OF_SIGHT_M = 130;
const BEHIND_M = 90;
/** Room for ego at the start of the world, m and s. */
const EGO_ROOM_M = 8;
const EGO_ROOM_S = 1.5;
/** Vehicles that have not moved for so long are taken away when ego is not near, s and m. */
const STUCK_S = 120;
const STUCK_FAR_M = 90;
/** Cyclists ride where traffic is not faster than this, m/s: 50 km/h and a little. */
const CYCLE_LIMIT_MPS = 15;
/** A lane this wide has room for a cyclist at its edge, m. */
const CYCLE_WIDTH_M = 4;
/** Room before people on the road, m. */
const PEOPLE_ROOM_M = 6;
/** Length of a vehicle and its gap at standstill, m. */
const DENSE_ROOM_M = 8;
const TRIES_PER_CALL = 12;
const leader: Leader = { gapM: 0, speedMps: 0 };

/** Keeps the density of traffic around ego: takes away who is far and adds others out of its sight. */
export class Spawner {
  readonly #flow: TrafficFlow;
  readonly #spots: LaneSpots;
  readonly #rng: Random;
  readonly #options: SpawnOptions;
  readonly #nextId: () => number;
  readonly #stopGapM: (rider: Rider) => number;

  constructor(
    flow: TrafficFlow,
    spots: LaneSpots,
    rng: Random,
    options: SpawnOptions,
    nextId: () => number,
    stopGapM: (rider: Rider) => number,
  ) {
    this.#flow = flow;
    this.#spots = spots;
    this.#rng = rng;
    this.#options = options;
    this.#nextId = nextId;
    this.#stopGapM = stopGapM;
  }

  /** First filling: everywhere but in ego's way. `flow` must be registered. */
  fill(ego: EgoBody): void {
    const spots = this.#places(ego);
    const wanted = this.#wanted(spots.length);
    for (let tries = 0; tries < 12 * wanted && this.#flow.riders.length < wanted; tries++)
      this.#tryAt(this.#rng.pick(spots), ego);
  }

  /** Later: takes away and adds. `flow` must be registered. */
  renew(ego: EgoBody): void {
    this.#clear(ego);
    const spots = this.#places(ego);
    const wanted = this.#wanted(spots.length);
    const away = spots.filter((spot) => this.#outOfSight(spot, ego));
    if (away.length === 0) return;
    for (let i = 0; i < TRIES_PER_CALL && this.#flow.riders.length < wanted; i++)
      this.#tryAt(this.#rng.pick(away), ego);
  }

  #clear(ego: EgoBody): void {
    const { riders } = this.#flow;
    for (let i = riders.length - 1; i >= 0; i--) {
      const rider = riders[i]!;
      const apart = Math.hypot(rider.xM - ego.xM, rider.yM - ego.yM);
      const stuck = rider.stoodS > STUCK_S && rider.hold !== "LIGHT" && apart > STUCK_FAR_M;
      if (apart > this.#options.radiusM * 1.12 || stuck) riders.splice(i, 1);
    }
  }

  #places(ego: EgoBody): Spot[] {
    const out: Spot[] = [];
    this.#spots.near(ego.xM, ego.yM, this.#options.radiusM, (spot) => {
      const track = this.#flow.net.tracks[spot.lane];
      if (track !== undefined && !track.junction) out.push(spot);
    });
    return out;
  }

  #wanted(spotCount: number): number {
    const km = (spotCount * this.#spots.spacingM) / 1000;
    return Math.min(this.#options.maxVehicles, Math.round(km * this.#options.perKmLane));
  }

  #outOfSight(spot: Spot, ego: EgoBody): boolean {
    const dx = spot.xM - ego.xM;
    const dy = spot.yM - ego.yM;
    const ahead = Math.cos(ego.yawRad) * dx + Math.sin(ego.yawRad) * dy;
    return Math.hypot(dx, dy) > (ahead > -20 ? OUT_OF_SIGHT_M : BEHIND_M);
  }

  #tryAt(spot: Spot, ego: EgoBody): void {
    const { net, occupancy } = this.#flow;
    const track = trackOf(net, spot.lane);
    const rider = this.#draw(track);
    if (rider === undefined) return;
    const half = rider.lengthM / 2;
    const roomy = spot.sM - half > track.wideFromM && spot.sM + half < track.wideToM;
    if (!roomy || reachFrom(track, spot.sM) < 40) return;
    const self = { id: rider.id, sM: spot.sM, halfM: half };
    const stopped = rider.episodeUntilS > 0;
    leaderInto(net, occupancy, [spot.lane, ...track.next.slice(0, 1)], 0, self, 120, leader);
    const { gapM, speedMps: leaderMps } = leader;
    const speedMps = stopped ? 0 : this.#startMps(rider, track, spot.sM, gapM, leaderMps);
    if (speedMps === undefined) return;
    const behind = followerAt(net, occupancy, spot.lane, self);
    if (behind !== undefined) {
      const closing = Math.max(0, behind.entry.speedMps - speedMps);
      const ego = behind.entry.id === 0;
      const room = (ego ? EGO_ROOM_M : 3) + (ego ? EGO_ROOM_S : 1) * behind.entry.speedMps;
      if (behind.gapM < room + closing ** 2 / 4) return;
    }
    this.#flow.add(rider, spot.lane, spot.sM, speedMps);
    const box = grown(rider);
    const hits = (o: GroundBox) => boxesOverlap(box, o);
    const peopleM = this.#stopGapM(rider) - PEOPLE_ROOM_M;
    const near = (o: Rider) => o !== rider && Math.abs(o.zM - rider.zM) < LEVEL_M;
    const close = peopleM < rider.speedMps ** 2 / 3;
    if (close || hits(ego) || this.#flow.riders.some((o) => near(o) && hits(o))) {
      this.#flow.riders.pop();
      return;
    }
    // slow enough to stop where it may have to wait
    const ahead = this.#flow.junctions.ahead(rider, 0);
    const stopM = Math.min(ahead?.holdM ?? Number.POSITIVE_INFINITY, this.#flow.laneEndM(rider));
    rider.speedMps = Math.min(rider.speedMps, Math.sqrt(3 * Math.max(0, stopM - 4)));
    occupancy.putRider(net, rider);
  }

  #draw(track: LaneTrack): Rider | undefined {
    const rng = this.#rng;
    let kind: RiderKind = rng.weighted(this.#options.mix);
    const edge = track.right === undefined;
    const passable = track.left !== undefined || 2 * track.halfWidthM >= CYCLE_WIDTH_M;
    if (kind === "CYCLIST" && !(edge && passable && track.limitMps <= CYCLE_LIMIT_MPS))
      kind = "CAR";
    const rider = drawRider(rng, this.#nextId(), kind, this.#options.temper);
    if (track.fitM < rider.lengthM) return undefined;
    const several = track.left !== undefined || track.right !== undefined;
    if (kind !== "CYCLIST" && several && rng.chance(this.#options.stoppedShare)) {
      rider.episodeUntilS = Number.POSITIVE_INFINITY;
      rider.episodeMps = 0;
    }
    if (kind !== "CYCLIST") return rider;
    return { ...rider, ownDM: -(track.halfWidthM - rider.widthM / 2 - 0.4) };
  }

  /** Speed at which it fits in; undefined where it does not. */
  #startMps(
    rider: Rider,
    track: LaneTrack,
    sM: number,
    gapM: number,
    leaderMps: number,
  ): number | undefined {
    const { driver } = rider;
    const wish = Math.min(track.limitMps * driver.desiredRatio, driver.topMps);
    // in dense traffic nobody drives faster than the spacing lets them
    const spacingM = 1000 / Math.max(this.#options.perKmLane, 1);
    const denseMps = Math.max(2, (spacingM - DENSE_ROOM_M) / driver.timeGapS);
    let mps = Math.min(wish, bendMpsAt(track, sM), denseMps);
    const nearM = 60 + 3 * mps;
    if (gapM < nearM) mps = Math.min(mps, leaderMps + Math.sqrt(2 * Math.max(0, gapM - 6)));
    return gapM < 4 + driver.timeGapS * mps ? undefined : Math.max(0, mps);
  }
}

const grown = (rider: Rider): GroundBox => ({
  xM: rider.xM,
  yM: rider.yM,
  yawRad: rider.yawRad,
  lengthM: rider.lengthM + 1,
  widthM: rider.widthM + 0.5,
});
