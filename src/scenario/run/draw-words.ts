import type { LaneGraph } from "../../contract/lane-graph.ts";
import { drawFor } from "../../expert/navigator/draw-instruction.ts";
import { excuseFor } from "../../expert/navigator/excuse.ts";
import type { Condition, NavMeaning, Step } from "../../expert/navigator/nav-meaning.ts";
import { MANNERS, type NavSentence, sayMeaning, type Voice } from "../../expert/navigator/say.ts";
import { splitPhrases } from "../../expert/navigator/split.ts";
import type { DriveTrace } from "../../expert/navigator/trace.ts";
import type { Split } from "../../expert/sentences.ts";
import type { Random } from "../../world/random.ts";

/** What is asked of a driver: what fits the place, what must be refused there, both, or the way of its route. */
export const INSTRUCT_MODES = ["right", "wrong", "mixed", "guided"] as const;
export type InstructMode = (typeof INSTRUCT_MODES)[number];

/** Words are held out by this seed, the same for all runs. */
const PHRASES_SEED = 1;
const TYPO_PROB = 0.03;
/** Mixed: so many are wrong. */
const WRONG_PROB = 0.25;
/** Of those that fit, so many are sequences or conditions. */
const JOINED_PROB = 0.18;
const TRIES_MAX = 12;
/** Speeds are drawn up to the limit, or to this where none is known, m/s. */
const CRUISE_MPS = 22;

/** A manner of speaking for one sentence. */
export const drawVoice = (rng: Random, split: Split): Voice => ({
  words: splitPhrases(PHRASES_SEED),
  split,
  manner: rng.pick(MANNERS),
  typoProb: TYPO_PROB,
});

/** Words for the place and moment of a trace of one sample; undefined where nothing worth asking was found. */
export function drawWords(
  rng: Random,
  mode: Exclude<InstructMode, "guided">,
  split: Split,
  trace: DriveTrace,
  graph: LaneGraph,
): NavSentence | undefined {
  const wrong = mode === "wrong" || (mode === "mixed" && rng.chance(WRONG_PROB));
  const cruiseMps = trace.samples[0]!.limitMps ?? CRUISE_MPS;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const step = drawFor(rng, cruiseMps, wrong ? "WRONG" : "RIGHT", trace, graph);
    if (!isWorthAsking(step, trace)) continue;
    const meaning = wrong ? step : joinSome(rng, step, cruiseMps, trace, graph);
    const said = sayMeaning(meaning, rng, drawVoice(rng, split));
    // numbers are rounded as they are spoken, and may have become right or wrong by it
    if (isWrong(said.meaning, trace, graph) === wrong) return said;
  }
  return undefined;
}

/** Words to drive off again. */
export const sayStart = (rng: Random, split: Split): NavSentence =>
  sayMeaning({ kind: "START" }, rng, drawVoice(rng, split));

const isWrong = (meaning: NavMeaning, trace: DriveTrace, graph: LaneGraph): boolean => {
  const steps =
    meaning.kind === "SEQUENCE" ? [meaning.steps[0]] : meaning.kind === "WHEN" ? [] : [meaning];
  return steps.some((step) => excuseFor(step, trace, graph) !== undefined);
};

/** What cannot be seen done here is not asked for. */
function isWorthAsking(step: Step, { samples }: DriveTrace): boolean {
  const { lead, speedMps, light } = samples[0]!;
  switch (step.kind) {
    case "KEEP_GAP":
    case "CHANGE_GAP":
      // who crosses before ego standing is nobody to follow
      return lead !== undefined && speedMps > 2;
    case "START":
      return speedMps < 1;
    case "STOP":
    case "SLOW_DOWN":
      return speedMps > 2;
    case "NOTICE":
      return !step.what.startsWith("LIGHT_") || step.what === "LIGHT_RUNNER" || light !== undefined;
    default:
      return true;
  }
}

const NO_ACT: readonly Step["kind"][] = ["NONSENSE", "ILLEGAL", "NOTICE", "FOLLOW_ROAD", "START"];
/** The way to what comes second is not known yet. */
const NOT_SECOND: readonly Step["kind"][] = [...NO_ACT, "ARRIVE", "GO_TO"];

/** Makes some acts the first of two, or puts them off until a condition is met. */
function joinSome(
  rng: Random,
  step: Step,
  cruiseMps: number,
  trace: DriveTrace,
  graph: LaneGraph,
): NavMeaning {
  if (NO_ACT.includes(step.kind) || step.kind === "ARRIVE" || !rng.chance(JOINED_PROB)) return step;
  if (rng.chance(0.5) && !NOT_SECOND.includes(step.kind))
    return { kind: "WHEN", condition: drawCondition(rng, trace), step: withoutWay(step) };
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const second = drawFor(rng, cruiseMps, "RIGHT", trace, graph);
    if (!NOT_SECOND.includes(second.kind))
      return { kind: "SEQUENCE", steps: [step, withoutWay(second)] };
  }
  return step;
}

const withoutWay = (step: Step): Step => {
  if (!("inM" in step)) return step;
  const { inM: _, ...rest } = step;
  return rest as Step;
};

function drawCondition(rng: Random, { samples }: DriveTrace): Condition {
  const { others, light } = samples[0]!;
  const ahead = others.filter(
    (o) => o.aheadM > 0 && o.kind !== "STATIC" && o.kind !== "PEDESTRIAN",
  );
  const kinds: Condition["kind"][] = ["DRIVEN", "WAITED", "JUNCTION"];
  if (ahead.length > 0) kinds.push("PAST");
  if (light !== undefined) kinds.push("GREEN");
  const kind = rng.pick(kinds);
  switch (kind) {
    case "PAST":
      return { kind, what: rng.pick(ahead).kind };
    case "DRIVEN":
      return { kind, metres: rng.range(30, 150) };
    case "WAITED":
      return { kind, seconds: rng.range(2, 8) };
    default:
      return { kind };
  }
}
