import type { Lateral, Longitudinal } from "../contract/maneuver.ts";
import type { ForeignVocabulary, Meaning, NoCounterpart } from "./counterpart.ts";

/**
 * The maneuver vocabularies that neighbours of this project speak. Numbers are those of the
 * originals; docs/vocabularies.md has the tables.
 */

const none = (why: string): NoCounterpart => ({ none: why });
const NO_PULL_OVER = none("it has no word for leaving the lane to stop at the edge");

/** farama highway-env, DiscreteMetaAction; index = action. */
export const HIGHWAY_ENV_ACTIONS = ["LANE_LEFT", "IDLE", "LANE_RIGHT", "FASTER", "SLOWER"] as const;
export type HighwayEnvAction = (typeof HIGHWAY_ENV_ACTIONS)[number];

const HIGHWAY_ENV_OURS: Readonly<Record<HighwayEnvAction, Meaning>> = {
  LANE_LEFT: { lateral: "LANE_CHANGE_LEFT", longitudinal: "KEEP_SPEED" },
  IDLE: { lateral: "KEEP_LANE", longitudinal: "KEEP_SPEED" },
  LANE_RIGHT: { lateral: "LANE_CHANGE_RIGHT", longitudinal: "KEEP_SPEED" },
  FASTER: { lateral: "KEEP_LANE", longitudinal: "ACCELERATE" },
  SLOWER: { lateral: "KEEP_LANE", longitudinal: "DECELERATE" },
};

/** One action says either a lane or a speed: braking to a stop goes first, then the lane change. */
export const HIGHWAY_ENV: ForeignVocabulary<HighwayEnvAction> = {
  name: "highway-env DiscreteMetaAction",
  values: HIGHWAY_ENV_ACTIONS,
  toForeign: (lateral, longitudinal) => {
    if (isStop(longitudinal)) return "SLOWER";
    switch (lateral) {
      case "LANE_CHANGE_LEFT":
        return "LANE_LEFT";
      case "LANE_CHANGE_RIGHT":
        return "LANE_RIGHT";
      case "KEEP_LANE":
      case "GO_STRAIGHT":
        if (longitudinal === "KEEP_SPEED") return "IDLE";
        return longitudinal === "ACCELERATE" ? "FASTER" : "SLOWER";
      case "TURN_LEFT":
      case "TURN_RIGHT":
        return none("its route turns by itself; no action asks for it");
      case "NUDGE_LEFT":
      case "NUDGE_RIGHT":
        return none("it knows lanes and no offset inside one");
      case "PULL_OVER":
        return NO_PULL_OVER;
    }
  },
  toOurs: (value) => HIGHWAY_ENV_OURS[value],
};

/** CARLA agents, RoadOption → its number. */
export const CARLA_ROAD_OPTIONS = {
  VOID: -1,
  LEFT: 1,
  RIGHT: 2,
  STRAIGHT: 3,
  LANEFOLLOW: 4,
  CHANGELANELEFT: 5,
  CHANGELANERIGHT: 6,
} as const;
export type CarlaRoadOption = keyof typeof CARLA_ROAD_OPTIONS;

const CARLA_FOREIGN: Readonly<Record<Lateral, CarlaRoadOption | NoCounterpart>> = {
  KEEP_LANE: "LANEFOLLOW",
  LANE_CHANGE_LEFT: "CHANGELANELEFT",
  LANE_CHANGE_RIGHT: "CHANGELANERIGHT",
  TURN_LEFT: "LEFT",
  TURN_RIGHT: "RIGHT",
  GO_STRAIGHT: "STRAIGHT",
  PULL_OVER: NO_PULL_OVER,
  NUDGE_LEFT: "LANEFOLLOW",
  NUDGE_RIGHT: "LANEFOLLOW",
};
const CARLA_OURS: Readonly<Record<CarlaRoadOption, Meaning | NoCounterpart>> = {
  VOID: none("it says that there is no option"),
  LEFT: { lateral: "TURN_LEFT" },
  RIGHT: { lateral: "TURN_RIGHT" },
  STRAIGHT: { lateral: "GO_STRAIGHT" },
  LANEFOLLOW: { lateral: "KEEP_LANE" },
  CHANGELANELEFT: { lateral: "LANE_CHANGE_LEFT" },
  CHANGELANERIGHT: { lateral: "LANE_CHANGE_RIGHT" },
};

