import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Random } from "../../world/random.ts";
import { drawMeaning } from "../draw-meaning.ts";
import { drawWay } from "./draw-way.ts";
import { excuseFor } from "./excuse.ts";
import {
  type Condition,
  JUNCTION_LOOKS,
  type NavKind,
  type NavMeaning,
  NOTICES,
  type Step,
} from "./nav-meaning.ts";
import type { DriveTrace } from "./trace.ts";

/** How often each kind is asked for; CLASSIC is what the first generator draws. */
const STEP_WEIGHTS = {
  CLASSIC: 40,
  TURN: 14,
  ROUNDABOUT: 4,
  BEAR: 4,
  LEAVE_HIGHWAY: 4,
  ENTER_HIGHWAY: 3,
  OVERTAKE: 5,
  SLOW_DOWN: 3,
  START: 2,
  DRIVE_FREELY: 3,
  CHANGE_GAP: 4,
  GO_TO: 3,
  ARRIVE: 2,
  NOTICE: 9,
} as const;
const SEQUENCE_PROB = 0.09;
const WHEN_PROB = 0.09;
/** Only acts can be ordered and put off. */
const NO_ACT: readonly NavKind[] = ["NONSENSE", "NOTICE", "FOLLOW_ROAD", "ARRIVE", "START"];
const TRIES_MAX = 200;
/** Of those that fit, so many are ways, where the place allows any. */
const WAY_PROB = 0.35;
/** Wrong ones by their number alone are rare among what is drawn; so many are made so. */
const TOO_MUCH_PROB = 0.3;

/** A random instruction, right or wrong; `cruiseMps` scales the speeds asked for. */
export function drawInstruction(rng: Random, cruiseMps: number): NavMeaning {
  if (rng.chance(SEQUENCE_PROB))
    return { kind: "SEQUENCE", steps: [drawAct(rng, cruiseMps), drawAct(rng, cruiseMps)] };
  if (rng.chance(WHEN_PROB))
    return { kind: "WHEN", condition: drawCondition(rng), step: drawAct(rng, cruiseMps) };
  return drawStep(rng, cruiseMps);
}

/** One that fits the place where it is said, or one that must be refused there. */
export function drawFor(
  rng: Random,
  cruiseMps: number,
  wanted: "RIGHT" | "WRONG",
  trace: DriveTrace,
  graph: LaneGraph,
): Step {
  const way = wanted === "RIGHT" && rng.chance(WAY_PROB) ? drawWay(rng, trace, graph) : undefined;
  if (way !== undefined) return way;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const far = wanted === "WRONG" && rng.chance(TOO_MUCH_PROB);
    const step = far ? drawTooMuch(rng, cruiseMps) : drawStep(rng, cruiseMps);
    const excuse = excuseFor(step, trace, graph);
    if (wanted === "WRONG" ? excuse?.must === true : excuse === undefined) return step;
  }
  return wanted === "WRONG" ? { kind: "NONSENSE" } : { kind: "FOLLOW_ROAD" };
}

/** Speeds that are likely over the limit, gaps that are likely too short. */
function drawTooMuch(rng: Random, cruiseMps: number): Step {
  const kind = rng.pick(["SET_SPEED", "CHANGE_SPEED", "KEEP_GAP"] as const);
  switch (kind) {
    case "SET_SPEED":
      return { kind, mps: cruiseMps * rng.range(1.3, 2.2) };
    case "CHANGE_SPEED":
      return { kind, deltaMps: rng.range(5, 15) };
    case "KEEP_GAP":
      return { kind, metres: rng.range(2, 6) };
  }
}

function drawAct(rng: Random, cruiseMps: number): Step {
  for (;;) {
    const step = drawStep(rng, cruiseMps);
    if (!NO_ACT.includes(step.kind))
      return step.kind === "TURN" ? { kind: step.kind, way: step.way } : withoutWay(step);
  }
}

/** The way to it is told by the joint and not by the step. */
const withoutWay = (step: Step): Step => {
  if (!("inM" in step)) return step;
  const { inM: _, ...rest } = step;
  return rest as Step;
};

function drawCondition(rng: Random): Condition {
  const kind = rng.pick(["PAST", "PAST", "GREEN", "DRIVEN", "WAITED", "JUNCTION"] as const);
  switch (kind) {
    case "PAST":
      return { kind, what: rng.pick(["CAR", "VAN", "TRUCK", "BUS", "MOTORCYCLE", "CYCLIST"]) };
    case "DRIVEN":
      return { kind, metres: rng.range(40, 400) };
    case "WAITED":
      return { kind, seconds: rng.range(2, 12) };
    default:
      return { kind };
  }
}

function drawStep(rng: Random, cruiseMps: number): Step {
  const kind = rng.weighted(STEP_WEIGHTS);
  const side = rng.chance(0.5) ? "LEFT" : "RIGHT";
  const way = rng.chance(0.6) ? { inM: rng.range(30, 400) } : {};
  switch (kind) {
    case "CLASSIC":
      return drawMeaning(rng, cruiseMps);
    case "TURN":
      return {
        kind,
        way: rng.pick(["LEFT", "LEFT", "RIGHT", "RIGHT", "STRAIGHT"]),
        ...way,
        ...(rng.chance(0.5) ? { at: rng.pick(JUNCTION_LOOKS) } : {}),
      };
    case "ROUNDABOUT":
      return { kind, exit: rng.pick([1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6]), ...way };
    case "BEAR":
      return { kind, side, ...way };
    case "LEAVE_HIGHWAY":
    case "ENTER_HIGHWAY":
      return { kind, ...(rng.chance(0.6) ? { inM: rng.range(100, 2000) } : {}) };
    case "OVERTAKE":
      return { kind, side: rng.chance(0.75) ? "LEFT" : "RIGHT" };
    case "CHANGE_GAP": {
      const sign = rng.chance(0.6) ? 1 : -1;
      return rng.chance(0.5)
        ? { kind, deltaM: sign * rng.range(3, 25) }
        : { kind, deltaS: sign * rng.range(0.5, 2) };
    }
    case "GO_TO":
      return {
        kind,
        aheadM: rng.range(10, 80),
        leftM: rng.chance(0.4) ? 0 : rng.range(2, 12) * (rng.chance(0.5) ? 1 : -1),
      };
    case "ARRIVE":
      return { kind, inM: rng.range(30, 300) };
    case "NOTICE":
      return { kind, what: rng.pick(NOTICES) };
    default:
      return { kind };
  }
}
