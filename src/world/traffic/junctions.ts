import type { SignalState } from "../../contract/scene.ts";
import { type Gate, type LaneNet, type LaneTrack, trackOf } from "./lane-net.ts";
import type { Occupancy } from "./occupancy.ts";
import type { Overlap } from "./overlaps.ts";
import type { Rider } from "./rider.ts";
import { gateState, YELLOW_STOP_MPS2 } from "./signals.ts";

/** Somebody on or before a junction lane, in that lane's coordinates. */
export type Approach = {
  readonly id: number;
  readonly frontM: number;
  readonly lengthM: number;
  readonly speedMps: number;
  /** Speed that it will hardly exceed there. */
  readonly maxMps: number;
  /** 0 none; the earlier the smaller. */
  claim: number;
  /** Waits for a light, a sign or a free exit and will not go now. */
  readonly held: boolean;
  /** Has stood with its claim for so long that others go before it where it leaves them room. */
  readonly lapsed: boolean;
  readonly waitsSinceS: number;
};

/** The junction before a rider: the lanes that it must have for itself, and where it waits for them. */
export type Ahead = {
  /** First and last of these lanes in the path. */
  readonly first: number;
  readonly last: number;
  /** From the front bumper to the start of the first. */
  readonly startM: number;
  /** From the front bumper to the waiting point. */
  readonly holdM: number;
  readonly gate: Gate | undefined;
};

/** How far ahead others are looked for: time and least distance. */
const APPROACH_S = 8;
const APPROACH_MIN_M = 50;
const APPROACH_MAX_M = 250;
/** A lane shorter than a vehicle and this is no place to wait, m. */
const WAITING_ROOM_M = 4;
const CHAIN_MAX = 8;
/** A gate belongs to the junction that begins within this, m. */
const GATE_TO_JUNCTION_M = 30;
/** Drivers look for gates this far ahead, m. */
const GATE_AHEAD_M = 130;
/** Somebody who has the right of way and time to spare clears the place before us by this, s. */
const CLEAR_S = 0.7;
const EXIT_ROOM_M = 2;
/** Who stands keeps others who stand with later claims no longer than this, s. */
export const CLAIM_KEPT_S = 8;
/** Who stands longer than this with a claim and without need is not waited for at the line either, s. */
export const CLAIM_LAPSES_S = 30;
/** Standing so near before ground that an earlier claim covers, a rider waits for it, m. */
const DEFERS_M = 3;
/** How soon somebody may come who sees a free way, m/s². */
const EARLY_MPS2 = 1.5;
/** How slowly a way may be cleared, m/s². */
const LATE_MPS2 = 0.6;
/** After this long at the line drivers with the right of way let one in, s, if they are as polite as this. */
const COURTESY_S = 35;
const POLITE = 0.1;
/** Patience: after this long at the line, smaller gaps do, s. */
const PATIENCE_S = 40;
/** Slower than this a queue moves up, faster it flows, m/s. */
const CREEPING_MPS = 4;
const NOBODY: readonly Approach[] = [];

/** Time for a distance with an acceleration up to a speed. */
export function travelS(
  distM: number,
  speedMps: number,
  accelMps2: number,
  maxMps: number,
): number {
  if (distM <= 0) return 0;
  const top = Math.max(maxMps, speedMps, 0.5);
  const speedingM = (top * top - speedMps * speedMps) / (2 * accelMps2);
  if (distM <= speedingM)
    return (Math.sqrt(speedMps * speedMps + 2 * accelMps2 * distM) - speedMps) / accelMps2;
  return (top - speedMps) / accelMps2 + (distM - speedingM) / top;
}

const earlyS = (distM: number, speedMps: number, maxMps: number): number =>
  travelS(distM, speedMps, EARLY_MPS2, maxMps);

function lateS(distM: number, speedMps: number, maxMps: number): number {
  return travelS(distM, Math.min(speedMps, maxMps), LATE_MPS2, maxMps);
}

/** Who may enter which junction, and who waits for whom. Rebuilt each step from where everybody is. */
export class Junctions {
  readonly #net: LaneNet;
  readonly #approach: (Approach[] | undefined)[] = [];
  readonly #touched: number[] = [];
  /** Length promised to claims, by the lane behind the junction. [lanes] m */
  readonly #promisedM: Float64Array;
  readonly #promisedLanes: number[] = [];
  #claims = 0;
  readonly #lost = new Set<number>();
  /** Ego's claim; 0 none. */
  egoClaim = 0;

  constructor(net: LaneNet) {
    this.#net = net;
    this.#promisedM = new Float64Array(net.tracks.length);
  }

  newClaim(): number {
    return ++this.#claims;
  }

