/**
 * S16: how often the planner may change its mind. A word that drives more freely than the one in
 * force, or to another side, is taken 300 ms after the last change at the earliest; a stricter one
 * at once. Judged on the planner's own words, so that what this layer bounds never shortens a hold.
 */
import type { Lateral, Longitudinal, Maneuver, Proposal } from "../contract/maneuver.ts";
import { STRICTNESS } from "./bound.ts";
import { COMFORT_BRAKE_MPS2, DWELL_US } from "./limits.ts";
import { type Demand, demand } from "./rule.ts";
import { SIDE_OF } from "./s09-lateral.ts";

/** What goes on instead of a freer word that came too soon. */
export type HeldWord = {
  readonly demand: Demand;
  /** The asked maneuver with the words, reason and at most the target speed in force. */
  readonly maneuver: Maneuver;
  /** ≤ 0: no step of the trajectory accelerates more. */
  readonly accelMaxMps2: number;
};

/** The holds of one tick, each undefined where the proposal's own word is taken. */
export type Dwell = {
  readonly longitudinal: HeldWord | undefined;
  /** The way to the side is not taken yet. */
  readonly lateral: Demand | undefined;
};

export const NO_DWELL: Dwell = { longitudinal: undefined, lateral: undefined };

type InForce = { readonly maneuver: Maneuver; readonly accelMps2: number };

/** An emergency brake ends with its threat (UN R157 5.3); what is held after it is the stop. */
const heldWord = (word: Longitudinal): Longitudinal => (word === "EMERGENCY_BRAKE" ? "STOP" : word);
const degreeOf = ({ longitudinal }: Maneuver): number => STRICTNESS[heldWord(longitudinal)];

/** Remembers the words in force and when they last changed; steps on usable proposals only. */
export class DwellWatch {
  #inForce: InForce | undefined;
  #wordSinceUs = Number.NEGATIVE_INFINITY;
  #lateral: Lateral | undefined;
  #sideSinceUs = Number.NEGATIVE_INFINITY;

  step({ maneuver, trajectory }: Proposal, tUs: number): Dwell {
    return {
      longitudinal: this.#stepWord({ maneuver, accelMps2: trajectory.accelMps2[0]! }, tUs),
      lateral: this.#stepSide(maneuver.lateral, tUs),
    };
  }

  #stepWord(asked: InForce, tUs: number): HeldWord | undefined {
    const last = this.#inForce;
    const sinceUs = tUs - this.#wordSinceUs;
    const freerBy = last === undefined ? 0 : degreeOf(last.maneuver) - degreeOf(asked.maneuver);
    if (last !== undefined && freerBy > 0 && sinceUs < DWELL_US) {
      const { longitudinal, rationale, targetSpeedMps } = last.maneuver;
      const held = {
        ...asked.maneuver,
        rationale,
        longitudinal: heldWord(longitudinal),
        targetSpeedMps: Math.min(targetSpeedMps, asked.maneuver.targetSpeedMps),
      };
      // Hard braking that nobody asks for any more endangers who is behind.
      const accelMaxMps2 = Math.max(-COMFORT_BRAKE_MPS2, Math.min(0, last.accelMps2));
      const said = tooSoon(asked.maneuver.longitudinal, held.longitudinal, sinceUs);
      return { demand: said, maneuver: held, accelMaxMps2 };
    }
    if (freerBy !== 0) this.#wordSinceUs = tUs;
    this.#inForce = asked;
    return undefined;
  }

  #stepSide(asked: Lateral, tUs: number): Demand | undefined {
    const last = this.#lateral;
    const sinceUs = tUs - this.#sideSinceUs;
    const changes = last !== undefined && SIDE_OF[asked] !== SIDE_OF[last];
    // Back into the lane is the stricter way; from side to side leads over it.
    if (changes && SIDE_OF[asked] !== 0 && sinceUs < DWELL_US) {
      if (SIDE_OF[last] !== 0) {
        this.#lateral = "KEEP_LANE";
        this.#sideSinceUs = tUs;
      }
      return tooSoon(asked, last, sinceUs);
    }
    if (changes) this.#sideSinceUs = tUs;
    this.#lateral = asked;
    return undefined;
  }
}

function tooSoon(asked: string, held: string, sinceUs: number): Demand {
  const [foundS, leastS] = [sinceUs / 1e6, DWELL_US / 1e6];
  const detail = `${asked} after ${held}: ${leastS} s since the last change expected, found ${foundS.toFixed(2)} s`;
  return demand("S16", "NORMAL", foundS, leastS, "s", detail);
}
