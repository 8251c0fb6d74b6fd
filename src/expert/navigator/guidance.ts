import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import type { Random } from "../../world/random.ts";
import type { NavMeaning, Step } from "./nav-meaning.ts";
import { type RouteEvent, routeEvents } from "./route-events.ts";
import { type NavSentence, sayMeaning, type Voice } from "./say.ts";

/** A sentence and the stretch of the route at which it is said and in force. */
export type RouteSentence = NavSentence & {
  /** Said here; driven way along the route as RouteFollower counts it, m. */
  readonly fromM: number;
  /** In force up to here: the next sentence, or its event behind. */
  readonly toM: number;
};

/** Distances at which something ahead is told, m; on fast roads it is told earlier. */
const TOLD_M = [400, 300, 250, 200, 150, 120, 100, 80, 60] as const;
const TOLD_FAST_M = [2000, 1500, 1000, 800, 500, 300] as const;
/** "Now turn left" comes so far before it, m. */
const NOW_M = 35;
/** Nearer than this nothing is told with a distance. */
const TOLD_MIN_M = 55;
/** Events nearer to each other than this are told in one sentence, m. */
const TOGETHER_M = 70;
/** A lane change for an exit and the exit itself, m. */
const TOGETHER_FAST_M = 700;
/** The first lane change asked for comes no earlier than this before its lane's end, m. */
const CHANGE_BEFORE_M = 600;
/** A stretch without anything to tell is long from here on, m. */
const LONG_M = 500;
const QUIET_PROB = 0.35;
const FOLLOW_PROB = 0.5;
const NOW_PROB = 0.7;
/** After an event the next sentence leaves ego this much room, m. */
const BREATH_M = 8;

/** Sentences that lead along a route, in order; the same random numbers give the same ones. */
export function guideRoute(
  graph: LaneGraph,
  route: LaneRoute,
  rng: Random,
  voice: Voice,
): RouteSentence[] {
  const told: { readonly meaning: NavMeaning; readonly fromM: number; readonly endM: number }[] =
    [];
  const events = routeEvents(graph, route).filter((e) => !e.quiet || rng.chance(QUIET_PROB));
  let freeM = 0;
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    const next = events[i + 1];
    const openM = Math.max(freeM, event.clearM === 0 ? 0 : event.clearM + BREATH_M);
    if (event.atM - freeM > LONG_M && rng.chance(FOLLOW_PROB)) {
      told.push({ meaning: { kind: "FOLLOW_ROAD" }, fromM: freeM, endM: event.atM });
      freeM += BREATH_M;
    }
    const both = next !== undefined && areTogether(event, next);
    if (event.step.kind === "CHANGE_LANE") {
      // told once, with room for it: who has changed already must not be told again
      const fromM = Math.max(openM, freeM, event.atM - CHANGE_BEFORE_M);
      const meaning: NavMeaning = both
        ? { kind: "SEQUENCE", steps: [event.step, next.step] }
        : event.step;
      if (fromM < event.atM) told.push({ meaning, fromM, endM: both ? next.atM : event.atM });
      if (both) i++;
      freeM = (both ? next.behindM : event.behindM) + BREATH_M;
      continue;
    }
    const before = tellBefore(event, Math.max(openM, freeM), rng);
    if (before !== undefined) told.push(before);
    const nowM = Math.max(
      openM,
      before === undefined ? 0 : before.fromM + BREATH_M,
      event.atM - NOW_M,
    );
    const needed = before === undefined || both || rng.chance(NOW_PROB);
    if (needed && nowM < event.atM && event.step.kind !== "ARRIVE") {
      const first = nearStep(event, rng);
      const meaning: NavMeaning = both ? { kind: "SEQUENCE", steps: [first, next.step] } : first;
      told.push({ meaning, fromM: nowM, endM: both ? next.atM : event.atM });
    }
    if (both) i++;
    freeM = (both ? next.behindM : event.behindM) + BREATH_M;
  }
  told.sort((a, b) => a.fromM - b.fromM);
  return told.map(({ meaning, fromM, endM }, i) => ({
    ...sayMeaning(meaning, rng, voice),
    fromM,
    toM: Math.min(told[i + 1]?.fromM ?? Number.POSITIVE_INFINITY, endM),
  }));
}

const isAsked = ({ step }: RouteEvent): boolean => step.kind !== "ARRIVE";

function areTogether(a: RouteEvent, b: RouteEvent): boolean {
  if (!isAsked(a) || !isAsked(b) || a.step.kind === "ENTER_HIGHWAY") return false;
  const forExit = a.step.kind === "CHANGE_LANE" && b.step.kind === "LEAVE_HIGHWAY";
  return b.atM - a.atM < (forExit ? TOGETHER_FAST_M : TOGETHER_M);
}

/** The early sentence with its distance, where there is room for one. */
function tellBefore(event: RouteEvent, openM: number, rng: Random) {
  const roomM = event.atM - openM;
  const { step } = event;
  if (roomM < TOLD_MIN_M) return undefined;
  const fast = step.kind === "LEAVE_HIGHWAY" || step.kind === "ENTER_HIGHWAY";
  const fitting = [...(fast ? TOLD_FAST_M : []), ...TOLD_M].filter((m) => m <= roomM);
  const inM = fitting.length === 0 ? roomM : rng.pick(fitting.slice(0, 4));
  return { meaning: withWay(event, inM, rng), fromM: event.atM - inM, endM: event.atM };
}

/** The step as it is told from afar. */
function withWay({ step, looks }: RouteEvent, inM: number, rng: Random): Step {
  switch (step.kind) {
    case "TURN":
      return {
        ...step,
        inM,
        ...(looks.length > 0 && rng.chance(0.6) ? { at: rng.pick(looks) } : {}),
      };
    case "ROUNDABOUT":
    case "BEAR":
    case "LEAVE_HIGHWAY":
    case "ENTER_HIGHWAY":
    case "ARRIVE":
      return { ...step, inM };
    default:
      return step;
  }
}

/** The step as it is told right before it. */
const nearStep = ({ step, looks }: RouteEvent, rng: Random): Step =>
  step.kind === "TURN" && looks.length > 0 && rng.chance(0.4)
    ? { ...step, at: rng.pick(looks) }
    : step;
