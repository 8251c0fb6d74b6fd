import type { Lateral, Longitudinal } from "../contract/maneuver.ts";
import type { ForeignVocabulary, Meaning, NoCounterpart } from "./counterpart.ts";

/** Vocabularies of language models that drive: one word for speed joined with one for direction. */

const NO_PULL_OVER: NoCounterpart = {
  none: "it has no word for leaving the lane to stop at the edge",
};

const SENNA_SPEEDS = ["KEEP", "ACCELERATE", "DECELERATE", "STOP"] as const;
const SENNA_PATHS = ["STRAIGHT", "LEFT_TURN", "RIGHT_TURN", "LEFT_CHANGE", "RIGHT_CHANGE"] as const;
type SennaSpeed = (typeof SENNA_SPEEDS)[number];
type SennaPath = (typeof SENNA_PATHS)[number];
/** Speed and path, as Senna writes them. */
export type SennaAction = `${SennaSpeed} ${SennaPath}`;

const SENNA_SPEED_OF: Readonly<Record<Longitudinal, SennaSpeed>> = {
  KEEP_SPEED: "KEEP",
  ACCELERATE: "ACCELERATE",
  DECELERATE: "DECELERATE",
  STOP: "STOP",
  WAIT: "STOP",
  EMERGENCY_BRAKE: "STOP",
};
const SENNA_PATH_OF: Readonly<Record<Lateral, SennaPath | NoCounterpart>> = {
  KEEP_LANE: "STRAIGHT",
  LANE_CHANGE_LEFT: "LEFT_CHANGE",
  LANE_CHANGE_RIGHT: "RIGHT_CHANGE",
  TURN_LEFT: "LEFT_TURN",
  TURN_RIGHT: "RIGHT_TURN",
  GO_STRAIGHT: "STRAIGHT",
  PULL_OVER: NO_PULL_OVER,
  NUDGE_LEFT: "STRAIGHT",
  NUDGE_RIGHT: "STRAIGHT",
};
const SENNA_SPEED_OURS: Readonly<Record<SennaSpeed, Longitudinal>> = {
  KEEP: "KEEP_SPEED",
  ACCELERATE: "ACCELERATE",
  DECELERATE: "DECELERATE",
  STOP: "STOP",
};
const SENNA_PATH_OURS: Readonly<Record<SennaPath, Lateral>> = {
  STRAIGHT: "KEEP_LANE",
  LEFT_TURN: "TURN_LEFT",
  RIGHT_TURN: "TURN_RIGHT",
  LEFT_CHANGE: "LANE_CHANGE_LEFT",
  RIGHT_CHANGE: "LANE_CHANGE_RIGHT",
};

export const SENNA: ForeignVocabulary<SennaAction> = {
  name: "Senna meta-action",
  values: SENNA_SPEEDS.flatMap((speed) =>
    SENNA_PATHS.map((path): SennaAction => `${speed} ${path}`),
  ),
  toForeign: (lateral, longitudinal) => {
    const path = SENNA_PATH_OF[lateral];
    return typeof path === "string" ? `${SENNA_SPEED_OF[longitudinal]} ${path}` : path;
  },
  toOurs: (value) => {
    const [speed, path] = value.split(" ") as [SennaSpeed, SennaPath];
    return { lateral: SENNA_PATH_OURS[path], longitudinal: SENNA_SPEED_OURS[speed] };
  },
};

/** DriveVLM's meta-actions. A decision of DriveVLM is a sequence; we say one for speed and path. */
export const DRIVE_VLM_ACTIONS = [
  "speed up",
  "slow down",
  "slow down rapidly",
  "go straight slowly",
  "go straight at constant speed",
  "stop",
  "wait",
  "reverse",
  "turn left",
  "turn right",
  "turn around",
  "change lane left",
  "change lane right",
  "shift slightly left",
  "shift slightly right",
] as const;
export type DriveVlmAction = (typeof DRIVE_VLM_ACTIONS)[number];
/** One meta-action, or one for speed and one for the path, joined by a comma. */
export type DriveVlmPhrase = DriveVlmAction | `${DriveVlmAction}, ${DriveVlmAction}`;

const VLM_SPEED_OF: Readonly<Record<Longitudinal, DriveVlmAction>> = {
  KEEP_SPEED: "go straight at constant speed",
  ACCELERATE: "speed up",
  DECELERATE: "slow down",
  STOP: "stop",
  WAIT: "wait",
  EMERGENCY_BRAKE: "slow down rapidly",
};
const VLM_PATH_OF: Readonly<Record<Lateral, DriveVlmAction | NoCounterpart | undefined>> = {
  KEEP_LANE: undefined,
  LANE_CHANGE_LEFT: "change lane left",
  LANE_CHANGE_RIGHT: "change lane right",
  TURN_LEFT: "turn left",
  TURN_RIGHT: "turn right",
  GO_STRAIGHT: undefined,
  PULL_OVER: NO_PULL_OVER,
  NUDGE_LEFT: "shift slightly left",
  NUDGE_RIGHT: "shift slightly right",
};
const VLM_OURS: Readonly<Record<DriveVlmAction, Meaning | NoCounterpart>> = {
  "speed up": { longitudinal: "ACCELERATE" },
  "slow down": { longitudinal: "DECELERATE" },
  "slow down rapidly": { longitudinal: "EMERGENCY_BRAKE" },
  "go straight slowly": { none: "it names a low speed without saying which" },
  "go straight at constant speed": { lateral: "KEEP_LANE", longitudinal: "KEEP_SPEED" },
  stop: { longitudinal: "STOP" },
  wait: { longitudinal: "WAIT" },
  reverse: { none: "we never drive backwards" },
  "turn left": { lateral: "TURN_LEFT" },
  "turn right": { lateral: "TURN_RIGHT" },
  "turn around": { none: "we have no word for turning round" },
  "change lane left": { lateral: "LANE_CHANGE_LEFT" },
  "change lane right": { lateral: "LANE_CHANGE_RIGHT" },
  "shift slightly left": { lateral: "NUDGE_LEFT" },
  "shift slightly right": { lateral: "NUDGE_RIGHT" },
};

const VLM_SPEEDS = Object.values(VLM_SPEED_OF).filter((word) => !word.startsWith("go "));
const VLM_PATHS = Object.values(VLM_PATH_OF).filter((word) => typeof word === "string");

/** Our part of it: the single words, and the pairs of speed and path that we say. */
const VLM_PHRASES: readonly DriveVlmPhrase[] = [
  ...DRIVE_VLM_ACTIONS,
  ...VLM_SPEEDS.flatMap((speed) => VLM_PATHS.map((path): DriveVlmPhrase => `${speed}, ${path}`)),
];

/** A single path word keeps the speed, a single speed word keeps the lane. */
export const DRIVE_VLM: ForeignVocabulary<DriveVlmPhrase> = {
  name: "DriveVLM meta-actions",
  values: VLM_PHRASES,
  toForeign: (lateral, longitudinal) => {
    const speed = VLM_SPEED_OF[longitudinal];
    const path = VLM_PATH_OF[lateral];
    if (path === undefined) return speed;
    if (typeof path !== "string") return path;
    return longitudinal === "KEEP_SPEED" ? path : `${speed}, ${path}`;
  },
  toOurs: (value) => {
    const words = value.split(", ") as DriveVlmAction[];
    let meaning: Meaning = {};
    for (const word of words) {
      const part = VLM_OURS[word];
      if ("none" in part) return part;
      meaning = { ...meaning, ...part };
    }
    return { lateral: "KEEP_LANE", longitudinal: "KEEP_SPEED", ...meaning };
  },
};
