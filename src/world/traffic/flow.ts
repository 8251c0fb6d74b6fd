import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { SignalState } from "../../contract/scene.ts";
import type { Random } from "../random.ts";
import { courtesyGapM } from "./courtesy.ts";
import type { LetIn } from "./ego-track.ts";
import {
  followAccel,
  type Leader,
  leaderInto,
  lookAheadM,
  stopAccel,
  waySpeedMps,
} from "./follow.ts";
import { type Ahead, type Approach, CLAIM_KEPT_S, Junctions } from "./junctions.ts";
import { considerChange, moveSideways, passesAside, swingOutM } from "./lane-change.ts";
import { type LaneNet, laneNet, trackOf } from "./lane-net.ts";
import { type Entry, Occupancy } from "./occupancy.ts";
import { advance, extendPath, laneOf, placeRider } from "./path.ts";
import { isDead, type Rider, STANDING_MPS } from "./rider.ts";
import { drawSignals, type SignalProgramme, signalAt } from "./signals.ts";

/** Drivers look for a better lane this often, s. */
const LANE_LOOK_S = 0.5;
/** Nobody changes acceleration faster than this without need, m/s³; braking comes faster than throttle. */
const JERK_UP_MPS3 = 6;
const JERK_DOWN_MPS3 = 25;
/** Braking of a vehicle that has collided, m/s². */
const WRECK_MPS2 = 7;
/** A driver decides whether to enter where it could still stop with this braking and reaction. */
const DECIDE_MPS2 = 1.6;
const DECIDE_S = 0.8;
/** No farther than others are known, m. */
const DECIDE_MAX_M = 230;
/** An ego that stands no farther than this before a junction or gate waits for it, m. */
const EGO_WAITS_M = 40;
/** Swinging out round somebody who stands, a driver comes no nearer than this, m. */
const CLEAR_OF_M = 0.6;
/** How near the line one must stand for a stop sign, m. */
const SIGN_REACH_M = 3;
/** Creeping up less than this is no end of standing, m. */
const CREEP_M = 4;

/** Others that traffic must reckon with, put in by whoever knows them each step. */
export type Guests = {
  /** Adds bodies to the lanes and to the junctions. */
  readonly register: (occupancy: Occupancy, junctions: Junctions) => void;
  /** Gap to a place where the rider must stop for people, m from the front bumper; Infinity else. */
  readonly stopGapM: (rider: Rider) => number;
  /** Somebody who waits to be let into a lane. */
  readonly letIn: () => LetIn | undefined;
};

export const NO_GUESTS: Guests = {
  register: () => {},
  stopGapM: () => Number.POSITIVE_INFINITY,
  letIn: () => undefined,
};

/** Vehicles in motion on a graph, without ego, people and spawning. */
export class TrafficFlow {
  readonly net: LaneNet;
  readonly riders: Rider[] = [];
  readonly programme: SignalProgramme;
  /** [signals] state of each light now. */
  readonly states: SignalState[];
  readonly occupancy = new Occupancy();
  readonly junctions: Junctions;
  timeS = 0;
  readonly #rng: Random;
  #steps = 0;
  readonly #leader: Leader = { gapM: 0, speedMps: 0 };
  /** Next body ahead of the rider that decides, and the gap to it. */
  #next: Entry | undefined;
  #nextM = 0;
  /** Room before the next junction or gate, from the rider's front. */
  #roomM = 0;
  /** Gap to a next body that will not drive on, and to one that stands; else Infinity. */
  #blockedM = 0;
  #standsM = 0;

  constructor(graph: LaneGraph, rng: Random) {
    this.net = laneNet(graph);
    this.#rng = rng;
    this.programme = drawSignals(rng, graph, limitAtSignals(this.net));
    this.states = graph.signals.map((s) => signalAt(this.programme, s.index, 0));
    this.junctions = new Junctions(this.net);
  }

