import type { LaneGraph, LaneRoute } from "../../contract/lane-graph.ts";
import type { Scene } from "../../contract/scene.ts";
import type { LaneNet } from "../../world/traffic/lane-net.ts";
import { gapIsSafe } from "../hazards.ts";
import { GAP_PATIENCE_US } from "../intent.ts";
import type { ActiveInstruction } from "../meaning.ts";
import type { Condition, NavMeaning, Step } from "../navigator/nav-meaning.ts";
import { laneShift } from "../navigator/success-way.ts";
import { exitOf } from "../navigator/ways.ts";
import type { RoutePlace } from "../route/follower.ts";
import type { RouteGuide } from "../route/guide.ts";
import { type Onward, planRoute, stayInLane } from "../route/plan-route.ts";
import { USUAL_GAP } from "../speed.ts";
import { viewOf } from "../view.ts";
import { type Course, conditionOf, type StepStart, stepOf } from "./course.ts";
import { around, type Facts, gapAheadM, vehicleAhead } from "./facts.ts";
import { holdS, holds } from "./fulfilled.ts";
import { asksWay, isLate, namedWay } from "./named-way.ts";
import { type Found, refusalOf } from "./refusal.ts";

/** Where ego is on which roads: a RouteKeeper, read only. */
export type Road = {
  readonly net: LaneNet;
  readonly route: LaneRoute;
  readonly place: RoutePlace;
  readonly onward: Onward;
  readonly guide: (lateM?: number) => RouteGuide;
};

/** What an instruction comes to at a scene. */
export type Heard = {
  readonly instruction: ActiveInstruction;
  /** The route that it asks for, where it is another one. */
  readonly route?: LaneRoute;
};

/** Without a known limit nobody drives faster than this, m/s: 130 km/h. */
const FASTEST_MPS = 130 / 3.6;
/** The speed below which no lane change begins, m/s (as `planSideways`). */
const CHANGE_MIN_MPS = 2;
/** In its lane ego stays until so long before its end, s and m. */
const LATE_S = 10;
const LATE_M = 120;

/** Asked for another lane, ego does not change lanes for its route for so long, m and s. */
const STAY_M = 250;
const STAY_S = 25;

/** Lane changes of the route wait while an instruction has to do with lanes. */
export function lateChangesM(meaning: NavMeaning, speedMps: number): number | undefined {
  const steps = meaning.kind === "SEQUENCE" ? meaning.steps : [stepOf(meaning, undefined)];
  const stays = steps.some(({ kind }) =>
    ["CHANGE_LANE", "OVERTAKE", "PULL_OVER", "FOLLOW_ROAD", "STOP"].includes(kind),
  );
  return stays ? Math.max(LATE_M, LATE_S * speedMps) : undefined;
}

/**
 * Takes an instruction on by one scene: which step counts, what is done, what is refused, and the route that
 * it needs. Pure: several instructions can be tried on the same scene and road.
 */
export function hearInstruction(road: Road, scene: Scene, instruction: ActiveInstruction): Heard {
  const { meaning, course: before } = instruction;
  const speedMps = Math.max(0, scene.ego.speedMps);
  const guide = road.guide(lateChangesM(meaning, speedMps));
  const facts: Facts = { scene, view: viewOf(scene, guide), place: road.place };
  const hearing = new Hearing(road, facts, instruction);
  const course = before === undefined ? hearing.begin() : hearing.goOn(before);
  const heard = { ...instruction, course };
  return hearing.route === undefined
    ? { instruction: heard }
    : { instruction: heard, route: hearing.route };
}

class Hearing {
  route: LaneRoute | undefined;
  readonly #road: Road;
  readonly #facts: Facts;
  readonly #instruction: ActiveInstruction;

  constructor(road: Road, facts: Facts, instruction: ActiveInstruction) {
    this.#road = road;
    this.#facts = facts;
    this.#instruction = instruction;
  }

