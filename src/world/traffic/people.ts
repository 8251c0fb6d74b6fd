import type { SignalState } from "../../contract/scene.ts";
import type { Random } from "../random.ts";
import {
  type CrossHit,
  type CrossLine,
  crossLine,
  reversed,
  zebraLines,
} from "./crossing-lines.ts";
import { type LaneNet, trackOf } from "./lane-net.ts";
import type { LaneSpots } from "./lane-spots.ts";
import type { Occupancy } from "./occupancy.ts";
import type { Rider } from "./rider.ts";
import { gateState } from "./signals.ts";
import { cross, drawWalker, placeAtLine, placeOnWalk, stroll, type Walker } from "./walker.ts";

/** Distance that a driver keeps from people before it, m. */
const KEEP_OFF_M = 1.8;
/** Time kept between a vehicle and people on its way, s. */
const APART_S = 1.5;
/** Braking that people count on when they step out, m/s², and the driver's reaction, s. */
const COUNTED_MPS2 = 1.8;
const COUNTED_S = 1.2;
/** Vehicles farther back than this do not matter to people, m. */
const BACK_M = 90;
/** Drivers stop for people who wait at a crossing if this is enough, m/s². */
const COURTESY_MPS2 = 2;
/** Drivers who stand for people that do not come drive on after this, s. */
const COURTESY_S = 8;
/** Drivers who push more than this do not stop for people who wait. */
const RUDE = 0.85;
/** How wide half a crossing person's way is on the lane, m. */
const HALF_WAY_M = 1;
/** How often people on the sidewalk turn to the road beside them, 1/s. */
const JAYWALK_HZ = 0.004;
/** How often people who pass a crossing take it, and from how far, m. */
const TAKE_PROB = 0.4;
const TAKE_M = 4;
const ACROSS_MAX_M = 26;
/** Slower than this a vehicle stands, m/s. */
const STANDS_MPS = 0.3;

/** A way that people are on, or are about to take, as drivers of a lane see it. */
type OnLane = { sM: number; inS: number; outS: number; waiting: boolean };

export type PeopleOptions = {
  /** People per painted crossing and per 100 m of sidewalk near ego. */
  readonly density: number;
  /** Share that steps out without looking. */
  readonly heedlessShare: number;
  /** Cross where no crossing is, when the road is free. */
  readonly jaywalks: boolean;
};

/** People on foot around ego. */
export class People {
  readonly walkers: Walker[] = [];
  readonly lines: readonly CrossLine[];
  readonly #net: LaneNet;
  readonly #spots: LaneSpots;
  readonly #rng: Random;
  readonly #options: PeopleOptions;
  readonly #onLane = new Map<number, OnLane[]>();

  constructor(net: LaneNet, spots: LaneSpots, rng: Random, options: PeopleOptions) {
    this.#net = net;
    this.#spots = spots;
    this.#rng = rng;
    this.#options = options;
    this.lines = zebraLines(net, spots);
  }

