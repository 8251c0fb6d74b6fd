/** How fast limits and traffic allow to go, to measure progress against. */

/** What bounds the speed at one instant, told by the world and not by the driver. */
export type PaceBounds = {
  readonly speedMps: number;
  /** Limit and comfortable speed in the bends ahead. */
  readonly freeMps: number;
  /** The vehicle ahead in the same lane, bumper to bumper. */
  readonly lead?: { readonly gapM: number; readonly speedMps: number };
  /** A red light, a sign or traffic with right of way, from the front bumper. */
  readonly closedM?: number;
};

/** A vehicle nearer than this time and distance holds ego up. */
const HELD_TIME_S = 2.5;
const HELD_M = 8;
/** Nobody is asked to speed up faster than this, m/s² (IDM's usual 1.5). */
const SPEED_UP_MPS2 = 1.5;
/** Comfortable braking towards what is closed, m/s². */
const SLOW_DOWN_MPS2 = 1.5;
/** Standing this far before what is closed is standing at it, m. */
const WAITING_ROOM_M = 3;

/**
 * Sums the way driven and the way that was allowed. The allowed speed grows by at most 1.5 m/s² after
 * each hindrance, starts at ego's own speed, and is never below it.
 */
export class AllowedPace {
  #drivenM = 0;
  #allowedM = 0;
  #allowedMps: number | undefined;

  add(bounds: PaceBounds, dtS: number): void {
    const { speedMps, freeMps, lead, closedM } = bounds;
    let most = freeMps;
    if (lead !== undefined && lead.gapM < HELD_M + HELD_TIME_S * speedMps)
      most = Math.min(most, lead.speedMps);
    if (closedM !== undefined)
      most = Math.min(most, Math.sqrt(2 * SLOW_DOWN_MPS2 * Math.max(0, closedM - WAITING_ROOM_M)));
    const grown = (this.#allowedMps ?? speedMps) + SPEED_UP_MPS2 * dtS;
    this.#allowedMps = Math.min(Math.max(most, 0), grown);
    this.#drivenM += speedMps * dtS;
    this.#allowedM += Math.max(this.#allowedMps, Math.min(speedMps, freeMps)) * dtS;
  }

  /** Driven over allowed way, at most 1; undefined where nothing was allowed. */
  get ratio(): number | undefined {
    return this.#allowedM < 1 ? undefined : Math.min(1, this.#drivenM / this.#allowedM);
  }

  get allowedM(): number {
    return this.#allowedM;
  }
}
