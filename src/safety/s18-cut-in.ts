/**
 * S18: someone who cuts in takes the time gap away, and braking hard for a gap that already opens
 * endangers who is behind (CommonRoad R_G1, R_G2). The distance of S07 and the TTC floor stay.
 */
import { BRAKE_MIN_MPS2, CUT_IN_US, OPENING_BRAKE_MPS2, OPENING_MPS } from "./limits.ts";

/** The gap grows faster than tracking noise. */
export const isOpening = (egoSpeedMps: number, threatSpeedMps: number): boolean =>
  threatSpeedMps - egoSpeedMps > OPENING_MPS;

/** Hardest braking that a short gap asks for: gentle while it opens. */
export const gapBrakeMps2 = (egoSpeedMps: number, threatSpeedMps: number): number =>
  isOpening(egoSpeedMps, threatSpeedMps) ? OPENING_BRAKE_MPS2 : BRAKE_MIN_MPS2;

/** Times how long the time gap has been undercut without a pause, whoever undercuts it. */
export class CutInWatch {
  #sinceUs: number | undefined;

  /** true while an opening gap is exempt: for the first 3 s. */
  exempts(isUndercut: boolean, tUs: number): boolean {
    if (!isUndercut) this.#sinceUs = undefined;
    else this.#sinceUs ??= tUs;
    return this.#sinceUs === undefined || tUs - this.#sinceUs <= CUT_IN_US;
  }
}
