import type { Scene } from "../../contract/scene.ts";
import type { Place } from "../../expert/navigator/named-place.ts";
import { highwayAhead } from "../../expert/navigator/named-place.ts";
import type { NavMeaning, Step } from "../../expert/navigator/nav-meaning.ts";
import { nodesAhead } from "../../expert/navigator/ways.ts";
import type { LaneNet } from "../../world/traffic/lane-net.ts";
import { wayStep } from "./way.ts";

/** What can be known of an instruction's life without a memory: when it was said, and how fast ego was. */
export type SaidAgo = { readonly sinceS: number; readonly speedMps: number };

/** Of a sequence only the first step counts for so long, s. */
const FIRST_STEP_S = 3;
/** Ego's lane ahead is looked at so far for somebody to overtake or pass, m, and so far aside, m. */
const AHEAD_M = 60;
const ASIDE_M = 1.75;
/** A way told by its length is as long as that, give or take this share. */
const DRIVEN_RATIO = 0.25;

/**
 * The step that counts now, as the words, the time since them and the scene show it; undefined where they
 * do not show it. `FOLLOW_ROAD` is what a condition waits with.
 */
export function countingStep(
  meaning: NavMeaning,
  said: SaidAgo,
  scene: Scene,
  net: LaneNet,
  place: Place,
): Step | undefined {
  if (meaning.kind === "SEQUENCE") {
    const [first] = meaning.steps;
    return said.sinceS < FIRST_STEP_S && wayStep(first) === undefined
      ? plainStep(first, scene, net, place)
      : undefined;
  }
  if (meaning.kind !== "WHEN") return plainStep(meaning, scene, net, place);
  const { condition, step } = meaning;
  // a way is asked for at its place and not before
  if (wayStep(step) !== undefined && condition.kind !== "WAITED") return undefined;
  switch (condition.kind) {
    case "WAITED":
      if (said.sinceS < condition.seconds) return WAITING;
      return wayStep(step) === undefined ? plainStep(step, scene, net, place) : undefined;
    case "DRIVEN": {
      const drivenM = (said.sinceS * (said.speedMps + Math.max(0, scene.ego.speedMps))) / 2;
      if (drivenM < condition.metres * (1 - DRIVEN_RATIO)) return WAITING;
      return drivenM > condition.metres * (1 + DRIVEN_RATIO)
        ? plainStep(step, scene, net, place)
        : undefined;
    }
    case "JUNCTION":
      return nodesAhead(net.graph, place, AHEAD_M).length > 0 ? WAITING : undefined;
    case "PAST":
      return hasAhead(scene, (kind) => kind === condition.what) ? WAITING : undefined;
    case "GREEN":
      return scene.signals.some(({ state }) => state === "RED") && said.sinceS < FIRST_STEP_S
        ? WAITING
        : undefined;
  }
}

const WAITING: Step = { kind: "FOLLOW_ROAD" };

/** A step as the expert can do it by the scene alone. */
function plainStep(step: Step, scene: Scene, net: LaneNet, place: Place): Step | undefined {
  switch (step.kind) {
    case "OVERTAKE":
      // the change of lane comes first, and is refused for the same reasons
      return hasAhead(scene, (kind) => kind !== "PEDESTRIAN" && kind !== "STATIC")
        ? { kind: "CHANGE_LANE", side: step.side }
        : undefined;
    case "ENTER_HIGHWAY":
      return highwayAhead(net.graph, place) ? WAITING : undefined;
    case "GO_TO":
    case "ARRIVE":
      return undefined;
    default:
      return step;
  }
}

/** Somebody straight ahead. */
function hasAhead({ ego, objects }: Scene, isMeant: (kind: string) => boolean): boolean {
  const [c, s] = [Math.cos(ego.yawRad), Math.sin(ego.yawRad)];
  return objects.some((o) => {
    const [dx, dy] = [o.xM - ego.xM, o.yM - ego.yM];
    const aheadM = c * dx + s * dy;
    return isMeant(o.kind) && aheadM > 3 && aheadM < AHEAD_M && Math.abs(c * dy - s * dx) < ASIDE_M;
  });
}