  /** Puts a vehicle on a lane; the way on is drawn. */
  add(rider: Rider, lane: number, sM: number, speedMps: number): void {
    rider.path = [lane];
    rider.at = 0;
    rider.sM = sM;
    rider.dM = rider.ownDM;
    rider.speedMps = speedMps;
    extendPath(this.net, rider, this.#rng);
    placeRider(this.net, rider, 0);
    this.riders.push(rider);
  }

  /** Who is where now; anyone who asks between steps needs it first. */
  register(guests: Guests): void {
    this.occupancy.clear();
    this.junctions.clear();
    for (const rider of this.riders) {
      this.occupancy.putRider(this.net, rider);
      this.junctions.putRider(rider);
    }
    guests.register(this.occupancy, this.junctions);
  }

  /** One step of everybody; accelerations are taken from one instant. */
  step(dtS: number, guests: Guests = NO_GUESTS): void {
    for (let i = 0; i < this.states.length; i++)
      this.states[i] = signalAt(this.programme, i, this.timeS);
    this.register(guests);
    const lookEvery = Math.max(1, Math.round(LANE_LOOK_S / dtS));
    for (const rider of this.riders) {
      const before = rider.accelMps2;
      const wanted = rider.wreck ? -WRECK_MPS2 : this.#decide(rider, guests, dtS, lookEvery);
      const down = wanted < -4 ? Number.POSITIVE_INFINITY : JERK_DOWN_MPS3 * dtS;
      rider.accelMps2 = Math.min(Math.max(wanted, before - down), before + JERK_UP_MPS3 * dtS);
    }
    for (let i = this.riders.length - 1; i >= 0; i--)
      if (!this.#move(this.riders[i]!, dtS)) this.riders.splice(i, 1);
    this.timeS += dtS;
    this.#steps++;
  }

  #decide(rider: Rider, guests: Guests, dtS: number, lookEvery: number): number {
    const wish = this.#wish(rider);
    this.#roomM = this.junctions.ahead(rider, rider.at)?.holdM ?? Number.POSITIVE_INFINITY;
    const follow = this.#follow(rider, wish);
    let accel = Math.min(follow, this.#letIn(rider, wish, dtS, guests.letIn()));
    if (this.timeS < rider.episodeUntilS)
      accel = Math.min(
        accel,
        Math.max(-rider.episodeDecelMps2, (rider.episodeMps - rider.speedMps) / 0.5),
      );
    const freeM = this.#junctionLimit(rider, wish, (a) => {
      accel = Math.min(accel, a);
    });
    const keptBy = this.junctions.claimLimits(rider, (gapM, speedMps, line) => {
      this.#leader.gapM = gapM;
      this.#leader.speedMps = speedMps;
      const a = line ? stopAccel(rider, wish, gapM) : followAccel(rider, wish, this.#leader);
      accel = Math.min(accel, a);
    });
    this.#ageClaim(rider, keptBy, dtS);
    const peopleM = guests.stopGapM(rider);
    if (peopleM < Number.POSITIVE_INFINITY)
      accel = Math.min(accel, stopAccel(rider, wish, peopleM));
    const endM = this.laneEndM(rider);
    if (endM < Number.POSITIVE_INFINITY) accel = Math.min(accel, stopAccel(rider, wish, endM));
    if ((this.#steps + rider.id) % lookEvery === 0)
      considerChange(
        rider,
        {
          net: this.net,
          occupancy: this.occupancy,
          rng: this.#rng,
          freeM,
          wishMps: wish,
          blockedM: this.#blockedM,
          standsM: this.#standsM,
          accelMps2: follow,
        },
        this.timeS,
      );
    return accel;
  }

  #wish(rider: Rider): number {
    const wish = waySpeedMps(this.net, rider);
    return this.timeS < rider.episodeUntilS ? Math.min(wish, rider.episodeMps) : wish;
  }

  /** Behind the next vehicle on the way, and behind those of the lane that is being left. */
  #follow(rider: Rider, wish: number): number {
    const half = rider.lengthM / 2;
    const lookM = lookAheadM(rider.speedMps);
    const self = { id: rider.id, sM: rider.sM, halfM: half };
    this.#next = leaderInto(
      this.net,
      this.occupancy,
      rider.path,
      rider.at,
      self,
      lookM,
      this.#leader,
    );
    this.#nextM = this.#leader.gapM;
    const dead = this.#next !== undefined && this.#willStay(this.#next);
    this.#blockedM = dead ? this.#nextM : Number.POSITIVE_INFINITY;
    const stands = this.#next !== undefined && Math.abs(this.#next.speedMps) < STANDING_MPS;
    this.#standsM = stands ? this.#nextM : Number.POSITIVE_INFINITY;
    // drivers stop farther behind one that will not drive on: they mean to pass it
    if (dead) this.#leader.gapM = Math.max(0.1, this.#nextM - swingOutM(rider));
    let accel = followAccel(rider, wish, this.#leader);
    const { change } = rider;
    const leaving = change?.leaving;
    if (change !== undefined && leaving !== undefined) {
      const old = trackOf(this.net, leaving);
      const sM = (rider.sM / trackOf(this.net, laneOf(rider)).lengthM) * old.lengthM;
      const way = [leaving, ...old.next.slice(0, 1)];
      const beside = { ...self, sM };
      const entry = leaderInto(this.net, this.occupancy, way, 0, beside, lookM, this.#leader);
      if (entry !== undefined && !passesAside(rider, change, entry.rider?.widthM ?? 2))
        accel = Math.min(accel, this.#swingOut(rider, wish, entry));
    }
    return accel;
  }

  /** Behind somebody in the lane that is being left: round one that stands, as near as need be. */
  #swingOut(rider: Rider, wish: number, entry: Entry): number {
    return Math.abs(entry.speedMps) < STANDING_MPS
      ? stopAccel(rider, wish, this.#leader.gapM - CLEAR_OF_M)
      : followAccel(rider, wish, this.#leader);
  }

  /** Behind somebody whom this driver lets in before it. */
  #letIn(rider: Rider, wish: number, dtS: number, letIn: LetIn | undefined): number {
    const gapM = letIn && courtesyGapM(rider, letIn, this.#nextM, this.timeS);
    if (letIn === undefined || gapM === undefined) return Number.POSITIVE_INFINITY;
    if (rider.speedMps < STANDING_MPS) rider.patienceS -= dtS;
    return followAccel(rider, wish, { gapM, speedMps: letIn.speedMps });
  }

  /** true for somebody ahead who will not drive on: broken down, or an ego that stands for no reason. */
  #willStay(entry: Entry): boolean {
    if (entry.rider !== undefined) return isDead(entry.rider);
    return Math.abs(entry.speedMps) < STANDING_MPS && this.#roomM > this.#nextM + EGO_WAITS_M;
  }

  /** Gates and the right of way; returns the room before the next of them. */
  #junctionLimit(rider: Rider, wish: number, limit: (accel: number) => void): number {
    this.#releaseClaim(rider);
    const inside = rider.claim > 0 && rider.at >= rider.claimStart;
    const ahead = this.junctions.ahead(rider, inside ? rider.claimEnd + 1 : rider.at);
    if (ahead === undefined) {
      rider.hold = "NONE";
      rider.waitsSinceS = Number.POSITIVE_INFINITY;
      return this.#endOfLanesM(rider);
    }
    const claimed = rider.claim > 0 && ahead.first >= 0 && ahead.first <= rider.claimEnd;
    rider.hold = this.#holdOf(rider, ahead, claimed);
    if (rider.hold === "NONE") {
      rider.waitsSinceS = Number.POSITIVE_INFINITY;
      return Math.min(ahead.holdM, this.#endOfLanesM(rider));
    }
    if (claimed) rider.claim = 0;
    // a line that was passed by a hand is still the place to wait
    limit(stopAccel(rider, wish, ahead.holdM > -0.6 ? ahead.holdM : ahead.startM - 0.3));
    if (rider.hold === "LIGHT") rider.waitsSinceS = Number.POSITIVE_INFINITY;
    else if (rider.speedMps < STANDING_MPS && ahead.holdM < 6)
      rider.waitsSinceS = Math.min(rider.waitsSinceS, this.timeS);
    return ahead.holdM;
  }

  #holdOf(rider: Rider, ahead: Ahead, claimed: boolean): Rider["hold"] {
    const gate = ahead.gate;
    if (
      gate?.kind === "STOP" &&
      rider.speedMps < STANDING_MPS &&
      ahead.holdM < SIGN_REACH_M &&
      rider.stoppedAt !== gate.stopLine
    )
      rider.stoppedAt = gate.stopLine;
    rider.queued = this.#queuesAt(ahead);
    const hold = this.junctions.gateHold(rider, ahead, this.states);
    // behind somebody who moved in before it, it has no claim, and none that is older than theirs
    if (claimed && (rider.queued || this.#isOvertaken(rider, ahead))) {
      rider.claim = 0;
      return hold;
    }
    // held up before it could go, by people for instance, it looks again: who comes may be near by now
    const heldUp =
      claimed && ahead.holdM > 0 && rider.speedMps < STANDING_MPS && rider.accelMps2 <= 0;
    if (heldUp) rider.claim = 0;
    if (hold !== "NONE" || (claimed && !heldUp) || ahead.first < 0) return hold;
    const { speedMps: v } = rider;
    const decideM = Math.min(DECIDE_MAX_M, (v * v) / (2 * DECIDE_MPS2) + DECIDE_S * v + 6);
    if (ahead.holdM > decideM || rider.queued) return "NONE";
    const wait = this.junctions.mayEnter(rider, ahead, this.occupancy, this.timeS);
    if (wait !== "NONE") return wait;
    if (rider.claim === 0) rider.claim = this.junctions.newClaim();
    rider.claimStart = ahead.first;
    rider.claimEnd = ahead.last;
    this.junctions.renew(rider);
    return "NONE";
  }

  /** true behind somebody who has still to decide at the same place: who waits in a queue claims nothing. */
  #queuesAt(ahead: Ahead): boolean {
    if (this.#next === undefined || this.#nextM >= ahead.holdM) return false;
    return (this.#next.rider?.claim ?? this.junctions.egoClaim) === 0;
  }

  /** true where the next before the junction came later to its claim: those who cross wait for both in turn. */
  #isOvertaken(rider: Rider, ahead: Ahead): boolean {
    if (this.#next === undefined || this.#nextM >= ahead.startM) return false;
    return (this.#next.rider?.claim ?? this.junctions.egoClaim) > rider.claim;
  }

  /** The claim ends when the tail has left the last of its lanes. */
  #releaseClaim(rider: Rider): void {
    if (rider.claim === 0 || rider.at <= rider.claimEnd) return;
    let tailM = rider.sM - rider.lengthM / 2;
    for (let k = rider.claimEnd + 1; k < rider.at; k++)
      tailM += trackOf(this.net, rider.path[k]!).lengthM;
    if (tailM > 0) rider.claim = 0;
  }

  /**
   * Who stands with a claim and could go for all that earlier claims say, but does not (for people, or
   * behind somebody), loses its turn to those who have stood long for it.
   */
  #ageClaim(rider: Rider, keptBy: readonly Approach[], dtS: number): void {
    const { junctions } = this;
    const stands = rider.claim > 0 && rider.speedMps < STANDING_MPS;
    if (junctions.takeLost(rider.id) && stands) {
      rider.claim = junctions.newClaim();
      junctions.show(rider);
    }
    const isKept = keptBy.length > 0;
    rider.stalledS = stands && !isKept ? rider.stalledS + dtS : 0;
    const allStand = isKept && keptBy.every((other) => other.speedMps < STANDING_MPS);
    rider.keptS = stands && allStand ? rider.keptS + dtS : 0;
    if (rider.keptS < CLAIM_KEPT_S) return;
    rider.keptS = 0;
    for (const other of keptBy) junctions.lose(other.id);
  }

  /** Room to where the lanes of the way end or lose their neighbours, from the front bumper. */
  #endOfLanesM(rider: Rider): number {
    let room = -rider.sM - rider.lengthM / 2;
    for (let k = rider.at; k < rider.path.length; k++) {
      const track = trackOf(this.net, rider.path[k]!);
      if (track.junction || (k > rider.at && track.left === undefined && track.right === undefined))
        return room;
      room += track.lengthM;
      if (room > 300) return room;
    }
    return room;
  }

  /**
   * Room before the end of a lane beside one that goes on, from the front bumper: no place to leave the
   * world, one stops there. Infinity where the way does not end so, m.
   */
  laneEndM(rider: Rider): number {
    let roomM = -rider.sM - rider.lengthM / 2 - 1;
    for (let k = rider.at; k < rider.path.length; k++) {
      const track = trackOf(this.net, rider.path[k]!);
      const beside = [track.left, track.right].filter((i) => i !== undefined);
      const closes = !track.junction && track.wideToM < track.lengthM && beside.length > 0;
      const ends =
        track.next.length === 0 && beside.some((i) => trackOf(this.net, i).next.length > 0);
      if (closes || ends) return roomM + track.wideToM;
      roomM += track.lengthM;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Moves one vehicle; false where its road ended. */
  #move(rider: Rider, dtS: number): boolean {
    const v0 = rider.speedMps;
    rider.speedMps = Math.max(0, v0 + rider.accelMps2 * dtS);
    if (rider.speedMps === 0 && rider.accelMps2 < 0) rider.accelMps2 = 0;
    rider.restS = Math.max(0, rider.restS - dtS);
    const wayM = ((v0 + rider.speedMps) / 2) * dtS;
    const stands = rider.speedMps < STANDING_MPS;
    rider.creptM = stands ? 0 : rider.creptM + wayM;
    if (stands) rider.stoodS += dtS;
    else if (rider.creptM > CREEP_M) rider.stoodS = 0;
    if (!advance(this.net, rider, wayM)) return false;
    extendPath(this.net, rider, this.#rng);
    const slope = moveSideways(this.net, rider, dtS);
    placeRider(this.net, rider, slope);
    return true;
  }
}

/** Highest limit of the lanes that a light governs. */
function limitAtSignals(net: LaneNet): (signal: number) => number {
  const limits = new Map<number, number>();
  for (const track of net.tracks)
    for (const gate of track?.gates ?? [])
      for (const signal of gate.signals)
        limits.set(signal, Math.max(limits.get(signal) ?? 0, track!.limitMps));
  return (signal) => limits.get(signal) ?? 50 / 3.6;
}