/** Says where to go and nothing of speed. */
export const CARLA: ForeignVocabulary<CarlaRoadOption> = {
  name: "CARLA RoadOption",
  values: Object.keys(CARLA_ROAD_OPTIONS) as CarlaRoadOption[],
  toForeign: (lateral) => CARLA_FOREIGN[lateral],
  toOurs: (value) => CARLA_OURS[value],
};

/** openpilot, Desire; index = its number. */
export const OPENPILOT_DESIRES = [
  "none",
  "turnLeft",
  "turnRight",
  "laneChangeLeft",
  "laneChangeRight",
  "keepLeft",
  "keepRight",
] as const;
export type OpenpilotDesire = (typeof OPENPILOT_DESIRES)[number];

const OPENPILOT_FOREIGN: Readonly<Record<Lateral, OpenpilotDesire | NoCounterpart>> = {
  KEEP_LANE: "none",
  LANE_CHANGE_LEFT: "laneChangeLeft",
  LANE_CHANGE_RIGHT: "laneChangeRight",
  TURN_LEFT: "turnLeft",
  TURN_RIGHT: "turnRight",
  GO_STRAIGHT: "none",
  PULL_OVER: NO_PULL_OVER,
  NUDGE_LEFT: "none",
  NUDGE_RIGHT: "none",
};
const FORK = none("it chooses a branch of a fork, which we have no word for");
const OPENPILOT_OURS: Readonly<Record<OpenpilotDesire, Meaning | NoCounterpart>> = {
  none: { lateral: "KEEP_LANE" },
  turnLeft: { lateral: "TURN_LEFT" },
  turnRight: { lateral: "TURN_RIGHT" },
  laneChangeLeft: { lateral: "LANE_CHANGE_LEFT" },
  laneChangeRight: { lateral: "LANE_CHANGE_RIGHT" },
  keepLeft: FORK,
  keepRight: FORK,
};

export const OPENPILOT: ForeignVocabulary<OpenpilotDesire> = {
  name: "openpilot Desire",
  values: OPENPILOT_DESIRES,
  toForeign: (lateral) => OPENPILOT_FOREIGN[lateral],
  toOurs: (value) => OPENPILOT_OURS[value],
};

/** NAVSIM and AlpaSim; index = place in the one-hot vector. */
export const NAVSIM_COMMANDS = ["left", "straight", "right", "unknown"] as const;
export type NavsimCommand = (typeof NAVSIM_COMMANDS)[number];

const NAVSIM_FOREIGN: Readonly<Record<Lateral, NavsimCommand | NoCounterpart>> = {
  KEEP_LANE: "straight",
  LANE_CHANGE_LEFT: "left",
  LANE_CHANGE_RIGHT: "right",
  TURN_LEFT: "left",
  TURN_RIGHT: "right",
  GO_STRAIGHT: "straight",
  PULL_OVER: NO_PULL_OVER,
  NUDGE_LEFT: "straight",
  NUDGE_RIGHT: "straight",
};
const NAVSIM_OURS: Readonly<Record<NavsimCommand, Meaning | NoCounterpart>> = {
  left: { lateral: "TURN_LEFT" },
  straight: { lateral: "KEEP_LANE" },
  right: { lateral: "TURN_RIGHT" },
  unknown: none("it says that the route is not known"),
};

/**
 * The originals compute it from how far the route lies to the side some metres ahead (2 m), so a
 * lane change shows as left or right as a turn does, and a nudge shows as straight.
 */
export const NAVSIM: ForeignVocabulary<NavsimCommand> = {
  name: "NAVSIM command",
  values: NAVSIM_COMMANDS,
  toForeign: (lateral) => NAVSIM_FOREIGN[lateral],
  toOurs: (value) => NAVSIM_OURS[value],
};

const isStop = (longitudinal: Longitudinal): boolean =>
  longitudinal === "STOP" || longitudinal === "WAIT" || longitudinal === "EMERGENCY_BRAKE";
