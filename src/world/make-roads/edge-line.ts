import type { OdrGeometry } from "../opendrive/model.ts";
import type { LinePose } from "../opendrive/reference-line.ts";
import type { Random } from "../random.ts";
import {
  addJoin,
  addLine,
  type DraftLine,
  poseFrom,
  sharpestInvm,
  startLine,
} from "./draft-line.ts";
import type { RoadStyle } from "./road-style.ts";

/** Straight stretch at a junction: room for crosswalk, stop line and the first car, m. */
const LEAD_M = 16;
/** Distance between places that a winding road is led through, m. */
const BEND_EVERY_M = { CITY: 150, RURAL: 130 } as const;
/** How far these lie beside the straight way, as a share of the distance between them. */
const SWAY = { CITY: 0.06, RURAL: 0.2 } as const;
/** Turn of the road there, from the straight way. */
const TURN_RAD = { CITY: 0.12, RURAL: 0.5 } as const;
/** Tightest bend outside of junctions, m, for the sharpest bend that a road of its kind has (RASt 06, RAL). */
const RADIUS_MIN_M = { CITY: 40, RURAL: 60 } as const;
const TRIES_MAX = 8;

/** A road between two junctions that no bend of its kind fits. */
export class NoBendFits extends RangeError {}

/** The reference line of a road from a pose to a goal, or, without one, out to about that length. */
export function edgeLine(
  rng: Random,
  from: LinePose,
  goal: LinePose | undefined,
  lengthM: number,
  { setting, windingRatio }: RoadStyle,
): OdrGeometry[] {
  const start = poseFrom(from, LEAD_M, 0);
  const free = drawSway(rng, SWAY[setting] * lengthM, TURN_RAD[setting]);
  const goalAt = (share: number): LinePose =>
    goal
      ? poseFrom(goal, -LEAD_M, 0)
      : poseFrom(from, lengthM, share * free.leftM, share * free.turnRad);
  const draws = drawSways(rng, start, goalAt(1), setting);
  // Where a bend comes out too tight, the road is straightened and tried again.
  for (let tries = 0, share = windingRatio; ; tries++, share *= tries < TRIES_MAX ? 0.6 : 0) {
    const line = startLine(from);
    addLine(line, LEAD_M);
    const end = goalAt(share);
    const fits = tryThrough(line, start, end, draws, share);
    if (goal && fits) addLine(line, LEAD_M);
    if (fits && sharpestInvm(line.pieces) <= 1 / RADIUS_MIN_M[setting]) return line.pieces;
    if (tries > TRIES_MAX)
      throw new NoBendFits(
        `bends of at least ${RADIUS_MIN_M[setting]} m expected, found none to (${end.xM.toFixed(1)}, ${end.yM.toFixed(1)}) m`,
      );
  }
}

type Sway = { readonly leftM: number; readonly turnRad: number };
type Through = Sway & { readonly aheadM: number };

const drawSway = (rng: Random, leftM: number, turnRad: number): Sway => ({
  leftM: rng.range(-1, 1) * leftM,
  turnRad: rng.range(-1, 1) * turnRad,
});

function drawSways(
  rng: Random,
  start: LinePose,
  end: LinePose,
  setting: RoadStyle["setting"],
): Through[] {
  const wayM = Math.hypot(end.xM - start.xM, end.yM - start.yM);
  const count = Math.max(0, Math.round(wayM / BEND_EVERY_M[setting]) - 1);
  const stepM = wayM / (count + 1);
  return Array.from({ length: count }, (_, i) => ({
    aheadM: (i + 1 + rng.range(-0.15, 0.15)) * stepM,
    ...drawSway(rng, SWAY[setting] * stepM, TURN_RAD[setting]),
  }));
}

function tryThrough(
  line: DraftLine,
  start: LinePose,
  end: LinePose,
  draws: readonly Through[],
  share: number,
): boolean {
  const yawRad = Math.atan2(end.yM - start.yM, end.xM - start.xM);
  const straight = { ...start, yawRad };
  try {
    for (const { aheadM, leftM, turnRad } of draws)
      addJoin(line, poseFrom(straight, aheadM, share * leftM, share * turnRad));
    addJoin(line, end);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