  /** Adds people between two distances from a point until the density is met; drops those far away. */
  populate(
    xM: number,
    yM: number,
    minM: number,
    maxM: number,
    timeS: number,
    nextId: () => number,
  ): void {
    const far = (x: number, y: number) => Math.hypot(x - xM, y - yM);
    for (let i = this.walkers.length - 1; i >= 0; i--) {
      const walker = this.walkers[i]!;
      if (far(walker.xM, walker.yM) > maxM * 1.2) this.walkers.splice(i, 1);
    }
    if (this.#options.density <= 0) return;
    const near = this.lines.filter((line) => far(line.x0M, line.y0M) < maxM);
    const walks = this.#walkSpots(xM, yM, maxM);
    const walkM = walks.length * this.#spots.spacingM;
    const wanted = Math.round(this.#options.density * (near.length + walkM / 100));
    for (let tries = 0; tries < 2 * wanted && this.walkers.length < wanted; tries++) {
      const atLine =
        near.length > 0 && this.#rng.next() * (near.length + walkM / 100) < near.length;
      if (atLine) {
        const line = this.#rng.pick(near);
        if (far(line.x0M, line.y0M) < minM) continue;
        const walker = drawWalker(this.#rng, nextId(), this.#options.heedlessShare);
        const way = this.#rng.chance(0.5) ? line : reversed(line);
        placeAtLine(walker, way, timeS + this.#rng.range(0, 15));
        this.walkers.push(walker);
      } else if (walks.length > 0) {
        const spot = this.#rng.pick(walks);
        if (far(spot.xM, spot.yM) < minM) continue;
        const walker = drawWalker(this.#rng, nextId(), this.#options.heedlessShare);
        walker.dir = this.#rng.chance(0.5) ? 1 : -1;
        const track = this.#net.walks[spot.lane]!;
        const halfM = Math.max(0, track.halfWidthM - 0.5);
        placeOnWalk(walker, track, spot.sM, this.#rng.range(-halfM, halfM));
        this.walkers.push(walker);
      }
    }
  }

  #walkSpots(xM: number, yM: number, maxM: number) {
    const out: { lane: number; sM: number; xM: number; yM: number }[] = [];
    this.#spots.near(xM, yM, maxM, (spot) => {
      if (this.#net.walks[spot.lane] !== undefined) out.push(spot);
    });
    return out;
  }

  /** Moves everybody; `occupancy` tells where the vehicles are, `states` what the lights show. */
  step(dtS: number, timeS: number, occupancy: Occupancy, states: readonly SignalState[]): void {
    for (const walker of this.walkers) {
      if (walker.mode === "STROLL") this.#stroll(walker, dtS, timeS);
      else if (walker.mode === "WAIT") {
        if (timeS >= walker.fromS && this.#mayStart(walker, occupancy, states))
          walker.mode = "CROSS";
      } else cross(walker, dtS, timeS, this.#rng, (hit) => this.#mayGoOn(walker, hit, occupancy));
      if (walker.mode === "WAIT" && walker.posM === 0) this.#maybeWalkOn(walker, timeS);
    }
    this.#tellLanes(timeS, occupancy);
  }

  #stroll(walker: Walker, dtS: number, timeS: number): void {
    stroll(this.#net, walker, dtS, this.#rng);
    for (const line of this.lines)
      for (const way of [line, undefined]) {
        const x = way === undefined ? line.x1M : line.x0M;
        const y = way === undefined ? line.y1M : line.y0M;
        const stepM = walker.paceMps * dtS;
        const d = Math.abs(Math.hypot(walker.xM - x, walker.yM - y));
        if (d < TAKE_M && d > TAKE_M - stepM * 1.5 && this.#rng.chance(TAKE_PROB)) {
          placeAtLine(walker, way ?? reversed(line), timeS);
          return;
        }
      }
    if (this.#options.jaywalks && this.#rng.chance(JAYWALK_HZ * dtS)) this.#jaywalk(walker, timeS);
  }

  /** Turns to the road beside the sidewalk and waits for a gap. */
  #jaywalk(walker: Walker, timeS: number): void {
    const side = this.#spots
      .lanesNear(walker.xM, walker.yM, 14)
      .filter((spot) => this.#net.tracks[spot.lane] !== undefined)
      .sort((a, b) => distance(a, walker) - distance(b, walker))[0];
    if (side === undefined || trackOf(this.#net, side.lane).junction) return;
    const apart = distance(side, walker);
    const ux = (side.xM - walker.xM) / apart;
    const uy = (side.yM - walker.yM) / apart;
    const to = [walker.xM + ux * ACROSS_MAX_M, walker.yM + uy * ACROSS_MAX_M] as const;
    const line = crossLine(this.#net, this.#spots, [walker.xM, walker.yM], to, false);
    if (line !== undefined) placeAtLine(walker, line, timeS);
  }

  /** Who has reached the far side goes on along a sidewalk where there is one. */
  #maybeWalkOn(walker: Walker, timeS: number): void {
    if (walker.fromS - timeS < 7.9 || !this.#rng.chance(0.7)) return;
    const spot = this.#walkSpots(walker.xM, walker.yM, 4)[0];
    if (spot === undefined) return;
    walker.dir = this.#rng.chance(0.5) ? 1 : -1;
    placeOnWalk(walker, this.#net.walks[spot.lane]!, spot.sM, 0);
  }

  #mayStart(walker: Walker, occupancy: Occupancy, states: readonly SignalState[]): boolean {
    if (walker.heedless) return true;
    const line = walker.line!;
    for (const hit of line.hits) {
      if (hit.signals.length > 0) {
        const state = gateState(states, hit.signals);
        if (state === "GREEN" || state === "YELLOW") return false;
      }
      if (!this.#gapAt(occupancy, hit.lane, hit.sM, hit.toM / walker.paceMps, 3)) return false;
    }
    return true;
  }

  /** Steps onto the next lane: nobody stands there; who has paused before it looks for a gap again. */
  #mayGoOn(walker: Walker, hit: CrossHit, occupancy: Occupancy): boolean {
    if (walker.heedless) return true;
    if (occupied(occupancy, hit)) return false;
    const outS = (hit.toM - walker.posM) / walker.paceMps;
    return walker.speedMps > 0 || this.#gapAt(occupancy, hit.lane, hit.sM, outS, 3);
  }

  /** Whether every vehicle that comes to a place can stop before it, or passes later. */
  #gapAt(occupancy: Occupancy, lane: number, sM: number, outS: number, depth: number): boolean {
    for (const entry of occupancy.on(lane)) {
      const gapM = sM - HALF_WAY_M - entry.sM - entry.halfM;
      if (entry.sM - entry.halfM > sM + HALF_WAY_M) continue;
      if (gapM < 0.3) return false;
      const v = Math.max(0, entry.speedMps);
      if (v < 0.3 || gapM / v > outS + APART_S) continue;
      if (gapM < (v * v) / (2 * COUNTED_MPS2) + v * COUNTED_S + KEEP_OFF_M) return false;
    }
    if (sM > BACK_M || depth === 0) return true;
    return trackOf(this.#net, lane).prev.every((prev) =>
      this.#gapAt(occupancy, prev, sM + trackOf(this.#net, prev).lengthM, outS, depth - 1),
    );
  }

  /** Writes down for each lane who is or will be on it. */
  #tellLanes(timeS: number, occupancy: Occupancy): void {
    this.#onLane.clear();
    for (const walker of this.walkers) {
      const { line, mode, paceMps, posM } = walker;
      if (line === undefined || mode === "STROLL") continue;
      const waits = mode === "WAIT";
      if (waits && (!line.zebra || walker.fromS > timeS)) continue;
      const ahead = line.hits.filter((hit) => hit.fromM > posM);
      // whose way is barred cannot use what a driver would give
      const barred = walker.speedMps === 0 && ahead.some((hit) => isBarred(occupancy, hit));
      if (waits && barred) continue;
      for (const hit of line.hits) {
        if (posM > hit.toM + 0.3 || (waits && hit.signals.length > 0)) continue;
        const inS = Math.max(0, hit.fromM - 0.4 - posM) / paceMps;
        const outS = (hit.toM + 0.4 - posM) / paceMps;
        const known = this.#onLane.get(hit.lane);
        // who has paused before a lane waits for it as at the kerb
        const pauses = !waits && walker.speedMps === 0 && hit.fromM > posM && posM > 0;
        if (pauses && (!line.zebra || barred)) continue;
        const told = { sM: hit.sM, inS, outS, waiting: waits || pauses };
        if (known === undefined) this.#onLane.set(hit.lane, [told]);
        else known.push(told);
      }
    }
  }

  /** Gap from a rider's front to where it must stop for people; Infinity where it need not. */
  stopGapM(rider: Rider): number {
    if (this.#onLane.size === 0) return Number.POSITIVE_INFINITY;
    const v = rider.speedMps;
    const reachM = (v * v) / 3 + 20;
    let best = Number.POSITIVE_INFINITY;
    let offset = -rider.sM - rider.lengthM / 2;
    for (let k = rider.at; k < rider.path.length && offset < reachM; k++) {
      for (const told of this.#onLane.get(rider.path[k]!) ?? []) {
        const gapM = offset + told.sM - KEEP_OFF_M;
        if (gapM > -0.8 && gapM < best && mustStop(rider, told, gapM)) best = gapM;
      }
      offset += trackOf(this.#net, rider.path[k]!).lengthM;
    }
    return best;
  }
}

function mustStop(rider: Rider, told: OnLane, gapM: number): boolean {
  const v = rider.speedMps;
  if (told.waiting) {
    const polite = rider.driver.aggressiveness < RUDE && rider.stoodS < COURTESY_S;
    return polite && v * v < 2 * COURTESY_MPS2 * Math.max(gapM, 0);
  }
  const passS = (gapM + 2 * KEEP_OFF_M + rider.lengthM) / Math.max(v, 0.5);
  if (told.inS > passS + APART_S) return false;
  return v < 0.5 || gapM / v < told.outS + APART_S;
}

/** A vehicle stands or drives where the way meets the lane. */
const occupied = (occupancy: Occupancy, hit: CrossHit): boolean =>
  occupancy.on(hit.lane).some((entry) => {
    const apartM = Math.abs(entry.sM - hit.sM) - entry.halfM;
    const comesM = hit.sM - entry.sM - entry.halfM;
    return (
      apartM < HALF_WAY_M || (comesM > 0 && entry.speedMps > 0.5 && comesM < 0.6 * entry.speedMps)
    );
  });

/** A vehicle stands where the way meets the lane. */
const isBarred = (occupancy: Occupancy, hit: CrossHit): boolean =>
  occupancy
    .on(hit.lane)
    .some(
      (entry) =>
        Math.abs(entry.speedMps) < STANDS_MPS &&
        Math.abs(entry.sM - hit.sM) - entry.halfM < HALF_WAY_M,
    );

const distance = (
  a: { readonly xM: number; readonly yM: number },
  b: { readonly xM: number; readonly yM: number },
): number => Math.hypot(a.xM - b.xM, a.yM - b.yM);
