import type { LanePosition } from "../../contract/lane-graph.ts";
import type { GroundBox } from "../box.ts";
import { CLAIM_LAPSES_S, type Junctions } from "./junctions.ts";
import { heightAt, type LaneNet, projectOn, trackOf } from "./lane-net.ts";
import type { LaneSpots } from "./lane-spots.ts";
import type { Occupancy } from "./occupancy.ts";

/** Ego as others see it: its box (centre on the ground) and speed. */
export type EgoBody = GroundBox & { readonly speedMps: number };

/** Lanes this far above or below the last one are another level, m. */
const LEVEL_M = 3;

/** A box that reaches over the edge of a lane by less than this does not block it, m. */
const EDGE_M = 0.25;
/** A driver who would have to brake harder than this before a junction will not, m/s². */
const COMMITTED_MPS2 = 2.5;
/** How far others reckon with ego's coming: time and least distance. */
const APPROACH_S = 8;
const APPROACH_MIN_M = 50;
/** Lanes farther off than this are not those of ego, m. */
const NEAR_M = 9;
/** An angle to the lane counts as this much offset per radian, m. */
const ANGLE_M = 3;
/** An ego no farther beside the middle of its lane, and no more askew, keeps to its way, m and rad. */
const ON_WAY_M = 0.5;
const ON_WAY_RAD = 0.2;
/** The lane that ego was on, or one of its route, is preferred by this much, m. */
const KEEP_M = 0.6;
const ROUTE_M = 1;

/** Slower than this, with the end of its lane this near, ego asks to be let into the lane of its route. */
const ASKS_MPS = 3;
const ASKS_M = 70;
/** Slower than this ego stands, m/s. */
const STANDS_MPS = 0.1;

/** Ego waits to be let into a lane: its place there, and since when. */
export type LetIn = {
  readonly lane: number;
  readonly sM: number;
  readonly halfM: number;
  readonly speedMps: number;
  readonly sinceS: number;
};

type Touch = {
  readonly lane: number;
  readonly sM: number;
  readonly dM: number;
  /** Heading against the lane's, rad. */
  readonly angleRad: number;
};

/** A junction lane with ego's front in its coordinates (negative: still before), m. */
type OnJunction = { readonly lane: number; readonly frontM: number };

/** Where ego is on the graph, and what it means for others; ego drives as it likes. */
export class EgoTrack {
  readonly #net: LaneNet;
  readonly #spots: LaneSpots;
  #route: ReadonlySet<number> | undefined;
  #body: EgoBody;
  #touches: Touch[] = [];
  #position: LanePosition | undefined;
  #claim = 0;
  /** Since when it stands, s; Infinity while it drives. */
  #standsSinceS = Number.POSITIVE_INFINITY;
  #timeS = 0;
  #zM: number;
  #letIn: LetIn | undefined;

  constructor(
    net: LaneNet,
    spots: LaneSpots,
    body: EgoBody,
    start: LanePosition,
    route?: readonly number[],
  ) {
    this.#zM = heightAt(trackOf(net, start.lane), start.sM);
    this.#net = net;
    this.#spots = spots;
    this.#body = body;
    this.#route = route === undefined ? undefined : new Set(route);
    this.update(body, 0);
  }

  /** The lane that ego wants into and cannot have without courtesy. */
  get letIn(): LetIn | undefined {
    return this.#letIn;
  }

  /** Lane that ego is on (its box centre); undefined off the road. */
  get position(): LanePosition | undefined {
    return this.#position;
  }

  /** Height of the road under ego. */
  get zM(): number {
    return this.#zM;
  }

  /** Ego means to take these lanes from now on. */
  reroute(route: ReadonlySet<number>): void {
    this.#route = route;
  }

