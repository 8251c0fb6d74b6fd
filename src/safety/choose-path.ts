/** Which way is driven: the proposal's, or the present one where its way to the side is refused. */
import type { Maneuver, Proposal, VehicleProfile } from "../contract/maneuver.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { COMFORT_BRAKE_MPS2, REFUSAL_US, STANDSTILL_MPS } from "./limits.ts";
import type { Ahead } from "./look-ahead.ts";
import type { PresentPath } from "./present-path.ts";
import { type Demand, demand } from "./rule.ts";
import { SIDE_OF, sideDanger, TURNS } from "./s09-lateral.ts";
import type { Envelope } from "./s15-envelope.ts";

/** A turn is under way beyond this heading: straight on may be no road any more. */
const TURNING_RAD = 0.26;

export type Way = { readonly envelope: Envelope; readonly ahead: Ahead };
export type Chosen = Way & {
  /** S09's demand where the way to the side is refused, S16's where it is not taken yet. */
  readonly refusal: Demand | undefined;
  /** Most acceleration that a refusal leaves. */
  readonly accelMaxMps2: number;
};

const chosen = (way: Way, refusal: Demand | undefined, accelMaxMps2: number): Chosen => ({
  envelope: way.envelope,
  ahead: way.ahead,
  refusal,
  accelMaxMps2,
});

/** What there is to choose by. */
export type Ask = {
  readonly proposal: Proposal | undefined;
  readonly field: ObstacleField | undefined;
  readonly present: PresentPath;
  /** S16's demand where a way to the side came too soon after the last change. */
  readonly dwell: Demand | undefined;
  readonly speedMps: number;
  readonly tUs: number;
  readonly vehicle: VehicleProfile;
  /** Judges a path: the proposal's own, or the given curvatures. */
  readonly wayOf: (curvatureInvm?: readonly number[]) => Way;
};

/** Remembers since when a way to the side has been refused. */
export class PathChooser {
  #sinceUs: number | undefined;

  choose(ask: Ask): Chosen {
    const { proposal, present, speedMps, tUs, wayOf } = ask;
    const own = wayOf();
    const free = chosen(own, undefined, Number.POSITIVE_INFINITY);
    if (proposal === undefined || SIDE_OF[proposal.maneuver.lateral] === 0) {
      this.#sinceUs = undefined;
      return free;
    }
    const { lateral } = proposal.maneuver;
    const turns = TURNS.has(lateral);
    const underWay = turns && Math.abs(present.poseView.yawRad) > TURNING_RAD;
    const held = underWay ? own : wayOf(present.curvatures(speedMps));
    const refusal = refusalOf(ask, proposal, own, held);
    if (refusal === undefined) {
      this.#sinceUs = undefined;
      // S16 holds the lane only where that is no less safe than the way to the side.
      const safe = !underWay && held.ahead.boundMps2 >= own.ahead.boundMps2;
      return safe && ask.dwell !== undefined ? chosen(held, ask.dwell, free.accelMaxMps2) : free;
    }
    this.#sinceUs ??= tUs;
    // Whoever is beside is let pass: at once before a turn, where going straight on is no aim.
    const slows = speedMps >= STANDSTILL_MPS && (turns || tUs - this.#sinceUs >= REFUSAL_US);
    return chosen(held, refusal, slows ? -COMFORT_BRAKE_MPS2 : free.accelMaxMps2);
  }
}

function refusalOf(ask: Ask, proposal: Proposal, own: Way, held: Way): Demand | undefined {
  const { field, speedMps, vehicle } = ask;
  const pose = ask.present.poseView;
  const { lateral } = proposal.maneuver;
  if (field === undefined)
    return demand("S09", "NORMAL", 0, 1, "", `${lateral}: no obstacle field to judge it by`);
  const { trajectory } = proposal;
  const accelMps2 = Math.max(0, own.envelope.accelMps2[0]!);
  const way = { lateral, trajectory, pose, speedMps, accelMps2, vehicle };
  const danger = sideDanger(field.obstacles, way);
  if (danger !== undefined) {
    const { obstacle, gapM, minM, besideM, besideMinM } = danger;
    const detail =
      `${lateral}: obstacle ${obstacle.id} ${gapM.toFixed(2)} m lengthwise, least ${minM.toFixed(2)} m, ` +
      `and ${besideM.toFixed(2)} m beside, least ${besideMinM.toFixed(2)} m`;
    return demand("S09", "NORMAL", gapM, minM, "m", detail);
  }
  const blocked = own.ahead.boundMps2 < Math.min(0, held.ahead.boundMps2);
  if (!blocked || TURNS.has(lateral)) return undefined;
  const detail = `${lateral}: leads to what must be braked for with ${own.ahead.boundMps2.toFixed(2)} m/s², the present path does not`;
  return demand("S09", "NORMAL", own.ahead.boundMps2, held.ahead.boundMps2, "mps2", detail);
}

/** The words of a way to the side that is refused by S09, or not taken yet by S16. */
export const keepLane = (m: Maneuver, { hit }: Demand): Maneuver => ({
  ...m,
  lateral: "KEEP_LANE",
  rationale: hit.rule === "S09" ? ["LANE_BLOCKED", m.rationale[0]] : m.rationale,
});
