import type { Scene } from "../../contract/scene.ts";
import type { Place } from "../../expert/navigator/named-place.ts";
import { ringLanes } from "../../expert/navigator/rings.ts";
import { trackOf } from "../../world/traffic/lane-net.ts";
import { gauss } from "../observe.ts";
import { type Labelled, VARIANTS } from "../sample.ts";
import { type Labelling, labelled } from "./label.ts";
import { outlooksOn } from "./outlook.ts";
import { isCommitted, naturalWay, openAhead } from "./way.ts";
import {
  type Spoken,
  sayAgain,
  sayDone,
  sayMissingWay,
  sayTurning,
  sayWay,
  sayWish,
} from "./words.ts";

/** A junction that leaves the way open is spoken of before it is so near, s and m. */
const OPEN_S = 4;
const OPEN_M = 90;
const TRIES = 12 * VARIANTS;
/** So many of the words were said up to a minute ago: nobody speaks on a long road, or at a red light. */
const LONG_AGO_SHARE = 0.25;

/** The words that ego drives by, with their label. */
export type Driven = { readonly spoken: Spoken; readonly labelled: Labelled };

/** Instructions on one scene with their labels; undefined where no words fit it. */
export function labelVariants(
  labelling: Labelling,
  scene: Scene,
  place: Place,
  driven?: Driven,
): Labelled[] | undefined {
  const { net } = labelling;
  const inRing = ringLanes(net.graph).has(place.lane);
  const turning = inRing || !isCommitted(net, place);
  const reachM = Math.max(OPEN_M, OPEN_S * scene.ego.speedMps);
  const open = openAhead(net, place, naturalWay(net, place), reachM) !== undefined;
  if (open && !turning && driven !== undefined && driven.spoken.step === undefined)
    return undefined;
  // which exit was told cannot be seen from inside
  if (inRing && driven?.spoken.step === undefined) return undefined;
  const out = driven === undefined ? [] : [driven.labelled];
  const outlook = outlooksOn(net, scene, labelling.cruiseMps);
  for (let tries = 0; out.length < VARIANTS; tries++) {
    if (tries > TRIES) return undefined;
    const spoken = imagine(labelling, scene, place, driven?.spoken, turning, open);
    const one = spoken && labelled(labelling, scene, spoken, outlook(spoken.way.route));
    if (one !== undefined) out.push(one);
  }
  return out;
}

/** Words that could have been said a moment ago. */
function imagine(
  { net, words, rng }: Labelling,
  scene: Scene,
  place: Place,
  driven: Spoken | undefined,
  turning: boolean,
  open: boolean,
): Spoken | undefined {
  const sinceUs = Math.round(rng.range(0, 1) ** 2 * (rng.chance(LONG_AGO_SHARE) ? 60e6 : 10e6));
  const speedMps = Math.max(0, scene.ego.speedMps + (sinceUs / 1e6) * 0.3 * gauss(rng));
  const when = { sinceUs, speedMps };
  const all = [words, net, place, scene, rng, when] as const;
  if (turning) {
    if (driven?.step !== undefined) return sayAgain(words, driven, scene, rng, when);
    const { turn } = trackOf(net, place.lane).lane;
    return turn === "LEFT" || turn === "RIGHT" ? sayTurning(...all, turn) : undefined;
  }
  if (open || rng.chance(0.4)) {
    const way = sayWay(...all);
    if (open || way !== undefined) return way;
  }
  const r = rng.next();
  const special = r < 0.06 ? sayMissingWay(...all) : r < 0.14 ? sayDone(...all) : undefined;
  if (special !== undefined) return special;
  const spoken = sayWish(...all);
  if (!rng.chance(0.12)) return spoken;
  const phaseSinceUs = scene.stampUs - Math.round(rng.next() * sinceUs);
  return { ...spoken, active: { ...spoken.active, phase: "DONE", phaseSinceUs } };
}