  /** At the words. */
  begin(): Course {
    const { meaning, speedWhenGivenMps } = this.#instruction;
    const waits = meaning.kind === "WHEN";
    const start = { ...this.#start(), speedMps: speedWhenGivenMps };
    const course = this.#startStep(0, start, waits);
    if (!waits) return this.#startWith(course);
    // what is wrong wherever ego is can be told at once
    const step = stepOf(meaning, undefined);
    if (asksLane(step)) this.#stayInLane();
    return ANYWHERE.includes(step.kind) ? this.#refuse(course, step, {}) : course;
  }

  goOn(before: Course): Course {
    const { meaning } = this.#instruction;
    const step = stepOf(meaning, before);
    let course = this.#follow(before, step);
    if (course.refusal !== undefined || course.done) return course;
    if (course.waits) {
      course = this.#lookOut(course);
      const met = this.#isMet(conditionOf(meaning)!, course);
      return met ? this.#startWith(this.#startStep(0, this.#start(), false), true) : course;
    }
    course = this.#stayOnRoute(this.#waitForLane(course, step), step);
    if (!holds(step, course, this.#facts, this.#graph)) {
      const { heldSinceUs: _, ...open } = course;
      return open;
    }
    const since = course.heldSinceUs ?? this.#nowUs;
    course = { ...course, heldSinceUs: since };
    if (this.#nowUs - since < holdS(step) * 1e6) return course;
    if (meaning.kind === "SEQUENCE" && course.step === 0)
      return this.#startWith(this.#startStep(1, this.#start(), false));
    return { ...course, done: true };
  }

  get #graph() {
    return this.#road.net.graph;
  }

  get #nowUs(): number {
    return this.#facts.scene.stampUs;
  }

  #start(): StepStart {
    const { scene, view } = this.#facts;
    const { xM, yM, yawRad } = scene.ego;
    const gapM = gapAheadM(view);
    const aheadId = vehicleAhead(this.#facts);
    const condition = conditionOf(this.#instruction.meaning);
    const past = condition?.kind === "PAST" ? this.#nearest(condition.what) : undefined;
    return {
      ...{ stampUs: this.#nowUs, xM, yM, yawRad, speedMps: view.speedMps },
      ...(gapM === undefined ? {} : { gapM }),
      ...(aheadId === undefined ? {} : { aheadId }),
      ...(past === undefined ? {} : { pastId: past }),
    };
  }

  #nearest(kind: string): number | undefined {
    const ahead = around(this.#facts).filter((o) => o.seen.kind === kind && o.aheadM >= 0);
    return ahead.sort((a, b) => a.aheadM - b.aheadM)[0]?.seen.id;
  }

  #startStep(step: number, start: StepStart, waits: boolean): Course {
    return {
      ...{ step, waits, start, drivenM: 0, lastXM: start.xM, lastYM: start.yM },
      ...{ lane: this.#facts.place.lane, shift: 0, done: false, sideSinceUs: this.#nowUs },
      ...{ wasFree: false, closedUs: 0, seenUs: this.#nowUs, crossing: false },
    };
  }

  /** A step begins to count: its way is planned, or it is refused. `judged`: it was weighed at the words. */
  #startWith(course: Course, judged = false): Course {
    const step = stepOf(this.#instruction.meaning, course);
    if (!asksWay(step)) {
      if (judged && ANYWHERE.includes(step.kind)) return course;
      const weighed = this.#refuse(course, step, {});
      if ((asksLane(step) || this.#isLedOff(step)) && weighed.refusal === undefined)
        this.#stayInLane();
      return this.#waitForLane(weighed, step);
    }
    const found = this.#findWay(step, course);
    const refused = this.#refuse(course, step, found);
    if (refused.refusal !== undefined || found.way === undefined) return refused;
    if (found.route !== this.#road.route) this.route = found.route;
    return { ...refused, goal: found.way.goal };
  }

  #refuse(course: Course, step: Step, found: Found): Course {
    const refusal = refusalOf(step, course.start, this.#facts, this.#graph, found, FASTEST_MPS);
    return refusal === undefined ? course : { ...course, refusal };
  }

  #findWay(step: Step, { start, step: index }: Course): Found {
    const { place, route, onward } = this.#road;
    const way = namedWay(this.#graph, place, step, start);
    if (way === undefined) return {};
    const leads = (lane: number) => wayAlongM(this.#graph, route, place, lane) <= way.withinM;
    // where the route changes lanes too late for it, another may not have to
    if (way.lanes.some(leads) && !isLate(this.#graph, step, way, route, start.speedMps))
      return { way, route };
    const from = { lane: place.lane, sM: place.sM, dM: 0 };
    const { meaning } = this.#instruction;
    const second = meaning.kind === "SEQUENCE" && index === 0 ? meaning.steps[1] : undefined;
    const then =
      second !== undefined && asksWay(second) && second.kind !== "GO_TO"
        ? namedWay(this.#graph, { lane: exitOf(this.#graph, way.lanes[0]!), sM: 0 }, second, start)
        : undefined;
    const both = then && planRoute(this.#graph, from, [way, then], onward);
    const planned = both ?? planRoute(this.#graph, from, [way], onward);
    return planned === undefined ? { way } : { way, route: planned };
  }

  /** Counts the way, the lanes crossed and the junctions. */
  #follow(course: Course, step: Step): Course {
    const { scene, place } = this.#facts;
    const { xM, yM } = scene.ego;
    const inside = this.#graph.lanes[place.lane]!.junctionId !== undefined;
    const crossed =
      place.lane === course.lane ? 0 : (laneShift(this.#graph, course.lane, place.lane) ?? 0);
    const shift = course.shift + crossed;
    const lanes = step.kind === "CHANGE_LANE" || step.kind === "OVERTAKE";
    return {
      ...course,
      drivenM: course.drivenM + Math.hypot(xM - course.lastXM, yM - course.lastYM),
      ...{ lastXM: xM, lastYM: yM, lane: place.lane, shift: lanes ? shift : course.shift },
      crossing: course.crossing || inside,
      seenUs: this.#nowUs,
    };
  }

  /** Who is to be passed and was not in sight at the words is looked out for. */
  #lookOut(course: Course): Course {
    const condition = conditionOf(this.#instruction.meaning);
    if (condition?.kind !== "PAST" || course.start.pastId !== undefined) return course;
    const pastId = this.#nearest(condition.what);
    return pastId === undefined ? course : { ...course, start: { ...course.start, pastId } };
  }

  #isMet(condition: Condition, course: Course): boolean {
    const { view, place } = this.#facts;
    switch (condition.kind) {
      case "WAITED":
        return this.#nowUs - course.start.stampUs >= condition.seconds * 1e6;
      case "DRIVEN":
        return course.drivenM >= condition.metres;
      case "GREEN": {
        const light = view.lines.find(
          ({ sM, state }) => state !== "SIGN" && state !== "OFF" && sM > view.egoFrontM - 5,
        );
        return light === undefined || light.state === "GREEN";
      }
      case "JUNCTION":
        return course.crossing && this.#graph.lanes[place.lane]!.junctionId === undefined;
      case "PAST": {
        const { pastId } = course.start;
        return around(this.#facts).some((o) => o.seen.id === pastId && o.aheadM < 0);
      }
    }
  }

  /** A lane that was never free for long enough is not waited for for ever. */
  #waitForLane(course: Course, step: Step): Course {
    if ((step.kind !== "CHANGE_LANE" && step.kind !== "OVERTAKE") || course.shift !== 0)
      return course;
    const { view } = this.#facts;
    const thereDM = step.side === "LEFT" ? view.leftDM : view.rightDM;
    if (thereDM === undefined || course.wasFree) return course;
    if (gapIsSafe(view, thereDM, USUAL_GAP)) return { ...course, wasFree: true };
    if (view.speedMps < CHANGE_MIN_MPS) return course;
    const closedUs = course.closedUs + (this.#nowUs - this.#instructionSeenUs);
    return closedUs > GAP_PATIENCE_US
      ? { ...course, closedUs, refusal: "REFUSED_UNSAFE" }
      : { ...course, closedUs };
  }

  get #instructionSeenUs(): number {
    return this.#instruction.course?.seenUs ?? this.#nowUs;
  }

  /** In another lane than the route's on purpose, the route goes on from there. */
  #stayOnRoute(course: Course, step: Step): Course {
    const { route, place } = this.#road;
    const elsewhere = asksLane(step) && !route.lanes.includes(place.lane);
    if (elsewhere || this.#isLedOff(step)) this.#stayInLane();
    return course;
  }

  /** Told in words to go on along the road, ego does not leave its lane for the route. */
  #isLedOff({ kind }: Step): boolean {
    const told = kind === "FOLLOW_ROAD" && this.#instruction.text.trim() !== "";
    return told && this.#facts.view.route?.change !== undefined;
  }

  /** What has to do with lanes comes before the lane changes of the route. */
  #stayInLane(): void {
    const { place, onward } = this.#road;
    const from = { lane: place.lane, sM: place.sM, dM: 0 };
    const stayM = Math.max(STAY_M, STAY_S * this.#facts.view.speedMps);
    this.route = stayInLane(this.#graph, from, stayM, onward);
  }
}

const asksLane = ({ kind }: Step): boolean =>
  kind === "CHANGE_LANE" || kind === "OVERTAKE" || kind === "PULL_OVER";

/** Kinds that can be told wrong wherever ego is, already at the words. */
const ANYWHERE: readonly Step["kind"][] = ["ILLEGAL", "NONSENSE", "SET_SPEED", "KEEP_GAP"];

/** Way along a route from a place to where it enters a lane, m; Infinity where it does not. */
function wayAlongM(
  graph: LaneGraph,
  { lanes }: LaneRoute,
  from: { readonly lane: number; readonly sM: number },
  to: number,
): number {
  const at = lanes.lastIndexOf(from.lane);
  const end = at < 0 ? -1 : lanes.indexOf(to, at + 1);
  if (end < 0) return Number.POSITIVE_INFINITY;
  let wayM = -from.sM;
  for (let i = at; i < end; i++) {
    const lane = graph.lanes[lanes[i]!]!;
    if (lane.successors.includes(lanes[i + 1]!)) wayM += lane.lengthM;
  }
  return wayM;
}
