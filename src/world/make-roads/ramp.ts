import type { OdrRoad } from "../opendrive/model.ts";
import type { LinePose } from "../opendrive/reference-line.ts";
import type { Random } from "../random.ts";
import { addJoin, addLine, type DraftLine, poseFrom, startLine } from "./draft-line.ts";
import { auxiliaryFromM, type HighwayStyle } from "./highway-style.ts";
import { newRoad } from "./new-road.ts";
import { type Knot, type Strip, smoothRecords } from "./strips.ts";

export type RampPlan = {
  readonly id: string;
  readonly junctionId: string;
  readonly node: number;
  /** For those who drive along s of the highway or against it. */
  readonly way: "AHEAD" | "BACK";
  readonly kind: "ENTRY" | "EXIT";
};
export type Ramp = RampPlan & { readonly road: OdrRoad };

/** First part, beside the highway, and second part, that turns away from it, m along and aside. */
const NOSE_M = 110;
const NOSE_ASIDE_M = 11;
const NOSE_TURN_RAD = 0.16;
const TURN_AHEAD_M = 90;
const TURN_ASIDE_M = 34;
const OUTER_M = [50, 90] as const;
const RISE_MAX_M = 4;

/**
 * A one-lane ramp that carries on the lane beside the highway's outermost one, or leads into it. An entry is
 * an exit looked at backwards, driven the other way.
 *
 * @param at the highway's reference line where the ramp meets it
 */
export function makeRamp(
  rng: Random,
  style: HighwayStyle,
  plan: RampPlan,
  at: { readonly pose: LinePose; readonly heightM: number },
): Ramp {
  const exits = plan.kind === "EXIT";
  const line = rampLine(rng, style, plan, at.pose);
  const { lengthM } = line;
  const strip = (type: string, widthM: number, mark: string): Strip => ({
    type,
    fromM: 0,
    toM: lengthM,
    width: [[0, widthM]],
    marks: [{ sM: 0, type: mark }],
  });
  const riseM = rng.range(-1, 1) * RISE_MAX_M;
  const heights: Knot[] = [
    [NOSE_M, at.heightM],
    [lengthM - 20, at.heightM + riseM],
  ];
  const back = heights.map(([sM, zM]): Knot => [lengthM - sM, zM]).reverse();
  const link = { kind: "JUNCTION", junctionId: plan.junctionId } as const;
  const road = newRoad({
    id: plan.id,
    planView: line.pieces,
    types: [{ sM: 0, type: "rural", speed: { maxMps: style.rampLimitMps } }],
    elevation: smoothRecords(exits ? heights : back),
    ...(exits ? { predecessor: link } : { successor: link }),
    sides: {
      left: [],
      right: [
        strip("driving", style.laneWidthM, "solid"),
        strip("shoulder", style.shoulderM, "none"),
      ],
      middle: [{ sM: 0, type: "solid" }],
    },
  });
  return { ...plan, road };
}

/** Beside the highway first, then away from it; entries run the other way. */
function rampLine(
  rng: Random,
  style: HighwayStyle,
  { kind, way }: RampPlan,
  highway: LinePose,
): DraftLine {
  const exits = kind === "EXIT";
  const travel = { ...highway, yawRad: highway.yawRad + (way === "AHEAD" ? 0 : Math.PI) };
  const nose = poseFrom(travel, 0, -auxiliaryFromM(style));
  const sign = exits ? 1 : -1;
  const turnRad = rng.range(0.4, 0.75);
  const beside = poseFrom(nose, sign * NOSE_M, -NOSE_ASIDE_M, -sign * NOSE_TURN_RAD);
  const away = poseFrom(
    nose,
    sign * (NOSE_M + TURN_AHEAD_M),
    -NOSE_ASIDE_M - TURN_ASIDE_M,
    -sign * turnRad,
  );
  const outerM = rng.range(...OUTER_M);
  const line = startLine(exits ? nose : poseFrom(away, -outerM, 0));
  if (exits) {
    addJoin(line, beside);
    addJoin(line, away);
    addLine(line, outerM);
  } else {
    addLine(line, outerM);
    addJoin(line, beside);
    addJoin(line, nose);
  }
  return line;
}