  update(body: EgoBody, timeS: number): void {
    this.#body = body;
    this.#timeS = timeS;
    this.#standsSinceS =
      body.speedMps < STANDS_MPS ? Math.min(this.#standsSinceS, timeS) : Number.POSITIVE_INFINITY;
    this.#touches = [];
    for (const spot of this.#spots.lanesNear(body.xM, body.yM, NEAR_M)) {
      const track = this.#net.tracks[spot.lane];
      if (track === undefined || Math.abs(spot.zM - this.#zM) > LEVEL_M) continue;
      const at = projectOn(track, body.xM, body.yM, spot.sM);
      const angleRad = wrap(body.yawRad - at.yawRad);
      this.#touches.push({ lane: spot.lane, sM: at.sM, dM: at.dM, angleRad });
    }
    this.#position = this.#choose();
    if (this.#position !== undefined)
      this.#zM = heightAt(trackOf(this.#net, this.#position.lane), this.#position.sM);
    this.#letIn = this.#ask(timeS);
  }

  /** Slow before the end of a lane that does not lead along the route, ego wants into the one that does. */
  #ask(timeS: number): LetIn | undefined {
    const { speedMps, lengthM } = this.#body;
    const here = this.#position;
    const route = this.#route;
    if (here === undefined || route === undefined || speedMps > ASKS_MPS) return undefined;
    const track = trackOf(this.#net, here.lane);
    if (track.lengthM - here.sM > ASKS_M || this.#leadsOn(here.lane)) return undefined;
    const lane = [track.left, track.right].find(
      (i) => i !== undefined && route.has(i) && this.#leadsOn(i),
    );
    const at = this.#touches.find((touch) => touch.lane === lane);
    if (lane === undefined || at === undefined) return undefined;
    const sinceS = this.#letIn?.lane === lane ? this.#letIn.sinceS : timeS;
    return { lane, sM: at.sM, halfM: lengthM / 2, speedMps, sinceS };
  }

  #leadsOn(lane: number): boolean {
    return trackOf(this.#net, lane).next.some((i) => this.#route?.has(i));
  }

  #choose(): LanePosition | undefined {
    let best: Touch | undefined;
    let bestM = Number.POSITIVE_INFINITY;
    const here = this.#position?.lane;
    const on = here === undefined ? [] : [here, ...trackOf(this.#net, here).next];
    for (const touch of this.#touches) {
      const track = trackOf(this.#net, touch.lane);
      if (Math.abs(touch.angleRad) > 1.2 || Math.abs(touch.dM) > track.halfWidthM + 1.5) continue;
      const ends = touch.sM <= 0 || touch.sM >= track.lengthM;
      const costM =
        Math.abs(touch.dM) +
        // before or behind a lane is not on it, however straight the way leads there
        (ends ? Math.abs(outside(track, this.#body, touch.sM)) : 0) +
        ANGLE_M * Math.abs(touch.angleRad) -
        (on.includes(touch.lane) ? KEEP_M : 0) -
        (this.#route?.has(touch.lane) ? ROUTE_M : 0);
      if (costM < bestM) {
        bestM = costM;
        best = touch;
      }
    }
    return best && { lane: best.lane, sM: best.sM, dM: best.dM };
  }

  /** The lanes that ego may take after one: those of its route, else all. */
  #onward(lane: number): readonly number[] {
    const { next } = trackOf(this.#net, lane);
    const routed = next.filter((i) => this.#route?.has(i));
    return routed.length > 0 ? routed : next;
  }

  /** Puts ego on every lane that its box reaches, and before the junctions that it may come to. */
  register(occupancy: Occupancy, junctions: Junctions): void {
    const { lengthM, widthM, speedMps } = this.#body;
    const inside: OnJunction[] = [];
    for (const { lane, sM, dM, angleRad } of this.#touches) {
      const track = trackOf(this.#net, lane);
      const c = Math.abs(Math.cos(angleRad));
      const n = Math.abs(Math.sin(angleRad));
      const across = (lengthM * n + widthM * c) / 2;
      if (Math.abs(dM) - across > track.halfWidthM - EDGE_M) continue;
      const along = (lengthM * c + widthM * n) / 2;
      const atM = sM + outside(track, this.#body, sM);
      if (atM < -along || atM > track.lengthM + along) continue;
      occupancy.put(lane, undefined, atM, along, speedMps * Math.cos(angleRad), false);
      if (track.overlaps.length > 0 && Math.abs(angleRad) < 0.8)
        inside.push({ lane, frontM: atM + lengthM / 2 });
    }
    this.#approach(junctions, inside);
  }

  #approach(junctions: Junctions, touched: readonly OnJunction[]): void {
    const { lengthM, speedMps } = this.#body;
    const ahead = this.#lanesAhead(lengthM / 2, Math.max(APPROACH_MIN_M, APPROACH_S * speedMps));
    const inside = touched.filter(({ lane }) => !this.#partsFrom(lane, ahead));
    const nearestM = Math.min(...ahead.map((a) => -a.frontM), Number.POSITIVE_INFINITY);
    const committed =
      inside.length > 0 ||
      (speedMps > 0.5 && (speedMps * speedMps) / (2 * COMMITTED_MPS2) > Math.max(nearestM, 0));
    // one that keeps others standing loses its turn, as they do
    const lost = junctions.takeLost(0) && speedMps < STANDS_MPS;
    const lapsed = this.#timeS - this.#standsSinceS > CLAIM_LAPSES_S;
    if (!committed) this.#claim = 0;
    else if (this.#claim === 0 || lost) this.#claim = junctions.newClaim();
    junctions.egoClaim = this.#claim;
    const put = (lane: number, frontM: number) =>
      junctions.put(lane, {
        id: 0,
        frontM,
        lengthM,
        speedMps,
        maxMps: trackOf(this.#net, lane).limitMps * 1.1,
        claim: this.#claim,
        held: false,
        lapsed,
        waitsSinceS: Number.POSITIVE_INFINITY,
      });
    for (const { lane, frontM } of inside) put(lane, frontM);
    for (const { lane, frontM } of ahead)
      if (!inside.some((o) => o.lane === lane)) put(lane, frontM);
  }

  /**
   * true for a lane that only begins where ego's own way begins: who crosses it farther on does not wait
   * for an ego that keeps to its way.
   */
  #partsFrom(lane: number, ahead: readonly OnJunction[]): boolean {
    const here = this.#position;
    if (here === undefined || !this.#route?.has(here.lane)) return false;
    if (ahead.some((o) => o.lane === lane)) return false;
    const own = this.#touches.find((touch) => touch.lane === here.lane);
    if (own === undefined || Math.abs(own.dM) > ON_WAY_M || Math.abs(own.angleRad) > ON_WAY_RAD)
      return false;
    return trackOf(this.#net, lane).overlaps.some(
      (o) => o.kind === "DIVERGE" && ahead.some((way) => way.lane === o.other),
    );
  }

  /** Junction lanes that ego may reach, with its front in their coordinates (negative: still before). */
  #lanesAhead(halfM: number, reachM: number): OnJunction[] {
    const out: OnJunction[] = [];
    const walk = (lane: number, frontM: number, depth: number): void => {
      if (frontM < -reachM || depth > 12) return;
      const track = trackOf(this.#net, lane);
      if (track.overlaps.length > 0 && !out.some((o) => o.lane === lane))
        out.push({ lane, frontM });
      for (const next of this.#onward(lane)) walk(next, frontM - track.lengthM, depth + 1);
    };
    if (this.#position !== undefined) walk(this.#position.lane, this.#position.sM + halfM, 0);
    return out;
  }
}

const wrap = (rad: number): number => Math.atan2(Math.sin(rad), Math.cos(rad));

/** How far a body's centre lies before a lane (negative) or behind it; 0 where `sM` is on it, m. */
function outside(
  track: { xM: Float64Array; yM: Float64Array; yawRad: Float64Array; lengthM: number },
  body: EgoBody,
  sM: number,
): number {
  const [before, behind] = [sM <= 0, sM >= track.lengthM];
  if (!before && !behind) return 0;
  const i = before ? 0 : track.xM.length - 1;
  const dx = body.xM - track.xM[i]!;
  const dy = body.yM - track.yM[i]!;
  const along = Math.cos(track.yawRad[i]!) * dx + Math.sin(track.yawRad[i]!) * dy;
  return before ? Math.min(0, along) : Math.max(0, along);
}
