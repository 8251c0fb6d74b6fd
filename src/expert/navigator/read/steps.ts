import type { Step } from "../nav-meaning.ts";
import type { PhraseName } from "../split.ts";
import type { Values } from "./values.ts";

/** Phrases that say one step, and no joint or frame. */
export type StepPhrase = Exclude<
  PhraseName,
  "SEQUENCE" | `WHEN_${string}` | "CHATTY" | "CHATTY_DO"
>;

const notice = (what: Extract<Step, { kind: "NOTICE" }>["what"]) => (): Step => ({
  kind: "NOTICE",
  what,
});
const illegal = (what: Extract<Step, { kind: "ILLEGAL" }>["what"]) => (): Step => ({
  kind: "ILLEGAL",
  what,
});
const changeGap =
  (sign: 1 | -1) =>
  ({ gap }: Values): Step =>
    "metres" in gap
      ? { kind: "CHANGE_GAP", deltaM: sign * gap.metres }
      : { kind: "CHANGE_GAP", deltaS: sign * gap.seconds };

/** What a phrase means with its slots filled: the inverse of `nameOf`. */
export const STEP_OF: Readonly<Record<StepPhrase, (filled: Values) => Step>> = {
  FOLLOW_ROAD: () => ({ kind: "FOLLOW_ROAD" }),
  CHANGE_LANE: ({ side }) => ({ kind: "CHANGE_LANE", side }),
  SET_SPEED: ({ speed }) => ({ kind: "SET_SPEED", mps: speed }),
  FASTER: ({ delta }) => ({ kind: "CHANGE_SPEED", deltaMps: delta }),
  SLOWER: ({ delta }) => ({ kind: "CHANGE_SPEED", deltaMps: -delta }),
  GAP_METRES: ({ gap }) => ({ kind: "KEEP_GAP", ...gap }),
  STOP: () => ({ kind: "STOP" }),
  PULL_OVER: () => ({ kind: "PULL_OVER" }),
  RUN_LIGHT: illegal("RUN_LIGHT"),
  TURN_AROUND: illegal("TURN_AROUND"),
  SIDEWALK: illegal("SIDEWALK"),
  NONSENSE: () => ({ kind: "NONSENSE" }),
  TURN: ({ side }) => ({ kind: "TURN", way: side }),
  TURN_IN: ({ side, dist }) => ({ kind: "TURN", way: side, inM: dist }),
  TURN_AT: ({ side, look }) => ({ kind: "TURN", way: side, at: look }),
  TURN_IN_AT: ({ side, dist, look }) => ({ kind: "TURN", way: side, inM: dist, at: look }),
  STRAIGHT: () => ({ kind: "TURN", way: "STRAIGHT" }),
  STRAIGHT_IN: ({ dist }) => ({ kind: "TURN", way: "STRAIGHT", inM: dist }),
  STRAIGHT_AT: ({ look }) => ({ kind: "TURN", way: "STRAIGHT", at: look }),
  STRAIGHT_IN_AT: ({ dist, look }) => ({ kind: "TURN", way: "STRAIGHT", inM: dist, at: look }),
  ROUNDABOUT: ({ nth }) => ({ kind: "ROUNDABOUT", exit: nth }),
  ROUNDABOUT_IN: ({ nth, dist }) => ({ kind: "ROUNDABOUT", exit: nth, inM: dist }),
  BEAR: ({ side }) => ({ kind: "BEAR", side }),
  BEAR_IN: ({ side, dist }) => ({ kind: "BEAR", side, inM: dist }),
  LEAVE_HIGHWAY: () => ({ kind: "LEAVE_HIGHWAY" }),
  LEAVE_HIGHWAY_IN: ({ dist }) => ({ kind: "LEAVE_HIGHWAY", inM: dist }),
  ENTER_HIGHWAY: () => ({ kind: "ENTER_HIGHWAY" }),
  ENTER_HIGHWAY_IN: ({ dist }) => ({ kind: "ENTER_HIGHWAY", inM: dist }),
  GO_TO: ({ ahead, aside, side }) => ({
    kind: "GO_TO",
    aheadM: ahead,
    leftM: side === "LEFT" ? aside : -aside,
  }),
  GO_TO_AHEAD: ({ ahead }) => ({ kind: "GO_TO", aheadM: ahead, leftM: 0 }),
  ARRIVE: ({ dist }) => ({ kind: "ARRIVE", inM: dist }),
  OVERTAKE: ({ side }) => ({ kind: "OVERTAKE", side }),
  SLOW_DOWN: () => ({ kind: "SLOW_DOWN" }),
  START: () => ({ kind: "START" }),
  DRIVE_FREELY: () => ({ kind: "DRIVE_FREELY" }),
  WIDER: changeGap(1),
  CLOSER: changeGap(-1),
  PEDESTRIAN: notice("PEDESTRIAN"),
  CYCLIST: notice("CYCLIST"),
  BRAKING_AHEAD: notice("BRAKING_AHEAD"),
  LIGHT_RUNNER: notice("LIGHT_RUNNER"),
  ROUGH_ROAD: notice("ROUGH_ROAD"),
  TUNNEL: notice("TUNNEL"),
  LIGHT_RED: notice("LIGHT_RED"),
  LIGHT_YELLOW: notice("LIGHT_YELLOW"),
  LIGHT_GREEN: notice("LIGHT_GREEN"),
};
export const STEP_PHRASES = Object.keys(STEP_OF) as readonly StepPhrase[];