  clear(): void {
    for (const lane of this.#touched) this.#approach[lane]!.length = 0;
    this.#touched.length = 0;
    for (const lane of this.#promisedLanes) this.#promisedM[lane] = 0;
    this.#promisedLanes.length = 0;
  }

  on(lane: number): readonly Approach[] {
    return this.#approach[lane] ?? NOBODY;
  }

  put(lane: number, approach: Approach): void {
    let list = this.#approach[lane];
    if (list === undefined) {
      list = [];
      this.#approach[lane] = list;
    }
    if (list.length === 0) this.#touched.push(lane);
    list.push(approach);
  }

  #promise(lane: number, lengthM: number): void {
    if (this.#promisedM[lane] === 0) this.#promisedLanes.push(lane);
    this.#promisedM[lane]! += lengthM;
  }

  /** Registers a rider on the junction lanes that its body is on or will soon reach. */
  putRider(rider: Rider): void {
    const { path, at } = rider;
    const half = rider.lengthM / 2;
    const reach = Math.min(APPROACH_MAX_M, Math.max(APPROACH_MIN_M, APPROACH_S * rider.speedMps));
    let front = rider.sM + half;
    for (let k = at; k < path.length && front > -reach; k++) {
      front -= this.#putOn(rider, k, front);
    }
    front = rider.sM + half;
    for (let k = at - 1; k >= 0; k--) {
      const track = trackOf(this.#net, path[k]!);
      front += track.lengthM;
      if (front - rider.lengthM > track.lengthM) break;
      this.#putOn(rider, k, front);
    }
    if (rider.claim > 0 && at <= rider.claimEnd) {
      const exit = path[rider.claimEnd + 1];
      if (exit !== undefined) this.#promise(exit, rider.lengthM + EXIT_ROOM_M);
    }
  }

  /** Somebody has kept others standing for too long: its claim is to become the latest. 0 is ego. */
  lose(id: number): void {
    this.#lost.add(id);
  }

  /** Whether its turn was lost since it was asked last. */
  takeLost(id: number): boolean {
    return this.#lost.delete(id);
  }

  /** Shows a claim that was just made to everybody that decides later in this step. */
  renew(rider: Rider): void {
    this.show(rider);
    const exit = rider.path[rider.claimEnd + 1];
    if (exit !== undefined) this.#promise(exit, rider.lengthM + EXIT_ROOM_M);
  }

  /** The claim of a rider has another age now. */
  show(rider: Rider): void {
    for (let k = rider.claimStart; k <= rider.claimEnd; k++)
      for (const approach of this.on(rider.path[k]!))
        if (approach.id === rider.id) approach.claim = rider.claim;
  }

  /** Returns the length of the lane. */
  #putOn(rider: Rider, k: number, frontM: number): number {
    const lane = rider.path[k]!;
    const track = trackOf(this.#net, lane);
    if (track.overlaps.length > 0)
      this.put(lane, {
        id: rider.id,
        frontM,
        lengthM: rider.lengthM,
        speedMps: rider.speedMps,
        maxMps: laneMaxMps(track, rider),
        // a claim is for its lanes only: the next junction is another matter
        claim: k >= rider.claimStart && k <= rider.claimEnd ? rider.claim : 0,
        held: isHeld(rider),
        lapsed: rider.stalledS > CLAIM_LAPSES_S,
        waitsSinceS: rider.waitsSinceS,
      });
    return track.lengthM;
  }

  /** The junction or gate that a rider comes to next from lane `path[from]` on; undefined where none is near. */
  ahead(rider: Rider, from: number): Ahead | undefined {
    const { path } = rider;
    const frontM = rider.sM + rider.lengthM / 2;
    let offset = -frontM;
    let gate: Gate | undefined;
    let gateM = Number.POSITIVE_INFINITY;
    for (let k = rider.at; k < path.length && offset < GATE_AHEAD_M; k++) {
      const track = trackOf(this.#net, path[k]!);
      if (k < from) {
        offset += track.lengthM;
        continue;
      }
      if (gate === undefined)
        for (const g of track.gates)
          if (offset + g.sM > -0.3) {
            gate = g;
            gateM = offset + g.sM;
            break;
          }
      if (gate !== undefined && offset - gateM > GATE_TO_JUNCTION_M)
        return { first: -1, last: -1, startM: offset, holdM: gateM, gate };
      if (track.junction && track.overlaps.length > 0)
        return {
          first: k,
          last: this.#chainEnd(path, k, rider.lengthM),
          startM: offset,
          holdM: gate === undefined ? offset - 0.5 : gateM,
          gate,
        };
      offset += track.lengthM;
    }
    if (gate === undefined) return undefined;
    return { first: -1, last: -1, startM: offset, holdM: gateM, gate };
  }

  /** Lanes that must be had together: where the room between two junctions is too short to wait in. */
  #chainEnd(path: readonly number[], first: number, lengthM: number): number {
    let last = first;
    let roomM = 0;
    for (let k = first + 1; k < path.length && k < first + CHAIN_MAX; k++) {
      const track = trackOf(this.#net, path[k]!);
      if (track.gates.some((gate) => gate.kind === "LIGHT" || roomM + gate.sM > lengthM + 1)) break;
      if (track.junction && track.overlaps.length > 0) {
        last = k;
        roomM = 0;
      } else roomM += track.lengthM;
      if (roomM > lengthM + WAITING_ROOM_M) break;
    }
    return last;
  }

  /** What the gate asks for: the hold that it puts on the rider. */
  gateHold(rider: Rider, ahead: Ahead, states: readonly SignalState[]): Rider["hold"] {
    const gate = ahead.gate;
    if (gate === undefined) return "NONE";
    if (gate.kind === "STOP") return rider.stoppedAt === gate.stopLine ? "NONE" : "SIGN";
    if (gate.kind !== "LIGHT") return "NONE";
    const state = gateState(states, gate.signals);
    if (state === "RED") return "LIGHT";
    if (state !== "YELLOW") return "NONE";
    const needed = rider.speedMps ** 2 / (2 * Math.max(ahead.holdM - 0.3, 0.05));
    return needed <= YELLOW_STOP_MPS2 ? "LIGHT" : "NONE";
  }

  /** Whether the lanes ahead are, or will in time be, free of everybody that goes first. */
  mayEnter(rider: Rider, ahead: Ahead, occupancy: Occupancy, timeS: number): Rider["hold"] {
    if (!this.#exitFree(rider, ahead, occupancy)) return "EXIT";
    const waitedS = Math.max(0, timeS - rider.waitsSinceS);
    const marginS = rider.driver.crossGapS * Math.max(0.4, 1 - waitedS / PATIENCE_S);
    let offset = ahead.startM;
    for (let k = ahead.first; k <= ahead.last; k++) {
      const track = trackOf(this.#net, rider.path[k]!);
      const maxMps = laneMaxMps(track, rider);
      for (const overlap of track.overlaps)
        if (overlap.kind !== "DIVERGE")
          for (const other of this.on(overlap.other))
            if (
              other.id !== rider.id &&
              blocks(rider, other, overlap, offset, maxMps, marginS, timeS)
            )
              return "YIELD";
      offset += track.lengthM;
    }
    return "NONE";
  }

  /** Room for the whole vehicle behind the junction: nobody stops on it. */
  #exitFree(rider: Rider, ahead: Ahead, occupancy: Occupancy): boolean {
    const exit = rider.path[ahead.last + 1];
    if (exit === undefined) return true;
    const needM = rider.lengthM + EXIT_ROOM_M + this.#promisedM[exit]!;
    let offset = 0;
    for (let k = ahead.last + 1; k < rider.path.length && offset < needM; k++) {
      for (const entry of occupancy.on(rider.path[k]!)) {
        if (entry.id === rider.id) continue;
        if (entry.speedMps > 3) return true;
        return offset + entry.sM - entry.halfM + 2 * entry.speedMps >= needM;
      }
      offset += trackOf(this.#net, rider.path[k]!).lengthM;
    }
    return true;
  }

  /**
   * What a rider with a claim must still wait for: the nearest zone that somebody with an earlier claim
   * has not cleared, as a gap from the front bumper, and vehicles ahead in merging and parting lanes.
   * Calls `limit(gapM, speedMps, line)`; `line` is true where the gap ends at a place, not at a vehicle.
   * Returns those whose earlier claims, and nothing else, keep the rider from going on here.
   */
  claimLimits(
    rider: Rider,
    limit: (gapM: number, speedMps: number, line: boolean) => void,
  ): readonly Approach[] {
    const { path } = rider;
    let keptBy: Approach[] | undefined;
    // one function for all who are asked about: this is the innermost loop of the traffic
    let asked: Approach | undefined;
    let isThere = false;
    const note = (gapM: number, speedMps: number, line: boolean) => {
      limit(gapM, speedMps, line);
      if (isThere || gapM > DEFERS_M) return;
      keptBy ??= [];
      keptBy.push(asked!);
    };
    const front = rider.sM + rider.lengthM / 2;
    let offset = -front;
    for (let k = rider.at; k < path.length && offset < APPROACH_MIN_M; k++) {
      const track = trackOf(this.#net, path[k]!);
      for (const overlap of track.overlaps)
        for (const other of this.on(overlap.other))
          if (other.id !== rider.id) {
            asked = other;
            isThere = other.frontM > overlap.otherFromM || overlap.kind === "DIVERGE";
            limitBy(rider, other, overlap, offset, track, note);
          }
      offset += track.lengthM;
    }
    return keptBy ?? NOBODY;
  }
}

const laneMaxMps = (track: LaneTrack, rider: Rider): number =>
  Math.min(track.limitMps * rider.driver.desiredRatio, rider.driver.topMps, track.bendMinMps * 1.1);

/** Will not go now: waits for a light, a sign or a free exit, or creeps up in a queue. */
const isHeld = (rider: Rider): boolean =>
  rider.wreck ||
  (rider.hold !== "NONE" && rider.hold !== "YIELD") ||
  (rider.queued && rider.speedMps < CREEPING_MPS);

const cleared = (other: Approach, overlap: Overlap): boolean =>
  other.frontM - other.lengthM > overlap.otherToM;

/** Whether `other` keeps `rider` from claiming a lane that starts `offset` ahead of its front. */
function blocks(
  rider: Rider,
  other: Approach,
  overlap: Overlap,
  offset: number,
  maxMps: number,
  marginS: number,
  timeS: number,
): boolean {
  if (cleared(other, overlap)) return false;
  const v = rider.speedMps;
  const otherInM = overlap.otherFromM - other.frontM;
  const otherOutM = overlap.otherToM + other.lengthM - other.frontM;
  if (other.claim > 0 && !(other.lapsed && otherInM > 0)) {
    const outS = lateS(otherOutM, other.speedMps, other.maxMps);
    const fromM = overlap.kind === "MERGE" ? overlap.toM : overlap.fromM;
    return earlyS(offset + fromM, v, maxMps) < outS + CLEAR_S;
  }
  if (other.held) return false;
  // who has waited very long is let in, by those who have the right of way too; nobody counts on ego for that
  const longWaited = timeS - rider.waitsSinceS > COURTESY_S;
  if (!overlap.yields) {
    const otherWaited = timeS - other.waitsSinceS > COURTESY_S;
    return otherWaited && other.waitsSinceS < rider.waitsSinceS && rider.driver.politeness > POLITE;
  }
  if (longWaited && other.id !== 0 && other.speedMps >= 0.3) return false;
  if (other.speedMps < 0.3) return other.waitsSinceS < rider.waitsSinceS - 0.5;
  const myOutS = lateS(offset + overlap.toM + rider.lengthM, v, maxMps);
  const closing =
    overlap.kind === "MERGE" ? Math.max(0, other.speedMps - maxMps) / (2 * EARLY_MPS2) : 0;
  if (myOutS + marginS + closing < earlyS(otherInM, other.speedMps, other.maxMps)) return false;
  return (
    earlyS(offset + overlap.fromM, v, maxMps) <
    lateS(otherOutM, other.speedMps, other.maxMps) + marginS
  );
}

function limitBy(
  rider: Rider,
  other: Approach,
  overlap: Overlap,
  offset: number,
  track: LaneTrack,
  limit: (gapM: number, speedMps: number, line: boolean) => void,
): void {
  if (cleared(other, overlap)) return;
  const mine = -offset;
  if (overlap.kind === "DIVERGE") {
    // both came over the same lane: whoever is ahead of the other stays ahead until they have parted
    const aheadM = other.frontM - mine;
    if (aheadM > 0 && mine < overlap.toM && mine > -APPROACH_MIN_M && other.frontM > 0)
      limit(aheadM - other.lengthM, other.speedMps, false);
    return;
  }
  const inZone = other.frontM > overlap.otherFromM;
  const first = inZone || (other.claim > 0 && other.claim < rider.claim);
  if (overlap.kind === "MERGE") {
    const gapM = overlap.toM - mine - (overlap.otherToM - other.frontM) - other.lengthM;
    if (mine > overlap.fromM) {
      // both in the merging stretch: the one nearer to its end goes first
      const aheadM = overlap.toM - mine - (overlap.otherToM - other.frontM);
      const behind = aheadM > 0 || (aheadM === 0 && other.id < rider.id);
      if (inZone && behind) limit(Math.max(gapM, 0), other.speedMps, false);
    } else if (first && gapM > 1) limit(gapM, other.speedMps, false);
    else if (first) limit(overlap.fromM - mine - 0.6, 0, true);
    return;
  }
  if (!first || mine > overlap.fromM) return;
  const gapM = overlap.fromM - mine - 0.6;
  const inS = earlyS(gapM, rider.speedMps, laneMaxMps(track, rider));
  const outM = overlap.otherToM + other.lengthM - other.frontM;
  if (inS < lateS(outM, other.speedMps, other.maxMps) + CLEAR_S) limit(gapM, 0, true);
}
