import type { LaneGraph } from "../../contract/lane-graph.ts";
import { STANDING_ROOM_M, wantedGapM } from "../gap-law.ts";
import type { Step } from "../navigator/nav-meaning.ts";
import { isHighway, OVERTAKEN_M } from "../navigator/success-way.ts";
import { roadOf } from "../navigator/ways.ts";
import type { Course } from "./course.ts";
import { around, type Facts, gapAheadM, isSettled, STANDING_MPS } from "./facts.ts";
import { drivesFreely } from "./freely.ts";
import { changedGapM } from "./refusal.ts";

const SPEED_TOLERANCE_MPS = 0.45;
const GAP_TOLERANCE_RATIO = 0.13;
/** A state counts when it lasts so long, s; standing and lanes less long. */
const HELD_S = 5.1;
const STOOD_S = 2.1;
const SETTLED_S = 1.1;
const MOVING_MPS = 2.1;
const FOLLOWED_S = 8.2;
/** Where the road never lets ego drive freely, what comes next is not put off for longer, s. */
const FREELY_MOST_S = 40;
const MINDED_S = 4.2;
const REACHED_M = 1.9;
const ARRIVED_M = 18;
const ASIDE_M = 0.45;
const OVERTAKEN_MORE_M = 0.3;

/** So long must a step's success last before the next one begins, s. */
export function holdS({ kind }: Step): number {
  switch (kind) {
    case "SET_SPEED":
    case "CHANGE_SPEED":
    case "KEEP_GAP":
    case "CHANGE_GAP":
    case "SLOW_DOWN":
    case "DRIVE_FREELY":
      return HELD_S;
    case "STOP":
    case "PULL_OVER":
    case "ARRIVE":
      return STOOD_S;
    case "CHANGE_LANE":
    case "START":
    case "ENTER_HIGHWAY":
      return SETTLED_S;
    default:
      return 0;
  }
}

/** "Slower" without a number: a little more than a tenth of the speed and than 1 m/s. */
export const slowerMps = (speedMps: number): number =>
  Math.max(0, speedMps - Math.max(1.5, 0.15 * speedMps));

/** Whether what a step asks for is so at this moment. */
export function holds(step: Step, course: Course, facts: Facts, graph: LaneGraph): boolean {
  const { view, scene, place } = facts;
  const { start, goal } = course;
  const v = view.speedMps;
  const elapsedS = (scene.stampUs - start.stampUs) / 1e6;
  const stands = v < STANDING_MPS;
  switch (step.kind) {
    case "SET_SPEED":
      return Math.abs(v - step.mps) < SPEED_TOLERANCE_MPS;
    case "CHANGE_SPEED":
      return Math.abs(v - Math.max(0, start.speedMps + step.deltaMps)) < SPEED_TOLERANCE_MPS;
    case "KEEP_GAP":
    case "CHANGE_GAP":
      return keepsGap(step, course, facts);
    case "SLOW_DOWN":
      return v < Math.max(STANDING_MPS, slowerMps(start.speedMps) + SPEED_TOLERANCE_MPS);
    case "STOP":
      return stands;
    case "PULL_OVER":
      return (
        stands &&
        view.pullOverDM !== undefined &&
        Math.abs(view.path.egoDM - view.pullOverDM) < ASIDE_M
      );
    case "ARRIVE":
      return stands && Math.abs(course.drivenM - step.inM) < Math.max(ARRIVED_M, 0.14 * step.inM);
    case "START":
      return v > MOVING_MPS;
    case "FOLLOW_ROAD":
      return elapsedS > FOLLOWED_S;
    case "DRIVE_FREELY":
      return drivesFreely(view) || elapsedS > FREELY_MOST_S;
    case "NOTICE":
      return elapsedS > MINDED_S;
    case "CHANGE_LANE":
      return course.shift === (step.side === "LEFT" ? 1 : -1) && isSettled(facts);
    case "OVERTAKE": {
      const other = around(facts).find(({ seen }) => seen.id === start.aheadId);
      return other !== undefined && other.aheadM < -OVERTAKEN_M - OVERTAKEN_MORE_M;
    }
    case "ENTER_HIGHWAY":
      return isHighway(graph, place.lane) && isSettled(facts);
    case "GO_TO":
      return (
        goal !== undefined &&
        "xM" in goal &&
        Math.hypot(scene.ego.xM - goal.xM, scene.ego.yM - goal.yM) < REACHED_M
      );
    case "TURN":
    case "BEAR":
    case "LEAVE_HIGHWAY":
    case "ROUNDABOUT":
      return goal !== undefined && "road" in goal && roadOf(graph, place.lane) === goal.road;
    case "ILLEGAL":
    case "NONSENSE":
      return false;
  }
}

function keepsGap(
  step: Extract<Step, { kind: "KEEP_GAP" | "CHANGE_GAP" }>,
  { start }: Course,
  { view }: Facts,
): boolean {
  const gapM = gapAheadM(view);
  const v = view.speedMps;
  if (gapM === undefined || v < 1) return false;
  if (step.kind === "CHANGE_GAP" && start.gapM === undefined) return false;
  const law =
    step.kind === "CHANGE_GAP"
      ? { baseM: changedGapM(step, start), timeS: 0 }
      : "metres" in step
        ? { baseM: step.metres, timeS: 0 }
        : { baseM: STANDING_ROOM_M, timeS: step.seconds };
  const wanted = wantedGapM(law, v);
  return Math.abs(gapM - wanted) < GAP_TOLERANCE_RATIO * wanted;
}
